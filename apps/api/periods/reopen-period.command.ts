import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type CommandSpec, LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
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
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: ReopenPeriod): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
