import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { usable } from '../commands/refusals.js';
import { FlashBuyBody } from './flash-sales.dto.js';

/** Records FlashOrderPlaced: the pieces are held from then on, and payment follows by itself. */
export class PlaceOrder extends LedgerCommand<ledger.PlaceOrder> {
  static readonly spec: CommandSpec<ledger.PlaceOrder> = {
    batch_type: 'flash-buy',
    method: 'POST',
    status: 202,
    body: FlashBuyBody,
    toCommand: (fields) => ({ type: 'place_order', ...fields }),
    refusals: [
      'unknown_flash_sale',
      'flash_sale_closed',
      'sold_out',
      ...usable('customer', 'location', 'item'),
      'flash_sale_not_begun',
      'not_together',
      'pass_required',
      'pass_invalid',
      'pass_of_another',
      'pass_used',
      'pass_expired',
      'exceeds_customer_limit',
      'amount_out_of_bounds',
    ],
  };
}

@CommandHandler(PlaceOrder)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: PlaceOrder): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
