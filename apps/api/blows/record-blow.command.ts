import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { DATED, STOCK_OUT, usable } from '../commands/refusals.js';
import { BlowBody } from './blows.dto.js';

/** Records BlowRecorded: preforms become bottles. */
export class RecordBlow extends LedgerCommand<ledger.RecordBlow> {
  static readonly spec: CommandSpec<ledger.RecordBlow> = {
    batch_type: 'blows',
    method: 'POST',
    body: BlowBody,
    toCommand: (fields) => ({ type: 'record_blow', ...fields }),
    refusals: [...usable('location', 'item'), ...DATED, ...STOCK_OUT],
  };
}

@CommandHandler(RecordBlow)
export class RecordBlowHandler implements ICommandHandler<RecordBlow> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: RecordBlow): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
