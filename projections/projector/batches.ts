/** The next batch is read while one is written; reading pauses when it is full. */
import type { LogPosition, StoredEvent, SubscriptionMessage } from '../../libs/event-store/event-store.js';

export interface Batch {
  events: StoredEvent[];
  read_to: LogPosition | undefined;
  caught_up: boolean;
}

export interface BatchLimits {
  events_max: number;
  /** The least time between batches that are not full; longer after a large batch, up to `pace_ms_max`. */
  pace_ms: number;
  pace_ms_max?: number;
  idle_ms: number;
}

/** Beyond 1,000 events a second batches and pauses grow together. */
const PACE_MS_PER_EVENT = 1;

/** For the rest of a command's events, which an append writes at once. A log that lacks them is not waited for any longer. */
const REST_MS_MAX = 1000;

/** Whether it ends with the last event of a command, so that nobody reads half of one. */
function isWhole({ events }: Batch): boolean {
  return (events.at(-1)?.metadata as { remaining?: unknown } | null | undefined)?.remaining === undefined;
}

/** Throws the messages' exception after the batch of what came before it. */
export async function* batchesOf(
  portions: AsyncIterable<readonly SubscriptionMessage[]>,
  { events_max, pace_ms, pace_ms_max = pace_ms, idle_ms }: BatchLimits,
): AsyncGenerator<Batch> {
  let batch: Batch = { events: [], read_to: undefined, caught_up: false };
  let ended = false;
  let failure: { error: unknown } | undefined;
  const arrived = signal();
  const taken = signal();
  let stopped = false;

  let read_ms = 0;

  const read = async () => {
    for await (const portion of portions)
      for (const message of portion) {
        while (batch.events.length >= events_max && isWhole(batch) && !stopped) await taken.wait();
        if (stopped) return;
        read_ms = performance.now();
        if (message.kind === 'caught_up') batch.caught_up = true;
        else batch.read_to = message.kind === 'event' ? message.event.log_position : message.log_position;
        if (message.kind === 'event') batch.events.push(message.event);
        arrived.raise();
      }
  };
  const reading = read()
    .catch((error: unknown) => {
      failure = { error };
    })
    .finally(() => {
      ended = true;
      arrived.raise();
    });

  let last = { ms: 0, events: 0 };
  const isFull = () => ended || (batch.events.length >= events_max && isWhole(batch));
  const isEmpty = () => batch.read_to === undefined && !batch.caught_up;
  try {
    while (true) {
      const idle_until_ms = performance.now() + idle_ms;
      while (isEmpty() && !ended && performance.now() < idle_until_ms)
        await arrived.wait(idle_until_ms - performance.now());
      while (!isFull() && !isEmpty()) {
        const pause_ms = Math.min(Math.max(pace_ms, last.events * PACE_MS_PER_EVENT), pace_ms_max);
        const until_ms = isWhole(batch) ? last.ms + pause_ms : read_ms + REST_MS_MAX;
        const wait_ms = until_ms - performance.now();
        if (wait_ms <= 0) break;
        await arrived.wait(wait_ms);
      }
      const full = batch;
      batch = { events: [], read_to: undefined, caught_up: false };
      taken.raise();
      last = { ms: performance.now(), events: full.events.length };
      if (full.events.length > 0 || full.read_to || full.caught_up || !ended) yield full;
      if (ended && isEmpty()) break;
    }
    if (failure) throw failure.error;
  } finally {
    stopped = true;
    taken.raise();
    if (ended) await reading;
  }
}

/** A signal raised while no side waits ends the next wait at once. */
function signal() {
  let wake: (() => void) | undefined;
  let pending = false;
  return {
    raise() {
      pending = true;
      wake?.();
    },
    async wait(timeout_ms?: number): Promise<void> {
      if (!pending) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (timeout_ms !== undefined) timer = setTimeout(resolve, timeout_ms);
        });
        clearTimeout(timer);
        wake = undefined;
      }
      pending = false;
    },
  };
}
