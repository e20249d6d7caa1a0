import { setTimeout as sleep } from 'node:timers/promises';
import { SECURITY_BOOK } from '../../libs/event-store/streams.js';
import type { LedgerHomes } from '../../libs/ledger-homes/ledger-homes.js';
import type { ProjectionHealth } from '../../projections/projector/health.js';
import type { HaltedLedger } from './http/problem.js';
import type { BreakerState } from './postgres-breaker.js';
import type { ReadModels } from './read-models.js';

export const READINESS = Symbol('readiness');

type Breaker = { readonly state: BreakerState };
/** Without the identity provider an instance is ready. */
export type Breakers = { postgres: Breaker; identity_provider?: Breaker | undefined };

export type Readiness = {
  missing(): Promise<string[]>;
  breakers(): Record<'postgres', BreakerState>;
  instances(): { known: number; alive: number };
  halted(): Promise<{ halted: HaltedLedger[]; none_left: boolean }>;
  /** Tables, the ledger `main` and a user exist. */
  prepared: boolean;
  stopping: boolean;
};

/** Together less than the second after which probes give up. */
const ANSWER_MS_MAX = 700;
const DETAIL_MS_MAX = 200;

async function inTime<T>(ms_max: number, answer: Promise<T>, otherwise: T): Promise<T> {
  const over = new AbortController();
  try {
    return await Promise.race([answer, sleep(ms_max, otherwise, { signal: over.signal })]);
  } finally {
    over.abort();
  }
}

export function watchReadiness(homes: LedgerHomes, models: ReadModels, breakers: Breakers): Readiness {
  return {
    prepared: false,
    stopping: false,
    async missing() {
      const [log, read_models] = await Promise.all([homes.ready(), inTime(ANSWER_MS_MAX, models.ready(), false)]);
      const parts = { event_log: log, read_models, start: this.prepared && !this.stopping };
      return Object.entries(parts).flatMap(([part, works]) => (works ? [] : [part]));
    },
    breakers: () => ({ postgres: breakers.postgres.state }),
    instances() {
      const { peers_known, peers_alive } = homes.stats();
      return { known: 1 + peers_known, alive: 1 + peers_alive };
    },
    async halted() {
      const { ledgers } = await inTime<Pick<ProjectionHealth, 'ledgers'>>(DETAIL_MS_MAX, models.health(), {
        ledgers: [],
      });
      const of_projections = ledgers.flatMap(({ ledger_id, halted }) =>
        halted === null ? [] : [{ ledger_id, position: halted.position - 1, reason: halted.reason }],
      );
      const halted = new Map([...of_projections, ...homes.halts()].map((halt) => [halt.ledger_id, halt]));
      const without_commands = new Set(homes.halts().map(({ ledger_id }) => ledger_id));
      const names = new Set(ledgers.map(({ ledger_id }) => ledger_id).filter((name) => name !== SECURITY_BOOK));
      for (const name of without_commands) names.add(name);
      return { halted: [...halted.values()], none_left: names.size > 0 && names.size === without_commands.size };
    },
  };
}
