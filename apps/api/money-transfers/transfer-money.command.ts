import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type CommandSpec, LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { DATED, usable } from '../commands/refusals.js';
import { TransferBody } from './money-transfers.dto.js';

export class TransferMoney extends LedgerCommand<ledger.TransferMoney> {
  static readonly spec: CommandSpec<ledger.TransferMoney> = {
    batch_type: 'transfers',
    method: 'POST',
    body: TransferBody,
    toCommand: (fields) => ({ type: 'transfer_money', ...fields }),
    refusals: [...usable('account'), 'control_account', ...DATED, 'same_account', 'insufficient_funds'],
  };
}

@CommandHandler(TransferMoney)
export class TransferMoneyHandler implements ICommandHandler<TransferMoney> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: TransferMoney): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
