/** Fills a second schema from the whole log, which replaces the live one (swap.ts). Continues after an interruption. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { ping, READ_SCHEMA } from '../database/database.js';
import { type Db, TABLES_VERSION } from '../database/tables.js';
import { emptyBalanceCache } from '../engine/balance-cache.js';
import { ReadModelsWentBack } from './batch.js';
import { batchesOf } from './batches.js';
import { loadCheckpoint } from './checkpoint.js';
import { haltDamaged } from './ledgers.js';
import { applyEvents } from './projector.js';
import { resumeHalted } from './resume.js';
import { createTables, dropBackdatedIndexes, makeKeyIndexes, makeLookups, tablesVersion } from './schema.js';
import { useSchema } from './search-path.js';
import { STREAM_PREFIXES } from './streams.js';
import { dropOldTables, NEXT_SCHEMA, trySwap } from './swap.js';

export interface RebuildProgress {
  events: number;
  of: number | undefined;
}
export interface RebuildOptions {
  signal?: AbortSignal;
  onProgress?: (progress: RebuildProgress) => void;
  events_max?: number;
  sums_max?: number;
}

const limits = { events_max: 5000, pace_ms: 250, idle_ms: 60_000 };
const LOCK_BEAT_MS = 15_000;
/** How often the new tables wait for the live ones to come to their position. */
const AHEAD_TRIES_MAX = 50;
const SWAP_PAUSE_MS = 100;
const SWAP_PAUSE_MS_MAX = 2000;

export class RebuildRunning extends Error {
  override readonly name = 'RebuildRunning';
}

/** @throws RebuildRunning; RebuildRefused; what the log or Postgres threw: call again to continue */
export function rebuild(db: Db, store: EventStore, options: RebuildOptions = {}): Promise<number> {
  return asTheOnlyRebuild(db, (lost) => rebuildTables(db, store, options, lost));
}

/** `lost` aborts when the lock is lost and another may begin. @throws RebuildRunning */
export function asTheOnlyRebuild<T>(db: Db, work: (lost: AbortSignal) => Promise<T>): Promise<T> {
  return db.connection().execute(async (holder) => {
    const key = sql`hashtextextended('factory-ledger rebuild', 0)`;
    const { rows } = await sql<{ free: boolean }>`SELECT pg_try_advisory_lock(${key}) AS free`.execute(holder);
    if (!rows[0]?.free) throw new RebuildRunning('a rebuild is running already');
    // The lock ends with its connection, and a silent one is closed.
    const lost = new AbortController();
    const beat = setInterval(() => ping(holder).catch((error: unknown) => lost.abort(error)), LOCK_BEAT_MS);
    try {
      return await work(lost.signal);
    } finally {
      clearInterval(beat);
      await sql`SELECT pg_advisory_unlock(${key})`.execute(holder).catch(() => {});
    }
  });
}

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
  let ahead_tries = 0;
  for (let pause_ms = SWAP_PAUSE_MS; ; ) {
    await fill(db, store, { ...options, signal });
    await haltDamagedLedgers(db, store);
    const outcome = await trySwap(db, store, ahead_tries < AHEAD_TRIES_MAX);
    if (outcome === 'swapped') break;
    if (outcome === 'ahead') ahead_tries += 1;
    else pause_ms = Math.min(2 * pause_ms, SWAP_PAUSE_MS_MAX);
    await sleep(outcome === 'ahead' ? SWAP_PAUSE_MS : pause_ms, undefined, { signal });
  }
  // The next rebuild and the projector drop old tables as well.
  await dropOldTables(db).catch(() => {});
  return eventsIn(db, READ_SCHEMA).then((events) => events ?? 0);
}

async function fill(db: Db, store: EventStore, options: RebuildOptions): Promise<void> {
  for (;;) {
    try {
      return await fillFromCheckpoint(db, store, options);
    } catch (error) {
      if (!(error instanceof ReadModelsWentBack)) throw error;
    }
  }
}

/** From the beginning of the log all sums are cached; later ones are looked up by key indexes. */
async function fillFromCheckpoint(
  db: Db,
  store: EventStore,
  { signal, onProgress, events_max = limits.events_max, sums_max }: RebuildOptions,
): Promise<void> {
  let after = await inSchema(db, NEXT_SCHEMA, loadCheckpoint);
  let events = (await eventsIn(db, NEXT_SCHEMA)) ?? 0;
  let is_indexed = events > 0;
  if (is_indexed) await makeKeyIndexes(db, NEXT_SCHEMA);
  let has_backdated = false;
  const cache = emptyBalanceCache(sums_max);
  const of = await eventsIn(db, READ_SCHEMA);
  const log = store.readAll(after, { stream_prefixes: STREAM_PREFIXES, signal });
  for await (const { events: batch, read_to } of batchesOf(log, { ...limits, events_max })) {
    signal?.throwIfAborted();
    const applied = await applyEvents(db, batch, { read_to, after, schema: NEXT_SCHEMA, cache, store });
    after = read_to ?? after;
    if (!is_indexed && !has_backdated && (await holdsBackdatedRows(db))) {
      has_backdated = true;
      await dropBackdatedIndexes(db, NEXT_SCHEMA);
    }
    if (!is_indexed && cache.hasDropped()) {
      await makeKeyIndexes(db, NEXT_SCHEMA);
      is_indexed = true;
    }
    events += applied.events;
    onProgress?.({ events, of });
  }
}

async function holdsBackdatedRows(db: Db): Promise<boolean> {
  const row = await db.withSchema(NEXT_SCHEMA).selectFrom('backdated_days').select('day').limit(1).executeTakeFirst();
  return row !== undefined;
}

/** In the live tables too: new tables that are halted do not replace live ones that are not. */
async function haltDamagedLedgers(db: Db, store: EventStore): Promise<void> {
  const is_live = (await tablesVersion(db, READ_SCHEMA)) === TABLES_VERSION;
  for (const schema of is_live ? [NEXT_SCHEMA, READ_SCHEMA] : [NEXT_SCHEMA])
    await inSchema(db, schema, async (trx) => {
      for (const { ledger } of await trx.selectFrom('ledgers').select('ledger').execute())
        await haltDamaged(trx, store, ledger, () => {});
    });
}

function inSchema<T>(db: Db, schema: string, work: (trx: Db) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (trx) => {
    await useSchema(trx, schema);
    return work(trx);
  });
}

async function eventsIn(db: Db, schema: string): Promise<number | undefined> {
  if ((await tablesVersion(db, schema)) === undefined) return undefined;
  const row = await db.withSchema(schema).selectFrom('checkpoint').select('events').executeTakeFirst();
  return Number(row?.events ?? 0);
}
