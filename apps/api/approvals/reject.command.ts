import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, idField, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { ReasonBody } from '../commands/reason.dto.js';

export class Reject extends LedgerCommand<ledger.Reject> {
  static readonly spec: CommandSpec<ledger.Reject> = {
    batch_type: 'approvals/reject',
    method: 'POST',
    body: ReasonBody,
    path_field: idField('approval_id'),
    toCommand: (fields) => ({ type: 'reject', ...fields }),
    refusals: ['unknown_approval', 'approval_decided', 'not_an_approver', 'self_approval'],
  };
}

@CommandHandler(Reject)
export class RejectHandler implements ICommandHandler<Reject> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: Reject): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
