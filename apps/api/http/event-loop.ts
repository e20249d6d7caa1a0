/** Shares of the event loop of this thread. */

/** Calls `look` with the share of its time for which the thread was busy. Stops at `clearInterval`. */
export function watchThread(look: (busy: number) => void, every_ms: number): NodeJS.Timeout {
  let before = performance.eventLoopUtilization();
  return setInterval(() => {
    const now = performance.eventLoopUtilization();
    look(performance.eventLoopUtilization(now, before).utilization);
    before = now;
  }, every_ms).unref();
}

/**
 * Begins so many in one iteration of the event loop, the others in the next ones, in their order. Thousands that arrive together would otherwise all
 * begin before any timer runs, and before any other instance or the log is heard.
 */
export class PerIteration {
  private begun = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly max: number) {}

  begin(task: () => void): void {
    if (this.begun === this.max) {
      this.waiting.push(task);
      return;
    }
    this.begun += 1;
    if (this.begun === 1) setImmediate(this.next);
    task();
  }
  private readonly next = () => {
    const tasks = this.waiting.splice(0, this.max);
    this.begun = tasks.length;
    if (tasks.length > 0) setImmediate(this.next);
    for (const task of tasks) task();
  };
}
