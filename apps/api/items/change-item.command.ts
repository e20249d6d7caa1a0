import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ChangeMasterData } from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { changeSpec } from '../master-data/command-specs.js';
import { ItemChangeBody } from './items.dto.js';

export class ChangeItem extends LedgerCommand<ChangeMasterData> {
  static readonly spec = changeSpec('item', ItemChangeBody);
}

@CommandHandler(ChangeItem)
export class ChangeItemHandler implements ICommandHandler<ChangeItem> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: ChangeItem): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
