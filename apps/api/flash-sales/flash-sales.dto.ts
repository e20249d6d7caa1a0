import Type, { type Static } from 'typebox';
import { RELEASE_REASONS } from '../../../libs/ledger/events.js';
import { QUANTITY_MAX } from '../../../libs/ledger/money.js';
import { ORDER_STATUSES } from '../../../libs/ledger/order.js';
import { documentSchema, priced_line } from '../documents/document.schema.js';
import { LOCATION } from '../documents/document-fields.js';
import { DocumentsParameters, StatusOf } from '../documents/documents.parameters.js';
import { Id, Instant, Lines, NOTES_MAX, optional, Quantity, Text, UnitPrice, Whole } from '../http/fields.js';
import {
  component,
  described,
  id,
  instant,
  money,
  optionalFields,
  pieces,
  price,
  text,
  words,
} from '../http/schema.js';

const HOLD_SECONDS_MAX = 24 * 3600;
const REFERENCE_MAX = 200;

export class FlashSaleBody {
  @Id({ example: 'bottle-500ml-a' }) item_id!: string;
  @Id(LOCATION) location_id?: string;
  @Quantity({ example: 2000, description: 'pieces, which are set aside at once' }) quantity!: number;
  @UnitPrice({ example: 2.5 }) unit_price!: number;
  @Whole(1, QUANTITY_MAX, { example: 2, description: 'pieces that one customer may hold and buy, all orders together' })
  per_customer_max!: number;
  @Whole(1, HOLD_SECONDS_MAX, {
    ...optional,
    example: 300,
    description: 'how long an order holds its pieces until a payment has begun; default: 600',
  })
  hold_seconds?: number;
  @Instant({ ...optional, example: '2026-12-01T10:00:00Z', description: 'default: now; a day is its beginning' })
  starts_at?: string;
  @Instant({ example: '2026-12-01T12:00:00Z', description: 'what remains then goes back into stock; a day is its end' })
  ends_at!: string;
  @Id({ ...optional, description: 'account that payments go into; default: bank' }) account_id?: string;
}

export class CloseFlashSaleBody {
  @Text(NOTES_MAX, { example: 'a faulty batch' }) reason!: string;
}

export class FlashBuyLineBody {
  @Id({ example: 'FS-261201-0001' }) flash_sale_id!: string;
  @Quantity({ example: 1 }) quantity!: number;
}

export class FlashBuyBody {
  @Id({ example: 'CUST-001' }) customer_id!: string;
  @Lines(() => FlashBuyLineBody, { description: 'all or none; each flash sale once' }) line_items!: FlashBuyLineBody[];
  @Text(REFERENCE_MAX, {
    ...optional,
    example: 'tok_8f14e45f',
    description: 'by which the payment gateway knows how the buyer pays; kept in the ledger, so never a card number',
  })
  payment_reference?: string;
}

const figure = (description: string) => described(pieces, description);

export const FlashSale = component(
  'FlashSale',
  documentSchema('flash_sale', ['open', 'closed'], {
    flash_sale_id: id,
    item_id: id,
    location_id: id,
    quantity: pieces,
    unit_price: price,
    per_customer_max: pieces,
    hold_seconds: pieces,
    starts_at: instant,
    ends_at: instant,
    account_id: id,
    ...optionalFields({
      remaining: figure('that can be ordered; absent in the answer to a command'),
      held: figure('by orders that are not paid; not for staff'),
      sold: figure('not for staff'),
      returned: figure('by orders that were released, counted each time; not for staff'),
      closed_by: text,
      closed_at: instant,
      close_reason: text,
      remaining_at_close: pieces,
    }),
  }),
);
export type FlashSale = Static<typeof FlashSale>;

export const Order = component(
  'Order',
  documentSchema('order', ORDER_STATUSES, {
    order_id: id,
    customer_id: id,
    location_id: id,
    line_items: Type.Array(Type.Object({ flash_sale_id: id, ...priced_line })),
    total_price: money,
    account_id: id,
    pay_by: described(instant, 'it is released then, unless a charge is under way'),
    ...optionalFields({
      payment_reference: text,
      charge_started_at: instant,
      ended_at: instant,
      result_number: described(id, 'the sale that it has become'),
      payment_number: id,
      release_reason: words(...RELEASE_REASONS),
      release_detail: described(text, 'what the gateway said'),
      charge_id: described(text, "the gateway's"),
      charged_late_at: instant,
      refund_id: described(text, "the gateway's"),
      refunded_at: instant,
    }),
  }),
);
export type Order = Static<typeof Order>;

export class FlashSalesParameters extends DocumentsParameters {
  @StatusOf('flash_sale') status?: string;
}

export class OrdersParameters extends DocumentsParameters {
  @Id(optional) customer_id?: string;
  @StatusOf('order') status?: string;
}
