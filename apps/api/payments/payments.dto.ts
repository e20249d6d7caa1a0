import type { Static } from 'typebox';
import { postingSchema } from '../documents/document.schema.js';
import { EFFECTIVE } from '../documents/document-fields.js';
import { documentsListedBy } from '../documents/documents.parameters.js';
import { Amount, Id, Instant, NAME_MAX, optional, Text } from '../http/fields.js';
import { component, id, money, optionalFields, text, words } from '../http/schema.js';

export class PaymentBody {
  @Id({ description: 'number of a sale or a purchase' }) bill_number!: string;
  @Id({ optional: true, description: 'default: cash' }) account_id?: string;
  @Amount() amount!: number;
  @Text(NAME_MAX, optional) method?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}

export const Payment = component(
  'Payment',
  postingSchema('payment', {
    bill_number: id,
    party_id: id,
    account_id: id,
    amount: money,
    direction: words('received', 'made'),
    ...optionalFields({ method: text, order_id: id, ordered_by: text }),
  }),
);
export type Payment = Static<typeof Payment>;

export class PaymentsParameters extends documentsListedBy('payment', {
  bill_number: 'bill_number',
  order_id: 'order_id',
  party_id: 'party_id',
  account_id: 'account_id',
  amount: 'total',
}) {}
