import { EFFECTIVE } from '../documents/document-fields.js';
import { Amount, Id, Instant, NOTES_MAX, Text } from '../http/fields.js';

export class WriteOffBody {
  @Id({ description: 'number of a sale or a purchase' }) bill_number!: string;
  @Amount({ optional: true, description: 'default: all that is open' }) amount?: number;
  @Text(NOTES_MAX) reason!: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
