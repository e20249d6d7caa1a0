import Type, { type Static } from 'typebox';
import {
  adjusted,
  adjusted_cost,
  adjusted_profit,
  postingSchema,
  priced_line,
  settlement,
} from '../documents/document.schema.js';
import { EFFECTIVE, LOCATION } from '../documents/document-fields.js';
import { documentsListedBy, LISTED_OF_TRADES } from '../documents/documents.parameters.js';
import { PricedLineBody } from '../documents/lines.dto.js';
import { Day, Id, Instant, Lines, NOTES_MAX, optional, Text } from '../http/fields.js';
import { component, day, id, money, optionalFields, text } from '../http/schema.js';

export class SaleBody {
  @Id() customer_id!: string;
  @Id(LOCATION) location_id?: string;
  @Lines(() => PricedLineBody) line_items!: PricedLineBody[];
  @Day(optional) due_date?: string;
  @Text(NOTES_MAX, optional) notes?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}

export const Sale = component(
  'Sale',
  postingSchema('sale', {
    bill_number: id,
    customer_id: id,
    location_id: id,
    line_items: Type.Array(
      Type.Object({ ...priced_line, cost: money, profit: money, ...adjusted_cost, ...adjusted_profit }),
    ),
    total_price: money,
    total_cost: money,
    total_profit: money,
    ...settlement,
    ...adjusted('adjusted_total_cost', 'adjusted_total_profit'),
    ...optionalFields({ due_date: day, notes: text, reservation_id: id, order_id: id, ordered_by: text }),
  }),
);
export type Sale = Static<typeof Sale>;

export class SalesParameters extends documentsListedBy('sale', {
  customer_id: 'party_id',
  ...LISTED_OF_TRADES,
  reservation_id: 'reservation_id',
  order_id: 'order_id',
}) {}
