import { setTimeout as sleep } from 'node:timers/promises';
import { SECURITY_BOOK } from '../../libs/event-store/streams.js';
import { toMajor } from '../../libs/ledger/money.js';
import type { AsOfQuery } from '../../projections/as-of/as-of.js';
import { inSnapshot, type Snapshot } from '../../projections/as-of/snapshot.js';
import { areTablesThere, inReadTransaction } from '../../projections/database/read-transaction.js';
import type { Db } from '../../projections/database/tables.js';
import { type ProjectionHealth, projectionHealth } from '../../projections/projector/health.js';
import { lastRebuild, type RebuildView, requestRebuild } from '../../projections/projector/rebuild-requests.js';
import { Problem, projectionHalted } from './http/problem.js';

/** A day (yyyy-mm-dd) means its end. */
export type SnapshotQuery = AsOfQuery & {
  /** Waits until the read models have reached this position; 503 projection_behind after 5 s. */
  min_position?: number;
};

type Standing = { position: number; halted: string | null };

const WAIT_MS_MAX = 5000;
const POLL_MS = 15;

export class ReadModels {
  private looking: Promise<Map<string, Standing>> | undefined;

  constructor(private readonly db: Db) {}

  /** In one read-only REPEATABLE READ transaction. @throws Problem projection_halted, projection_behind; QueryRefused */
  async read<T>({ min_position, ...query }: SnapshotQuery, answer: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    if (min_position !== undefined) await this.waitFor(query.ledger, min_position);
    return inSnapshot(this.db, query, answer);
  }

  async ledgers() {
    const columns = ['ledger', 'currency', 'digits', 'time_zone', 'approval_threshold', 'position'] as const;
    const rows = await inReadTransaction(this.db, (trx) =>
      trx
        .selectFrom('ledgers')
        .select(columns)
        .where('position', '>=', 0n)
        .where('ledger', '<>', SECURITY_BOOK)
        .orderBy('ledger')
        .execute(),
    );
    return rows.map(({ ledger, approval_threshold, position, ...row }) => ({
      ledger_id: ledger,
      ...row,
      approval_threshold: toMajor(approval_threshold, row.digits),
      position: Number(position),
    }));
  }

  async knows(ledger_id: string): Promise<boolean> {
    return ((await this.look(0)).get(ledger_id)?.position ?? -1) >= 0;
  }

  /** The last readable position of each ledger. Who asks meanwhile shares the query. */
  async positions(): Promise<ReadonlyMap<string, { position: number }>> {
    return this.look(0);
  }

  health(): Promise<ProjectionHealth> {
    return projectionHealth(this.db);
  }

  async rebuild(): Promise<RebuildView | null> {
    return (await lastRebuild(this.db)) ?? null;
  }
  requestRebuild(username: string): Promise<RebuildView> {
    return requestRebuild(this.db, username);
  }

  /** A silent projector is a matter for the metrics: refusing commands as well would not help. */
  async ready(): Promise<boolean> {
    try {
      return !(await this.health()).outdated;
    } catch {
      return false;
    }
  }

  private async waitFor(ledger: string, min_position: number): Promise<void> {
    const give_up_at_ms = performance.now() + WAIT_MS_MAX;
    for (let pause_ms = 0; ; pause_ms = POLL_MS) {
      const { position = -1, halted = null } = (await this.look(pause_ms)).get(ledger) ?? {};
      if (position >= min_position) return;
      if (halted !== null) throw projectionHalted({ ledger_id: ledger, position, reason: halted });
      if (performance.now() > give_up_at_ms)
        throw new Problem('projection_behind', { position, min_position }, { headers: { 'retry-after': '1' } });
    }
  }

  private look(pause_ms: number): Promise<Map<string, Standing>> {
    this.looking ??= (async () => {
      try {
        if (pause_ms > 0) await sleep(pause_ms);
        if (!(await areTablesThere(this.db))) return new Map<string, Standing>();
        const rows = await this.db.selectFrom('ledgers').select(['ledger', 'position', 'halted_reason']).execute();
        return new Map(
          rows.map(({ ledger, position, halted_reason }) => [
            ledger,
            { position: Number(position), halted: halted_reason },
          ]),
        );
      } finally {
        this.looking = undefined;
      }
    })();
    return this.looking;
  }
}
