import Type, { type Static } from 'typebox';
import { adjusted, CostLine, postingSchema } from '../documents/document.schema.js';
import { EFFECTIVE, LOCATION } from '../documents/document-fields.js';
import { documentsListedBy } from '../documents/documents.parameters.js';
import { QuantityLineBody } from '../documents/lines.dto.js';
import { Cost, Count, Id, Instant, Lines, NOTES_MAX, optional, Text } from '../http/fields.js';
import { component, id, money, optionalFields, pieces, text } from '../http/schema.js';

export class BlowBody {
  @Id(LOCATION) location_id?: string;
  @Lines(() => QuantityLineBody) inputs!: QuantityLineBody[];
  @Lines(() => QuantityLineBody, { least: 0, description: 'none where all inputs were rejected' })
  outputs!: QuantityLineBody[];
  @Count({ optional: true, description: 'pieces of the inputs that were spoilt; default: 0' })
  rejected_quantity?: number;
  @Cost({ optional: true, description: 'what the blowing added to the value; default: 0' }) conversion_cost?: number;
  @Text(NOTES_MAX, optional) notes?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}

export const Blow = component(
  'Blow',
  postingSchema('blow', {
    location_id: id,
    inputs: Type.Array(CostLine),
    outputs: Type.Array(CostLine),
    rejected_quantity: pieces,
    rejected_cost: money,
    conversion_cost: money,
    ...adjusted('adjusted_rejected_cost'),
    ...optionalFields({ notes: text }),
  }),
);
export type Blow = Static<typeof Blow>;

export class BlowsParameters extends documentsListedBy('blow', {
  item_id: 'item_id',
  location_id: 'location_id',
}) {}
