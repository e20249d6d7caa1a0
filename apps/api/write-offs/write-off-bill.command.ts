import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { DATED } from '../commands/refusals.js';
import { WriteOffBody } from './write-offs.dto.js';

/** Records BillWrittenOff: what is open of a bill, or part of it, will not be paid. */
export class WriteOffBill extends LedgerCommand<ledger.WriteOff> {
  static readonly spec: CommandSpec<ledger.WriteOff> = {
    batch_type: 'write-offs',
    method: 'POST',
    body: WriteOffBody,
    toCommand: (fields) => ({ type: 'write_off', ...fields }),
    refusals: [
      'unknown_document',
      'not_payable',
      ...DATED,
      'effective_before_document',
      'already_void',
      'already_paid',
      'overpayment',
    ],
  };
}

@CommandHandler(WriteOffBill)
export class WriteOffBillHandler implements ICommandHandler<WriteOffBill> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: WriteOffBill): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
