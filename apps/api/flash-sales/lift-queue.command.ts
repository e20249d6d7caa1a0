import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, idField, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { LiftQueueBody } from './flash-sales.dto.js';

/** Records FlashSaleQueueChanged. */
export class LiftQueue extends LedgerCommand<ledger.LiftQueue> {
  static readonly spec: CommandSpec<ledger.LiftQueue> = {
    batch_type: 'flash-sales/queue/lift',
    method: 'POST',
    body: LiftQueueBody,
    path_field: idField('flash_sale_id'),
    toCommand: (fields) => ({ type: 'lift_queue', ...fields }),
    refusals: ['unknown_flash_sale', 'flash_sale_closed', 'no_queue'],
  };
}

@CommandHandler(LiftQueue)
export class LiftQueueHandler implements ICommandHandler<LiftQueue> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: LiftQueue): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
