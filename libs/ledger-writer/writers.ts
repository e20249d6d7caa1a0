import { BOOK_PREFIXES, bookOf } from '../event-store/streams.js';
import { logClock } from './log-clock.js';
import type { Halt } from './remembered-halts.js';
import { stateSnapshotFile } from './state-snapshot-file.js';
import { type LedgerWriter, openWriter, type WriterOptions } from './writer.js';

export interface LedgerWriters {
  /** At its first use. An unknown ledger's writer refuses all but `open_ledger`. */
  of(ledger_id: string): LedgerWriter;
  /** Where nothing is being decided: another instance has the ledger. */
  release(ledger_id: string): void;
  halts(): (Halt & { ledger_id: string })[];
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

export interface WritersOptions extends Omit<WriterOptions, 'ledger_id' | 'snapshots'> {
  /** Without it every start reads the whole ledger. */
  snapshots_dir?: string;
  ready_ms_max?: number;
}

/** Of unknown ledgers: made-up ids cannot fill the memory. */
const UNUSED_MAX = 100;

export function openLedgerWriters({ snapshots_dir, ready_ms_max = 700, ...options }: WritersOptions): LedgerWriters {
  const writers = new Map<string, LedgerWriter>();
  const log_clock = logClock(options.store);
  const closing = new AbortController();
  void lookWhereMetadataChange();
  /** Deleting or truncating a stream writes its metadata. What a lost connection leaves out, a look at all finds. */
  async function lookWhereMetadataChange(): Promise<void> {
    const stream_prefixes = BOOK_PREFIXES.map((prefix) => `$$${prefix}`);
    for await (const messages of options.store.subscribeAll('end', { stream_prefixes, signal: closing.signal }))
      for (const message of messages)
        if (message.kind === 'caught_up') for (const writer of writers.values()) writer.look();
        else if (message.kind === 'event') writers.get(bookOf(message.event.stream.slice('$$'.length)))?.look();
  }
  function forgetUnused(): void {
    const unused = [...writers].filter(([, writer]) => writer.unused());
    for (const [ledger_id, writer] of unused.slice(0, -UNUSED_MAX)) {
      writers.delete(ledger_id);
      void writer.close();
    }
  }
  return {
    of(ledger_id) {
      const known = writers.get(ledger_id);
      if (known !== undefined) return known;
      forgetUnused();
      const snapshots = snapshots_dir === undefined ? undefined : stateSnapshotFile(snapshots_dir, ledger_id);
      const writer = openWriter({ log_clock, ...options, ledger_id, snapshots });
      writers.set(ledger_id, writer);
      return writer;
    },
    release(ledger_id) {
      const writer = writers.get(ledger_id);
      if (writer?.idle() !== true) return;
      writers.delete(ledger_id);
      void writer.close();
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
      closing.abort();
      await Promise.all([...writers.values()].map((writer) => writer.close()));
    },
  };
}
