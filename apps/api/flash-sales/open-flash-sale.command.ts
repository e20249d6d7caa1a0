import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { usable } from '../commands/refusals.js';
import { FlashSaleBody } from './flash-sales.dto.js';

const DEFAULTS = { hold_seconds: 600 };

type Fields = Omit<ledger.OpenFlashSale, 'type' | 'queue'> & { queue_per_minute?: number };

/** Records FlashSaleOpened. */
export class OpenFlashSale extends LedgerCommand<ledger.OpenFlashSale> {
  static readonly spec: CommandSpec<ledger.OpenFlashSale, Fields> = {
    batch_type: 'flash-sales',
    method: 'POST',
    body: FlashSaleBody,
    toCommand: ({ queue_per_minute: per_minute, ...fields }) => ({
      type: 'open_flash_sale',
      ...DEFAULTS,
      ...fields,
      ...(per_minute !== undefined && { queue: { per_minute } }),
    }),
    refusals: [
      ...usable('item', 'location', 'account'),
      'control_account',
      'not_a_money_account',
      'insufficient_stock',
    ],
  };
}

@CommandHandler(OpenFlashSale)
export class OpenFlashSaleHandler implements ICommandHandler<OpenFlashSale> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: OpenFlashSale): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
