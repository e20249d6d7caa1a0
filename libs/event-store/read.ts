import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type AllStreamResolvedEvent,
  END,
  ErrorType,
  type ReadStreamOptions,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { commandError } from './client.js';
import { type Connection, DOUBT_MS, type Live, pause, pauseAfter } from './connection.js';
import {
  EventStoreUnavailable,
  type LogPosition,
  type StoredEvent,
  StreamTombstoned,
  type SubscriptionMessage,
} from './event-store.js';
import { storedEvent } from './received.js';

interface Limits {
  signal?: AbortSignal;
  /** More silence is a broken connection; undefined: it is normal. */
  silence_ms_max?: number;
  since_ms?: number;
}

type Source<T> = AsyncIterable<T> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
  read(): T | null;
  push(item: unknown): boolean;
  destroy(error?: Error): unknown;
} & ({ cancel(): Promise<void> } | { unsubscribe(): Promise<void> });

type Received = AllStreamResolvedEvent | { checkpoint: LogPosition } | { caught_up: true };

const UNMATCHED_MAX = 500;
const READ_AHEAD_MAX = 64;
/** Where its node is frozen, nothing else would show it for 15 s. */
const QUIET_MS = 3_000;
const PORTION_MAX = 64;

/** @throws EventStoreUnavailable, the signal's reason, StreamTombstoned, another refusal as it came */
export async function* readStream(
  connection: Connection,
  stream: string,
  where: Pick<ReadStreamOptions, 'direction' | 'fromRevision'> & { maxCount?: number },
  limits: Limits,
): AsyncGenerator<StoredEvent> {
  try {
    const since_ms = Date.now();
    const live = await connection.current(limits.signal, limits.silence_ms_max);
    // A follower may lag behind; a read decides.
    const source = live.client.readStream(
      stream,
      { ...where, requiresLeader: true },
      { highWaterMark: READ_AHEAD_MAX },
    );
    let left = where.maxCount;
    let last: StoredEvent | undefined;
    for await (const portion of receive(connection, live, source, { ...limits, since_ms }))
      for (const { event } of portion) {
        if (!event) continue;
        if (left !== undefined && --left === 0) last = storedEvent(event);
        else yield storedEvent(event);
      }
    if (last) yield last;
  } catch (error) {
    if (commandError(error)?.type === ErrorType.STREAM_NOT_FOUND) return;
    throw failureOf(error, limits.signal);
  }
}

export async function* readAll(
  connection: Connection,
  after: LogPosition | undefined,
  stream_prefixes: string[],
  limits: Limits,
): AsyncGenerator<SubscriptionMessage[]> {
  try {
    const since_ms = Date.now();
    const live = await connection.current(limits.signal, limits.silence_ms_max);
    for await (const messages of subscription(connection, live, after, stream_prefixes, { ...limits, since_ms })) {
      const head = messages.findIndex(({ kind }) => kind === 'caught_up');
      yield head === -1 ? messages : messages.slice(0, head + 1);
      if (head !== -1) return;
    }
  } catch (error) {
    throw failureOf(error, limits.signal);
  }
  throw new EventStoreUnavailable('the event store ended the read before its end');
}

/** Resumes after the last message yielded. Never throws. */
export async function* subscribeAll(
  connection: Connection,
  after: LogPosition | 'end' | undefined,
  stream_prefixes: string[],
  until: AbortSignal,
  log: (line: string) => void,
): AsyncGenerator<SubscriptionMessage[]> {
  const signal = AbortSignal.any([until, connection.closed]);
  let last = after;
  let failures = 0;
  while (!signal.aborted) {
    let reason = 'the server ended it';
    try {
      const live = await connection.current(signal);
      for await (const messages of subscription(connection, live, last, stream_prefixes, { signal })) {
        failures = 0;
        const fresh = messages.filter((message) => {
          const position = positionOf(message);
          if (position && last && last !== 'end' && compare(position, last) <= 0) return false;
          last = position ?? last;
          return true;
        });
        if (fresh.length > 0) yield fresh;
      }
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    if (signal.aborted) return;
    const pause_ms = pauseAfter(failures++);
    log(`event store: subscription interrupted (${reason}), resuming in ${Math.round(pause_ms)} ms`);
    await pause(pause_ms, signal);
  }
}

async function* subscription(
  connection: Connection,
  live: Live,
  after: LogPosition | 'end' | undefined,
  stream_prefixes: string[],
  limits: Limits,
): AsyncGenerator<SubscriptionMessage[]> {
  // The client reports checkpoints ahead of events that it still buffers; in the same buffer they keep their place.
  const filter = streamNameFilter({
    prefixes: stream_prefixes,
    maxSearchWindow: UNMATCHED_MAX,
    checkpointReached: (_, position) => void source.push({ checkpoint: position }),
  });
  const source = live.client.subscribeToAll(
    { fromPosition: after === 'end' ? END : (after ?? START), filter },
    { highWaterMark: READ_AHEAD_MAX },
  );
  source.on('caughtUp', () => source.push({ caught_up: true }));
  for await (const portion of receive<Received>(connection, live, source, limits)) {
    const messages: SubscriptionMessage[] = [];
    for (const message of portion) {
      if ('caught_up' in message) messages.push({ kind: 'caught_up' });
      else if ('checkpoint' in message) messages.push({ kind: 'checkpoint', log_position: message.checkpoint });
      else if (message.event) messages.push({ kind: 'event', event: storedEvent(message.event) });
    }
    if (messages.length > 0) yield messages;
  }
}

/** At the consumer's pace. @throws when the client is given up, on abort and on silence */
async function* receive<T>(
  connection: Connection,
  live: Live,
  source: Source<T>,
  { signal, silence_ms_max, since_ms = Date.now() }: Limits,
): AsyncGenerator<T[]> {
  // Errors come even after the last iteration; without a listener they would end the process.
  source.on('error', () => {});
  let stopped: unknown;
  const stop = (reason: Error) => {
    stopped = reason;
    source.destroy(reason);
  };
  const giveUp = (reason: string) => stop(new EventStoreUnavailable(reason));
  const abort = () => stop(signal?.reason);
  live.give_up.add(giveUp);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();

  let waiting_since: number | undefined = since_ms;
  const lookWhetherSilent = (limit_ms: number) => {
    if (waiting_since === undefined || Date.now() - waiting_since < limit_ms) return;
    giveUp(`nothing read for ${limit_ms} ms`);
    connection.broken(live, `nothing read for ${limit_ms} ms`);
  };
  const watch = silence_ms_max ? setInterval(lookWhetherSilent, silence_ms_max / 4, silence_ms_max) : undefined;
  const doubtIfSilent = (limit_ms: number) => {
    if (waiting_since !== undefined && Date.now() - waiting_since >= limit_ms) connection.doubt(live);
  };
  const doubt_after_ms = silence_ms_max ? DOUBT_MS : QUIET_MS;
  const doubt = setInterval(doubtIfSilent, doubt_after_ms, doubt_after_ms);
  let left_early = true;
  try {
    for await (const first of source) {
      waiting_since = undefined;
      connection.answered();
      // Single events through every generator cost readers much more.
      const portion: T[] = [first];
      for (let next = source.read(); next !== null; next = portion.length < PORTION_MAX ? source.read() : null)
        portion.push(next);
      yield portion;
      waiting_since = Date.now();
      // While there is something to read, no other I/O would run.
      await nextTurn();
    }
    left_early = false;
  } catch (error) {
    left_early = error === stopped;
    throw error;
  } finally {
    clearInterval(watch);
    clearInterval(doubt);
    signal?.removeEventListener('abort', abort);
    live.give_up.delete(giveUp);
    // Late messages of a cancelled call count as invalid frames, and Node closes a connection after 1,000.
    if (left_early) ('cancel' in source ? source.cancel() : source.unsubscribe()).catch(() => {});
  }
}

function failureOf(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof EventStoreUnavailable) return error;
  const type = commandError(error)?.type;
  if (type === ErrorType.STREAM_DELETED)
    return new StreamTombstoned('the stream was deleted for ever', { cause: error });
  if (type === ErrorType.ACCESS_DENIED || type === ErrorType.INVALID_ARGUMENT) return error;
  return new EventStoreUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
}

const positionOf = (message: SubscriptionMessage): LogPosition | undefined =>
  message.kind === 'event'
    ? message.event.log_position
    : message.kind === 'checkpoint'
      ? message.log_position
      : undefined;

const compare = (a: LogPosition, b: LogPosition): number =>
  Number(a.commit - b.commit) || Number(a.prepare - b.prepare);
