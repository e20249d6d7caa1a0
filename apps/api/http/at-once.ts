/**
 * How many requests of a class are worked on at once: fewer while this thread is busy, since commands wait for it, too. The others wait, in the
 * order in which they came.
 */
import type { ServerResponse } from 'node:http';

export interface AtOnceLimits {
  max: number;
  /** While the thread is busy for a greater share of its time they are halved at each look, down to `min`. */
  busy: number;
  min: number;
}
interface Waiting {
  since_ms: number;
  begin(): void;
  refuse(): void;
}

const WAIT_MS_MAX = 5000;

export class AtOnce {
  private allowed: number;
  private running = 0;
  private readonly waiting = new Set<Waiting>();

  constructor(private readonly limits: AtOnceLimits) {
    this.allowed = limits.max;
  }

  /** Calls `begin` now or later, `refuse` where that would be too late, and neither once the client has gone. It runs until its response is closed. */
  run(response: ServerResponse, begin: () => void, refuse: () => void): void {
    const one: Waiting = {
      since_ms: performance.now(),
      refuse,
      begin: () => {
        this.running += 1;
        response.once('close', () => {
          this.running -= 1;
          this.beginNext();
        });
        begin();
      },
    };
    if (this.running < this.allowed) one.begin();
    else {
      this.waiting.add(one);
      response.once('close', () => this.waiting.delete(one));
    }
  }

  /** `busy`: the share of its time since the last look for which the thread was busy. */
  look(busy: number): void {
    const { max, min } = this.limits;
    if (busy > this.limits.busy) this.allowed = Math.max(min, Math.min(this.allowed, this.running) >> 1);
    else this.allowed = Math.min(max, this.allowed + 1 + (this.allowed >> 3));
    for (const one of this.waiting) {
      if (performance.now() - one.since_ms < WAIT_MS_MAX) break;
      this.waiting.delete(one);
      one.refuse();
    }
    this.beginNext();
  }

  private beginNext(): void {
    for (const one of this.waiting) {
      if (this.running >= this.allowed) return;
      this.waiting.delete(one);
      one.begin();
    }
  }
}
