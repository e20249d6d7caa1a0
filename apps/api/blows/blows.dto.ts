import { EFFECTIVE, LOCATION } from '../documents/document-fields.js';
import { QuantityLineBody } from '../documents/lines.dto.js';
import { Cost, Count, Id, Instant, Lines, NOTES_MAX, optional, Text } from '../http/fields.js';

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
