import { EFFECTIVE, LOCATION } from '../documents/document-fields.js';
import { PricedLineBody } from '../documents/lines.dto.js';
import { Day, Id, Instant, Lines, NOTES_MAX, optional, Text } from '../http/fields.js';

export class SaleBody {
  @Id() customer_id!: string;
  @Id(LOCATION) location_id?: string;
  @Lines(() => PricedLineBody) line_items!: PricedLineBody[];
  @Day(optional) due_date?: string;
  @Text(NOTES_MAX, optional) notes?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
