import { sql } from 'kysely';
import type { LogPosition } from '../../libs/event-store/event-store.js';
import { type Db, type TableOf, table } from '../database/tables.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';

export const checkpoint = table('checkpoint', {
  commit_position: 'bigint?',
  prepare_position: 'bigint?',
  events: 'bigint',
  state: 'text',
  note: 'text?',
  /** From the log's write of the last event to the commit here. */
  lag_ms: 'bigint',
  heartbeat_at: 'timestamptz',
});
declare module '../database/tables.js' {
  interface Tables {
    checkpoint: TableOf<typeof checkpoint>;
  }
}

export async function loadCheckpoint(db: Db): Promise<LogPosition | undefined> {
  const row = await db.selectFrom('checkpoint').select(['commit_position', 'prepare_position']).executeTakeFirst();
  return row?.commit_position == null || row.prepare_position === null
    ? undefined
    : { commit: row.commit_position, prepare: row.prepare_position };
}

/** Never goes back: another projector may have been further. */
export function saveCheckpoint(
  writer: TransactionWriter,
  events: number,
  read_to: LogPosition | undefined,
  written_ms: number | undefined,
): void {
  const lag_ms = written_ms === undefined ? 0 : Math.max(0, Date.now() - written_ms);
  const { commit = null, prepare = null } = read_to ?? {};
  writer.runLater(sql`UPDATE checkpoint SET events = events + ${events}, lag_ms = ${lag_ms}, heartbeat_at = now(),
    (commit_position, prepare_position) = (SELECT c, p FROM (VALUES (commit_position, prepare_position), (${commit}::bigint, ${prepare}::bigint))
      AS known (c, p) ORDER BY c DESC NULLS LAST, p DESC LIMIT 1)`);
}

/** `state`: as in `ProjectionHealth`. */
export async function writeHeartbeat(db: Db, state: string): Promise<void> {
  await db.updateTable('checkpoint').set({ state, heartbeat_at: sql`now()` }).execute();
}
