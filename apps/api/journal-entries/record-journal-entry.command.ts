import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { DATED, usable } from '../commands/refusals.js';
import { JournalEntryBody } from './journal-entries.dto.js';

/** Debits and credits between accounts that no other document posts to. */
export class RecordJournalEntry extends LedgerCommand<ledger.RecordJournalEntry> {
  static readonly spec: CommandSpec<ledger.RecordJournalEntry> = {
    batch_type: 'journal-entries',
    method: 'POST',
    body: JournalEntryBody,
    toCommand: (fields) => ({ type: 'record_journal_entry', ...fields }),
    refusals: [...usable('account'), 'control_account', ...DATED, 'insufficient_funds'],
  };
}

@CommandHandler(RecordJournalEntry)
export class RecordJournalEntryHandler implements ICommandHandler<RecordJournalEntry> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: RecordJournalEntry): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
