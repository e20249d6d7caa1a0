import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RegisterMasterData } from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { registerSpec } from '../master-data/command-specs.js';
import { SupplierBody } from './parties.dto.js';

export class RegisterSupplier extends LedgerCommand<RegisterMasterData> {
  static readonly spec = registerSpec('supplier', SupplierBody);
}

@CommandHandler(RegisterSupplier)
export class RegisterSupplierHandler implements ICommandHandler<RegisterSupplier> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: RegisterSupplier): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
