/**
 * Rebuilds that somebody asked for. A request is a row in Postgres, outside of the read models, which a rebuild replaces: any instance of
 * the API can write it and tell how far it is, and a projector that was killed in the middle finds it again at its next start.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type EventStore, EventStoreUnavailable } from '../../libs/event-store/event-store.js';
import { areTablesThere, isTable, ping } from './database.js';
import { asTheOnlyRebuild, dropOldTables, RebuildRunning, rebuildTables } from './rebuild.js';
import type { Db } from './tables.js';

export interface RebuildView {
  rebuild_id: string;
  /** `requested`: the projector has not begun yet. */
  status: 'requested' | 'running' | 'done' | 'failed';
  /** Events read into the new tables, and how many the live ones hold. */
  progress: { events: number; of: number };
  /** null where that cannot be told yet. */
  seconds_left: number | null;
  requested_by: string;
  requested_at: string;
  finished_at: string | null;
  /** What it waits for, or why it failed. */
  error: string | null;
}
interface RebuildRow {
  rebuild_id: string;
  status: RebuildView['status'];
  requested_by: string;
  requested_at: string;
  /** Since when it has been running without a break, and how many events there were by then. */
  begun_at: string | null;
  begun_events: bigint;
  touched_at: string;
  events: bigint;
  of_events: bigint;
  finished_at: string | null;
  error: string | null;
}

const SCHEMA = 'operations';
const REBUILDS = sql.id(SCHEMA, 'rebuilds');

async function prepare(db: Db): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('factory-ledger operations', 0))`.execute(trx);
    await sql`CREATE SCHEMA IF NOT EXISTS ${sql.id(SCHEMA)}`.execute(trx);
    await sql`CREATE TABLE IF NOT EXISTS ${REBUILDS} (
      rebuild_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      status text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'running', 'done', 'failed')),
      requested_by text NOT NULL, requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      begun_at timestamptz, begun_events bigint NOT NULL DEFAULT 0, touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      events bigint NOT NULL DEFAULT 0, of_events bigint NOT NULL DEFAULT 0, finished_at timestamptz, error text)`.execute(
      trx,
    );
    await sql`CREATE UNIQUE INDEX IF NOT EXISTS one_rebuild_at_a_time ON ${REBUILDS} ((true))
      WHERE status IN ('requested', 'running')`.execute(trx);
  });
}

/** Asks for one; where one is under way, that is it. */
export async function requestRebuild(db: Db, requested_by: string): Promise<RebuildView> {
  await prepare(db);
  const events = (await areTablesThere(db)) ? sql`coalesce((SELECT events FROM checkpoint), 0)` : sql`0`;
  await sql`INSERT INTO ${REBUILDS} (requested_by, of_events) VALUES (${requested_by}, ${events}) ON CONFLICT DO NOTHING`.execute(
    db,
  );
  return (await lastRebuild(db))!;
}

/** The last that was asked for. */
export async function lastRebuild(db: Db): Promise<RebuildView | undefined> {
  const row = await lastRow(db);
  if (row === undefined) return undefined;
  const { rebuild_id, status, requested_by, requested_at, finished_at, error } = row;
  const progress = { events: Number(row.events), of: Number(row.of_events) };
  return {
    rebuild_id,
    status,
    progress,
    seconds_left: secondsLeft(row),
    requested_by,
    requested_at,
    finished_at,
    error,
  };
}

async function lastRow(db: Db): Promise<RebuildRow | undefined> {
  // Nobody has ever asked.
  if (!(await isTable(db, `${SCHEMA}.rebuilds`))) return undefined;
  return (await sql<RebuildRow>`SELECT * FROM ${REBUILDS} ORDER BY requested_at DESC LIMIT 1`.execute(db)).rows[0];
}

function secondsLeft({ status, events, of_events, begun_at, begun_events, touched_at }: RebuildRow): number | null {
  if (status === 'done') return 0;
  const seconds = begun_at === null ? 0 : (Date.parse(touched_at) - Date.parse(begun_at)) / 1000;
  const done = Number(events - begun_events);
  if (status !== 'running' || seconds <= 0 || done <= 0) return null;
  return Math.ceil((Math.max(0, Number(of_events - events)) * seconds) / done);
}

export interface RebuildWatch {
  db: Db;
  store: EventStore;
  signal: AbortSignal;
  log: (line: string) => void;
}

const look_every_ms = 1000;
const note_every_ms = 1000;
const sweep_every_ms = 60_000;

/**
 * Carries out what is asked for, one after the other, until the signal aborts. One that was interrupted goes on where it was. Old tables
 * that somebody was still reading after a rebuild are dropped when nobody does.
 */
export async function watchRebuilds(watch: RebuildWatch): Promise<void> {
  const { db, signal, log } = watch;
  let swept_ms = 0;
  while (!signal.aborted) {
    try {
      const row = await lastRow(db);
      if (row?.status === 'requested' || row?.status === 'running') await carryOut(watch, row);
      if (row !== undefined && performance.now() - swept_ms > sweep_every_ms) {
        swept_ms = performance.now();
        await dropOldTables(db);
      }
    } catch (error) {
      // Postgres is away, which the projector beside this one says already.
      if (!signal.aborted && (await answers(db))) log(`rebuild: ${(error as Error).message}`);
    }
    await sleep(look_every_ms, undefined, { signal }).catch(() => {});
  }
}

/** Of several projectors one has the lock and says how it is; the others leave the row as it is. */
async function carryOut(watch: RebuildWatch, { rebuild_id }: RebuildRow): Promise<void> {
  const { db } = watch;
  try {
    await asTheOnlyRebuild(db, async (lost) => {
      const { rows } =
        await sql`UPDATE ${REBUILDS} SET status = 'running', touched_at = clock_timestamp(), begun_at = NULL, error = NULL
        WHERE rebuild_id = ${rebuild_id} AND status IN ('requested', 'running') RETURNING rebuild_id`.execute(db);
      if (rows.length > 0) await carryOutClaimed(watch, rebuild_id, lost);
    });
  } catch (error) {
    if (!(error instanceof RebuildRunning)) throw error;
    await sql`UPDATE ${REBUILDS} SET error = ${error.message}
      WHERE rebuild_id = ${rebuild_id} AND status = 'requested' AND error IS DISTINCT FROM ${error.message}`.execute(
      db,
    );
  }
}

async function carryOutClaimed({ db, store, signal, log }: RebuildWatch, rebuild_id: string, lost: AbortSignal) {
  const note = (set: ReturnType<typeof sql>) =>
    sql`UPDATE ${REBUILDS} SET touched_at = clock_timestamp(), ${set} WHERE rebuild_id = ${rebuild_id}`.execute(db);
  let noted: Promise<unknown> = Promise.resolve();
  let noted_ms = 0;
  const onProgress = ({ events, of = events }: { events: number; of: number | undefined }) => {
    if (performance.now() - noted_ms < note_every_ms) return;
    noted_ms = performance.now();
    const begun = sql`begun_at = coalesce(begun_at, clock_timestamp()),
      begun_events = CASE WHEN begun_at IS NULL THEN ${events} ELSE begun_events END`;
    noted = noted
      .then(() => note(sql`events = ${events}, of_events = ${Math.max(of, events)}, ${begun}`))
      .catch(() => {});
  };
  try {
    log(`rebuild ${rebuild_id} begins`);
    const events = await rebuildTables(db, store, { signal, onProgress }, lost);
    await noted;
    await note(sql`status = 'done', events = ${events}, of_events = ${events}, finished_at = clock_timestamp()`);
    log(`rebuild ${rebuild_id}: made anew from ${events} events`);
  } catch (error) {
    await noted;
    // Whoever has the lock now speaks of it.
    if (signal.aborted || lost.aborted) return;
    const { message } = error as Error;
    const waits = error instanceof EventStoreUnavailable || !(await answers(db));
    if (waits) await note(sql`error = ${message}`);
    else await note(sql`status = 'failed', error = ${message}, finished_at = clock_timestamp()`);
    log(`rebuild ${rebuild_id} ${waits ? 'waits' : 'failed'}: ${message}`);
  }
}

function answers(db: Db): Promise<boolean> {
  return ping(db).then(
    () => true,
    () => false,
  );
}
