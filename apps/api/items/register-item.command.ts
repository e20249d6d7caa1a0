import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RegisterMasterData } from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { registerSpec } from '../master-data/command-specs.js';
import { ItemBody } from './items.dto.js';

export class RegisterItem extends LedgerCommand<RegisterMasterData> {
  static readonly spec = registerSpec('item', ItemBody);
}

@CommandHandler(RegisterItem)
export class RegisterItemHandler implements ICommandHandler<RegisterItem> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: RegisterItem): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
