import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ChangeMasterData } from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { changeSpec } from '../master-data/command-specs.js';
import { LocationChangeBody } from './locations.dto.js';

export class ChangeLocation extends LedgerCommand<ChangeMasterData> {
  static readonly spec = changeSpec('location', LocationChangeBody, 'not_empty');
}

@CommandHandler(ChangeLocation)
export class ChangeLocationHandler implements ICommandHandler<ChangeLocation> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: ChangeLocation): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
