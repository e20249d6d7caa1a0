import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ChangeMasterData } from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { changeSpec } from '../master-data/command-specs.js';
import { AccountChangeBody } from './accounts.dto.js';

export class ChangeAccount extends LedgerCommand<ChangeMasterData> {
  static readonly spec = changeSpec(
    'account',
    AccountChangeBody,
    'not_empty',
    'standard_account',
    'insufficient_funds',
  );
}

@CommandHandler(ChangeAccount)
export class ChangeAccountHandler implements ICommandHandler<ChangeAccount> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: ChangeAccount): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
