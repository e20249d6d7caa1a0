import Type, { type Static } from 'typebox';
import { ACCOUNT_TYPES } from '../../../libs/ledger/events.js';
import { Flag, Id, NAME_MAX, OneOf, optional, Text } from '../http/fields.js';
import { component, flag, id, position, text, words } from '../http/schema.js';

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
