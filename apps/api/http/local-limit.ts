import { LRUCache } from 'lru-cache';
import type { Rate } from './limit-table.js';

/** Who asks so often that more come in between is forgotten, and begins anew. 100 bytes each. */
const KEYS_MAX = 50_000;

export interface Taken {
  is_allowed: boolean;
  remaining: number;
  /** Until the next one is allowed; 0 where it is. */
  wait_ms: number;
}

/**
 * A rate in the memory of this instance, by the generic cell rate algorithm: of each key only the moment is kept at which its burst is whole
 * again. Each of `instances()` allows its share. A few hundred nanoseconds a request, and no timer.
 */
export class LocalLimit {
  private readonly whole_at = new LRUCache<string, { at_ms: number }>({ max: KEYS_MAX });

  constructor(
    readonly rate: Rate,
    private readonly instances: () => number = () => 1,
  ) {}

  /** @param now_ms by performance.now() */
  take(key: string, now_ms = performance.now()): Taken {
    const { requests, per_s, burst } = this.rate;
    const each_ms = (per_s * 1000 * this.instances()) / requests;
    const slack_ms = Math.max(each_ms, (burst * per_s * 1000) / requests);
    const known = this.whole_at.get(key);
    const next_ms = Math.max(known?.at_ms ?? 0, now_ms) + each_ms;
    const left_ms = now_ms + slack_ms - next_ms;
    // Rounding must not cost the last of a burst.
    if (left_ms < -1e-6) return { is_allowed: false, remaining: 0, wait_ms: -left_ms };
    if (known === undefined) this.whole_at.set(key, { at_ms: next_ms });
    else known.at_ms = next_ms;
    return { is_allowed: true, remaining: Math.floor((left_ms + 1e-6) / each_ms), wait_ms: 0 };
  }
}
