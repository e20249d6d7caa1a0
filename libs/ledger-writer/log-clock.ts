/** A ledger's time never runs backwards, so clocks far ahead of the log's are not trusted. */
import { randomUUID } from 'node:crypto';
import { type EventStore, EventStoreUnavailable } from '../event-store/event-store.js';
import { CLOCK_STREAM } from '../event-store/streams.js';

export const CLOCK_AHEAD_MS_MAX = 2 * 3_600_000;

export interface LogClock {
  /** `created_ms`: the log's time of an event that was read. */
  observe(created_ms: number): void;
  /** ISO 8601 UTC; never later than the log's. */
  now(): string;
  /** At most CLOCK_AHEAD_MS_MAX ahead, as far as known. */
  allows(instant: string): boolean;
  /** Asks the log unless just asked. @throws EventStoreUnavailable */
  ask(instant: string): Promise<boolean>;
}

const ASKED_MS_MIN = 10_000;

export function logClock(store: EventStore): LogClock {
  let ahead_ms = Number.NEGATIVE_INFINITY;
  let asked_at_ms = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  const now_ms = () => ahead_ms + performance.now();

  function observe(created_ms: number): void {
    ahead_ms = Math.max(ahead_ms, created_ms - performance.now());
  }
  function allows(instant: string): boolean {
    return Date.parse(instant) <= now_ms() + CLOCK_AHEAD_MS_MAX;
  }
  async function ask(): Promise<void> {
    const before = await head();
    const event = { id: randomUUID(), type: 'ClockAsked', data: {}, metadata: {} };
    const { outcome } = await store.append(CLOCK_STREAM, before?.revision ?? -1, [event]);
    const after = await head();
    if (after === undefined || after.revision === before?.revision)
      throw new EventStoreUnavailable(`the log does not tell its time (${outcome})`);
    observe(after.created_ms);
    asked_at_ms = performance.now();
  }
  async function head() {
    for await (const event of store.readBackwards(CLOCK_STREAM, { max: 1 })) return event;
    return undefined;
  }

  return {
    observe: observe,
    now: () => new Date(Math.max(now_ms(), 0)).toISOString(),
    allows,
    async ask(instant) {
      if (performance.now() - asked_at_ms > ASKED_MS_MIN) {
        asking ??= ask().finally(() => {
          asking = undefined;
        });
        await asking;
      }
      return allows(instant);
    },
  };
}
