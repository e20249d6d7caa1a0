/** Whether commands and queries both work, and if not, what is missing. */
import type { LedgerWriters } from '../../libs/ledger-writer/writers.js';
import type { ReadModels } from './read-models.js';

export const READINESS = Symbol('readiness');

export type Readiness = {
  missing(): Promise<string[]>;
  /** Tables are made and the ledger `main` is open. */
  prepared: boolean;
};

export function watchReadiness(writers: LedgerWriters, models: ReadModels): Readiness {
  return {
    prepared: false,
    async missing() {
      const [log, read_models] = await Promise.all([writers.ready(), models.ready()]);
      const parts = { event_log: log, read_models, start: this.prepared };
      return Object.entries(parts).flatMap(([part, works]) => (works ? [] : [part]));
    },
  };
}
