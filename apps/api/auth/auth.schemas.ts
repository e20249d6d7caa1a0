import Type, { type Static } from 'typebox';
import { ALL_LEDGERS } from '../../../libs/identity/tables.js';
import { ROLES, type Role } from '../../../libs/ledger/commands.js';
import { described, flag, instant, nullable, text, words } from '../http/schema.js';

const role = words(...ROLES);

export const Token = Type.Object({
  access_token: text,
  token_type: words('bearer'),
  expires_in: described(Type.Integer(), 'seconds'),
});
export type Token = Static<typeof Token>;

const roles = {
  role: described(nullable(role), 'in all ledgers but those of ledger_roles'),
  ledger_roles: Type.Array(Type.Object({ ledger_id: text, role })),
};
export type Roles = { role: Role | null; ledger_roles: { ledger_id: string; role: Role }[] };

/** @param held by ledger, or for ALL_LEDGERS */
export function rolesShown(held: ReadonlyMap<string, Role>): Roles {
  const own = [...held].filter(([ledger]) => ledger !== ALL_LEDGERS).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    role: held.get(ALL_LEDGERS) ?? null,
    ledger_roles: own.map(([ledger_id, role]) => ({ ledger_id, role })),
  };
}

export const Me = Type.Object({ username: text, ...roles });
export type Me = Static<typeof Me>;

export const User = Type.Object({
  username: text,
  ...roles,
  active: flag,
  created_at: instant,
  created_by: text,
  locked_until: nullable(instant),
});
export type User = Static<typeof User>;

export const UserPage = Type.Object({ data: Type.Array(User), next_cursor: nullable(text) });
export type UserPage = Static<typeof UserPage>;
