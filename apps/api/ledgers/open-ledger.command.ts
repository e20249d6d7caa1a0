import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { digitsOf } from '../config.js';
import { NewLedgerBody } from './ledgers.dto.js';

type Fields = Pick<ledger.OpenLedger, 'ledger_id' | 'currency'> & Partial<ledger.OpenLedger>;

export class OpenLedger extends LedgerCommand<ledger.OpenLedger> {
  static readonly spec: CommandSpec<ledger.OpenLedger, Fields> = {
    method: 'POST',
    body: NewLedgerBody,
    toCommand: ({ ledger_id, currency, digits, time_zone = 'UTC', approval_threshold = '5000' }) => ({
      type: 'open_ledger',
      ledger_id,
      currency,
      digits: digits ?? digitsOf(currency),
      time_zone,
      approval_threshold,
    }),
    refusals: ['ledger_exists'],
  };
}

@CommandHandler(OpenLedger)
export class OpenLedgerHandler implements ICommandHandler<OpenLedger> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: OpenLedger): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
