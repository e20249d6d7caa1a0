import Type, { type Static } from 'typebox';
import { RELEASE_REASONS } from '../../../libs/ledger/events.js';
import { QUANTITY_MAX } from '../../../libs/ledger/money.js';
import { ORDER_STATUSES } from '../../../libs/ledger/order.js';
import { PASS_LENGTH_MAX } from '../../../libs/waiting-queue/pass.js';
import { documentSchema, priced_line } from '../documents/document.schema.js';
import { LOCATION } from '../documents/document-fields.js';
import { documentsListedBy } from '../documents/documents.parameters.js';
import {
  clearable,
  Id,
  Instant,
  Lines,
  NOTES_MAX,
  optional,
  Quantity,
  Text,
  UnitPrice,
  Whole,
} from '../http/fields.js';
import {
  component,
  count,
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
const PER_MINUTE_MAX = 1_000_000;
const PASS_SECONDS_MIN = 10;
const PASS_SECONDS_MAX = 3600;
const PASSES_MAX = 1_000_000;
const PASSES_PER_PIECE_MAX = 100;

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
  @Whole(1, PER_MINUTE_MAX, {
    ...optional,
    example: 600,
    description:
      'buyers wait in a queue, of whom at most so many are let in a minute; PATCH /flash-sales/{id}/queue sets more',
  })
  queue_per_minute?: number;
}

export class ChangeQueueBody {
  @Whole(1, PER_MINUTE_MAX, { ...optional, example: 1200, description: 'let in at most; of a new queue 600' })
  per_minute?: number;
  @Whole(PASS_SECONDS_MIN, PASS_SECONDS_MAX, {
    ...optional,
    example: 120,
    description: 'for which a pass is good, of those let in from now on; of a new queue 120',
  })
  pass_seconds?: number;
  @Whole(1, PASSES_MAX, {
    ...clearable,
    example: 500,
    description: 'that are out at a time, at most; null, and of a new queue: no limit but that of the pieces',
  })
  passes_max?: number | null;
  @Whole(1, PASSES_PER_PIECE_MAX, {
    ...optional,
    example: 2,
    description: 'out at a time, for each piece that remains: not all of them are used; of a new queue 1',
  })
  passes_per_piece?: number;
}

export class LiftQueueBody {
  @Text(NOTES_MAX, { example: 'few buyers are left' }) reason!: string;
}

export class CloseFlashSaleBody {
  @Text(NOTES_MAX, { example: 'a faulty batch' }) reason!: string;
}

export class FlashBuyLineBody {
  @Id({ example: 'FS-261201-0001' }) flash_sale_id!: string;
  @Quantity({ example: 1 }) quantity!: number;
  @Text(PASS_LENGTH_MAX, { ...optional, description: 'of the waiting queue, where the flash sale has one' })
  pass?: string;
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

export const QueueSettings = component(
  'QueueSettings',
  Type.Object({
    per_minute: described(pieces, 'let in at most'),
    pass_seconds: described(pieces, 'for which a pass is good'),
    passes_max: Type.Optional(described(pieces, 'that are out at a time; absent: no limit but that of the pieces')),
    passes_per_piece: described(pieces, 'out at a time, for each piece that remains'),
    draw: described(
      Type.Object({ draw_id: text, seed_hash: text }),
      'that numbers those who come before the start: SHA-256 of its seed, which is told at the start',
    ),
  }),
);

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
      queue: described(QueueSettings, 'absent: all may order at once'),
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
      passes: described(
        Type.Array(Type.Object({ flash_sale_id: id, number: count, expires_at: instant })),
        'of waiting queues, that it was placed with',
      ),
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

export class FlashSalesParameters extends documentsListedBy('flash_sale', {
  item_id: 'item_id',
  location_id: 'location_id',
  account_id: 'account_id',
}) {}

export class OrdersParameters extends documentsListedBy('order', {
  customer_id: 'party_id',
  flash_sale_id: 'flash_sale_id',
  item_id: 'item_id',
  location_id: 'location_id',
  account_id: 'account_id',
  total_price: 'total',
}) {}
