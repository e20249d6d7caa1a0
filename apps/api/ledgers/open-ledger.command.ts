import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type CommandSpec, LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
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
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: OpenLedger): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
