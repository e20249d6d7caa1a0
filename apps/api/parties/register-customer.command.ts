import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RegisterMasterData } from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { registerSpec } from '../master-data/command-specs.js';
import { CustomerBody } from './parties.dto.js';

export class RegisterCustomer extends LedgerCommand<RegisterMasterData> {
  static readonly spec = registerSpec('customer', CustomerBody);
}

@CommandHandler(RegisterCustomer)
export class RegisterCustomerHandler implements ICommandHandler<RegisterCustomer> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: RegisterCustomer): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
