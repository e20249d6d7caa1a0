import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { DATED, usable } from '../commands/refusals.js';
import { PaymentBody } from './payments.dto.js';

/** Records PaymentReceived for a sale, PaymentMade for a purchase. */
export class RecordPayment extends LedgerCommand<ledger.RecordPayment> {
  static readonly spec: CommandSpec<ledger.RecordPayment> = {
    batch_type: 'payments',
    method: 'POST',
    body: PaymentBody,
    toCommand: (fields) => ({ type: 'record_payment', ...fields }),
    refusals: [
      'unknown_document',
      'not_payable',
      ...usable('account'),
      'control_account',
      'not_a_money_account',
      ...DATED,
      'effective_before_document',
      'already_void',
      'already_paid',
      'overpayment',
      'insufficient_funds',
    ],
  };
}

@CommandHandler(RecordPayment)
export class RecordPaymentHandler implements ICommandHandler<RecordPayment> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: RecordPayment): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
