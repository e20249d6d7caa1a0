import type { AppendOutcome, AppendRequest, Log } from './log.js';
import { LogFull } from './log-file.js';
import { DamagedLog } from './record.js';

/** Nothing was written; a retry can help. */
export class QueueFull extends Error {}
/** It is unknown what the disk holds: nothing is written any more. */
export class LogBroken extends Error {}
/** Before the append began: nothing was written. */
export class DeadlinePassed extends Error {}

export interface QueueLimits {
  waiting_max: number;
  waiting_bytes_max: number;
  /** 1: no group commit. */
  transaction_appends_max: number;
  transaction_bytes_max: number;
}

export const default_queue_limits: QueueLimits = {
  waiting_max: 50_000,
  waiting_bytes_max: 128 * 1024 * 1024,
  transaction_appends_max: 10_000,
  transaction_bytes_max: 8 * 1024 * 1024,
};

export type AppendAnswer = Exclude<AppendOutcome, { kind: 'damaged' }>;

interface Waiting {
  request: AppendRequest;
  bytes: number;
  deadline_ms: number;
  settle(answer: AppendAnswer | Error): void;
}

/** Group commit: appends that arrive while a transaction is fsynced share the next. */
export class AppendQueue {
  private waiting: Waiting[] = [];
  private bytes = 0;
  private scheduled = false;
  private broken: LogBroken | undefined;

  constructor(
    private readonly log: Log,
    private readonly limits: QueueLimits,
    private readonly told: {
      report(sentence: string): void;
      on_broken(error: Error): void;
      on_commit(appends: number, took_ms: number): void;
    },
  ) {}

  /** Calls `settle` once: LogBroken where the outcome is unknown, another error where nothing was written. */
  append(request: AppendRequest, bytes: number, deadline_ms: number, settle: Waiting['settle']): void {
    if (this.broken) {
      settle(this.broken);
      return;
    }
    if (this.waiting.length >= this.limits.waiting_max || this.bytes + bytes > this.limits.waiting_bytes_max) {
      settle(new QueueFull('Server Is Busy'));
      return;
    }
    this.waiting.push({ request, bytes, deadline_ms, settle });
    this.bytes += bytes;
    this.schedule();
  }

  flush(): void {
    while (this.waiting.length > 0) this.commitSome();
  }

  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (this.waiting.length > 0) this.commitSome();
      this.schedule();
    });
  }

  private commitSome(): void {
    const now_ms = Date.now();
    const group = this.takeGroup();
    const late = group.filter((one) => one.deadline_ms <= now_ms);
    const timely = group.filter((one) => one.deadline_ms > now_ms);
    for (const one of late) one.settle(new DeadlinePassed('The deadline passed before the append was begun.'));
    if (timely.length === 0) return;
    const answers = this.commit(timely.map((one) => one.request));
    for (const [index, one] of timely.entries()) one.settle(answers[index]!);
  }

  private commit(requests: AppendRequest[]): (AppendAnswer | Error)[] {
    const since_ms = performance.now();
    try {
      const outcomes = this.log.commit(requests);
      this.told.on_commit(requests.length, performance.now() - since_ms);
      return outcomes.map((outcome) => {
        if (outcome.kind !== 'damaged') return outcome;
        this.told.report(outcome.error.message);
        return outcome.error;
      });
    } catch (error) {
      const reason = this.reasonOf(error as Error);
      return requests.map(() => reason);
    }
  }

  private reasonOf(error: Error): Error {
    if (error instanceof LogFull || error instanceof DamagedLog) {
      this.told.report(error.message);
      return error;
    }
    // After a failed fsync the disk may hold anything; to go on would lose data.
    this.broken = new LogBroken(`The event log failed: ${error.message}.`);
    this.told.on_broken(this.broken);
    return this.broken;
  }

  private takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const one of this.waiting) {
      if (count === this.limits.transaction_appends_max) break;
      if (count > 0 && bytes + one.bytes > this.limits.transaction_bytes_max) break;
      bytes += one.bytes;
      count += 1;
    }
    this.bytes -= bytes;
    return this.waiting.splice(0, count);
  }
}
