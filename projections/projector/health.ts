import { sql } from 'kysely';
import { inReadTransactionOfAny } from '../database/read-transaction.js';
import { type Db, TABLES_VERSION } from '../database/tables.js';

export interface ProjectionHealth {
  /** `live`, `catching_up`, `stopped`, or `silent`: no sign of life for 10 s. */
  state: string;
  /** Of another version of the program: a rebuild is due. */
  outdated: boolean;
  events: number;
  /** From the log's write of the last event to its being readable here. */
  lag_ms: number;
  heartbeat_at: string;
  ledgers: { ledger_id: string; position: number; recorded_at: string | null; halted: ProjectionHalt | null }[];
}
export interface ProjectionHalt {
  position: number;
  reason: string;
  at: string;
}

const SILENCE_S_MAX = 10;
/** By the clock that the heartbeat is dated by: this instance's may be wrong. */
const silent = sql<boolean>`heartbeat_at < clock_timestamp() - make_interval(secs => ${SILENCE_S_MAX})`;

export function projectionHealth(db: Db): Promise<ProjectionHealth> {
  return inReadTransactionOfAny(db, healthIn);
}

async function healthIn(trx: Db, version: number): Promise<ProjectionHealth> {
  const checkpoint = await trx
    .selectFrom('checkpoint')
    .selectAll()
    .select(silent.as('is_silent'))
    .executeTakeFirstOrThrow();
  const ledgers = await trx.selectFrom('ledgers').selectAll().orderBy('ledger').execute();
  return {
    state: checkpoint.is_silent && checkpoint.state !== 'stopped' ? 'silent' : checkpoint.state,
    outdated: version !== TABLES_VERSION,
    events: Number(checkpoint.events),
    lag_ms: Number(checkpoint.lag_ms),
    heartbeat_at: checkpoint.heartbeat_at,
    ledgers: ledgers.map(({ ledger, position, recorded_at, halted_position, halted_reason, halted_at }) => ({
      ledger_id: ledger,
      position: Number(position),
      recorded_at,
      halted:
        halted_position === null
          ? null
          : { position: Number(halted_position), reason: halted_reason ?? '', at: halted_at ?? '' },
    })),
  };
}
