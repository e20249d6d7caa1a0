import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type CommandSpec, LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { DATED, STOCK_OUT, usable } from '../commands/refusals.js';
import { WasteBody } from './wastes.dto.js';

/** Records WasteRecorded: stock is scrapped at average cost. */
export class RecordWaste extends LedgerCommand<ledger.RecordWaste> {
  static readonly spec: CommandSpec<ledger.RecordWaste> = {
    batch_type: 'wastes',
    method: 'POST',
    body: WasteBody,
    toCommand: (fields) => ({ type: 'record_waste', ...fields }),
    refusals: [...usable('location'), 'unknown_item', ...DATED, ...STOCK_OUT],
  };
}

@CommandHandler(RecordWaste)
export class RecordWasteHandler implements ICommandHandler<RecordWaste> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: RecordWaste): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
