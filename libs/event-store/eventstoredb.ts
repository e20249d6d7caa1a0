import { BACKWARDS, END, ErrorType, FORWARDS, START } from '@eventstore/db-client';
import { appender } from './append.js';
import { trustSystemAuthorities } from './authorities.js';
import { checkConnectionString, commandError } from './client.js';
import { keepConnected } from './connection.js';
import { AccessRefused, type EventStore, EventStoreUnavailable } from './event-store.js';
import { readAll, readStream, subscribeAll } from './read.js';

export interface EventStoreOptions {
  url: string;
  /** Then an append is `unknown` and the connection is replaced. */
  append_timeout_ms?: number;
  /** Silence after which a read throws. A subscription may be silent: HTTP/2 pings watch over it. */
  read_timeout_ms?: number;
  in_flight_max?: number;
  /** For a slot; beyond it they are `unknown` at once. */
  waiting_max?: number;
  log?: (line: string) => void;
}

/** Connects on first use and after every fault. Use one a process: two share state inside the client. */
export function connectEventStore(options: EventStoreOptions): EventStore {
  const {
    url,
    append_timeout_ms = 2_500,
    read_timeout_ms = 10_000,
    in_flight_max = 128,
    waiting_max = 20_000,
  } = options;
  const log = options.log ?? (() => {});
  checkConnectionString(url);
  if (!/[?&]tls=false(&|\s*$)/i.test(url)) trustSystemAuthorities();
  const connection = keepConnected(url, log);
  const { append, refuseWaiting } = appender(connection, { append_timeout_ms, in_flight_max, waiting_max });
  const silence_ms_max = read_timeout_ms;

  return {
    append,
    read: (stream, from, { max, signal } = {}) =>
      upTo(
        max,
        readStream(
          connection,
          stream,
          { direction: FORWARDS, fromRevision: BigInt(from), maxCount: max },
          { signal, silence_ms_max },
        ),
      ),
    readBackwards: (stream, { max, signal } = {}) =>
      upTo(
        max,
        readStream(
          connection,
          stream,
          { direction: BACKWARDS, fromRevision: END, maxCount: max },
          { signal, silence_ms_max },
        ),
      ),
    readAll: (after, { stream_prefixes, signal }) =>
      readAll(connection, after, atLeastOne(stream_prefixes), { signal, silence_ms_max }),
    subscribeAll: (after, { stream_prefixes, signal }) =>
      subscribeAll(connection, after, atLeastOne(stream_prefixes), signal, log),
    async ping(timeout_ms) {
      const signal = AbortSignal.timeout(timeout_ms);
      try {
        for await (const _ of readStream(
          connection,
          'ping',
          { direction: FORWARDS, fromRevision: START, maxCount: 1 },
          { signal },
        ))
          break;
      } catch (error) {
        if (commandError(error)?.type === ErrorType.ACCESS_DENIED)
          throw new AccessRefused('the event store does not let in who connects with this URL', { cause: error });
        throw new EventStoreUnavailable(`the event store gave no answer within ${timeout_ms} ms`, { cause: error });
      }
    },
    async close() {
      refuseWaiting();
      await connection.close();
    },
  };
}

async function* upTo<T>(max: number | undefined, items: AsyncIterable<T>): AsyncGenerator<T> {
  if (max === undefined) return yield* items;
  let left = max;
  if (left <= 0) return;
  for await (const item of items) {
    yield item;
    if (--left <= 0) return;
  }
}

function atLeastOne(stream_prefixes: string[]): string[] {
  if (stream_prefixes.length === 0) throw new TypeError('a filter needs at least one stream prefix');
  return stream_prefixes;
}
