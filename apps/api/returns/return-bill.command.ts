import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, idField, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
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
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: ReturnBill): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
