import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { openClient } from './client.js';

/** A client in use, and what runs on it. */
export interface Live {
  readonly client: EventStoreDBClient;
  /** Called with a sentence for each call that runs on this client when the client is given up; they remove themselves. */
  readonly give_up: Set<(reason: string) => void>;
  /** When this client last brought the answer to an append (performance.now); −Infinity before the first. */
  append_answered_ms: number;
  readonly close: () => Promise<void>;
}

export interface Connection {
  /** The client in use; while it is being replaced, the next one. Rejects when `signal` aborts or after close(). */
  current(signal?: AbortSignal): Promise<Live>;
  /** Replaces the client, if it still is the one in use, after a pause that grows with every failure in a row. */
  broken(culprit: Live, reason: string): void;
  /** The server has answered: the next pause is a short one again. */
  answered(): void;
  /** Aborts when close() is called. */
  readonly closed: AbortSignal;
  close(): Promise<void>;
}

const pause_ms_min = 50;
/** Shorter than an append's timeout, so that an append made during the pause still gets its try. */
const pause_ms_max = 2_000;

/** The pause after the given number of failures in a row, milliseconds; random by half, so that instances do not return in step. */
export function pauseAfter(failures: number): number {
  return Math.min(pause_ms_max, pause_ms_min * 2 ** failures) * (0.5 + Math.random() / 2);
}

/** Sleeps; cut short, without an exception, when `signal` aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

// Counted for the whole process, as the pool of connections in grpc-js is.
let generation = 0;

/**
 * Keeps one client alive at a time. The old one is closed before the next is opened, since all clients of a process
 * share one map of pending appends: an error on one rejects the appends of the other.
 */
export function keepConnected(url: string, log: (line: string) => void): Connection {
  const closing = new AbortController();
  let failures = 0;
  let live: Live | undefined = open();
  let opening: Promise<Live> = Promise.resolve(live);
  let ended: Promise<void> = Promise.resolve();

  function open(): Live {
    const opened = openClient(url, generation++, (reason) => broken(mine, reason));
    const mine: Live = { ...opened, give_up: new Set(), append_answered_ms: Number.NEGATIVE_INFINITY };
    return mine;
  }

  function broken(culprit: Live, reason: string): void {
    if (culprit !== live) return;
    live = undefined;
    const pause_ms = pauseAfter(failures++);
    log(`event store: ${reason}; connecting anew in ${Math.round(pause_ms)} ms`);
    ended = giveUp(culprit, reason);
    opening = reopen(pause_ms);
    // Those who wait for it see the rejection; nobody may be waiting.
    opening.catch(() => {});
  }

  async function reopen(pause_ms: number): Promise<Live> {
    await ended;
    await sleep(pause_ms, undefined, { signal: closing.signal });
    for (;;) {
      try {
        live = open();
        return live;
      } catch (error) {
        // A certificate file that is missing for a moment, say.
        log(`event store: ${error instanceof Error ? error.message : error}`);
        await sleep(pauseAfter(failures++), undefined, { signal: closing.signal });
      }
    }
  }

  return {
    async current(signal) {
      closing.signal.throwIfAborted();
      return live ?? (await unlessAborted(opening, signal));
    },
    broken,
    closed: closing.signal,
    answered() {
      if (failures > 0) log('event store: it answers again');
      failures = 0;
    },
    async close() {
      if (closing.signal.aborted) return ended;
      closing.abort(new Error('the event store connection is closed'));
      const last = live;
      live = undefined;
      if (last) ended = giveUp(last, 'the event store connection is closed');
      await ended;
    },
  };
}

function giveUp(culprit: Live, reason: string): Promise<void> {
  for (const give_up of culprit.give_up) give_up(reason);
  culprit.give_up.clear();
  return culprit.close();
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}
