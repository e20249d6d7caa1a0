import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ChangeMasterData } from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { changeSpec } from '../master-data/command-specs.js';
import { LocationChangeBody } from './locations.dto.js';

export class ChangeLocation extends LedgerCommand<ChangeMasterData> {
  static readonly spec = changeSpec('location', LocationChangeBody, 'not_empty');
}

@CommandHandler(ChangeLocation)
export class ChangeLocationHandler implements ICommandHandler<ChangeLocation> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: ChangeLocation): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
