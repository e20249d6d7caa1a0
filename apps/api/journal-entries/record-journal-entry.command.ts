import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type CommandSpec, LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
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
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: RecordJournalEntry): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
