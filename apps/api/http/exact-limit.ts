import { hash } from 'node:crypto';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Rate } from './limit-table.js';
import { LocalLimit, type Taken } from './local-limit.js';

/** Of this instance at a time. Beyond it, and while Postgres is away, the share of this instance decides. */
const STATEMENTS_MAX = 32;

/** Must answer or fail within a second or so. */
export type LimitStore = { query(statement: { text: string; values: unknown[] }): Promise<{ rows: unknown[] }> };

/** A rate that all instances count together, in Postgres; a key that is used up costs no statement. */
export class ExactLimit {
  private readonly shared: RateLimiterPostgres;
  private readonly local: LocalLimit;
  private statements = 0;

  constructor(
    name: string,
    readonly rate: Rate,
    store: LimitStore,
    instances: () => number,
  ) {
    this.local = new LocalLimit(rate, instances);
    this.shared = new RateLimiterPostgres({
      storeClient: store,
      storeType: 'client',
      keyPrefix: name,
      tableName: 'rate_limits',
      tableCreated: true,
      clearExpiredByTimeout: true,
      points: rate.requests,
      duration: rate.per_s,
      inMemoryBlockOnConsumed: rate.requests + 1,
    });
  }

  async take(key: string): Promise<Taken> {
    if (this.statements >= STATEMENTS_MAX) return this.local.take(key);
    this.statements += 1;
    try {
      const { remainingPoints } = await this.shared.consume(stored(key));
      // So that little is left of the share when Postgres goes away.
      this.local.take(key);
      return { is_allowed: true, remaining: remainingPoints, wait_ms: 0 };
    } catch (error) {
      if (error instanceof RateLimiterRes) return { is_allowed: false, remaining: 0, wait_ms: error.msBeforeNext };
      return this.local.take(key);
    } finally {
      this.statements -= 1;
    }
  }

  /** Takes back one that turned out to be none of those which are to be limited. */
  async giveBack(key: string): Promise<void> {
    await this.shared.reward(stored(key)).catch(() => {});
  }
}

/** A name may be a password that was typed into the wrong field. */
const stored = (key: string) => hash('sha256', key, 'base64url');
