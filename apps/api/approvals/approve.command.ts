import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, idField, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { DATED, STOCK_OUT, usable } from '../commands/refusals.js';

/** Decides the waiting command on the present state. */
export class Approve extends LedgerCommand<ledger.Approve> {
  static readonly spec: CommandSpec<ledger.Approve> = {
    batch_type: 'approvals/approve',
    method: 'POST',
    path_field: idField('approval_id'),
    toCommand: (fields) => ({ type: 'approve', ...fields }),
    refusals: [
      'unknown_approval',
      'approval_decided',
      'not_an_approver',
      'self_approval',
      ...usable('item', 'customer', 'supplier', 'location', 'account'),
      ...DATED,
      ...STOCK_OUT,
      'insufficient_funds',
      'already_void',
      'already_paid',
      'overpayment',
      'return_exceeds_bill',
      'has_payments',
      'has_returns',
      'has_write_offs',
    ],
  };
}

@CommandHandler(Approve)
export class ApproveHandler implements ICommandHandler<Approve> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: Approve): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
