import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type UpdateObject } from 'kysely';
import { type EventStore, EventStoreUnavailable } from '../../libs/event-store/event-store.js';
import { ping } from '../database/database.js';
import type { Db, Tables } from '../database/tables.js';
import { asTheOnlyRebuild, RebuildRunning, rebuildTables } from './rebuild.js';
import { lastRow, REBUILDS, type RebuildRow } from './rebuild-requests.js';
import { dropOldTables } from './swap.js';

const NOW = sql<string>`clock_timestamp()`;

export interface RebuildWatch {
  db: Db;
  store: EventStore;
  signal: AbortSignal;
  log: (line: string) => void;
}

const LOOK_EVERY_MS = 1000;
const NOTE_EVERY_MS = 1000;
const SWEEP_EVERY_MS = 60_000;

/** One after the other; also drops old tables that are no longer read. */
export async function watchRebuilds(watch: RebuildWatch): Promise<void> {
  const { db, signal, log } = watch;
  let swept_ms = 0;
  while (!signal.aborted) {
    try {
      const row = await lastRow(db);
      if (row?.status === 'requested' || row?.status === 'running') await carryOut(watch, row);
      if (row !== undefined && performance.now() - swept_ms > SWEEP_EVERY_MS) {
        swept_ms = performance.now();
        await dropOldTables(db);
      }
    } catch (error) {
      if (!signal.aborted && (await isAnswering(db))) log(`rebuild: ${(error as Error).message}`);
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

/** Of several projectors the one with the lock updates the row. */
async function carryOut(watch: RebuildWatch, { rebuild_id }: RebuildRow): Promise<void> {
  const { db } = watch;
  try {
    await asTheOnlyRebuild(db, async (lost) => {
      const { numUpdatedRows } = await db
        .updateTable(REBUILDS)
        .set({ status: 'running', touched_at: NOW, begun_at: null, error: null })
        .where('rebuild_id', '=', rebuild_id)
        .where('status', 'in', ['requested', 'running'])
        .executeTakeFirst();
      if (numUpdatedRows > 0n) await carryOutClaimed(watch, rebuild_id, lost);
    });
  } catch (error) {
    if (!(error instanceof RebuildRunning)) throw error;
    await db
      .updateTable(REBUILDS)
      .set({ error: error.message })
      .where('rebuild_id', '=', rebuild_id)
      .where('status', '=', 'requested')
      .where('error', 'is distinct from', error.message)
      .execute();
  }
}

async function carryOutClaimed({ db, store, signal, log }: RebuildWatch, rebuild_id: string, lost: AbortSignal) {
  const note = (changes: UpdateObject<Tables, typeof REBUILDS>) =>
    db
      .updateTable(REBUILDS)
      .set({ touched_at: NOW, ...changes })
      .where('rebuild_id', '=', rebuild_id)
      .execute();
  let noted: Promise<unknown> = Promise.resolve();
  let noted_ms = 0;
  const onProgress = ({ events, of = events }: { events: number; of: number | undefined }) => {
    if (performance.now() - noted_ms < NOTE_EVERY_MS) return;
    noted_ms = performance.now();
    const begun = {
      begun_at: sql<string>`coalesce(begun_at, clock_timestamp())`,
      begun_events: sql<bigint>`CASE WHEN begun_at IS NULL THEN ${events} ELSE begun_events END`,
    };
    noted = noted
      .then(() => note({ events: BigInt(events), of_events: BigInt(Math.max(of, events)), ...begun }))
      .catch(() => {});
  };
  try {
    log(`rebuild ${rebuild_id} begins`);
    const events = await rebuildTables(db, store, { signal, onProgress }, lost);
    await noted;
    await note({ status: 'done', events: BigInt(events), of_events: BigInt(events), finished_at: NOW });
    log(`rebuild ${rebuild_id}: made anew from ${events} events`);
  } catch (error) {
    await noted;
    if (signal.aborted || lost.aborted) return;
    const { message } = error as Error;
    const waits = error instanceof EventStoreUnavailable || !(await isAnswering(db));
    if (waits) await note({ error: message });
    else await note({ status: 'failed', error: message, finished_at: NOW });
    log(`rebuild ${rebuild_id} ${waits ? 'waits' : 'failed'}: ${message}`);
  }
}

function isAnswering(db: Db): Promise<boolean> {
  return ping(db).then(
    () => true,
    () => false,
  );
}
