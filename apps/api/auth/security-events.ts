/**
 * Who signed in, was locked out, made or changed a user: facts for the auditor, in the stream `security` of the log.
 *
 * They are first written to a table in the very transaction that changes the user, and carried to the log from there. So
 * none is lost, none tells of something that did not happen, and people can sign in while the log is away.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { EventStore, NewEvent } from '../../../libs/event-store/event-store.js';
import type { IdentityDb } from '../../../libs/identity/tables.js';
import { SECURITY_STREAM } from '../../../projections/security.js';
import type { LogLine } from '../log.js';

const batch_max = 100;
const pause_ms = 500;
const lock_id = 7_245_301; // Any number, the same in every instance.

/** Carries what waits to the log until `signal` aborts. Instances take turns; the order is that of the table. */
export async function carrySecurityEvents(
  db: IdentityDb,
  store: EventStore,
  log: LogLine,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const carried = await carryOnce(db, store);
      failures = 0;
      if (carried === batch_max) continue;
    } catch (error) {
      failures += 1;
      if (failures === 1) log('warn', 'Security events wait: the log or Postgres is away', { error: `${error}` });
    }
    await sleep(pause_ms * 2 ** Math.min(failures, 5), undefined, { signal }).catch(() => {});
  }
}

/** @returns how many events left the table. @throws when they could not be carried; then they still wait. */
async function carryOnce(db: IdentityDb, store: EventStore): Promise<number> {
  const any = await db.selectFrom('security_outbox').select('id').limit(1).executeTakeFirst();
  if (any === undefined) return 0;
  return db.transaction().execute(async (trx) => {
    const lock = await sql<{ taken: boolean }>`SELECT pg_try_advisory_xact_lock(${lock_id}) AS taken`.execute(trx);
    if (!lock.rows[0]?.taken) return 0;
    const rows = await trx.selectFrom('security_outbox').selectAll().orderBy('id').limit(batch_max).execute();
    await append(
      store,
      rows.map(({ event_id, type, data, metadata }) => ({ id: event_id, type, data, metadata })),
    );
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await trx.deleteFrom('security_outbox').where('id', 'in', ids).execute();
    return rows.length;
  });
}

/** Appends what is not there yet: an earlier try may have been written and its answer or its transaction lost. */
async function append(store: EventStore, events: NewEvent[]): Promise<void> {
  let head = -1;
  const written = new Set<string>();
  for await (const event of store.readBackwards(SECURITY_STREAM, { max: batch_max })) {
    head = Math.max(head, event.revision);
    written.add(event.id);
  }
  const missing = events.filter(({ id }) => !written.has(id));
  if (missing.length === 0) return;
  const result = await store.append(SECURITY_STREAM, head, missing);
  if (result.outcome !== 'appended') throw new Error(`the append to ${SECURITY_STREAM}: ${result.outcome}`);
}
