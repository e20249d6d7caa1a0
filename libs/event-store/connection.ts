import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { credentialsOf, openClient } from './client.js';
import { addressesOf, findLeader, type Host } from './cluster.js';
import { EventStoreUnavailable } from './event-store.js';

export interface Live {
  readonly client: EventStoreDBClient;
  readonly host: Host;
  readonly give_up: Set<(reason: string) => void>;
  /** By performance.now; −Infinity before the first. */
  append_answered_ms: number;
  readonly close: () => Promise<void>;
}

export interface Connection {
  /** Or the next client; a cluster's leader. @throws the signal's reason; EventStoreUnavailable after `wait_ms_max` */
  current(signal?: AbortSignal, wait_ms_max?: number): Promise<Live>;
  /** If still in use; the pause grows with every failure in a row. */
  broken(culprit: Live, reason: string): void;
  /** Of a long wait: replaces the client if or once another node leads. */
  doubt(suspect: Live): void;
  answered(): void;
  readonly closed: AbortSignal;
  close(): Promise<void>;
}

export const DOUBT_MS = 300;
const PAUSE_MS_MIN = 50;
/** Shorter than an append's timeout: an append made meanwhile gets its try. */
const PAUSE_MS_MAX = 2_000;

/** Half of it random, so that instances do not return in step. */
export function pauseAfter(failures: number): number {
  return Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** failures) * (0.5 + Math.random() / 2);
}

export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

let generation = 0;

/** One at a time: a process's clients share a map of pending appends, and an error on one rejects the others'. */
export function keepConnected(url: string, log: (line: string) => void): Connection {
  const closing = new AbortController();
  const { hosts, cluster, urlOf } = addressesOf(url);
  const [first_host = ''] = hosts;
  /** The node in the URL may be the one that is gone. */
  const known = new Set(hosts);
  let failures = 0;
  let live: Live | undefined;
  let opening: Promise<Live> | undefined;
  let ended: Promise<void> = Promise.resolve();
  let doubted: Live | undefined;
  let named: Host | undefined;

  async function open(): Promise<Live> {
    const host = cluster ? await leader() : (named ?? first_host);
    named = undefined;
    closing.signal.throwIfAborted();
    const opened = openClient(urlOf(host), generation++, (reason, other) => broken(mine, reason, other));
    const mine: Live = { ...opened, host, give_up: new Set(), append_answered_ms: Number.NEGATIVE_INFINITY };
    return mine;
  }

  async function leader(): Promise<Host> {
    const silent = () => log('event store: no node of the cluster leads; asking on');
    return findLeader(known, await credentialsOf(urlOf(first_host)), closing.signal, silent);
  }

  function broken(culprit: Live, reason: string, leader?: Host): void {
    if (culprit !== live) return;
    live = undefined;
    named = leader;
    const pause_ms = pauseAfter(failures++);
    log(`event store: ${reason}; connecting anew in ${Math.round(pause_ms)} ms`);
    ended = giveUp(culprit, reason);
    opening = reopen(pause_ms);
    opening.catch(() => {});
  }

  async function reopen(pause_ms: number): Promise<Live> {
    await ended;
    await sleep(pause_ms, undefined, { signal: closing.signal });
    for (;;) {
      try {
        live = await open();
        return live;
      } catch (error) {
        closing.signal.throwIfAborted();
        log(`event store: ${error instanceof Error ? error.message : error}`);
        await sleep(pauseAfter(failures++), undefined, { signal: closing.signal });
      }
    }
  }

  async function askWhoLeads(suspect: Live): Promise<void> {
    const asking = new AbortController();
    const giveUp = () => asking.abort();
    suspect.give_up.add(giveUp);
    try {
      const signal = AbortSignal.any([asking.signal, closing.signal]);
      const host = await findLeader(known, await credentialsOf(urlOf(first_host)), signal);
      if (host !== suspect.host) broken(suspect, `${suspect.host} does not answer, and ${host} leads`);
    } catch {
    } finally {
      suspect.give_up.delete(giveUp);
      if (doubted === suspect) doubted = undefined;
    }
  }

  return {
    async current(signal, wait_ms_max) {
      closing.signal.throwIfAborted();
      if (live) return live;
      opening ??= reopen(0);
      return within(wait_ms_max, signal, opening);
    },
    broken,
    doubt(suspect) {
      if (!cluster || suspect !== live || suspect === doubted) return;
      doubted = suspect;
      void askWhoLeads(suspect);
    },
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

async function within<T>(ms_max: number | undefined, signal: AbortSignal | undefined, promise: Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  const ended = Promise.withResolvers<never>();
  const onAbort = () => ended.reject(signal?.reason);
  const onLate = () => ended.reject(new EventStoreUnavailable(`no connection within ${ms_max} ms`));
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = ms_max === undefined ? undefined : setTimeout(onLate, ms_max);
  return Promise.race([promise, ended.promise]).finally(() => {
    signal?.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  });
}
