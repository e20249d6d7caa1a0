import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, idField, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';

/** Records FlashOrderReleased. */
export class CancelOrder extends LedgerCommand<ledger.CancelOrder> {
  static readonly spec: CommandSpec<ledger.CancelOrder> = {
    batch_type: 'orders/cancel',
    method: 'POST',
    path_field: idField('order_id'),
    toCommand: (fields) => ({ type: 'cancel_order', ...fields }),
    refusals: ['unknown_order', 'order_ended', 'charge_under_way'],
  };
}

@CommandHandler(CancelOrder)
export class CancelOrderHandler implements ICommandHandler<CancelOrder> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: CancelOrder): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
