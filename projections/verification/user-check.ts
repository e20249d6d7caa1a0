/** Finds users and API keys that were made, and roles that were changed, by SQL. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { EventStore, StoredEvent } from '../../libs/event-store/event-store.js';
import { SECURITY_STREAM } from '../../libs/event-store/streams.js';
import { isTable } from '../database/database.js';
import type { Db } from '../database/tables.js';
import type { Row } from './expected.js';

export interface UserRows {
  expected: Row[];
  found: Row[];
}

const TRIES_MAX = 5;
const PAUSE_MS = 300;

/** By name, keys by their actor and id. `roles` by ledger, or for ALL_LEDGERS. */
type Users = Map<string, { roles: Map<string, string>; active: boolean }>;
/** Of all ledgers, as in libs/identity. */
const ALL_LEDGERS = '*';

type UserEvent = Pick<StoredEvent, 'type' | 'data'>;

/** Each call reads the events since the last one. Empty without a schema of users. */
export function openUserCheck(db: Db, store: EventStore): (signal?: AbortSignal) => Promise<UserRows> {
  const users: Users = new Map();
  let next = 0;
  async function look(signal: AbortSignal | undefined): Promise<UserRows> {
    const users_now = await readUsers(db);
    if (users_now === undefined) return { expected: [], found: [] };
    const { found, waiting } = users_now;
    for await (const event of store.read(SECURITY_STREAM, next, { signal })) {
      fold(users, event);
      next = event.revision + 1;
    }
    const with_waiting = structuredClone(users);
    for (const event of waiting) fold(with_waiting, event);
    const expected = [...with_waiting].map(([username, { roles, active }]) => ({
      username,
      roles: [...roles]
        .map(([ledger, role]) => `${ledger}: ${role}`)
        .toSorted()
        .join(', '),
      active,
    }));
    return { expected: byName(expected), found: byName(found) };
  }
  return async (signal) => {
    // A user may change between the two reads.
    for (let tries = 1; ; tries += 1) {
      const rows = await look(signal);
      if (tries === TRIES_MAX || isDeepStrictEqual(rows.expected, rows.found)) return rows;
      await sleep(PAUSE_MS, undefined, { signal });
    }
  };
}

function fold(users: Users, { type, data }: UserEvent): void {
  const { username, key_id, role, to, ledger = ALL_LEDGERS, expires_at } = (data ?? {}) as Record<string, unknown>;
  if (typeof username !== 'string') return;
  const key = `${username} ${key_id}`;
  const user = users.get(type === 'ApiKeyRevoked' ? key : username);
  if (type === 'ApiKeyCreated')
    users.set(key, { roles: new Map([[`${ledger}`, `${role} until ${expires_at}`]]), active: true });
  else if (type === 'UserCreated') users.set(username, { roles: new Map([[`${ledger}`, `${role}`]]), active: true });
  else if (user === undefined) return;
  else if (type === 'UserRoleChanged' && to === null) user.roles.delete(`${ledger}`);
  else if (type === 'UserRoleChanged') user.roles.set(`${ledger}`, `${to}`);
  else if (type === 'UserDeactivated' || type === 'ApiKeyRevoked') user.active = false;
  else if (type === 'UserReactivated') user.active = true;
}

/** With the outbox, written together with the change itself. */
function readUsers(db: Db): Promise<{ found: Row[]; waiting: UserEvent[] } | undefined> {
  const snapshot = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return snapshot.execute(async (trx) => {
    if (!(await isTable(trx, 'identity.api_keys'))) return undefined;
    const found = await sql<Row>`
      SELECT username, active, coalesce((
        SELECT string_agg(ledger || ': ' || role, ', ' ORDER BY ledger || ': ' || role COLLATE "C")
        FROM identity.user_roles r WHERE r.username = u.username), '') AS roles
      FROM identity.users u
      UNION ALL
      SELECT 'key/' || name || ' ' || key_id, revoked_at IS NULL,
        ledger || ': ' || role || ' until ' || to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      FROM identity.api_keys`.execute(trx);
    const waiting = await sql<UserEvent>`SELECT type, data FROM identity.security_outbox ORDER BY id`.execute(trx);
    return { found: found.rows.map((row) => ({ ...row })), waiting: waiting.rows };
  });
}

function byName(rows: Row[]): Row[] {
  return rows.sort((a, b) => (String(a.username) < String(b.username) ? -1 : 1));
}
