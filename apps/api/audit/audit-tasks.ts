/** Tasks of the audit thread. Only plain values cross between threads. */
import type { Proof } from '../../../libs/audit/proof.js';
import type { SignedCheckpoint } from '../../../libs/audit/signed-checkpoint.js';
import type { Figures } from '../../../libs/audit/state-at.js';
import type { DocumentView } from '../../../libs/documents/documents.js';
import { type DocumentKind } from '../../../libs/ledger/document-kinds.js';
import type { Verification } from '../../../projections/verification/verify.js';

/** A day means its end in the ledger's time zone. */
export interface AskedMoment {
  position?: number | undefined;
  recorded_at?: string | undefined;
}

export interface StateAnswer extends Figures {
  ledger_id: string;
  documents?: Partial<Record<DocumentKind, number>>;
  document?: DocumentView;
}

export interface Tasks {
  state: {
    ask: { ledger_id: string; moment: AskedMoment; as_of?: string | undefined; number?: string | undefined };
    answer: StateAnswer | undefined;
  };
  checkpoint: { ask: { ledger_id: string }; answer: SignedCheckpoint | undefined };
  proof: { ask: { ledger_id: string; number: string; positions: number[] }; answer: Proof };
  /** `with_security`: the security events and the users as well. */
  verify: { ask: { ledger_id: string; with_security: boolean }; answer: Verification };
}
export type TaskName = keyof Tasks;

export type Request = { [K in TaskName]: { id: number; task: K; ask: Tasks[K]['ask'] } }[TaskName];
export type Message =
  | { id: number; progress: { done: number; of: number } }
  | { id: number; answer: Tasks[TaskName]['answer'] }
  | { id: number; failed: { name: string; message: string } }
  | { drift: { ledger_id: string; rows: number } }
  | { tampered: { ledger_id: string; what: string | undefined } }
  | { signed: { ledger_id: string; unsigned: number; at: string } }
  | { line: string };

export interface ThreadSettings {
  eventstore_url: string;
  database_url: string;
  snapshots_dir: string;
  audit_key: string | undefined;
  audit_key_file: string;
  audit_round_s: number;
}
