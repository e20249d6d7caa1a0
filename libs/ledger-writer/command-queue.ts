/** Bounded. Every group is answered in time, whatever the log does. */
import type { CommandGroup, Result, Submission } from './batch.js';
import { away, busy, type Failure } from './outcomes.js';

export interface QueuedGroup extends CommandGroup {
  since_ms: number;
  /** A group that is answered before it is decided never is. */
  answered: boolean;
  answer: (answer: Results) => void;
}
type Results = Result[] | Failure;

export interface CommandQueue {
  add(mode: CommandGroup['mode'], submissions: Submission[], since_ms: number): Promise<Results>;
  size(): number;
  isEmpty(): boolean;
  wait(ms_max: number | undefined): Promise<void>;
  wake(): void;
  take(): readonly QueuedGroup[];
  finish(): void;
  putBack(groups: readonly QueuedGroup[]): void;
  setUnsettled(groups: readonly QueuedGroup[]): void;
  fail(groups: readonly QueuedGroup[], failure: Failure): void;
  failWaiting(failure: Failure): void;
  close(): void;
}

export interface QueueLimits {
  queue_max: number;
  /** Of which nothing was sent so long after it came: `away`, never decided. */
  wait_ms_max: number;
  /** Whose append is not settled so long after it came: `unknown`. */
  settle_ms_max: number;
}

const GROUPS_MAX = 500;
const SWEEP_MS = 250;
const UNSETTLED: Failure = {
  outcome: 'unknown',
  reason: 'the log did not answer in time; the same key will settle it',
};
const LATE = away('the log did not answer in time');

export function commandQueue({ queue_max, wait_ms_max, settle_ms_max }: QueueLimits): CommandQueue {
  const waiting: QueuedGroup[] = [];
  let in_work: readonly QueuedGroup[] = [];
  let unsettled: readonly QueuedGroup[] = [];
  let signal = Promise.withResolvers<void>();
  let sweeping: NodeJS.Timeout | undefined;

  function sweepLater(): void {
    sweeping ??= setTimeout(() => {
      sweeping = undefined;
      sweep();
      if (waiting.length + in_work.length > 0) sweepLater();
    }, SWEEP_MS);
  }
  function sweep(): void {
    const now_ms = performance.now();
    const isOlder = (age_ms: number) => (group: QueuedGroup) => now_ms - group.since_ms > age_ms;
    fail(unsettled.filter(isOlder(settle_ms_max)), LATE);
    const in_time = waiting.findIndex((group) => !isOlder(wait_ms_max)(group));
    const late = waiting.splice(0, in_time < 0 ? waiting.length : in_time);
    for (const group of in_work) if (isOlder(wait_ms_max)(group) && !unsettled.includes(group)) late.push(group);
    fail(late, LATE);
  }
  /** What shares a key with an unsettled append may have been written: only `unknown` is true. */
  function fail(groups: readonly QueuedGroup[], failure: Failure): void {
    if (groups.length === 0) return;
    const keys = new Set(unsettled.flatMap(keysOf));
    for (const group of groups) group.answer(keysOf(group).some((key) => keys.has(key)) ? UNSETTLED : failure);
  }

  return {
    add(mode, submissions, since_ms) {
      if (waiting.length >= queue_max) return Promise.resolve(busy(`${queue_max} commands are waiting already`));
      const { promise, resolve } = Promise.withResolvers<Results>();
      const group: QueuedGroup = {
        mode,
        submissions,
        since_ms,
        answered: false,
        answer(results) {
          group.answered = true;
          resolve(results);
        },
      };
      waiting.push(group);
      signal.resolve();
      sweepLater();
      return promise;
    },
    size: () => waiting.length + in_work.length,
    isEmpty: () => waiting.length === 0,
    async wait(ms_max) {
      signal = Promise.withResolvers();
      const timer = ms_max === undefined ? undefined : setTimeout(signal.resolve, ms_max);
      await signal.promise;
      clearTimeout(timer);
    },
    wake: () => signal.resolve(),
    take() {
      in_work = waiting.splice(0, GROUPS_MAX);
      return in_work;
    },
    finish() {
      in_work = [];
    },
    putBack(groups) {
      waiting.unshift(...groups.filter(({ answered }) => !answered));
    },
    setUnsettled(groups) {
      unsettled = groups;
    },
    fail,
    failWaiting: (failure) => fail(waiting.splice(0), failure),
    close: () => clearTimeout(sweeping),
  };
}

function keysOf({ submissions }: CommandGroup): string[] {
  return submissions.map(({ envelope }) => envelope.idempotency_key);
}
