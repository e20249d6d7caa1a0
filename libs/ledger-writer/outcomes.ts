import type { Answer } from '../documents/answers.js';
import type { RecordedEvent } from '../ledger/events.js';
import type { Refusal } from '../ledger/refusals.js';
import type { Halt } from './remembered-halts.js';

/** `of_others`: of a dry run, the documents that the command names and other users made. */
export type WriterOutcome =
  /** `position`: the ledger's after the command's events. */
  | {
      outcome: 'recorded';
      answer: Answer;
      events: RecordedEvent[];
      position: number;
      replayed: boolean;
      of_others?: string[];
    }
  | { outcome: 'would_record'; answer: Answer; events: RecordedEvent[]; of_others?: string[] }
  | { outcome: 'refused'; refusal: Refusal; of_others?: string[] }
  | Failure;

export type AtomicWriterOutcome =
  | { outcome: 'all'; outcomes: WriterOutcome[] }
  | { outcome: 'none'; index: number; refusal: Refusal }
  | Failure;

export type Failure =
  /** Queue full or writer closing; nothing was written. */
  | { outcome: 'busy'; reason: string }
  | { outcome: 'away'; reason: string }
  /** Whether the events were written is not known yet: a retry with the same key will tell. */
  | { outcome: 'unknown'; reason: string }
  | ClockAhead
  | Halted;
/** Nothing was written. Instants are ISO 8601 UTC. */
export type ClockAhead = { outcome: 'clock_ahead'; now: string; log_time: string };
/** Nothing is written until an operator resumes the ledger (docs/recovery.md). */
export type Halted = { outcome: 'halted'; ledger_id: string } & Halt;

export const busy = (reason: string): Failure => ({ outcome: 'busy', reason });
export const away = (reason: string): Failure => ({ outcome: 'away', reason });
