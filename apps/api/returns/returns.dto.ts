import { EFFECTIVE } from '../documents/document-fields.js';
import { QuantityLineBody } from '../documents/lines.dto.js';
import { Instant, Lines, NOTES_MAX, Text } from '../http/fields.js';

export class ReturnBody {
  @Lines(() => QuantityLineBody) line_items!: QuantityLineBody[];
  @Text(NOTES_MAX) reason!: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
