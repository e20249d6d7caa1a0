import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type CommandSpec, LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
import { DATED, STOCK_IN, usable } from '../commands/refusals.js';
import { PurchaseBody } from './purchases.dto.js';

/** Records PurchaseRecorded: stock comes in at its price, and is owed to the supplier. */
export class RecordPurchase extends LedgerCommand<ledger.RecordPurchase> {
  static readonly spec: CommandSpec<ledger.RecordPurchase> = {
    batch_type: 'purchases',
    method: 'POST',
    body: PurchaseBody,
    toCommand: (fields) => ({ type: 'record_purchase', ...fields }),
    refusals: [...usable('supplier', 'location', 'item'), ...DATED, ...STOCK_IN],
  };
}

@CommandHandler(RecordPurchase)
export class RecordPurchaseHandler implements ICommandHandler<RecordPurchase> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: RecordPurchase): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
