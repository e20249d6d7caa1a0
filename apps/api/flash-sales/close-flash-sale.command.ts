import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, idField, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { CloseFlashSaleBody } from './flash-sales.dto.js';

/** Records FlashSaleClosed. */
export class CloseFlashSale extends LedgerCommand<ledger.CloseFlashSale> {
  static readonly spec: CommandSpec<ledger.CloseFlashSale> = {
    batch_type: 'flash-sales/close',
    method: 'POST',
    body: CloseFlashSaleBody,
    path_field: idField('flash_sale_id'),
    toCommand: (fields) => ({ type: 'close_flash_sale', ...fields }),
    refusals: ['unknown_flash_sale', 'flash_sale_closed'],
  };
}

@CommandHandler(CloseFlashSale)
export class CloseFlashSaleHandler implements ICommandHandler<CloseFlashSale> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: CloseFlashSale): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
