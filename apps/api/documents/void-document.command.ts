import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, idField, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { DATED, STOCK_OUT } from '../commands/refusals.js';
import { VoidBody } from './void.dto.js';

export class VoidDocument extends LedgerCommand<ledger.VoidDocument> {
  static readonly spec: CommandSpec<ledger.VoidDocument> = {
    batch_type: 'voids',
    method: 'POST',
    body: VoidBody,
    path_field: idField('number'),
    toCommand: (fields) => ({ type: 'void_document', ...fields }),
    refusals: [
      'unknown_document',
      'not_voidable',
      'inactive_location',
      'inactive_account',
      ...DATED,
      'effective_before_document',
      'already_void',
      'has_payments',
      'has_returns',
      'has_late_costs',
      'has_write_offs',
      ...STOCK_OUT,
      'insufficient_funds',
    ],
  };
}

@CommandHandler(VoidDocument)
export class VoidDocumentHandler implements ICommandHandler<VoidDocument> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: VoidDocument): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
