import type { Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import type { SecurityNotes } from '../http/security-notes.js';
import type { LedgerCommand } from './ledger-command.js';

/** A dry run leaves nothing in the ledger; one that names documents of others shows their amounts and is noted. */
export async function noteDryRun(
  notes: SecurityNotes,
  { ledger_id, command, envelope }: LedgerCommand,
  outcome: Outcome,
): Promise<void> {
  const of_others = 'of_others' in outcome ? (outcome.of_others ?? []) : [];
  if (of_others.length === 0) return;
  const { actor: username } = envelope;
  const data = { username, ledger: ledger_id, command: command.type, documents: of_others };
  await notes.note('OthersDryRun', username, data);
}
