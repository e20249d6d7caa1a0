import type { Static } from 'typebox';
import { postingSchema } from '../documents/document.schema.js';
import { EFFECTIVE } from '../documents/document-fields.js';
import { documentsListedBy } from '../documents/documents.parameters.js';
import { Amount, Id, Instant, NOTES_MAX, Text } from '../http/fields.js';
import { component, id, money, text } from '../http/schema.js';

export class WriteOffBody {
  @Id({ description: 'number of a sale or a purchase' }) bill_number!: string;
  @Amount({ optional: true, description: 'default: all that is open' }) amount?: number;
  @Text(NOTES_MAX) reason!: string;
  @Instant(EFFECTIVE) effective_at?: string;
}

export const WriteOff = component(
  'WriteOff',
  postingSchema('write_off', { bill_number: id, party_id: id, amount: money, reason: text }),
);
export type WriteOff = Static<typeof WriteOff>;

export class WriteOffsParameters extends documentsListedBy('write_off', {
  bill_number: 'bill_number',
  party_id: 'party_id',
  amount: 'total',
}) {}
