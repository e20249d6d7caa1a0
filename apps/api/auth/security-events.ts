/**
 * A transactional outbox: security events are written to a table in the transaction that changes the user, and appended
 * to the log from there. So none is lost, none is of a change that was rolled back, and sign-in works while the log is
 * away.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { examine, linkEvent } from '../../../libs/audit/chain.js';
import { chainedEventOf, readChained } from '../../../libs/audit/signed-checkpoint.js';
import type { EventStore, NewEvent } from '../../../libs/event-store/event-store.js';
import { findDamage } from '../../../libs/event-store/stream-damage.js';
import { SECURITY_BOOK, SECURITY_STREAM } from '../../../libs/event-store/streams.js';
import type { IdentityDb } from '../../../libs/identity/tables.js';
import type { LogLine } from '../log.js';
import { isMinuteOver, noteUnknownNames } from './sign-in.js';

type Noted = { note_id: string; type: string; data: object; metadata: object };

const BATCH_MAX = 100;
const PAUSE_MS = 500;
/** Of an instance and of the log. */
const CLOCKS_APART_MS = 60_000;
const LOCK_ID = 7_245_301; // Any number, the same in every instance.

/** One instance at a time does it. */
export async function carrySecurityEvents(
  db: IdentityDb,
  store: EventStore,
  log: LogLine,
  signal: AbortSignal,
  noteRefusals: () => Promise<void> = async () => {},
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await noteRefusals();
      const found = await look(db);
      if (found.names_to_note) await noteUnknownNames(db);
      const carried = found.events || found.names_to_note ? await carryOnce(db, store) : 0;
      failures = 0;
      if (carried === BATCH_MAX) continue;
    } catch (error) {
      failures += 1;
      if (failures === 1) log('warn', 'Security events wait to be written to the log', { error: `${error}` });
    }
    await sleep(PAUSE_MS * 2 ** Math.min(failures, 5), undefined, { signal }).catch(() => {});
  }
}

/** One question, since the answer is nearly always no. */
async function look(db: IdentityDb): Promise<{ events: boolean; names_to_note: boolean }> {
  const { rows } = await sql<{ events: boolean; names_to_note: boolean }>`
    SELECT EXISTS (SELECT FROM security_outbox) AS events, EXISTS (SELECT FROM unknown_sign_ins WHERE ${isMinuteOver}) AS names_to_note`.execute(
    db,
  );
  return rows[0]!;
}

async function carryOnce(db: IdentityDb, store: EventStore): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const lock = await sql<{ taken: boolean }>`SELECT pg_try_advisory_xact_lock(${LOCK_ID}) AS taken`.execute(trx);
    if (!lock.rows[0]?.taken) return 0;
    const rows = await trx.selectFrom('security_outbox').selectAll().orderBy('id').limit(BATCH_MAX).execute();
    await append(
      store,
      rows.map(({ event_id, type, data, metadata }) => ({ note_id: event_id, type, data, metadata })),
    );
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await trx.deleteFrom('security_outbox').where('id', 'in', ids).execute();
    return rows.length;
  });
}

/** Only what the log does not have: an earlier append may have succeeded and its answer been lost. */
async function append(store: EventStore, events: readonly Noted[]): Promise<void> {
  const damage = await findDamage(store, SECURITY_STREAM);
  // An append to a truncated stream would look like its beginning.
  if (damage !== undefined) throw new Error(damage.reason);
  const { head, previous_hash, written } = await lastEvents(store, earliest(events));
  const missing = events.filter(({ note_id }) => !written.has(note_id));
  if (missing.length === 0) return;
  let hash = previous_hash;
  const appended = missing.map(({ note_id, type, data, metadata }): NewEvent => {
    const link = linkEvent({ type, data, metadata: { ...metadata, note_id } }, hash);
    ({ hash } = link.metadata);
    return { type, data, ...link };
  });
  const result = await store.append(SECURITY_STREAM, head, appended);
  if (result.outcome !== 'appended') throw new Error(`the append to ${SECURITY_STREAM}: ${result.outcome}`);
}

function earliest(events: readonly Noted[]): number {
  return Math.min(...events.map(({ metadata }) => Date.parse((metadata as { recorded_at: string }).recorded_at)));
}

/** So far back that all which may hold what was noted since `since_ms` are among them: a restored outbox has notes of long ago. */
async function lastEvents(store: EventStore, since_ms: number) {
  let head = -1;
  let previous_hash: string | undefined;
  const written = new Set<string>();
  for (let max = BATCH_MAX; ; max *= 10) {
    let [count, oldest_ms] = [0, Number.POSITIVE_INFINITY];
    for await (const event of store.readBackwards(SECURITY_STREAM, { max })) {
      count += 1;
      oldest_ms = event.created_ms;
      head = Math.max(head, event.revision);
      written.add((event.metadata as { note_id?: string } | null)?.note_id ?? event.id);
      if (previous_hash !== undefined) continue;
      const { flaw, stated } = examine(chainedEventOf(event));
      if (flaw === undefined) previous_hash = stated;
    }
    if (count < max || oldest_ms < since_ms - CLOCKS_APART_MS) break;
  }
  if (head >= 0 && previous_hash === undefined)
    for await (const { metadata } of readChained(store, SECURITY_BOOK, head))
      previous_hash = (metadata as { hash: string }).hash;
  return { head, previous_hash: previous_hash ?? '', written };
}
