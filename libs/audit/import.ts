/** The file is checked whole before the first write. An interrupted import continues where it stopped. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, NewEvent, StoredEvent } from '../event-store/event-store.js';
import { findDamage } from '../event-store/stream-damage.js';
import { checkpointStream, ledgerStream } from '../event-store/streams.js';
import { headOf, type InspectedExport, inspectExport, readExport } from './export.js';
import { checkpointEvent } from './signed-checkpoint.js';

export const BATCH_EVENTS_MAX = 500;
export const BATCH_BYTES_MAX = 768 * 1024;
const ATTEMPTS_MAX = 20;

export type ImportResult =
  | {
      outcome: 'imported';
      ledger: string;
      events: number;
      checkpoints: number;
      /** Events that were there already. */
      resumed_at: number;
    }
  | { outcome: 'damaged'; inspected: InspectedExport };

export class ImportRefused extends Error {}

export interface ImportOptions {
  trusted_key?: string;
  signal?: AbortSignal;
  on_checked?: (seen: number, of: number) => void;
  on_written?: (written: number, of: number) => void;
}

export async function importLedger(
  store: EventStore,
  open: () => AsyncIterable<Buffer>,
  options: ImportOptions = {},
): Promise<ImportResult> {
  const { trusted_key, signal, on_checked } = options;
  const inspected = await inspectExport(open(), { trusted_key, signal, on_event: on_checked });
  const { header, inspection } = inspected;
  if (header === undefined || inspection.findings.length > 0) return { outcome: 'damaged', inspected };
  const ledger: Part = { stream: ledgerStream(header.ledger), count: header.events, read: () => eventsIn(open()) };
  const signed: Part = {
    stream: checkpointStream(header.ledger),
    count: header.checkpoints,
    read: () => checkpointsIn(open()),
  };
  const [events_there, checkpoints_there] = [await countThere(store, ledger), await countThere(store, signed)];
  // First: a running system would otherwise sign events before they are there, and part of a ledger would look whole.
  await appendRest(store, signed, checkpoints_there, { signal });
  await appendRest(store, ledger, events_there, {
    signal,
    on_written: (written) => options.on_written?.(written, header.events),
  });
  return {
    outcome: 'imported',
    ledger: header.ledger,
    events: header.events,
    checkpoints: header.checkpoints,
    resumed_at: events_there,
  };
}

interface Part {
  stream: string;
  count: number;
  read(): AsyncIterable<Sized>;
}

type Sized = NewEvent & { bytes: number };

async function* eventsIn(source: AsyncIterable<Buffer>): AsyncGenerator<Sized> {
  for await (const line of readExport(source)) {
    if (line.kind !== 'event') continue;
    const { id, type, data, metadata } = line.event;
    yield { id, type, data, metadata, bytes: line.bytes };
  }
}
async function* checkpointsIn(source: AsyncIterable<Buffer>): AsyncGenerator<Sized> {
  for await (const line of readExport(source)) {
    if (line.kind === 'event') return;
    if (line.kind === 'checkpoint') yield { ...checkpointEvent(line.checkpoint), bytes: line.bytes };
  }
}

/** Events appended behind them do not count. @throws ImportRefused where the stream has others */
async function countThere(store: EventStore, { stream, count, read }: Part): Promise<number> {
  const damage = await findDamage(store, stream);
  // New events would look like the stream's beginning.
  if (damage !== undefined) throw new ImportRefused(`Nothing is written to a damaged stream: ${damage.reason}.`);
  const head = await headOf(store, stream);
  const there = Math.min((head?.revision ?? -1) + 1, count);
  if (head === undefined || there === 0) return 0;
  let id = head.id;
  if (head.revision >= there) for await (const event of store.read(stream, there - 1, { max: 1 })) id = event.id;
  let seen = 0;
  for await (const event of read()) {
    seen += 1;
    if (seen < there) continue;
    // The last hash vouches for all before it.
    if (event.id === id) return there;
    break;
  }
  throw new ImportRefused(
    `The stream ${stream} holds other events already: a ledger is restored only into a log that does not have it.`,
  );
}

async function appendRest(
  store: EventStore,
  { stream, count, read }: Part,
  there: number,
  { signal, on_written }: { signal?: AbortSignal; on_written?: (written: number) => void },
): Promise<void> {
  if (there === count) return;
  let batch: NewEvent[] = [];
  let bytes = 0;
  let seen = 0;
  const flush = async () => {
    if (batch.length === 0) return;
    signal?.throwIfAborted();
    await appendSettled(store, stream, seen - batch.length - 1, batch);
    on_written?.(seen);
    batch = [];
    bytes = 0;
  };
  for await (const { bytes: of_event, ...event } of read()) {
    if (seen >= there) {
      if (batch.length === BATCH_EVENTS_MAX || bytes + of_event > BATCH_BYTES_MAX) await flush();
      batch.push(event);
      bytes += of_event;
    }
    seen += 1;
  }
  await flush();
}

/** @throws ImportRefused */
export async function appendSettled(
  store: EventStore,
  stream: string,
  expected: number,
  events: readonly NewEvent[],
): Promise<void> {
  const last = expected + events.length;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const result = await store.append(stream, expected, events);
    if (result.outcome === 'appended') return;
    if (result.outcome === 'rejected') throw new ImportRefused(`The log refuses the events (${result.reason}).`);
    await sleep(Math.min(2000, 50 * 2 ** attempt));
    const head: StoredEvent | undefined = await headOf(store, stream).catch(() => undefined);
    if (head?.revision === last && head.id === events.at(-1)!.id) return;
    if (head !== undefined && head.revision !== expected)
      throw new ImportRefused(`Another client writes to ${stream}.`);
  }
  throw new ImportRefused('The log does not answer; the same import goes on from here when it does.');
}
