/**
 * A circuit breaker around everything that this process asks of Postgres. It opens by a probe of its own and not by what users ask: a report may
 * take half a minute, but an answer to `SELECT 1` does not. Open, it refuses at once what comes and what waits; a probe a moment later closes it.
 * As long as Postgres answers what is asked, it is seldom probed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import pg from 'pg';
import type { LogLine } from './log.js';

/** With the default of POSTGRES_SILENT_MS less than the second in which a query is to be answered while Postgres hangs. */
const LOOK_EVERY_MS = 50;
const PROBE_EVERY_LOOKS = 2;
/** Where nothing waits for Postgres and nothing has failed. */
const IDLE_PROBE_EVERY_LOOKS = 20;
const HALF_OPEN_AFTER_MS = 250;
/** A probe whose time is over so late says that this thread was busy, not Postgres. */
const LATE_MS = 250;
/** A new connection is a new process of Postgres, which a busy machine starts late. */
const CONNECT_MS_MAX = 5000;

/** 08006: connection_failure. */
export class PostgresAway extends Error {
  readonly code = '08006';
}

const STATES = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
} as const;
export type BreakerState = (typeof STATES)[CircuitState];

export class PostgresBreaker {
  private readonly policy = circuitBreaker(handleAll, {
    halfOpenAfter: HALF_OPEN_AFTER_MS,
    breaker: new ConsecutiveBreaker(1),
  });
  private readonly waiting = new Set<(error: Error) => void>();
  private client: pg.Client | undefined;
  private has_failed = false;

  constructor(
    private readonly url: string,
    /** Of a probe. */
    private readonly silent_ms_max: number,
    log: LogLine,
  ) {
    this.policy.onBreak((reason) => {
      log('warn', 'Postgres does not answer', { error: 'error' in reason ? `${reason.error}` : undefined });
      for (const giveUp of this.waiting) giveUp(new PostgresAway('Postgres does not answer'));
    });
    this.policy.onReset(() => log('info', 'Postgres answers again'));
  }

  get state(): BreakerState {
    return STATES[this.policy.state];
  }

  async keepProbing(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.has_failed = false;
      await this.policy.execute(() => this.probe()).catch(() => {});
      let looks = 0;
      do {
        await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
        looks += 1;
      } while (!signal.aborted && looks < (this.isInDoubt() ? PROBE_EVERY_LOOKS : IDLE_PROBE_EVERY_LOOKS));
    }
    this.dropClient();
  }

  private isInDoubt(): boolean {
    return this.has_failed || this.waiting.size > 0 || this.policy.state !== CircuitState.Closed;
  }

  /** @throws PostgresAway at once where it is open, or as soon as it opens */
  guard<T>(work: () => Promise<T>): Promise<T> {
    if (this.policy.state !== CircuitState.Closed) return Promise.reject(new PostgresAway('Postgres does not answer'));
    return new Promise<T>((resolve, reject) => {
      this.waiting.add(reject);
      const fail = (error: unknown) => {
        this.has_failed = true;
        reject(error);
      };
      work()
        .then(resolve, fail)
        .finally(() => this.waiting.delete(reject));
    });
  }

  /** A connection on which something was given up is closed: what was asked on it may still be under way. */
  around(pool: pg.Pool): pg.Pool {
    const connect = async () => {
      let connecting: Promise<pg.PoolClient> | undefined;
      try {
        const client = await this.guard(() => {
          connecting = pool.connect();
          return connecting;
        });
        return this.aroundClient(client);
      } catch (error) {
        connecting?.then((client) => client.release()).catch(() => {});
        throw error;
      }
    };
    return { connect, end: () => pool.end() } as unknown as pg.Pool;
  }

  private aroundClient(client: pg.PoolClient): pg.PoolClient {
    let given_up: PostgresAway | undefined;
    const query = async (...args: Parameters<pg.PoolClient['query']>) => {
      try {
        return await this.guard(() => client.query(...args) as unknown as Promise<unknown>);
      } catch (error) {
        if (error instanceof PostgresAway) given_up = error;
        throw error;
      }
    };
    const release = (error?: Error | boolean) => client.release(error ?? given_up);
    return { query, release } as unknown as pg.PoolClient;
  }

  private async probe(): Promise<void> {
    const since_ms = performance.now();
    try {
      this.client ??= await this.connect();
      await this.client.query('SELECT 1');
    } catch (error) {
      this.dropClient();
      if (performance.now() - since_ms > this.silent_ms_max + LATE_MS && this.state === 'closed') return;
      throw error;
    }
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      query_timeout: this.silent_ms_max,
    });
    client.on('error', () => {
      this.has_failed = true;
    });
    try {
      await client.connect();
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
    return client;
  }

  private dropClient(): void {
    this.client?.end().catch(() => {});
    this.client = undefined;
  }
}
