import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type CommandSpec, LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
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
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: RecordSale): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
