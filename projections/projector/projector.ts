/** Exactly once: rows and checkpoint are one transaction, and an event that comes twice is known by its position. */

import {
  type EventStore,
  type Position,
  type StoredEvent,
  StreamTombstoned,
} from '../../libs/event-store/event-store.js';
import { ledgerOf, ledgerStream } from '../../libs/event-store/streams.js';
import { ping } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { MissingEvents, PoisonEvent } from '../engine/incoming-event.js';
import { inTransaction } from '../engine/transaction-writer.js';
import { applyBatch, type BatchOptions, openingOf, ReadModelsWentBack, TablesReplaced } from './batch.js';

export interface ApplyOptions extends BatchOptions {
  schema?: string;
  /** For events that the tables lack: another projector may have resumed a halted ledger. */
  store?: Pick<EventStore, 'read'>;
}
export interface Applied {
  /** Others were applied before, or their ledger is halted. */
  events: number;
  halted: PoisonEvent[];
}

const tries_max = 3;
const missing_together_max = 2000;

/** One that cannot be applied halts its ledger only. @throws what Postgres throws; nothing has changed then */
export async function applyEvents(
  db: Db,
  events: readonly StoredEvent[],
  options: ApplyOptions = {},
): Promise<Applied> {
  const poison = new Map<string, PoisonEvent>();
  const sought = new Set<string>();
  let filled: Applied = { events: 0, halted: [] };
  for (let tries = 1; ; ) {
    try {
      const applied = await inTransaction(db, openingOf(events, options.schema), (writer, opened) =>
        applyBatch(writer, opened, events, options, poison),
      );
      options.cache?.keep();
      return together(filled, { events: applied, halted: [...poison.values()] });
    } catch (error) {
      if (error instanceof MissingEvents && options.store !== undefined && !sought.has(error.message)) {
        sought.add(error.message);
        filled = together(filled, await applyMissing(db, error, options.store, options));
      } else if (error instanceof PoisonEvent) {
        if ((poison.get(error.ledger)?.position ?? Number.POSITIVE_INFINITY) <= error.position) throw error;
        poison.set(error.ledger, error);
      } else if (!isAboutData(error)) throw error;
      else if (events.length > 1) return together(filled, await applyHalves(db, events, options));
      // Poison only after several failures with a database that answers in between.
      else if (tries < tries_max) tries += 1;
      else poison.set(...poisoned(events[0]!, error));
      await ping(db);
    }
  }
}

/** What its stream lacks as well halts the ledger at the next try. */
async function applyMissing(
  db: Db,
  { ledger, position, until }: MissingEvents,
  store: Pick<EventStore, 'read'>,
  { schema, cache }: ApplyOptions,
): Promise<Applied> {
  let applied: Applied = { events: 0, halted: [] };
  let batch: StoredEvent[] = [];
  const apply = async () => {
    applied = together(applied, await applyEvents(db, batch, { schema, cache, read_to: null }));
    batch = [];
  };
  try {
    for await (const event of store.read(ledgerStream(ledger), position, { max: until - position }))
      if (batch.push(event) >= missing_together_max) await apply();
  } catch (error) {
    if (!(error instanceof StreamTombstoned)) throw error;
  }
  if (batch.length > 0) await apply();
  return applied;
}

function together(first: Applied, second: Applied): Applied {
  return { events: first.events + second.events, halted: [...first.halted, ...second.halted] };
}

async function applyHalves(db: Db, events: readonly StoredEvent[], options: ApplyOptions): Promise<Applied> {
  const half = events.length >> 1;
  const read_to: Position | null | undefined = options.read_to === null ? null : undefined;
  const first = await applyEvents(db, events.slice(0, half), { ...options, read_to });
  // The second half would replace the reason by "missing events".
  if (options.resume && first.halted.length > 0) return first;
  const second = await applyEvents(db, events.slice(half), { ...options, after: undefined });
  return together(first, second);
}

function poisoned({ stream, revision, type }: StoredEvent, error: unknown): [string, PoisonEvent] {
  const ledger = ledgerOf(stream);
  const reason = error instanceof Error ? error.message : String(error);
  return [ledger, new PoisonEvent({ ledger, event: { position: revision, type } }, reason)];
}

/** SQLSTATE classes about values, not the server: the event fails the same way again. */
const DATA_CLASSES = new Set(['21', '22', '23', '54']);

function isAboutData(error: unknown): boolean {
  if (error instanceof TablesReplaced || error instanceof ReadModelsWentBack) return false;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return code.length === 5 && DATA_CLASSES.has(code.slice(0, 2));
  return error instanceof Error && !/connect|terminat|timeout|not queryable/i.test(error.message);
}
