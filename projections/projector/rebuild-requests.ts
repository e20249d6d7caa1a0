/** Rows outside of the read models: any instance can make one, and a projector that was killed finds it again. */
import { type Generated, type Selectable, sql } from 'kysely';
import { isTable } from '../database/database.js';
import { areTablesThere } from '../database/read-transaction.js';
import type { Db } from '../database/tables.js';

export interface RebuildView {
  rebuild_id: string;
  status: 'requested' | 'running' | 'done' | 'failed';
  progress: { events: number; of: number };
  seconds_left: number | null;
  requested_by: string;
  requested_at: string;
  finished_at: string | null;
  error: string | null;
}
interface RebuildsTable {
  rebuild_id: Generated<string>;
  status: Generated<RebuildView['status']>;
  requested_by: string;
  requested_at: Generated<string>;
  /** Since when it runs without a break, and the events there were by then. */
  begun_at: string | null;
  begun_events: Generated<bigint>;
  touched_at: Generated<string>;
  events: Generated<bigint>;
  of_events: Generated<bigint>;
  finished_at: string | null;
  error: string | null;
}
declare module '../database/tables.js' {
  interface Tables {
    'operations.rebuilds': RebuildsTable;
  }
}
export type RebuildRow = Selectable<RebuildsTable>;

const SCHEMA = 'operations';
export const REBUILDS = 'operations.rebuilds';

async function prepare(db: Db): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('factory-ledger operations', 0))`.execute(trx);
    await sql`CREATE SCHEMA IF NOT EXISTS ${sql.id(SCHEMA)}`.execute(trx);
    await sql`CREATE TABLE IF NOT EXISTS ${sql.table(REBUILDS)} (
      rebuild_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      status text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'running', 'done', 'failed')),
      requested_by text NOT NULL, requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      begun_at timestamptz, begun_events bigint NOT NULL DEFAULT 0, touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      events bigint NOT NULL DEFAULT 0, of_events bigint NOT NULL DEFAULT 0, finished_at timestamptz, error text)`.execute(
      trx,
    );
    await sql`CREATE UNIQUE INDEX IF NOT EXISTS one_rebuild_at_a_time ON ${sql.table(REBUILDS)} ((true))
      WHERE status IN ('requested', 'running')`.execute(trx);
  });
}

export async function requestRebuild(db: Db, requested_by: string): Promise<RebuildView> {
  await prepare(db);
  const events = (await areTablesThere(db)) ? sql<bigint>`coalesce((SELECT events FROM checkpoint), 0)` : 0n;
  await db
    .insertInto(REBUILDS)
    .values({ requested_by, of_events: events })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return (await lastRebuild(db))!;
}

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

export async function lastRow(db: Db): Promise<RebuildRow | undefined> {
  if (!(await isTable(db, REBUILDS))) return undefined;
  return db.selectFrom(REBUILDS).selectAll().orderBy('requested_at', 'desc').limit(1).executeTakeFirst();
}

function secondsLeft({ status, events, of_events, begun_at, begun_events, touched_at }: RebuildRow): number | null {
  if (status === 'done') return 0;
  const seconds = begun_at === null ? 0 : (Date.parse(touched_at) - Date.parse(begun_at)) / 1000;
  const done = Number(events - begun_events);
  if (status !== 'running' || seconds <= 0 || done <= 0) return null;
  return Math.ceil((Math.max(0, Number(of_events - events)) * seconds) / done);
}
