import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
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
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: RecordWaste): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
