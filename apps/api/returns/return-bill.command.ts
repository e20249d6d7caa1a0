import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type CommandSpec, idField, LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { DATED, STOCK_OUT } from '../commands/refusals.js';
import { ReturnBody } from './returns.dto.js';

/** Records SaleReturned or PurchaseReturned: part of a bill goes back at its own cost. */
export class ReturnBill extends LedgerCommand<ledger.ReturnBill> {
  static readonly spec: CommandSpec<ledger.ReturnBill> = {
    batch_type: 'returns',
    method: 'POST',
    body: ReturnBody,
    path_field: idField('bill_number'),
    toCommand: (fields) => ({ type: 'return_bill', ...fields }),
    refusals: [
      'unknown_document',
      'unknown_item',
      'inactive_location',
      'not_returnable',
      'effective_before_document',
      'already_void',
      'return_exceeds_bill',
      'has_write_offs',
      ...DATED,
      ...STOCK_OUT,
    ],
  };
}

@CommandHandler(ReturnBill)
export class ReturnBillHandler implements ICommandHandler<ReturnBill> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: ReturnBill): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
