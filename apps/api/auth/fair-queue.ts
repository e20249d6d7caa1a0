/** Runs a limited number of tasks at a time: one per key, and the keys in rotation, so that no client delays the others. */
export class FairQueue {
  private running = 0;
  private waiting = 0;
  /** The next to start first. A key with a running task is here only while more of its tasks wait. */
  private readonly queues = new Map<string, (() => void)[]>();
  private readonly running_keys = new Set<string>();

  constructor(
    private readonly limits: { concurrency: number; waiting_per_key_max: number; waiting_max: number },
    private readonly rejection: (reason: 'key' | 'all') => Error,
  ) {}

  /** @throws what `rejection` makes */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const queue = this.queues.get(key) ?? [];
    if (queue.length >= this.limits.waiting_per_key_max) throw this.rejection('key');
    if (this.waiting >= this.limits.waiting_max) throw this.rejection('all');
    await new Promise<void>((start) => {
      queue.push(start);
      this.queues.set(key, queue);
      this.waiting += 1;
      this.startNext();
    });
    try {
      return await task();
    } finally {
      this.running -= 1;
      this.running_keys.delete(key);
      this.startNext();
    }
  }

  private startNext(): void {
    for (const [key, queue] of this.queues) {
      if (this.running >= this.limits.concurrency) return;
      if (this.running_keys.has(key)) continue;
      this.queues.delete(key);
      this.running_keys.add(key);
      this.running += 1;
      this.waiting -= 1;
      const start = queue.shift()!;
      // Set again, the key comes after all others.
      if (queue.length > 0) this.queues.set(key, queue);
      start();
    }
  }
}
