import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { DATED, STOCK_OUT, usable } from '../commands/refusals.js';
import { StockCountBody } from './stock-counts.dto.js';

export class CountStock extends LedgerCommand<ledger.CountStock> {
  static readonly spec: CommandSpec<ledger.CountStock> = {
    batch_type: 'stock-counts',
    method: 'POST',
    body: StockCountBody,
    toCommand: (fields) => ({ type: 'count_stock', ...fields }),
    refusals: [...usable('location'), 'unknown_item', ...DATED, ...STOCK_OUT],
  };
}

@CommandHandler(CountStock)
export class CountStockHandler implements ICommandHandler<CountStock> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: CountStock): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
