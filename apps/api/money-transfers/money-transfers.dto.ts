import type { Static } from 'typebox';
import { postingSchema } from '../documents/document.schema.js';
import { EFFECTIVE } from '../documents/document-fields.js';
import { documentsListedBy } from '../documents/documents.parameters.js';
import { Amount, Id, Instant, NAME_MAX, optional, Text } from '../http/fields.js';
import { component, id, money, optionalFields, text } from '../http/schema.js';

export class TransferBody {
  @Id() from_account_id!: string;
  @Id() to_account_id!: string;
  @Amount() amount!: number;
  @Text(NAME_MAX, optional) reference?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}

export const Transfer = component(
  'Transfer',
  postingSchema('transfer', {
    from_account_id: id,
    to_account_id: id,
    amount: money,
    ...optionalFields({ reference: text }),
  }),
);
export type Transfer = Static<typeof Transfer>;

export class TransfersParameters extends documentsListedBy('transfer', {
  account_id: 'account_id',
  amount: 'total',
}) {}
