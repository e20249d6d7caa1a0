import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RegisterMasterData } from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { registerSpec } from '../master-data/command-specs.js';
import { LocationBody } from './locations.dto.js';

export class RegisterLocation extends LedgerCommand<RegisterMasterData> {
  static readonly spec = registerSpec('location', LocationBody);
}

@CommandHandler(RegisterLocation)
export class RegisterLocationHandler implements ICommandHandler<RegisterLocation> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: RegisterLocation): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
