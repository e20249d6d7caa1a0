import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
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
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: TransferMoney): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
