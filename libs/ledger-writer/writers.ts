import type { Halt } from './halts.js';
import { snapshotFile } from './snapshot-file.js';
import { type LedgerWriter, openWriter, type WriterOptions } from './writer.js';

/** The writers of all ledgers that this process has been asked for. */
export interface LedgerWriters {
  /** Opened at its first use. A ledger that does not exist has a writer that refuses everything but `open_ledger`. */
  of(ledger_id: string): LedgerWriter;
  /** Ledgers in which nothing is recorded until an operator has decided. */
  halts(): (Halt & { ledger_id: string })[];
  /** Whether commands can be taken: the log answers. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

export interface WritersOptions extends Omit<WriterOptions, 'ledger_id' | 'snapshots'> {
  /** Folder of the snapshots; without it every start reads the whole ledger. */
  snapshots_dir?: string;
  ready_ms_max?: number;
}

/** Writers of ledgers that do not exist are kept only up to here, so that made-up ids cannot fill the memory. */
const UNOPENED_MAX = 100;

export function openLedgerWriters({ snapshots_dir, ready_ms_max = 1000, ...options }: WritersOptions): LedgerWriters {
  const writers = new Map<string, LedgerWriter>();
  function forgetUnopened(): void {
    const unopened = [...writers].filter(([, writer]) => writer.position() < 0);
    if (unopened.length <= UNOPENED_MAX) return;
    const [ledger_id, writer] = unopened[0]!;
    writers.delete(ledger_id);
    void writer.close();
  }
  return {
    of(ledger_id) {
      const known = writers.get(ledger_id);
      if (known !== undefined) return known;
      forgetUnopened();
      const snapshots = snapshots_dir === undefined ? undefined : snapshotFile(snapshots_dir, ledger_id);
      const writer = openWriter({ ...options, ledger_id, snapshots });
      writers.set(ledger_id, writer);
      return writer;
    },
    halts: () =>
      [...writers].flatMap(([ledger_id, writer]) => {
        const halt = writer.halted();
        return halt === undefined ? [] : [{ ledger_id, ...halt }];
      }),
    async ready() {
      try {
        await options.store.ping(ready_ms_max);
        return true;
      } catch {
        return false;
      }
    },
    async close() {
      await Promise.all([...writers.values()].map((writer) => writer.close()));
    },
  };
}
