import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { MONTH } from './month.js';

/** Records PeriodClosed for each month up to this one that is open. */
export class ClosePeriod extends LedgerCommand<ledger.ClosePeriod> {
  static readonly spec: CommandSpec<ledger.ClosePeriod> = {
    batch_type: 'periods/close',
    method: 'POST',
    path_field: MONTH,
    toCommand: (fields) => ({ type: 'close_period', ...fields }),
    refusals: ['period_closed', 'period_not_over', 'batch_too_large'],
  };
}

@CommandHandler(ClosePeriod)
export class ClosePeriodHandler implements ICommandHandler<ClosePeriod> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: ClosePeriod): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
