import { EFFECTIVE } from '../documents/document-fields.js';
import { Amount, Id, Instant, NAME_MAX, optional, Text } from '../http/fields.js';

export class TransferBody {
  @Id() from_account_id!: string;
  @Id() to_account_id!: string;
  @Amount() amount!: number;
  @Text(NAME_MAX, optional) reference?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
