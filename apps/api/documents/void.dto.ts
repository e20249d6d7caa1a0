import { EFFECTIVE } from '../documents/document-fields.js';
import { Instant, NOTES_MAX, Text } from '../http/fields.js';

export class VoidBody {
  @Text(NOTES_MAX) reason!: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
