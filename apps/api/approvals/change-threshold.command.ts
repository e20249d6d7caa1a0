import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type CommandSpec, LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { ThresholdBody } from './approvals.dto.js';

export class ChangeThreshold extends LedgerCommand<ledger.ChangeThreshold> {
  static readonly spec: CommandSpec<ledger.ChangeThreshold> = {
    batch_type: 'approval-thresholds',
    method: 'POST',
    body: ThresholdBody,
    toCommand: (fields) => ({ type: 'change_threshold', ...fields }),
    refusals: [],
  };
}

@CommandHandler(ChangeThreshold)
export class ChangeThresholdHandler implements ICommandHandler<ChangeThreshold> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: ChangeThreshold): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
