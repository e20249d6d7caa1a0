import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RegisterMasterData } from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { registerSpec } from '../master-data/command-specs.js';
import { CustomerBody } from './parties.dto.js';

export class RegisterCustomer extends LedgerCommand<RegisterMasterData> {
  static readonly spec = registerSpec('customer', CustomerBody);
}

@CommandHandler(RegisterCustomer)
export class RegisterCustomerHandler implements ICommandHandler<RegisterCustomer> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: RegisterCustomer): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
