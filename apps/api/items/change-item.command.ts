import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ChangeMasterData } from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { changeSpec } from '../master-data/command-specs.js';
import { ItemChangeBody } from './items.dto.js';

export class ChangeItem extends LedgerCommand<ChangeMasterData> {
  static readonly spec = changeSpec('item', ItemChangeBody);
}

@CommandHandler(ChangeItem)
export class ChangeItemHandler implements ICommandHandler<ChangeItem> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: ChangeItem): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
