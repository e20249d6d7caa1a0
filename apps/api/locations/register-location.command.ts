import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RegisterMasterData } from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { registerSpec } from '../master-data/command-specs.js';
import { LocationBody } from './locations.dto.js';

export class RegisterLocation extends LedgerCommand<RegisterMasterData> {
  static readonly spec = registerSpec('location', LocationBody);
}

@CommandHandler(RegisterLocation)
export class RegisterLocationHandler implements ICommandHandler<RegisterLocation> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: RegisterLocation): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
