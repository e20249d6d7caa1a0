import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { ReasonBody } from '../commands/reason.dto.js';
import { MONTH } from './month.js';

export class ReopenPeriod extends LedgerCommand<ledger.ReopenPeriod> {
  static readonly spec: CommandSpec<ledger.ReopenPeriod> = {
    batch_type: 'periods/reopen',
    method: 'POST',
    body: ReasonBody,
    path_field: MONTH,
    toCommand: (fields) => ({ type: 'reopen_period', ...fields }),
    refusals: ['period_not_closed'],
  };
}

@CommandHandler(ReopenPeriod)
export class ReopenPeriodHandler implements ICommandHandler<ReopenPeriod> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: ReopenPeriod): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
