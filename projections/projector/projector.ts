/** Exactly once: rows and checkpoint are one transaction, and an event that comes twice is known by its position. */
import {
  type EventStore,
  type LogPosition,
  type StoredEvent,
  StreamTombstoned,
} from '../../libs/event-store/event-store.js';
import { ledgerStream } from '../../libs/event-store/streams.js';
import { ping } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { MissingEvents, type PoisonEvent } from '../engine/poison-event.js';
import { inTransaction } from '../engine/transaction-writer.js';
import { applyBatch, type BatchOptions, openingOf } from './batch.js';
import { poisonFinder } from './find-poison-event.js';

export interface ApplyOptions extends BatchOptions {
  schema?: string;
  /** For events that the tables lack: another projector may have resumed a halted ledger. */
  store?: Pick<EventStore, 'read'>;
}
export interface Applied {
  /** Applied now: without those that were before, and those of a halted projection. */
  events: number;
  halted: PoisonEvent[];
}

const MISSING_TOGETHER_MAX = 2000;

/** An event that cannot be applied halts the projection of its ledger only. @throws what Postgres throws; nothing has changed then */
export async function applyEvents(
  db: Db,
  events: readonly StoredEvent[],
  options: ApplyOptions = {},
): Promise<Applied> {
  const poison = poisonFinder();
  const sought = new Set<string>();
  let filled: Applied = { events: 0, halted: [] };
  for (;;) {
    try {
      const applied = await inTransaction(db, openingOf(events, options.schema), (writer, opened) =>
        applyBatch(writer, opened, events, options, poison.found),
      );
      options.cache?.keep();
      return mergeApplied(filled, { events: applied, halted: [...poison.found.values()] });
    } catch (error) {
      if (error instanceof MissingEvents && options.store !== undefined && !sought.has(error.message)) {
        sought.add(error.message);
        filled = mergeApplied(filled, await applyMissing(db, error, options.store, options));
      } else if (poison.after(error, events) === 'try halves')
        return mergeApplied(filled, await applyHalves(db, events, options));
      await ping(db);
    }
  }
}

/** Reads the events that the tables lack from the ledger's own stream. What that lacks, too, halts the projection at the next try. */
async function applyMissing(
  db: Db,
  { ledger, position, until }: MissingEvents,
  store: Pick<EventStore, 'read'>,
  { schema, cache }: ApplyOptions,
): Promise<Applied> {
  let applied: Applied = { events: 0, halted: [] };
  let batch: StoredEvent[] = [];
  const apply = async () => {
    applied = mergeApplied(applied, await applyEvents(db, batch, { schema, cache, read_to: null }));
    batch = [];
  };
  try {
    for await (const event of store.read(ledgerStream(ledger), position, { max: until - position }))
      if (batch.push(event) >= MISSING_TOGETHER_MAX) await apply();
  } catch (error) {
    if (!(error instanceof StreamTombstoned)) throw error;
  }
  if (batch.length > 0) await apply();
  return applied;
}

function mergeApplied(first: Applied, second: Applied): Applied {
  return { events: first.events + second.events, halted: [...first.halted, ...second.halted] };
}

async function applyHalves(db: Db, events: readonly StoredEvent[], options: ApplyOptions): Promise<Applied> {
  const half = events.length >> 1;
  const read_to: LogPosition | null | undefined = options.read_to === null ? null : undefined;
  const first = await applyEvents(db, events.slice(0, half), { ...options, read_to });
  // The second half would replace the reason by "missing events".
  if (options.resume && first.halted.length > 0) return first;
  const second = await applyEvents(db, events.slice(half), { ...options, after: undefined });
  return mergeApplied(first, second);
}
