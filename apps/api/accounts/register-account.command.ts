import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RegisterMasterData } from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { registerSpec } from '../master-data/command-specs.js';
import { AccountBody } from './accounts.dto.js';

export class RegisterAccount extends LedgerCommand<RegisterMasterData> {
  static readonly spec: CommandSpec<RegisterMasterData, Record<string, unknown>> = {
    ...registerSpec('account', AccountBody, ({ type }) => ({ may_go_negative: type !== 'asset' })),
    refusals: ['already_exists', 'control_account'],
  };
}

@CommandHandler(RegisterAccount)
export class RegisterAccountHandler implements ICommandHandler<RegisterAccount> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: RegisterAccount): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
