import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
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
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: RecordPurchase): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
