/**
 * Read models made anew from the log, beside the live ones: a second schema is filled from the beginning and takes the place of the
 * first in one transaction, at the same position. Readers see the old tables until then and the new ones from then on. An interrupted
 * rebuild goes on where it stopped.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { EventStore, Position, StoredEvent } from '../../libs/event-store/event-store.js';
import { emptyBalanceCache } from './balance-cache.js';
import { batchesOf } from './batches.js';
import { ping, READ_SCHEMA } from './database.js';
import {
  applyBatch,
  applyEvents,
  haltDamaged,
  loadCheckpoint,
  openingOf,
  ReadModelsWentBack,
  STREAM_PREFIXES,
  streamOf,
  tablesLock,
} from './projector.js';
import { resumeHalted } from './resume.js';
import {
  createTables,
  type Db,
  dropLateIndexes,
  makeLookups,
  makeSeriesKeys,
  TABLES_VERSION,
  tablesVersion,
  useSchema,
} from './tables.js';
import { inTransaction } from './writer.js';

const NEXT_SCHEMA = `${READ_SCHEMA}_next`;
/** Of the tables that were replaced; each has a name of its own, for some may still be read when the next ones are. */
const OLD_SCHEMAS = `${READ_SCHEMA}_old_`;

export interface RebuildProgress {
  /** Events read into the new tables so far, those of an interrupted rebuild included. */
  events: number;
  /** Events that the live tables hold, where there are any. */
  of: number | undefined;
}
export interface RebuildOptions {
  signal?: AbortSignal;
  onProgress?: (progress: RebuildProgress) => void;
  /** Of one transaction. */
  events_max?: number;
  /** Running sums kept in memory. */
  sums_max?: number;
}

const limits = { events_max: 5000, pace_ms: 250, idle_ms: 60_000 };
const guard_beat_ms = 15_000;
/** So often the new tables wait for the live ones to reach the same position. */
const patience_tries = 50;
const swap_pause_ms = 100;
const swap_pause_ms_max = 2000;
/** Readers that come meanwhile wait for so long. */
const lock_timeout_ms = 100;
/** Whoever has been reading for longer is waited for without a lock. */
const short_read_ms = 50;
const LOCK_NOT_AVAILABLE = '55P03';

/** Somebody else is rebuilding already. */
export class RebuildRunning extends Error {
  override readonly name = 'RebuildRunning';
}

/** The new tables know less than the live ones, which stay. */
export class RebuildRefused extends Error {
  override readonly name = 'RebuildRefused';
}

/**
 * Resolves with the number of events when the new tables are in place. The live projector may go on meanwhile.
 * @throws RebuildRunning; RebuildRefused; EventStoreUnavailable or what Postgres threw: call again to go on. The signal's reason when it aborts.
 */
export function rebuild(db: Db, store: EventStore, options: RebuildOptions = {}): Promise<number> {
  return asTheOnlyRebuild(db, (lost) => rebuildTables(db, store, options, lost));
}

/** `lost` aborts when another rebuild may begin although this one goes on. @throws RebuildRunning */
export function asTheOnlyRebuild<T>(db: Db, work: (lost: AbortSignal) => Promise<T>): Promise<T> {
  return db.connection().execute(async (guard) => {
    const key = sql`hashtextextended('factory-ledger rebuild', 0)`;
    const { rows } = await sql<{ free: boolean }>`SELECT pg_try_advisory_lock(${key}) AS free`.execute(guard);
    if (!rows[0]?.free) throw new RebuildRunning('a rebuild is running already');
    // A connection on which nothing comes or goes is given up after a while, and the lock would go with it.
    const lost = new AbortController();
    const beat = setInterval(() => ping(guard).catch((error: unknown) => lost.abort(error)), guard_beat_ms);
    try {
      return await work(lost.signal);
    } finally {
      clearInterval(beat);
      await sql`SELECT pg_advisory_unlock(${key})`.execute(guard).catch(() => {});
    }
  });
}

/** Within `asTheOnlyRebuild`. */
export async function rebuildTables(
  db: Db,
  store: EventStore,
  { signal: stop, ...options }: RebuildOptions,
  lost: AbortSignal,
): Promise<number> {
  const signal = stop === undefined ? lost : AbortSignal.any([stop, lost]);
  await dropOldTables(db);
  if ((await tablesVersion(db, NEXT_SCHEMA)) !== TABLES_VERSION) {
    await sql`DROP SCHEMA IF EXISTS ${sql.id(NEXT_SCHEMA)} CASCADE`.execute(db);
    await createTables(db, NEXT_SCHEMA, { indexes: false });
  }
  await fill(db, store, { ...options, signal });
  await makeLookups(db, NEXT_SCHEMA);
  await resumeHalted(db, store, { schema: NEXT_SCHEMA, signal });
  let patience = patience_tries;
  for (let pause_ms = swap_pause_ms; ; ) {
    await fill(db, store, { ...options, signal });
    await haltDamagedLedgers(db, store);
    const outcome = (await areReadAtLength(db)) ? 'read' : await swap(db, store, patience > 0).catch(unlessLocked);
    if (outcome === 'swapped') break;
    if (outcome === 'ahead') patience -= 1;
    else pause_ms = Math.min(2 * pause_ms, swap_pause_ms_max);
    await sleep(outcome === 'ahead' ? swap_pause_ms : pause_ms, undefined, { signal });
  }
  // The new tables are in place, whatever becomes of the old ones: the next rebuild and the projector look for them again.
  await dropOldTables(db).catch(() => {});
  return eventsIn(db, READ_SCHEMA).then((events) => events ?? 0);
}

function unlessLocked(error: unknown): 'read' {
  if (error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE) return 'read';
  throw error;
}

/** Whether the live tables are in a reader's hands for longer: whoever waited for these would keep all others waiting behind. */
async function areReadAtLength(db: Db): Promise<boolean> {
  const { rows } = await sql`SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.relation = to_regclass(${`${READ_SCHEMA}.meta`}) AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND a.xact_start < clock_timestamp() - ${`${short_read_ms} ms`}::interval LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** Tables that were replaced, unless somebody still reads them: a verification may, for an hour. They are looked for again later. */
export async function dropOldTables(db: Db): Promise<void> {
  const { rows } = await sql<{ schema: string }>`SELECT n.nspname AS schema FROM pg_namespace n
    WHERE starts_with(n.nspname, ${OLD_SCHEMAS}) AND NOT EXISTS (SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
      WHERE c.relnamespace = n.oid AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))`.execute(
    db,
  );
  for (const { schema } of rows)
    await db
      .transaction()
      .execute(async (trx) => {
        await lockTimeout(trx);
        await sql`DROP SCHEMA ${sql.id(schema)} CASCADE`.execute(trx);
      })
      .catch(unlessLocked);
}

async function lockTimeout(trx: Db): Promise<void> {
  await sql`SELECT set_config('lock_timeout', ${`${lock_timeout_ms}`}, true)`.execute(trx);
}

/** Up to the head of the log. What Postgres loses by a crash meanwhile is read again. */
async function fill(db: Db, store: EventStore, options: RebuildOptions): Promise<void> {
  for (;;) {
    try {
      return await fillFromCheckpoint(db, store, options);
    } catch (error) {
      if (!(error instanceof ReadModelsWentBack)) throw error;
    }
  }
}

/** From the beginning of the log all sums are in memory; the tables are asked for them only where they have their keys. */
async function fillFromCheckpoint(
  db: Db,
  store: EventStore,
  { signal, onProgress, events_max = limits.events_max, sums_max }: RebuildOptions,
): Promise<void> {
  let after = await inSchema(db, NEXT_SCHEMA, loadCheckpoint);
  let events = (await eventsIn(db, NEXT_SCHEMA)) ?? 0;
  let keyed = events > 0;
  if (keyed) await makeSeriesKeys(db, NEXT_SCHEMA);
  let late = false;
  const heads = emptyBalanceCache(sums_max);
  const of = await eventsIn(db, READ_SCHEMA);
  const log = store.readAll(after, { stream_prefixes: STREAM_PREFIXES, signal });
  for await (const { events: batch, read_to } of batchesOf(log, { ...limits, events_max })) {
    signal?.throwIfAborted();
    const applied = await applyEvents(db, batch, { read_to, after, schema: NEXT_SCHEMA, heads, store });
    after = read_to ?? after;
    if (!keyed && !late && (await holdsLateRows(db))) {
      late = true;
      await dropLateIndexes(db, NEXT_SCHEMA);
    }
    if (!keyed && heads.forgotten()) {
      await makeSeriesKeys(db, NEXT_SCHEMA);
      keyed = true;
    }
    events += applied.events;
    onProgress?.({ events, of });
  }
}

/**
 * What the log still has of them may have been applied, but no more may be. The live tables are told as well, which nobody may be following:
 * new ones that are halted do not take the place of others that are not.
 */
async function haltDamagedLedgers(db: Db, store: EventStore): Promise<void> {
  const is_live = (await tablesVersion(db, READ_SCHEMA)) === TABLES_VERSION;
  for (const schema of is_live ? [NEXT_SCHEMA, READ_SCHEMA] : [NEXT_SCHEMA])
    await inSchema(db, schema, async (trx) => {
      for (const { ledger } of await trx.selectFrom('ledgers').select('ledger').execute())
        await haltDamaged(trx, store, ledger, () => {});
    });
}

async function holdsLateRows(db: Db): Promise<boolean> {
  const { rows } = await sql`SELECT FROM ${sql.id(NEXT_SCHEMA, 'late_days')} LIMIT 1`.execute(db);
  return rows.length > 0;
}

/**
 * Both sets of tables are locked, what the live ones are ahead is applied, and the names change; not while the new tables are ahead and the
 * live ones are still moving, for as long as there is patience: at the same position nobody sees a difference.
 * @throws RebuildRefused
 */
async function swap(db: Db, store: EventStore, patient: boolean): Promise<'swapped' | 'ahead'> {
  return inTransaction(db, [], async (writer) => {
    const trx = writer.db;
    const live = await tablesVersion(trx, READ_SCHEMA);
    if (live !== undefined) {
      await tablesLock(READ_SCHEMA).execute(trx);
      const missing = await missingEvents(trx, store);
      const read_to = live === TABLES_VERSION ? await checkpointOf(trx, READ_SCHEMA) : null;
      await applyBatch(writer, await writer.ask(openingOf(missing, NEXT_SCHEMA)), missing, { read_to });
      await writer.settled();
      if (!(await isAsFar(trx, patient && live === TABLES_VERSION))) return 'ahead';
      await lockTimeout(trx);
      await sql`LOCK TABLE ${sql.id(READ_SCHEMA, 'meta')} IN ACCESS EXCLUSIVE MODE`.execute(trx);
      if (live === TABLES_VERSION) await keepState(trx);
      const old = `${OLD_SCHEMAS}${randomBytes(4).toString('hex')}`;
      await sql`ALTER SCHEMA ${sql.id(READ_SCHEMA)} RENAME TO ${sql.id(old)}`.execute(trx);
    }
    await sql`ALTER SCHEMA ${sql.id(NEXT_SCHEMA)} RENAME TO ${sql.id(READ_SCHEMA)}`.execute(trx);
    return 'swapped';
  });
}

async function checkpointOf(trx: Db, schema: string): Promise<Position | undefined> {
  await useSchema(trx, schema);
  return loadCheckpoint(trx);
}

/** How the projector is, which goes on with the new tables. */
async function keepState(trx: Db): Promise<void> {
  await sql`UPDATE ${sql.id(NEXT_SCHEMA, 'checkpoint')} n SET state = l.state, note = l.note, lag_ms = l.lag_ms,
    heartbeat_at = l.heartbeat_at FROM ${sql.id(READ_SCHEMA, 'checkpoint')} l`.execute(trx);
}

/** Each ledger in the live tables beside the new ones. Their columns are those of every version. */
const STANDINGS = sql`${sql.id(READ_SCHEMA, 'ledgers')} l FULL JOIN ${sql.id(NEXT_SCHEMA, 'ledgers')} n ON n.ledger = l.ledger`;

/** What the live tables have applied and the new ones have not, ledger by ledger: a little, since the head was just reached. */
async function missingEvents(trx: Db, store: EventStore): Promise<StoredEvent[]> {
  const { rows } = await sql<{ ledger: string; from: bigint; count: bigint }>`
    SELECT l.ledger, coalesce(n.position, -1) + 1 AS from, l.position - coalesce(n.position, -1) AS count
    FROM ${STANDINGS} WHERE l.position > coalesce(n.position, -1) AND n.halted_position IS NULL`.execute(trx);
  const events: StoredEvent[] = [];
  for (const { ledger, from, count } of rows)
    for await (const event of store.read(streamOf(ledger), Number(from), { max: Number(count) })) events.push(event);
  return events;
}

/**
 * Whether the new tables stand where the live ones do. A ledger that is halted in both may differ: a new program may have come further.
 * @throws RebuildRefused where the live tables know more of a ledger, or are not halted where the new ones are.
 */
async function isAsFar(trx: Db, patient: boolean): Promise<boolean> {
  const { rows } = await sql<{ ledger: string; live: bigint; now: bigint; reason: string | null; behind: boolean }>`
    SELECT coalesce(l.ledger, n.ledger) AS ledger, l.position AS live, coalesce(n.position, -1) AS now, n.halted_reason AS reason,
      coalesce(l.position, -1) > coalesce(n.position, -1) AS behind
    FROM ${STANDINGS}
    WHERE coalesce(l.position, -1) > coalesce(n.position, -1)
      OR (l.halted_position IS NULL AND CASE WHEN n.halted_position IS NULL THEN l.position IS DISTINCT FROM n.position ELSE l.ledger IS NOT NULL END)
    ORDER BY behind DESC, n.halted_reason IS NULL, 1 LIMIT 1`.execute(trx);
  const worst = rows[0];
  if (worst === undefined) return true;
  const { ledger, live, now, reason, behind } = worst;
  // The live tables may yet come to the event that halted the new ones.
  if (behind || (reason !== null && !patient))
    throw new RebuildRefused(
      `the live read models stay: they know ledger ${ledger} up to position ${live}, the new ones up to ${now}${reason === null ? ', where the log ends' : ` (${reason})`}`,
    );
  return !patient;
}

function inSchema<T>(db: Db, schema: string, work: (trx: Db) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (trx) => {
    await useSchema(trx, schema);
    return work(trx);
  });
}

async function eventsIn(db: Db, schema: string): Promise<number | undefined> {
  if ((await tablesVersion(db, schema)) === undefined) return undefined;
  const { rows } = await sql<{ events: bigint }>`SELECT events FROM ${sql.id(schema, 'checkpoint')}`.execute(db);
  return Number(rows[0]?.events ?? 0);
}
