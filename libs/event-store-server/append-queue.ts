import type { AppendOutcome, AppendRequest, Log } from './log.js';

/** The queue is full: nothing was written, trying again later can help. */
export class QueueFull extends Error {}
/** The client's deadline passed before the append was begun: nothing was written. */
export class DeadlinePassed extends Error {}

export interface QueueLimits {
  /** Appends that may wait. */
  waiting_max: number;
  /** Bytes that may wait. */
  waiting_bytes_max: number;
  /** Bytes of one transaction, so that no append waits for a transaction without end. */
  transaction_bytes_max: number;
}

export const default_queue_limits: QueueLimits = {
  waiting_max: 50_000,
  waiting_bytes_max: 128 * 1024 * 1024,
  transaction_bytes_max: 8 * 1024 * 1024,
};

interface Waiting {
  request: AppendRequest;
  bytes: number;
  deadline_ms: number;
  settle(outcome: AppendOutcome | Error): void;
}

/**
 * Group commit: all appends that arrived while the last transaction was being fsynced are written in the next one.
 * A lone append waits for nobody; under load one fsync serves many.
 */
export class AppendQueue {
  private waiting: Waiting[] = [];
  private bytes = 0;
  private scheduled = false;

  constructor(
    private readonly log: Log,
    private readonly limits: QueueLimits = default_queue_limits,
  ) {}

  /** Calls `settle` once: with the outcome when it is durable, or with an error when nothing was written. */
  append(request: AppendRequest, bytes: number, deadline_ms: number, settle: Waiting['settle']): void {
    if (this.waiting.length >= this.limits.waiting_max || this.bytes + bytes > this.limits.waiting_bytes_max) {
      settle(new QueueFull('Server Is Busy'));
      return;
    }
    this.waiting.push({ request, bytes, deadline_ms, settle });
    this.bytes += bytes;
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.commitSome();
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
    try {
      const outcomes = this.log.commit(timely.map((one) => one.request));
      for (const [index, one] of timely.entries()) one.settle(outcomes[index]!);
    } catch (error) {
      for (const one of timely) one.settle(error as Error);
    }
  }

  private takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const one of this.waiting) {
      if (count > 0 && bytes + one.bytes > this.limits.transaction_bytes_max) break;
      bytes += one.bytes;
      count += 1;
    }
    this.bytes -= bytes;
    return this.waiting.splice(0, count);
  }
}
