import Type, { type Static } from 'typebox';
import { Cost, Pattern, Text, Whole } from '../http/fields.js';
import { LEDGER_ID } from '../http/request.js';
import { component, money, position, text } from '../http/schema.js';

export class NewLedgerBody {
  @Pattern(LEDGER_ID, 'must be 1 to 32 of a-z, 0-9 and dash, beginning with a letter or digit', { example: 'plant-2' })
  ledger_id!: string;

  @Pattern(/^[A-Z]{3}$/, 'must be a currency code of three capital letters', { example: 'EUR' })
  currency!: string;

  @Whole(0, 6, { optional: true })
  digits?: number;

  @Text(64, { optional: true })
  time_zone?: string;

  @Cost({ optional: true })
  approval_threshold?: number;
}

export const Ledger = component(
  'Ledger',
  Type.Object({
    ledger_id: text,
    currency: text,
    digits: Type.Integer(),
    time_zone: text,
    approval_threshold: money,
    position,
  }),
);
export const Ledgers = Type.Object({ data: Type.Array(Ledger) });
export type Ledgers = Static<typeof Ledgers>;
