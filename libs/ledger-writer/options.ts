import type { EventStore } from '../event-store/event-store.js';
import { type LogClock, logClock } from './log-clock.js';
import type { SnapshotFile } from './snapshot-file.js';

export interface WriterOptions {
  store: EventStore;
  ledger_id: string;
  snapshots?: SnapshotFile | undefined;
  log?: (line: string) => void;
  now?: () => string;
  /** Commands that may wait; beyond it the answer is `busy`. */
  queue_max?: number;
  /** A command of which nothing was sent to the log so long after it came is answered `away` and never decided. */
  wait_ms_max?: number;
  /** A command whose append is not settled so long after it came is answered `unknown`; the writer goes on settling. */
  settle_ms_max?: number;
  /** Cached documents and keys; others are read from the log when a command names them. */
  documents_max?: number;
  keys_max?: number;
  /** Events between two snapshots, and at least a hundredth of all: that bounds what is written to 4 KB an event. */
  snapshot_every?: number;
  /** Whether the read models know the ledger: then it is not begun anew where the log has no event of it. */
  is_known?: (ledger_id: string) => Promise<boolean>;
  /** Between two looks whether the stream was deleted or truncated; ten times longer while no command comes. */
  watch_ms?: number;
  /** A log that is shorter than what was read from it for so long has lost events: the ledger is halted. */
  behind_ms_max?: number;
  /** One for all ledgers of a process. */
  log_clock?: LogClock;
}

export type WriterSettings = Required<Omit<WriterOptions, 'snapshots' | 'is_known'>> &
  Pick<WriterOptions, 'snapshots' | 'is_known'>;

export function withDefaults(options: WriterOptions): WriterSettings {
  return {
    log: () => {},
    now: () => new Date().toISOString(),
    queue_max: 10_000,
    wait_ms_max: 5000,
    settle_ms_max: 8000,
    documents_max: 20_000,
    keys_max: 20_000,
    snapshot_every: 20_000,
    watch_ms: 1000,
    behind_ms_max: 5000,
    log_clock: options.log_clock ?? logClock(options.store),
    ...options,
  };
}
