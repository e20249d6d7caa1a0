import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ChangeMasterData } from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { changeSpec } from '../master-data/command-specs.js';
import { AccountChangeBody } from './accounts.dto.js';

export class ChangeAccount extends LedgerCommand<ChangeMasterData> {
  static readonly spec = changeSpec('account', AccountChangeBody, 'not_empty', 'control_account', 'insufficient_funds');
}

@CommandHandler(ChangeAccount)
export class ChangeAccountHandler implements ICommandHandler<ChangeAccount> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: ChangeAccount): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
