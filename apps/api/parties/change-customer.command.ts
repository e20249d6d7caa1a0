import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ChangeMasterData } from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { changeSpec } from '../master-data/command-specs.js';
import { PartyChangeBody } from './parties.dto.js';

export class ChangeCustomer extends LedgerCommand<ChangeMasterData> {
  static readonly spec = changeSpec('customer', PartyChangeBody);
}

@CommandHandler(ChangeCustomer)
export class ChangeCustomerHandler implements ICommandHandler<ChangeCustomer> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: ChangeCustomer): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
