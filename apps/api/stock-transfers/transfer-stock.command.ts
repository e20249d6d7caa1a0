import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { DATED, STOCK_OUT, usable } from '../commands/refusals.js';
import { StockTransferBody } from './stock-transfers.dto.js';

/** Records StockTransferred: stock goes to another location with its value. */
export class TransferStock extends LedgerCommand<ledger.TransferStock> {
  static readonly spec: CommandSpec<ledger.TransferStock> = {
    batch_type: 'stock-transfers',
    method: 'POST',
    body: StockTransferBody,
    toCommand: (fields) => ({ type: 'transfer_stock', ...fields }),
    refusals: [...usable('location'), 'unknown_item', ...DATED, 'same_location', ...STOCK_OUT],
  };
}

@CommandHandler(TransferStock)
export class TransferStockHandler implements ICommandHandler<TransferStock> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: TransferStock): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
