import type { Command, Envelope } from '../ledger/commands.js';
import type { RecordedEvent } from '../ledger/events.js';
import type { Refusal } from '../ledger/refusals.js';

/** A command with who gives it and the key that makes it happen once. */
export interface Submission {
  command: Command;
  envelope: Envelope;
}

/** What became of a submission. Nothing was written unless `recorded`. */
export type Outcome =
  /** `answer` is the document or master record as JSON carries it (libs/ledger/documents.ts); `position` is the ledger's after the events. */
  | { outcome: 'recorded'; answer: Answer; events: RecordedEvent[]; position: number; replayed: boolean }
  /** Only for dry runs: what would have been recorded. */
  | { outcome: 'would_record'; answer: Answer; events: RecordedEvent[] }
  | { outcome: 'refused'; refusal: Refusal }
  /** The queue is full or the log cannot be reached in time; certainly nothing was written. */
  | { outcome: 'busy'; reason: string }
  /** The answer of the log was lost and could not be settled in time: a retry with the same key settles it. */
  | { outcome: 'unknown'; reason: string };

export type Answer = Record<string, unknown>;

export interface LedgerWriter {
  /** Waits for its turn, is decided with its neighbours and answered when the log has it. */
  submit(submission: Submission): Promise<Outcome>;
  /** Decides on the state of that moment and takes it back; appends nothing. */
  dryRun(submission: Submission): Promise<Outcome>;
  /** All or none, in one append; one refusal refuses all: the others answer `{outcome:'refused'}` with code of the one refused at its index. */
  submitAll(submissions: Submission[]): Promise<AtomicOutcome>;
  /** Position of the last event that this writer knows. */
  position(): number;
  /** Takes nothing new, finishes what waits, saves a snapshot. */
  close(): Promise<void>;
}

export type AtomicOutcome =
  | { outcome: 'all'; outcomes: Outcome[] }
  | { outcome: 'none'; index: number; refusal: Refusal }
  | { outcome: 'busy' | 'unknown'; reason: string };

/** The writers of all ledgers of a process, each opened at its first use. */
export interface LedgerWriters {
  /** undefined when there is no such ledger (its stream has no events) and `command` does not open it. */
  of(ledger_id: string): LedgerWriter;
  /** Answers whether commands can be taken: the log answers. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}
