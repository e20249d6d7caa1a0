/**
 * The log's messages in batches: one batch is written while the next is read, and however slow the writing is, no more than one
 * more batch waits.
 */
import type { Position, StoredEvent, SubscriptionMessage } from '../../libs/event-store/event-store.js';

export interface Batch {
  events: StoredEvent[];
  /** How far the log was read, where that is known to be further than the last event. */
  read_to: Position | undefined;
  /** The head of the log was reached with this batch. */
  caught_up: boolean;
}

export interface BatchLimits {
  events_max: number;
  /**
   * A batch is yielded no sooner than this after the one before, unless it is full: a steady trickle then costs few transactions.
   * Where the one before was large it is later, up to `pace_ms_max`: under load each transaction then carries more.
   */
  pace_ms: number;
  pace_ms_max?: number;
  /** An empty batch is yielded where nothing came for so long. */
  idle_ms: number;
}

/** Beyond 1,000 events a second batches grow, and with them the pace, until it is at its longest. */
const pace_ms_per_event = 1;

/** Ends when the messages end; an exception of theirs is thrown after what came before it. */
export async function* batchesOf(
  portions: AsyncIterable<readonly SubscriptionMessage[]>,
  { events_max, pace_ms, pace_ms_max = pace_ms, idle_ms }: BatchLimits,
): AsyncGenerator<Batch> {
  let batch: Batch = { events: [], read_to: undefined, caught_up: false };
  let ended = false;
  let failure: { error: unknown } | undefined;
  const arrived = bell();
  const taken = bell();
  let stopped = false;

  const read = async () => {
    for await (const portion of portions)
      for (const message of portion) {
        while (batch.events.length >= events_max && !stopped) await taken.rung();
        if (stopped) return;
        if (message.kind === 'caught_up') batch.caught_up = true;
        else batch.read_to = message.kind === 'event' ? message.event.position : message.position;
        if (message.kind === 'event') batch.events.push(message.event);
        arrived.ring();
      }
  };
  const reading = read()
    .catch((error: unknown) => {
      failure = { error };
    })
    .finally(() => {
      ended = true;
      arrived.ring();
    });

  let last = { ms: 0, events: 0 };
  const isFull = () => ended || batch.events.length >= events_max;
  const isEmpty = () => batch.read_to === undefined && !batch.caught_up;
  try {
    while (true) {
      const idle_until_ms = performance.now() + idle_ms;
      while (isEmpty() && !ended && performance.now() < idle_until_ms)
        await arrived.rung(idle_until_ms - performance.now());
      while (!isFull() && !isEmpty()) {
        const pause_ms = Math.min(Math.max(pace_ms, last.events * pace_ms_per_event), pace_ms_max);
        const wait_ms = last.ms + pause_ms - performance.now();
        if (wait_ms <= 0) break;
        await arrived.rung(wait_ms);
      }
      const full = batch;
      batch = { events: [], read_to: undefined, caught_up: false };
      taken.ring();
      last = { ms: performance.now(), events: full.events.length };
      if (full.events.length > 0 || full.read_to || full.caught_up || !ended) yield full;
      if (ended && isEmpty()) break;
    }
    if (failure) throw failure.error;
  } finally {
    stopped = true;
    taken.ring();
    if (ended) await reading;
  }
}

/** Lets one side wait for the other. A ring that nobody waits for is remembered once. */
function bell() {
  let wake: (() => void) | undefined;
  let pending = false;
  return {
    ring() {
      pending = true;
      wake?.();
    },
    async rung(timeout_ms?: number): Promise<void> {
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
