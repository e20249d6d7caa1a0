import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
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
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: ChangeThreshold): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
