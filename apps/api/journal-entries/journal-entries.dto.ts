import Type, { type Static } from 'typebox';
import { postingSchema } from '../documents/document.schema.js';
import { EFFECTIVE } from '../documents/document-fields.js';
import { documentsListedBy } from '../documents/documents.parameters.js';
import { Amount, Id, Instant, Lines, NAME_MAX, NOTES_MAX, OneOf, optional, Text } from '../http/fields.js';
import { component, id, money, optionalFields, text, words } from '../http/schema.js';

const SIDES = ['debit', 'credit'] as const;

export class JournalEntryLineBody {
  @Id() account_id!: string;
  @OneOf(SIDES) side!: string;
  @Amount() amount!: number;
}

export class JournalEntryBody {
  @Lines(() => JournalEntryLineBody, { description: 'debits equal credits, and each account stands in one line' })
  lines!: JournalEntryLineBody[];
  @Text(NOTES_MAX) description!: string;
  @Text(NAME_MAX, optional) reference?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}

export const JournalEntry = component(
  'JournalEntry',
  postingSchema('journal_entry', {
    description: text,
    lines: Type.Array(Type.Object({ account_id: id, side: words(...SIDES), amount: money })),
    amount: { ...money, description: 'the sum of the debits, which is that of the credits' },
    ...optionalFields({ reference: text }),
  }),
);
export type JournalEntry = Static<typeof JournalEntry>;

export class JournalEntriesParameters extends documentsListedBy('journal_entry', {
  account_id: 'account_id',
  amount: 'total',
}) {}
