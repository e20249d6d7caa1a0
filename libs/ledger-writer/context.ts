import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStore, StreamTombstoned } from '../event-store/event-store.js';
import type { LedgerState } from '../ledger/state/state.js';
import { DamagedLedger } from './remembered-halts.js';

export interface WriterContext {
  store: EventStore;
  ledger_id: string;
  stream: string;
  /** Replaced when the ledger is read anew. */
  state: LedgerState;
  closing: AbortSignal;
  log: (line: string) => void;
}

export async function pauseAfter({ closing }: WriterContext, failed: number): Promise<void> {
  const pause_ms = Math.min(1000, 50 * 2 ** failed) * (0.5 + Math.random());
  await sleep(pause_ms, undefined, { signal: closing }).catch(() => {});
}

/** @throws only where the writer closes or the ledger is damaged */
export async function untilItWorks<R>(context: WriterContext, what: string, attempt: () => Promise<R>): Promise<R> {
  for (let failed = 0; ; failed += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (context.closing.aborted || error instanceof DamagedLedger || error instanceof StreamTombstoned) throw error;
      if (failed % 20 === 0) context.log(`${what} failed: ${(error as Error).message}`);
      await pauseAfter(context, failed);
    }
  }
}
