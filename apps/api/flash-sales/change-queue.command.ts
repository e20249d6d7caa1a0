import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, idField, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { ChangeQueueBody } from './flash-sales.dto.js';

type Fields = ledger.QueueChanges & { flash_sale_id: string };

/** Records FlashSaleQueueChanged. */
export class ChangeQueue extends LedgerCommand<ledger.ChangeQueue> {
  static readonly spec: CommandSpec<ledger.ChangeQueue, Fields> = {
    batch_type: 'flash-sales/queue',
    method: 'PATCH',
    body: ChangeQueueBody,
    path_field: idField('flash_sale_id'),
    toCommand: ({ flash_sale_id, ...changes }) => ({ type: 'change_queue', flash_sale_id, changes }),
    refusals: ['unknown_flash_sale', 'flash_sale_closed'],
  };
}

@CommandHandler(ChangeQueue)
export class ChangeQueueHandler implements ICommandHandler<ChangeQueue> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: ChangeQueue): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
