import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, idField, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';

/** By the user who asked for the approval. */
export class Withdraw extends LedgerCommand<ledger.Withdraw> {
  static readonly spec: CommandSpec<ledger.Withdraw> = {
    batch_type: 'approvals/withdraw',
    method: 'POST',
    path_field: idField('approval_id'),
    toCommand: (fields) => ({ type: 'withdraw', ...fields }),
    refusals: ['unknown_approval', 'approval_decided', 'not_the_requester'],
  };
}

@CommandHandler(Withdraw)
export class WithdrawHandler implements ICommandHandler<Withdraw> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: Withdraw): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
