/**
 * Read models made anew from the log, beside the live ones: a second schema is filled from the beginning and takes the place of the
 * first in one transaction, at the same position. Readers see the old tables until then and the new ones from then on. An interrupted
 * rebuild goes on where it stopped.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { EventStore, StoredEvent } from '../libs/event-store/event-store.js';
import { batchesOf } from './batches.js';
import { ping, READ_SCHEMA } from './database.js';
import { emptyHeads } from './heads.js';
import {
  applyBatch,
  applyEvents,
  haltDamaged,
  loadCheckpoint,
  openingOf,
  STREAM_PREFIXES,
  streamOf,
  tablesLock,
} from './projector.js';
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
const OLD_SCHEMA = `${READ_SCHEMA}_old`;

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
const swap_tries_max = 50;
const swap_pause_ms = 100;
const swap_lock_timeout_ms = 2000;
const LOCK_NOT_AVAILABLE = '55P03';

/** Somebody else is rebuilding already. */
export class RebuildRunning extends Error {
  override readonly name = 'RebuildRunning';
}

/**
 * Resolves with the number of events when the new tables are in place. The live projector may go on meanwhile.
 * @throws RebuildRunning; EventStoreUnavailable or what Postgres threw: call again to go on. The signal's reason when it aborts.
 */
export function rebuild(db: Db, store: EventStore, options: RebuildOptions = {}): Promise<number> {
  return db.connection().execute(async (guard) => {
    const key = sql`hashtextextended('factory-ledger rebuild', 0)`;
    const { rows } = await sql<{ free: boolean }>`SELECT pg_try_advisory_lock(${key}) AS free`.execute(guard);
    if (!rows[0]?.free) throw new RebuildRunning('a rebuild is running already');
    // A connection on which nothing comes or goes is given up after a while, and the lock would go with it.
    const beat = setInterval(() => ping(guard).catch(() => {}), guard_beat_ms);
    try {
      return await rebuildGuarded(db, store, options);
    } finally {
      clearInterval(beat);
      await sql`SELECT pg_advisory_unlock(${key})`.execute(guard).catch(() => {});
    }
  });
}

async function rebuildGuarded(db: Db, store: EventStore, options: RebuildOptions): Promise<number> {
  if ((await tablesVersion(db, NEXT_SCHEMA)) !== TABLES_VERSION) {
    await dropSchema(db, NEXT_SCHEMA);
    await createTables(db, NEXT_SCHEMA, { indexes: false });
  }
  for (let tries = 1; ; tries += 1) {
    await fill(db, store, options);
    if (tries === 1) {
      await makeLookups(db, NEXT_SCHEMA);
      await fill(db, store, options);
    }
    await haltDamagedLedgers(db, store);
    if (await swap(db, store, tries < swap_tries_max).catch(unlessLocked)) break;
    await sleep(swap_pause_ms, undefined, { signal: options.signal });
  }
  await dropSchema(db, OLD_SCHEMA);
  return eventsIn(db, READ_SCHEMA).then((events) => events ?? 0);
}

function unlessLocked(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE) return false;
  throw error;
}

/** Up to the head of the log. From its beginning all sums are in memory; the tables are asked for them only where they have their keys. */
async function fill(
  db: Db,
  store: EventStore,
  { signal, onProgress, events_max = limits.events_max, sums_max }: RebuildOptions,
): Promise<void> {
  const after = await inSchema(db, NEXT_SCHEMA, loadCheckpoint);
  let events = (await eventsIn(db, NEXT_SCHEMA)) ?? 0;
  let keyed = events > 0;
  if (keyed) await makeSeriesKeys(db, NEXT_SCHEMA);
  let late = false;
  const heads = emptyHeads(sums_max);
  const of = await eventsIn(db, READ_SCHEMA);
  const log = store.readAll(after, { stream_prefixes: STREAM_PREFIXES, signal });
  for await (const batch of batchesOf(log, { ...limits, events_max })) {
    signal?.throwIfAborted();
    const applied = await applyEvents(db, batch.events, { read_to: batch.read_to, schema: NEXT_SCHEMA, heads });
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

/** What the log still has of them may have been applied, but no more may be. */
async function haltDamagedLedgers(db: Db, store: EventStore): Promise<void> {
  await inSchema(db, NEXT_SCHEMA, async (trx) => {
    for (const { ledger } of await trx.selectFrom('ledgers').select('ledger').execute())
      await haltDamaged(trx, store, ledger, () => {});
  });
}

async function holdsLateRows(db: Db): Promise<boolean> {
  const { rows } = await sql`SELECT FROM ${sql.id(NEXT_SCHEMA, 'late_days')} LIMIT 1`.execute(db);
  return rows.length > 0;
}

/**
 * Both sets of tables are locked, what the live ones are ahead is applied, and the names change. False where the new tables are ahead and
 * the live ones are still moving: at the same position nobody sees a difference.
 */
async function swap(db: Db, store: EventStore, patient: boolean): Promise<boolean> {
  return inTransaction(db, [], async (writer) => {
    const trx = writer.db;
    const live = await tablesVersion(trx, READ_SCHEMA);
    if (live !== undefined) await tablesLock(READ_SCHEMA).execute(trx);
    if (live === TABLES_VERSION) {
      const missing = await missingEvents(trx, store);
      await applyBatch(writer, await writer.ask(openingOf(missing, NEXT_SCHEMA)), missing);
      await writer.settled();
      if (patient && !(await samePositions(trx))) return false;
    }
    if (live !== undefined) {
      // Readers hold this lock in the mildest form; a long report would otherwise keep all the others waiting behind us.
      await sql`SELECT set_config('lock_timeout', ${`${swap_lock_timeout_ms}`}, true)`.execute(trx);
      await sql`LOCK TABLE ${sql.id(READ_SCHEMA, 'meta')} IN ACCESS EXCLUSIVE MODE`.execute(trx);
      await sql`DROP SCHEMA IF EXISTS ${sql.id(OLD_SCHEMA)} CASCADE`.execute(trx);
      await sql`ALTER SCHEMA ${sql.id(READ_SCHEMA)} RENAME TO ${sql.id(OLD_SCHEMA)}`.execute(trx);
    }
    await sql`ALTER SCHEMA ${sql.id(NEXT_SCHEMA)} RENAME TO ${sql.id(READ_SCHEMA)}`.execute(trx);
    return true;
  });
}

/** What the live tables have applied and the new ones have not, ledger by ledger: a little, since the head was just reached. */
async function missingEvents(trx: Db, store: EventStore): Promise<StoredEvent[]> {
  const { rows } = await sql<{ ledger: string; from: bigint; count: bigint }>`
    SELECT l.ledger, coalesce(n.position, -1) + 1 AS from, l.position - coalesce(n.position, -1) AS count
    FROM ${sql.id(READ_SCHEMA, 'ledgers')} l LEFT JOIN ${sql.id(NEXT_SCHEMA, 'ledgers')} n ON n.ledger = l.ledger
    WHERE l.position > coalesce(n.position, -1) AND n.halted_position IS NULL`.execute(trx);
  const events: StoredEvent[] = [];
  for (const { ledger, from, count } of rows)
    for await (const event of store.read(streamOf(ledger), Number(from), { max: Number(count) })) events.push(event);
  return events;
}

/** Halted ledgers are left out: a new program may have come further with them. */
async function samePositions(trx: Db): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM ${sql.id(READ_SCHEMA, 'ledgers')} l FULL JOIN ${sql.id(NEXT_SCHEMA, 'ledgers')} n ON n.ledger = l.ledger
    WHERE l.halted_position IS NULL AND n.halted_position IS NULL AND l.position IS DISTINCT FROM n.position LIMIT 1`.execute(
    trx,
  );
  return rows.length === 0;
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

async function dropSchema(db: Db, schema: string): Promise<void> {
  await sql`DROP SCHEMA IF EXISTS ${sql.id(schema)} CASCADE`.execute(db);
}
