import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RegisterMasterData } from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { registerSpec } from '../master-data/command-specs.js';
import { AccountBody } from './accounts.dto.js';

export class RegisterAccount extends LedgerCommand<RegisterMasterData> {
  static readonly spec = registerSpec('account', AccountBody, ({ type }) => ({ may_go_negative: type !== 'asset' }));
}

@CommandHandler(RegisterAccount)
export class RegisterAccountHandler implements ICommandHandler<RegisterAccount> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: RegisterAccount): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
