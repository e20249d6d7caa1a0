import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { DATED, STOCK_OUT, usable } from '../commands/refusals.js';
import { SaleBody } from './sales.dto.js';

/** Records SaleRecorded: stock goes out at average cost, and the customer owes its price. */
export class RecordSale extends LedgerCommand<ledger.RecordSale> {
  static readonly spec: CommandSpec<ledger.RecordSale> = {
    batch_type: 'sales',
    method: 'POST',
    body: SaleBody,
    toCommand: (fields) => ({ type: 'record_sale', ...fields }),
    refusals: [...usable('customer', 'location', 'item'), ...DATED, ...STOCK_OUT],
  };
}

@CommandHandler(RecordSale)
export class RecordSaleHandler implements ICommandHandler<RecordSale> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: RecordSale): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
