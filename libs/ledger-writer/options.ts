import type { EventStore } from '../event-store/event-store.js';
import { type LogClock, logClock } from './log-clock.js';
import type { SettledAppend } from './settled-append.js';
import type { StateSnapshotFile } from './state-snapshot-file.js';

export interface WriterOptions {
  store: EventStore;
  ledger_id: string;
  snapshots?: StateSnapshotFile | undefined;
  log?: (line: string) => void;
  now?: () => string;
  /** Beyond it the answer is `busy`. */
  queue_max?: number;
  /** Of which nothing was sent so long after it came: `away`, never decided. */
  wait_ms_max?: number;
  /** Whose append is not settled so long after it came: `unknown`; the writer goes on settling. */
  settle_ms_max?: number;
  documents_max?: number;
  keys_max?: number;
  snapshot_every?: number;
  /** A ledger that the read models know is not begun anew. */
  is_known?: (ledger_id: string) => Promise<boolean>;
  /** Between looks for damage; ten times longer while idle. */
  watch_ms?: number;
  /** A log shorter than what was read for so long has lost events. */
  behind_ms_max?: number;
  log_clock?: LogClock;
  /** Of those that are decided together, and how long the first has waited. */
  onBatch?: (commands: number, waited_ms: number) => void;
  /** How long an append took until the log said what became of it. */
  onAppend?: (outcome: SettledAppend['outcome'], took_ms: number) => void;
  /** False: another instance decides it and ends what expires; this one follows every `standby_ms`, to take over. */
  is_home?: (ledger_id: string) => boolean;
  standby_ms?: number;
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
    onBatch: () => {},
    onAppend: () => {},
    is_home: () => true,
    standby_ms: 2000,
    log_clock: options.log_clock ?? logClock(options.store),
    ...options,
  };
}
