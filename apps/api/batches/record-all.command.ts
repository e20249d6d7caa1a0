import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AtomicOutcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type LedgerCommand, WRITERS } from '../commands/ledger-command.js';

export class RecordAll extends Command<AtomicOutcome> {
  constructor(
    readonly ledger_id: string,
    readonly commands: LedgerCommand[],
  ) {
    super();
  }
}

@CommandHandler(RecordAll)
export class RecordAllHandler implements ICommandHandler<RecordAll> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute({ ledger_id, commands }: RecordAll): Promise<AtomicOutcome> {
    return this.writers.of(ledger_id).submitAll(commands);
  }
}
