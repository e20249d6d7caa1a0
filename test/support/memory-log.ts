/** With the server's rules of appending, and scripted faults and pauses. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type AppendResult,
  type EventStore,
  EventStoreUnavailable,
  type NewEvent,
  type StoredEvent,
} from '../../libs/event-store/event-store.js';

/** `unwritten`, `unanswered`: an append's answer is lost, before or after the write; `away` fails a read. */
export type Fault =
  | 'unwritten'
  | 'unanswered'
  | 'away'
  | { rejected: Extract<AppendResult, { outcome: 'rejected' }>['reason'] };

export interface Call {
  kind: 'append' | 'read';
  stream: string;
  at: number;
  events: readonly NewEvent[];
}

export interface MemoryLog extends EventStore {
  /** A spec may change it, as anyone with access may. */
  stream(name: string): StoredEvent[];
  before: (call: Call) => Promise<Fault | undefined> | Fault | undefined;
  now_ms: () => number;
}

export function memoryLog(): MemoryLog {
  const streams = new Map<string, StoredEvent[]>();
  const streamOf = (name: string) => {
    const known = streams.get(name) ?? [];
    streams.set(name, known);
    return known;
  };
  function write(name: string, expected: number, events: readonly NewEvent[]): AppendResult {
    const stream = streamOf(name);
    const head = stream.length - 1;
    const written = (revision: number): AppendResult => ({ outcome: 'appended', revision });
    if (expected < head && events.every(({ id }, index) => stream[expected + 1 + index]?.id === id))
      return written(expected + events.length);
    if (expected !== head) return { outcome: 'conflict' };
    for (const event of events) stream.push(stored(name, stream.length, event, log.now_ms()));
    return written(stream.length - 1);
  }
  async function* read(name: string, from: number, max = Number.POSITIVE_INFINITY): AsyncGenerator<StoredEvent> {
    await nextTurn();
    if ((await log.before({ kind: 'read', stream: name, at: from, events: [] })) === 'away')
      throw new EventStoreUnavailable('away, by script');
    for (const event of streamOf(name).slice(from, from + max)) yield structuredClone(event);
  }
  const log: MemoryLog = {
    stream: streamOf,
    before: () => undefined,
    now_ms: Date.now,
    async append(stream, expected, events) {
      await nextTurn();
      const fault = await log.before({ kind: 'append', stream, at: expected, events });
      if (fault === 'unwritten' || fault === 'away') return { outcome: 'unknown', reason: 'by script' };
      if (typeof fault === 'object') return { outcome: 'rejected', reason: fault.rejected };
      const result = write(stream, expected, events);
      await nextTurn();
      return fault === 'unanswered' ? { outcome: 'unknown', reason: 'by script' } : result;
    },
    read: (stream, from, { max } = {}) => read(stream, from, max),
    async *readBackwards(stream, { max } = {}) {
      const events: StoredEvent[] = [];
      for await (const event of read(stream, 0)) events.unshift(event);
      yield* events.slice(0, max);
    },
    readAll: () => {
      throw new Error('not for these specs');
    },
    async *subscribeAll(_after, { signal }) {
      yield [{ kind: 'caught_up' }];
      if (!signal.aborted) await once(signal, 'abort');
    },
    ping: async () => {},
    close: async () => {},
  };
  return log;
}

function stored(
  stream: string,
  revision: number,
  { id, type, data, metadata }: NewEvent,
  created_ms: number,
): StoredEvent {
  const json = { data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
  return {
    id,
    stream,
    revision,
    log_position: undefined,
    type,
    data: JSON.parse(json.data),
    metadata: JSON.parse(json.metadata),
    bytes: { data: Buffer.from(json.data), metadata: Buffer.from(json.metadata) },
    created_ms,
  };
}

export function forge(log: MemoryLog, stream: string, event: Omit<NewEvent, 'id'>): void {
  const events = log.stream(stream);
  events.push(stored(stream, events.length, { id: randomUUID(), ...event }, log.now_ms()));
}
