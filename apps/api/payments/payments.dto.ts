import { EFFECTIVE } from '../documents/document-fields.js';
import { Amount, Id, Instant, NAME_MAX, optional, Text } from '../http/fields.js';

export class PaymentBody {
  @Id({ description: 'number of a sale or a purchase' }) bill_number!: string;
  @Id({ optional: true, description: 'default: cash' }) account_id?: string;
  @Amount() amount!: number;
  @Text(NAME_MAX, optional) method?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
