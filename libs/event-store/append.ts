import { ErrorType, type EventData, NO_STREAM } from '@eventstore/db-client';
import { commandError, doesNotLead } from './client.js';
import { type Connection, doubt_ms, type Live } from './connection.js';
import type { AppendResult, NewEvent } from './event-store.js';

export interface AppendLimits {
  /** An append without an answer for so long is `unknown`, and the connection is made anew. */
  append_timeout_ms: number;
  /** So many appends are on the wire at most. With appends of up to 1 MiB this also bounds memory. */
  in_flight_max: number;
  /** So many more wait for their turn at most; beyond it an append is answered `unknown` at once. */
  waiting_max: number;
}

// The client sends the deadline as a time of day by this machine's clock: with a short one, a server whose clock is ahead
// would refuse every append. Our own timer is the limit.
const server_deadline_ms = 24 * 3_600_000;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

interface Append {
  stream: string;
  expected: number;
  batch: EventData[];
}

/** `EventStore.append` over the connection. */
export function appender(connection: Connection, limits: AppendLimits) {
  const turns = takeTurns(limits.in_flight_max, limits.waiting_max);
  return {
    async append(stream: string, expected: number, events: readonly NewEvent[]): Promise<AppendResult> {
      const batch = toClientEvents(stream, expected, events);
      if (!(await turns.wait()))
        return unknown('not sent: too many appends are waiting, or the connection broke meanwhile');
      try {
        // Where the connection is lost, those who wait would only wait for one more timeout each.
        return await send(connection, limits.append_timeout_ms, { stream, expected, batch }, turns.refuseWaiting);
      } finally {
        turns.done();
      }
    },
    refuseWaiting: turns.refuseWaiting,
  };
}

/** Settles once, by the answer, the timer or the loss of the client, whichever is first. Never rejects. */
function send(connection: Connection, timeout_ms: number, append: Append, lost: () => void): Promise<AppendResult> {
  return new Promise((resolve) => {
    const sent_ms = performance.now();
    let live: Live | undefined;
    let settled = false;
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
      // A store that answers later appends is slow, not lost; a new connection would only add to its work.
      if (live.append_answered_ms < sent_ms) connection.broken(live, reason);
    }, timeout_ms);
    const doubt = setTimeout(() => {
      if (live && live.append_answered_ms < sent_ms) connection.doubt(live);
    }, doubt_ms);

    const answered = (live: Live, result: AppendResult) => {
      live.append_answered_ms = performance.now();
      connection.answered();
      settle(result);
    };
    const attempt = async () => {
      live = await connection.current();
      // The caller may have been told `unknown` while we waited: sent now, the events would come as a surprise.
      if (settled) return;
      live.give_up.add(giveUp);
      const answer = await live.client.appendToStream(append.stream, append.batch, {
        expectedRevision: append.expected < 0 ? NO_STREAM : BigInt(append.expected),
        deadline: server_deadline_ms,
        // Said when the call is opened that all appends share. A follower would pass the append on, at times to nobody.
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

/**
 * Only an answer to this very append is certain, and only some answers say that nothing was written. Whatever ended the
 * call that all appends share (`_raw` is its status) may have struck after the write.
 */
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

/** Throws for whatever the client could not encode: it would do so in a promise that nobody holds, and never answer. */
function toClientEvents(stream: string, expected: number, events: readonly NewEvent[]): EventData[] {
  if (stream === '' || events.length === 0) throw new TypeError('an append needs a stream and at least one event');
  if (!Number.isSafeInteger(expected) || expected < -1) throw new TypeError(`no revision: ${expected}`);
  return events.map(({ id, type, data, metadata, json }) => {
    if (!uuid.test(id)) throw new TypeError(`the id of event ${type} is not a UUID: ${id}`);
    return {
      id,
      type,
      // The client takes JSON by way of base64; as bytes it is free. What they are the call says (client.ts).
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

/** First come, first served; `max` at a time. `wait` resolves to false where it is not worth while waiting. */
function takeTurns(max: number, waiting_max: number) {
  const waiting: ((turn: boolean) => void)[] = [];
  let running = 0;
  return {
    wait(): Promise<boolean> {
      if (running < max) {
        running++;
        return Promise.resolve(true);
      }
      if (waiting.length >= waiting_max) return Promise.resolve(false);
      return new Promise((resolve) => waiting.push(resolve));
    },
    done(): void {
      const next = waiting.shift();
      // The turn passes on; nobody can take it between.
      if (next) next(true);
      else running--;
    },
    refuseWaiting(): void {
      for (const refuse of waiting.splice(0)) refuse(false);
    },
  };
}
