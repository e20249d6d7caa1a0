import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AtomicOutcome, LedgerHomes } from '../../../libs/ledger-homes/ledger-homes.js';
import { LEDGER_HOMES, type LedgerCommand } from '../commands/ledger-command.js';

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
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute({ ledger_id, commands }: RecordAll): Promise<AtomicOutcome> {
    return this.homes.of(ledger_id).submitAll(commands);
  }
}
