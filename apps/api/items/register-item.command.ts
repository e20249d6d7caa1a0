import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RegisterMasterData } from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { registerSpec } from '../master-data/command-specs.js';
import { ItemBody } from './items.dto.js';

export class RegisterItem extends LedgerCommand<RegisterMasterData> {
  static readonly spec = registerSpec('item', ItemBody);
}

@CommandHandler(RegisterItem)
export class RegisterItemHandler implements ICommandHandler<RegisterItem> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: RegisterItem): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
