import Type, { type Static } from 'typebox';
import { ALL_LEDGERS } from '../../../libs/identity/tables.js';
import { ROLES, type Role } from '../../../libs/ledger/commands.js';
import {
  base,
  component,
  described,
  flag,
  instant,
  next_cursor,
  nullable,
  prev_cursor,
  text,
  words,
} from '../http/schema.js';
import { STEPS } from './sign-in-steps.js';

const role = component('Role', words(...ROLES));

export const token = {
  access_token: text,
  token_type: words('bearer'),
  expires_in: described(Type.Integer(), 'seconds'),
  next_step: Type.Optional(described(words(...STEPS), 'what must be done before the token is good for anything else')),
};
export const Token = base('Token', Type.Object(token));
export type Token = Static<typeof Token>;

export const SignedIn = component(
  'SignedIn',
  Type.Object({
    ...token,
    device_token: described(text, 'for later sign-ins, in the header Device-Token; it gives no access'),
    second_factors: Type.Optional(
      described(
        Type.Array(words('totp', 'passkey', 'recovery_code')),
        'where next_step is second_factor: what it may be',
      ),
    ),
  }),
);
export type SignedIn = Static<typeof SignedIn>;

const roles = {
  role: described(nullable(words(...ROLES)), 'in all ledgers but those of ledger_roles'),
  ledger_roles: Type.Array(component('LedgerRole', Type.Object({ ledger_id: text, role }))),
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

export const Me = component('Me', Type.Object({ username: text, ...roles }));
export type Me = Static<typeof Me>;

const user = {
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
};
export const User = base('User', Type.Object(user));
export type User = Static<typeof User>;

const password = described(text, 'where it was generated: shown this once');
export const UserWithPassword = component(
  'UserWithPassword',
  Type.Object({ ...user, password: Type.Optional(password) }),
);
export type UserWithPassword = Static<typeof UserWithPassword>;

const Session = component(
  'Session',
  Type.Object({
    session_id: text,
    created_at: instant,
    last_used_at: described(instant, 'to about 15 seconds'),
    expires_at: instant,
    address: described(text, 'where the sign-in came from; of IPv6 the /64 network'),
    device: described(text, 'the User-Agent of the sign-in'),
    current: Type.Optional(described(flag, 'the one that asks')),
  }),
);
export const Sessions = component('Sessions', Type.Object({ data: Type.Array(Session) }));
export type Sessions = Static<typeof Sessions>;

const api_key = {
  key_id: text,
  name: text,
  actor: described(text, 'who is recorded as having done what the key does'),
  role,
  ledger_id: described(nullable(text), 'null: all ledgers'),
  created_at: instant,
  created_by: text,
  expires_at: instant,
  last_used_at: described(nullable(instant), 'to about 15 seconds'),
};
const ApiKey = base('ApiKey', Type.Object(api_key));
export const NewApiKey = component('NewApiKey', Type.Object({ ...api_key, key: described(text, 'shown this once') }));
export type NewApiKey = Static<typeof NewApiKey>;
export const ApiKeys = Type.Object({ data: Type.Array(ApiKey) });
export type ApiKeys = Static<typeof ApiKeys>;

export const UserPage = Type.Object({ data: Type.Array(User), next_cursor, prev_cursor });
export type UserPage = Static<typeof UserPage>;
