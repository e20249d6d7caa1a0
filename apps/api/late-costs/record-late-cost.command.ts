import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, idField, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { DATED } from '../commands/refusals.js';
import { LateCostBody } from './late-costs.dto.js';

/** Records LateCostRecorded: freight, duty or a corrected invoice of a purchase. */
export class RecordLateCost extends LedgerCommand<ledger.RecordLateCost> {
  static readonly spec: CommandSpec<ledger.RecordLateCost> = {
    batch_type: 'late-costs',
    method: 'POST',
    body: LateCostBody,
    path_field: idField('bill_number'),
    toCommand: (fields) => ({ type: 'record_late_cost', ...fields }),
    refusals: [
      'unknown_document',
      'unknown_supplier',
      'inactive_supplier',
      'not_costable',
      'effective_before_document',
      'already_void',
      ...DATED,
      'amount_out_of_bounds',
    ],
  };
}

@CommandHandler(RecordLateCost)
export class RecordLateCostHandler implements ICommandHandler<RecordLateCost> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: RecordLateCost): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
