/**
 * Keeps a copy of a log that goes on, event by event, each checked before it is written. Nothing but the copy itself is needed to go on after any
 * end: what is asked for twice is compared with what is there.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Tampered } from '../audit/signed-checkpoint.js';
import type { EventStore, LogPosition, StoredEvent } from '../event-store/event-store.js';
import { findDamage } from '../event-store/stream-damage.js';
import { isBook, RECORD_PREFIXES } from '../event-store/streams.js';
import { type CopyCheck, checkCopy } from './check-copy.js';
import { appendTogether, eventsOf, isSame } from './copy-log.js';

/** What is in the way is in the copy: begin another one. One sentence. */
export class CopyDamaged extends Error {}

export interface FollowOptions {
  signal: AbortSignal;
  trusted_key?: string | undefined;
  /** Of the log that is followed: all before it is in the copy. Undefined: read from the beginning. */
  after?: LogPosition | undefined;
  log(line: string): void;
  /** While the copy is read. */
  on_checked?: (events: number) => void;
  /** All that was in the log at `at` is in the copy, on its disk. */
  on_copied?: (copied: Copied) => void;
  look_every_ms?: number;
}
export interface Copied {
  at: string;
  events: number;
  after: LogPosition | undefined;
}

const BEAT_MS = 1000;
const LOOK_EVERY_MS = 30_000;
/** Of what the copy lacks, in one beat. */
const READ_MAX = 1000;

/** The subscription has left something out; read from the beginning it would not. */
class Gap extends Error {}
/** The subscription says nothing of what is there. */
class Stalled extends Error {}

/** Until `signal` aborts. @throws Tampered, CopyDamaged, ImportRefused, and what the logs throw at its beginning */
export async function followLog(from: EventStore, to: EventStore, options: FollowOptions): Promise<void> {
  const { signal, trusted_key, log, on_checked } = options;
  const check = checkCopy(trusted_key);
  try {
    for await (const event of eventsOf(to, signal)) {
      await check.next(event, to);
      on_checked?.(check.events);
    }
  } catch (error) {
    throw error instanceof Tampered ? new CopyDamaged(`The copy is damaged: ${error.message}`) : error;
  }
  await compareHeads(from, check.heads);
  const progress = { after: options.after };
  while (!signal.aborted)
    try {
      await follow(from, to, check, progress, options);
    } catch (error) {
      if (error instanceof Gap && progress.after === undefined) throw new Tampered(error.message);
      if (!(error instanceof Gap || error instanceof Stalled)) throw error;
      if (error instanceof Gap) progress.after = undefined;
      log(`${error.message} Reading ${error instanceof Gap ? 'the log from its beginning' : 'on'}.`);
    }
}

async function follow(
  from: EventStore,
  to: EventStore,
  check: CopyCheck,
  progress: { after: LogPosition | undefined },
  { signal, log, on_copied, look_every_ms = LOOK_EVERY_MS }: FollowOptions,
): Promise<void> {
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const appends = appendTogether(to);
  /** Reads of the copy beside what comes again, by stream. */
  const again = new Map<string, AsyncGenerator<StoredEvent>>();
  let is_busy = false;
  let failure: { error: unknown } | undefined;
  const watching = watch().catch((error: unknown) => {
    failure = { error };
    ending.abort();
  });
  try {
    for await (const portion of from.subscribeAll(progress.after, { stream_prefixes: RECORD_PREFIXES, signal: both })) {
      is_busy = true;
      let { after } = progress;
      for (const message of portion) {
        if (message.kind === 'event') await take(message.event);
        if (message.kind !== 'caught_up')
          after = message.kind === 'event' ? message.event.log_position : message.log_position;
      }
      await appends.flush();
      progress.after = after;
      is_busy = false;
    }
  } catch (error) {
    failure ??= { error };
    // What came before it is sound.
    await appends.flush().catch(() => {});
  }
  ending.abort();
  for (const reading of again.values()) await reading.return(undefined);
  await watching;
  if (failure !== undefined && !signal.aborted) throw failure.error;

  /** What comes again must be what is there. @throws Tampered, Gap */
  async function take(event: StoredEvent): Promise<void> {
    const { stream, revision } = event;
    const expected = (check.heads.get(stream)?.revision ?? -1) + 1;
    if (revision > expected) throw new Gap(`Event ${revision} of the stream ${stream} comes after ${expected - 1}.`);
    // A checkpoint is held against what is written, and so is what comes again.
    if (revision < expected || !isBook(stream)) await appends.flush();
    if (revision < expected) return compareAgain(event);
    await again.get(stream)?.return(undefined);
    again.delete(stream);
    await check.next(event, to);
    await appends.add(event);
  }
  /** One read for all that follow each other. */
  async function compareAgain(event: StoredEvent): Promise<void> {
    const { stream, revision } = event;
    let ours = (await again.get(stream)?.next())?.value;
    if (ours?.revision !== revision) {
      await again.get(stream)?.return(undefined);
      again.set(stream, to.read(stream, revision)[Symbol.asyncIterator]() as AsyncGenerator<StoredEvent>);
      ours = (await again.get(stream)!.next()).value;
    }
    if (ours === undefined || !isSame(ours, event))
      throw new Tampered(`Event ${revision} of the stream ${stream} is not the one that was copied.`);
  }

  /** Says how far the copy is, and looks whether the log still has what was copied. @throws Tampered, Stalled */
  async function watch(): Promise<void> {
    let looked_ms = performance.now();
    let asked: LogEnd | undefined;
    let moved = { events: -1, ms: performance.now() };
    let is_away = false;
    while (!both.aborted) {
      await sleep(Math.min(BEAT_MS, look_every_ms), undefined, { signal: both }).catch(() => {});
      if (both.aborted) return;
      try {
        asked ??= await endOfLog();
        if (hasReached(progress.after, asked.end)) {
          if (asked.at !== undefined) on_copied?.({ at: asked.at, events: check.events, after: progress.after });
          asked = undefined;
        }
        if (asked === undefined || is_busy || moved.events !== check.events)
          moved = { events: check.events, ms: performance.now() };
        else if (performance.now() - moved.ms > look_every_ms)
          throw new Stalled('The log tells nothing new, but has it.');
        if (performance.now() - looked_ms > look_every_ms) {
          await compareHeads(from, check.heads, both);
          looked_ms = performance.now();
        }
        is_away = false;
      } catch (error) {
        if (both.aborted) return;
        if (error instanceof Tampered || error instanceof Stalled) throw error;
        asked = undefined;
        moved = { events: check.events, ms: performance.now() };
        if (!is_away) log(`The log does not answer: ${(error as Error).message}`);
        is_away = true;
      }
    }
  }

  /** By a read of its own, since a subscription may fall silent, as of a ledger that was opened after that. */
  async function endOfLog(): Promise<LogEnd> {
    const at = new Date().toISOString();
    const lacking = from.readAll(progress.after, { stream_prefixes: RECORD_PREFIXES, signal: both });
    let end: LogPosition | undefined;
    let events = 0;
    for await (const portion of lacking)
      for (const message of portion) {
        if (message.kind !== 'event') continue;
        end = message.event.log_position;
        events += 1;
        if (events === READ_MAX) return { at: undefined, end };
      }
    return { at, end };
  }
}

/** All that was in the log at `at` (undefined: there is more) is in the copy when that has `end` (undefined: it has it). */
interface LogEnd {
  at: string | undefined;
  end: LogPosition | undefined;
}

function hasReached(after: LogPosition | undefined, end: LogPosition | undefined): boolean {
  if (end === undefined) return true;
  if (after === undefined) return false;
  return after.commit > end.commit || (after.commit === end.commit && after.prepare >= end.prepare);
}

/** @throws Tampered where the log does not have what was copied */
async function compareHeads(
  from: EventStore,
  heads: ReadonlyMap<string, StoredEvent>,
  signal?: AbortSignal,
): Promise<void> {
  for (const [stream, ours] of [...heads]) {
    const damage = await findDamage(from, stream, signal);
    if (damage !== undefined) throw new Tampered(`${damage.reason[0]!.toUpperCase()}${damage.reason.slice(1)}.`);
    let found: StoredEvent | undefined;
    for await (const event of from.read(stream, ours.revision, { max: 1, signal })) found = event;
    if (found === undefined)
      throw new Tampered(`The stream ${stream} ends before event ${ours.revision}, which was copied.`);
    if (!isSame(ours, found))
      throw new Tampered(`Event ${ours.revision} of the stream ${stream} is not the one that was copied.`);
  }
}
