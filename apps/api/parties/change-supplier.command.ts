import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ChangeMasterData } from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { changeSpec } from '../master-data/command-specs.js';
import { PartyChangeBody } from './parties.dto.js';

export class ChangeSupplier extends LedgerCommand<ChangeMasterData> {
  static readonly spec = changeSpec('supplier', PartyChangeBody);
}

@CommandHandler(ChangeSupplier)
export class ChangeSupplierHandler implements ICommandHandler<ChangeSupplier> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: ChangeSupplier): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
