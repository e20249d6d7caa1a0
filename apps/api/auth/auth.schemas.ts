import Type, { type Static } from 'typebox';
import { ROLES } from '../../../libs/ledger/commands.js';
import { described, flag, instant, nullable, text, words } from '../http/schema.js';

const role = words(...ROLES);

export const Token = Type.Object({
  access_token: text,
  token_type: words('bearer'),
  expires_in: described(Type.Integer(), 'seconds'),
});
export type Token = Static<typeof Token>;

export const Me = Type.Object({ username: text, role });
export type Me = Static<typeof Me>;

export const User = Type.Object({
  username: text,
  role,
  active: flag,
  created_at: instant,
  created_by: text,
  locked_until: nullable(instant),
});
export type User = Static<typeof User>;

export const UserPage = Type.Object({ data: Type.Array(User), next_cursor: nullable(text) });
export type UserPage = Static<typeof UserPage>;
