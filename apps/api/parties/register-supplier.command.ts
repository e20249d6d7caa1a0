import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RegisterMasterData } from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { registerSpec } from '../master-data/command-specs.js';
import { SupplierBody } from './parties.dto.js';

export class RegisterSupplier extends LedgerCommand<RegisterMasterData> {
  static readonly spec = registerSpec('supplier', SupplierBody);
}

@CommandHandler(RegisterSupplier)
export class RegisterSupplierHandler implements ICommandHandler<RegisterSupplier> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: RegisterSupplier): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
