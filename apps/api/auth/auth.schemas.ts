import Type, { type Static } from 'typebox';
import { ALL_LEDGERS } from '../../../libs/identity/tables.js';
import { ROLES, type Role } from '../../../libs/ledger/commands.js';
import { described, flag, instant, next_cursor, nullable, text, words } from '../http/schema.js';
import { STEPS } from './sign-in-steps.js';

const role = words(...ROLES);

export const Token = Type.Object({
  access_token: text,
  token_type: words('bearer'),
  expires_in: described(Type.Integer(), 'seconds'),
  next_step: Type.Optional(described(words(...STEPS), 'what must be done before the token is good for anything else')),
});
export type Token = Static<typeof Token>;

export const SignedIn = Type.Object({
  ...Token.properties,
  device_token: described(text, 'for later sign-ins, in the header Device-Token; it gives no access'),
  second_factors: Type.Optional(
    described(
      Type.Array(words('totp', 'passkey', 'recovery_code')),
      'where next_step is second_factor: what it may be',
    ),
  ),
});
export type SignedIn = Static<typeof SignedIn>;

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
  single_sign_on: described(
    nullable(Type.Object({ issuer: text, subject: text, display_name: text })),
    'of a user whom the identity provider knows: it keeps password and roles',
  ),
  password_expires_at: described(nullable(instant), 'of a password that the user has yet to change'),
  created_at: instant,
  created_by: text,
  locked_until: nullable(instant),
});
export type User = Static<typeof User>;

const password = described(text, 'where it was generated: shown this once');
export const UserWithPassword = Type.Object({ ...User.properties, password: Type.Optional(password) });
export type UserWithPassword = Static<typeof UserWithPassword>;

const session = {
  session_id: text,
  created_at: instant,
  last_used_at: described(instant, 'to about 15 seconds'),
  expires_at: instant,
  address: described(text, 'where the sign-in came from; of IPv6 the /64 network'),
  device: described(text, 'the User-Agent of the sign-in'),
};
export const Sessions = Type.Object({
  data: Type.Array(Type.Object({ ...session, current: Type.Optional(described(flag, 'the one that asks')) })),
});
export type Sessions = Static<typeof Sessions>;

const ApiKey = Type.Object({
  key_id: text,
  name: text,
  actor: described(text, 'who is recorded as having done what the key does'),
  role,
  ledger_id: described(nullable(text), 'null: all ledgers'),
  created_at: instant,
  created_by: text,
  expires_at: instant,
  last_used_at: described(nullable(instant), 'to about 15 seconds'),
});
export const NewApiKey = Type.Object({ ...ApiKey.properties, key: described(text, 'shown this once') });
export type NewApiKey = Static<typeof NewApiKey>;
export const ApiKeys = Type.Object({ data: Type.Array(ApiKey) });
export type ApiKeys = Static<typeof ApiKeys>;

export const UserPage = Type.Object({ data: Type.Array(User), next_cursor });
export type UserPage = Static<typeof UserPage>;
