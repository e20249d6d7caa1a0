import Type, { type Static } from 'typebox';
import { adjusted, CostLine, postingSchema } from '../documents/document.schema.js';
import { EFFECTIVE, LOCATION } from '../documents/document-fields.js';
import { documentsListedBy } from '../documents/documents.parameters.js';
import { QuantityLineBody } from '../documents/lines.dto.js';
import { Id, Instant, Lines, NOTES_MAX, optional, Text } from '../http/fields.js';
import { component, id, money, optionalFields, text } from '../http/schema.js';

export class WasteBody {
  @Id(LOCATION) location_id?: string;
  @Lines(() => QuantityLineBody) line_items!: QuantityLineBody[];
  @Text(NOTES_MAX) reason!: string;
  @Text(NOTES_MAX, optional) notes?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}

export const Waste = component(
  'Waste',
  postingSchema('waste', {
    location_id: id,
    line_items: Type.Array(CostLine),
    total_cost: money,
    ...adjusted('adjusted_total_cost'),
    reason: text,
    ...optionalFields({ notes: text }),
  }),
);
export type Waste = Static<typeof Waste>;

export class WastesParameters extends documentsListedBy('waste', {
  item_id: 'item_id',
  location_id: 'location_id',
  total_cost: 'total',
}) {}
