import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ChangeMasterData } from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { changeSpec } from '../master-data/command-specs.js';
import { PartyChangeBody } from './parties.dto.js';

export class ChangeSupplier extends LedgerCommand<ChangeMasterData> {
  static readonly spec = changeSpec('supplier', PartyChangeBody);
}

@CommandHandler(ChangeSupplier)
export class ChangeSupplierHandler implements ICommandHandler<ChangeSupplier> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: ChangeSupplier): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
