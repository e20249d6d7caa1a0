import Type, { type Static } from 'typebox';
import { postingSchema, priced_line, settlement } from '../documents/document.schema.js';
import { EFFECTIVE, LOCATION } from '../documents/document-fields.js';
import { documentsListedBy, LISTED_OF_TRADES } from '../documents/documents.parameters.js';
import { PricedLineBody } from '../documents/lines.dto.js';
import { Day, Id, Instant, Lines, NOTES_MAX, optional, Text } from '../http/fields.js';
import { component, day, id, money, optionalFields, text } from '../http/schema.js';

export class PurchaseBody {
  @Id() supplier_id!: string;
  @Id(LOCATION) location_id?: string;
  @Lines(() => PricedLineBody) line_items!: PricedLineBody[];
  @Day(optional) due_date?: string;
  @Text(NOTES_MAX, optional) notes?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}

export const Purchase = component(
  'Purchase',
  postingSchema('purchase', {
    bill_number: id,
    supplier_id: id,
    location_id: id,
    line_items: Type.Array(Type.Object(priced_line)),
    total_price: money,
    ...settlement,
    late_costs: Type.Array(id),
    ...optionalFields({ due_date: day, notes: text }),
  }),
);
export type Purchase = Static<typeof Purchase>;

export class PurchasesParameters extends documentsListedBy('purchase', {
  supplier_id: 'party_id',
  ...LISTED_OF_TRADES,
}) {}
