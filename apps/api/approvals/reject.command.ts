import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type CommandSpec, idField, LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
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
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: Reject): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
