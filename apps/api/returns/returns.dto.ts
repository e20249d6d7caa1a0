import Type, { type Static } from 'typebox';
import { adjusted, adjusted_cost, postingSchema, priced_line } from '../documents/document.schema.js';
import { EFFECTIVE } from '../documents/document-fields.js';
import { documentsListedBy } from '../documents/documents.parameters.js';
import { QuantityLineBody } from '../documents/lines.dto.js';
import { Instant, Lines, NOTES_MAX, Text } from '../http/fields.js';
import { component, id, money, pieces, text } from '../http/schema.js';

export class ReturnBody {
  @Lines(() => QuantityLineBody) line_items!: QuantityLineBody[];
  @Text(NOTES_MAX) reason!: string;
  @Instant(EFFECTIVE) effective_at?: string;
}

export const Return = component(
  'Return',
  postingSchema('return', {
    bill_number: id,
    party_id: id,
    location_id: id,
    line_items: Type.Array(Type.Object({ line: pieces, ...priced_line, cost: money, ...adjusted_cost })),
    total_price: money,
    total_cost: money,
    ...adjusted('adjusted_total_cost'),
    reason: text,
  }),
);
export type Return = Static<typeof Return>;

export class ReturnsParameters extends documentsListedBy('return', {
  bill_number: 'bill_number',
  party_id: 'party_id',
  item_id: 'item_id',
  location_id: 'location_id',
  total_price: 'total',
}) {}
