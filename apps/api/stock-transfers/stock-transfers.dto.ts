import { EFFECTIVE } from '../documents/document-fields.js';
import { QuantityLineBody } from '../documents/lines.dto.js';
import { Id, Instant, Lines, NOTES_MAX, optional, Text } from '../http/fields.js';

export class StockTransferBody {
  @Id() from_location_id!: string;
  @Id() to_location_id!: string;
  @Lines(() => QuantityLineBody) line_items!: QuantityLineBody[];
  @Text(NOTES_MAX, optional) notes?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
