import { ErrorType, type EventData, NO_STREAM } from '@eventstore/db-client';
import { commandError, doesNotLead } from './client.js';
import { type Connection, DOUBT_MS, type Live } from './connection.js';
import type { AppendResult, NewEvent } from './event-store.js';

export interface AppendLimits {
  append_timeout_ms: number;
  in_flight_max: number;
  waiting_max: number;
}

// A server compares it with its own clock, so it is long; our own timer sets the limit.
const SERVER_DEADLINE_MS = 24 * 3_600_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

interface Append {
  stream: string;
  expected: number;
  batch: EventData[];
}

export function appender(connection: Connection, limits: AppendLimits) {
  const slots = limitConcurrency(limits.in_flight_max, limits.waiting_max);
  return {
    async append(stream: string, expected: number, events: readonly NewEvent[]): Promise<AppendResult> {
      const batch = toClientEvents(stream, expected, events);
      if (!(await slots.acquire()))
        return unknown('not sent: too many appends are waiting, or the connection broke meanwhile');
      try {
        return await send(connection, limits.append_timeout_ms, { stream, expected, batch }, slots.clear);
      } finally {
        slots.release();
      }
    },
    refuseWaiting: slots.clear,
  };
}

/** By answer, timer or loss of the client, whichever comes first. Never rejects. */
function send(connection: Connection, timeout_ms: number, append: Append, lost: () => void): Promise<AppendResult> {
  return new Promise((resolve) => {
    let sent_ms = Number.POSITIVE_INFINITY;
    let live: Live | undefined;
    let settled = false;
    let doubt: NodeJS.Timeout | undefined;
    const settle = (result: AppendResult) => {
      settled = true;
      clearTimeout(timer);
      clearTimeout(doubt);
      live?.give_up.delete(giveUp);
      resolve(result);
    };
    const giveUp = (reason: string) => {
      settle(unknown(reason));
      lost();
    };
    const timer = setTimeout(() => {
      const reason = `no answer to an append within ${timeout_ms} ms`;
      if (!live) return giveUp(`${reason}: no connection`);
      settle(unknown(reason));
      // A store that answers later appends is slow, not lost; nor does time without a connection count against this
      // one.
      const long_sent = performance.now() - sent_ms >= timeout_ms / 2;
      if (long_sent && live.append_answered_ms < sent_ms) connection.broken(live, reason);
    }, timeout_ms);

    const answered = (live: Live, result: AppendResult) => {
      live.append_answered_ms = performance.now();
      connection.answered();
      settle(result);
    };
    const attempt = async () => {
      live = await connection.current();
      // Settled as `unknown`: its events must not be written after that.
      if (settled) return;
      const asked = live;
      asked.give_up.add(giveUp);
      sent_ms = performance.now();
      doubt = setTimeout(() => {
        if (asked.append_answered_ms < sent_ms) connection.doubt(asked);
      }, DOUBT_MS);
      const answer = await live.client.appendToStream(append.stream, append.batch, {
        expectedRevision: append.expected < 0 ? NO_STREAM : BigInt(append.expected),
        deadline: SERVER_DEADLINE_MS,
        // A follower would forward the append, possibly to no one.
        requiresLeader: true,
      });
      answered(live, { outcome: 'appended', revision: Number(answer.nextExpectedRevision) });
    };
    attempt().catch((error) => {
      const result = outcomeOf(error);
      if (!live || result.outcome === 'unknown') settle(result);
      else answered(live, result);
      if (live && result.outcome === 'unknown' && doesNotLead(result.reason)) connection.broken(live, result.reason);
    });
  });
}

/** Only an answer to this very append is certain; an error of the shared call (`_raw`) may come after the write. */
function outcomeOf(error: unknown): AppendResult {
  const answer = commandError(error);
  if (answer && !answer._raw) {
    switch (answer.type) {
      case ErrorType.WRONG_EXPECTED_VERSION:
        return { outcome: 'conflict' };
      case ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED:
      case ErrorType.ACCESS_DENIED:
      case ErrorType.STREAM_DELETED:
        return { outcome: 'rejected', reason: answer.type };
    }
  }
  return unknown(error instanceof Error ? error.message : String(error));
}

const unknown = (reason: string): AppendResult => ({ outcome: 'unknown', reason });

/** The client would throw in an unhandled promise and never answer. */
function toClientEvents(stream: string, expected: number, events: readonly NewEvent[]): EventData[] {
  if (stream === '' || events.length === 0) throw new TypeError('an append needs a stream and at least one event');
  if (!Number.isSafeInteger(expected) || expected < -1) throw new TypeError(`no revision: ${expected}`);
  return events.map(({ id, type, data, metadata, json }) => {
    if (!UUID.test(id)) throw new TypeError(`the id of event ${type} is not a UUID: ${id}`);
    return {
      id,
      type,
      // No detour over base64. `client.ts` sets the real content type.
      contentType: 'application/octet-stream',
      data: bytesOf(json?.data ?? JSON.stringify(data), `the data of event ${type}`),
      metadata:
        metadata == null
          ? undefined
          : bytesOf(json?.metadata ?? JSON.stringify(metadata), `the metadata of event ${type}`),
    };
  });
}

const utf8 = new TextEncoder();

function bytesOf(json: string | undefined, what: string): Uint8Array {
  if (json === undefined) throw new TypeError(`${what} is not JSON`);
  return utf8.encode(json);
}

/** A semaphore, first come, first served. `acquire`: false where the queue is full or was cleared. */
function limitConcurrency(max: number, waiting_max: number) {
  const waiting: ((acquired: boolean) => void)[] = [];
  let running = 0;
  return {
    acquire(): Promise<boolean> {
      if (running < max) {
        running++;
        return Promise.resolve(true);
      }
      if (waiting.length >= waiting_max) return Promise.resolve(false);
      return new Promise((resolve) => waiting.push(resolve));
    },
    release(): void {
      const next = waiting.shift();
      // Handed over: no later caller can take the slot between.
      if (next) next(true);
      else running--;
    },
    clear(): void {
      for (const refuse of waiting.splice(0)) refuse(false);
    },
  };
}
