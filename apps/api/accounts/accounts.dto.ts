import Type, { type Static } from 'typebox';
import { ACCOUNT_TYPES } from '../../../libs/ledger/events.js';
import { cause, event_fields } from '../documents/document.schema.js';
import { Flag, Id, NAME_MAX, OneOf, optional, Text } from '../http/fields.js';
import { component, described, flag, id, money, optionalFields, position, text, words } from '../http/schema.js';
import { MasterDataParameters, SortMasterData } from '../master-data/read-master-data.js';
import { YesOrNo } from '../queries/list-fields.js';

export class AccountBody {
  @Id() account_id!: string;
  @Text(NAME_MAX) name!: string;
  @OneOf(ACCOUNT_TYPES) type!: string;
  @Flag({ optional: true, description: 'default: not for an asset, else yes' }) may_go_negative?: boolean;
}

export class AccountChangeBody {
  @Text(NAME_MAX, optional) name?: string;
  @Flag(optional) may_go_negative?: boolean;
  @Flag(optional) active?: boolean;
}

export const Account = component(
  'Account',
  Type.Object({
    account_id: id,
    name: text,
    type: words(...ACCOUNT_TYPES),
    may_go_negative: flag,
    active: flag,
    position,
  }),
);
export type Account = Static<typeof Account>;

const balance = {
  account_id: id,
  name: text,
  type: words(...ACCOUNT_TYPES),
  debit: money,
  credit: money,
  balance: described(money, "positive on the account's normal side"),
};
export const AccountBalance = component(
  'AccountBalance',
  Type.Object({ ...balance, position, ...optionalFields({ may_go_negative: flag, active: flag }) }),
);
export type AccountBalance = Static<typeof AccountBalance>;

export const Entry = component(
  'Entry',
  Type.Object({
    ...event_fields,
    cause,
    debit: money,
    credit: money,
    balance: described(money, 'debit positive, after this, in the order of recording'),
  }),
);
export type Entry = Static<typeof Entry>;

export const TrialBalance = component(
  'TrialBalance',
  Type.Object({
    data: Type.Array(Type.Object(balance)),
    totals: Type.Object({ debit: money, credit: money }),
    position,
  }),
);
export type TrialBalance = Static<typeof TrialBalance>;

export class AccountsParameters extends MasterDataParameters {
  @OneOf(ACCOUNT_TYPES, optional) type?: string;
  @YesOrNo() may_go_negative?: string;
  @SortMasterData('account') sort?: string;
}
