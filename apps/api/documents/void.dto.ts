import { Instant, NOTES_MAX, Text } from '../http/fields.js';
import { EFFECTIVE } from './document-fields.js';

export class VoidBody {
  @Text(NOTES_MAX) reason!: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
