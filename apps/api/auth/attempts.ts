/** Attempts are counted in Postgres before they are checked, so that the limit is exact, however many run at once anywhere. */
import { sql, type Transaction } from 'kysely';
import type { IdentityTables } from '../../../libs/identity/tables.js';
import { Problem } from '../http/problem.js';

const WINDOW_S = 15 * 60;

type Trx = Transaction<IdentityTables>;

const over = sql<boolean>`coalesce(f.locked_until, f.since + make_interval(secs => ${WINDOW_S})) < clock_timestamp()`;

/** @throws Problem account_locked where there are `most` failures already */
export async function countAttempt(trx: Trx, username: string, address: string, most: number) {
  const { rows } = await sql<{ failures: number; known: boolean }>`
    INSERT INTO failed_sign_ins AS f (username, address, failures, since)
    VALUES (${username}, ${address}, 1, clock_timestamp())
    ON CONFLICT (username, address) DO UPDATE SET
      failures = CASE WHEN ${over} THEN 1 ELSE f.failures + 1 END,
      since = CASE WHEN ${over} OR f.failures = 0 THEN clock_timestamp() ELSE f.since END,
      locked_until = NULL
    WHERE ${over} OR f.failures < ${most}
    RETURNING failures, coalesce(known_until > clock_timestamp(), false) AS known`.execute(trx);
  if (rows[0] !== undefined) return rows[0];
  const row = await trx
    .selectFrom('failed_sign_ins')
    .select('locked_until')
    .where('username', '=', username)
    .where('address', '=', address)
    .executeTakeFirst();
  // Without a lock, the last allowed attempt is still under way.
  throw locked(row?.locked_until ?? new Date(Date.now() + 1000));
}

/** @returns until when */
export async function lock(trx: Trx, username: string, address: string): Promise<string | undefined> {
  const row = await trx
    .updateTable('failed_sign_ins')
    .set({ locked_until: sql<Date>`clock_timestamp() + make_interval(secs => ${WINDOW_S})` })
    .where('username', '=', username)
    .where('address', '=', address)
    .returning('locked_until')
    .executeTakeFirst();
  return row?.locked_until?.toISOString();
}

function locked(until: Date): Problem {
  const seconds = Math.max(1, Math.ceil((until.getTime() - Date.now()) / 1000));
  const headers = { 'retry-after': `${seconds}` };
  return new Problem('account_locked', { locked_until: until.toISOString() }, { headers });
}
