import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EventStore,
  EventStoreUnavailable,
  type LogPosition,
  type StoredEvent,
} from '../../libs/event-store/event-store.js';
import { ledgerStream } from '../../libs/event-store/streams.js';
import { inTrace } from '../../libs/tracing/tracing.js';
import type { Db } from '../database/tables.js';
import { type BalanceCache, emptyBalanceCache } from '../engine/balance-cache.js';
import { ReadModelsWentBack, TablesReplaced } from './batch.js';
import { tracedIn, traceProjected } from './batch-spans.js';
import { type Batch, batchesOf } from './batches.js';
import { loadCheckpoint, writeHeartbeat } from './checkpoint.js';
import { haltDamaged } from './ledgers.js';
import { applyEvents } from './projector.js';
import { resumeHalted } from './resume.js';
import { STREAM_PREFIXES, touchedLedgers } from './streams.js';

export interface Projector {
  db: Db;
  store: EventStore;
  signal: AbortSignal;
  log: (line: string) => void;
  onFollowing?: () => void;
  /** Applied and committed: how many events, and how long that took. */
  onBatch?: (events: number, took_ms: number) => void;
}

export const limits = { events_max: 2000, pace_ms: 20, pace_ms_max: 100, idle_ms: 1000 };
const PAUSE_MS_MAX = 5000;

/** Not the one that the read models were made from; a retry cannot help. */
export class LogRefused extends Error {
  override readonly name = 'LogRefused';
}

/** Finishes the batch at hand. @throws LogRefused, TablesReplaced */
export async function runProjector(projector: Projector): Promise<void> {
  const { db, signal, log } = projector;
  for (let first = true; !signal.aborted; first = false) {
    try {
      await follow(first ? projector : { ...projector, onFollowing: undefined });
    } catch (error) {
      if (!(error instanceof ReadModelsWentBack)) throw error;
      log(error.message);
    }
  }
  await writeHeartbeat(db, 'stopped').catch(() => {});
}

async function follow(projector: Projector): Promise<void> {
  const { db, store, signal, log, onFollowing } = projector;
  let applied = await retrying(projector, async () => {
    await checkLog(projector);
    await resumeHalted(db, store, { signal, log });
    return loadCheckpoint(db);
  });
  if (signal.aborted) return;
  onFollowing?.();
  log(applied === undefined ? 'projecting from the beginning' : `following the log from ${applied.commit}`);
  const ending = new AbortController();
  const messages = store.subscribeAll(applied, {
    stream_prefixes: STREAM_PREFIXES,
    signal: AbortSignal.any([signal, ending.signal]),
  });
  let state = 'catching_up';
  const cache = emptyBalanceCache();
  try {
    for await (const batch of batchesOf(messages, limits)) {
      await retrying(projector, () => applyOne(projector, batch, { after: applied, cache }, state));
      applied = batch.read_to ?? applied;
      if (batch.caught_up && state !== 'live') log('caught up: the read models are at the head of the log');
      if (batch.caught_up) state = 'live';
      if (signal.aborted) break;
    }
  } finally {
    ending.abort();
  }
}

async function applyOne(
  projector: Projector,
  { events, read_to, caught_up }: Batch,
  following: { after: LogPosition | undefined; cache: BalanceCache },
  state: string,
): Promise<void> {
  const { db, store, signal, log, onBatch } = projector;
  const since_ms = performance.now();
  // An empty batch also checks that the tables have lost nothing.
  const traced = tracedIn(events);
  const apply = () => applyEvents(db, events, { read_to, store, ...following });
  const { halted } = await inTrace(traced[0]?.trace, apply);
  traceProjected(traced, events.length, since_ms);
  if (events.length > 0) onBatch?.(events.length, performance.now() - since_ms);
  for (const { message } of halted) log(`HALTED: ${message}`);
  const touched = touchedLedgers(events);
  for (const ledger of touched) await haltDamaged(db, store, ledger, log);
  if (touched.length > 0) await resumeHalted(db, store, { only: touched, signal, log });
  if (caught_up) await checkLog(projector).catch(ignoreOutage);
  if (caught_up || events.length === 0) await writeHeartbeat(db, caught_up ? 'live' : state);
}

function ignoreOutage(error: unknown): void {
  if (!(error instanceof EventStoreUnavailable)) throw error;
}

async function retrying<T>({ signal, log }: Projector, work: () => Promise<T>): Promise<T | undefined> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      const result = await work();
      if (failures > 0) log('going on');
      return result;
    } catch (error) {
      if (error instanceof LogRefused || error instanceof TablesReplaced || error instanceof ReadModelsWentBack)
        throw error;
      if (failures === 0) log(`interrupted: ${(error as Error).message}`);
      const pause_ms = Math.min(100 * 2 ** failures, PAUSE_MS_MAX);
      await sleep(pause_ms, undefined, { signal }).catch(() => {});
    }
  }
  return undefined;
}

/** That the log has the last applied event of every ledger. @throws LogRefused */
async function checkLog(projector: Projector): Promise<void> {
  const { db, store, log } = projector;
  const ledgers = await db
    .selectFrom('ledgers')
    .select(['ledger', 'position', 'event_id'])
    .where('position', '>=', 0n)
    .execute();
  for (const { ledger, position, event_id } of ledgers) {
    if (await haltDamaged(db, store, ledger, log)) continue;
    let found: StoredEvent | undefined;
    for await (const event of store.read(ledgerStream(ledger), Number(position), { max: 1 })) found = event;
    if (found?.id === event_id) continue;
    if (await haltDamaged(db, store, ledger, log)) continue;
    throw new LogRefused(
      found === undefined
        ? `The log is older than the read models: they know ledger ${ledger} up to position ${position}, which the log does not have. Restore the newer log, or drop the schema of the read models to follow this one.`
        : `The log is another one than the read models were made from: position ${position} of ledger ${ledger} differs. Restore the right log, or drop the schema of the read models to follow this one.`,
    );
  }
}
