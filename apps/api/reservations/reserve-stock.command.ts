import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { usable } from '../commands/refusals.js';
import { ReservationBody } from './reservations.dto.js';

const DEFAULTS = { ttl_seconds: 600 };

/** Records StockReserved: all lines or none. */
export class ReserveStock extends LedgerCommand<ledger.ReserveStock> {
  static readonly spec: CommandSpec<ledger.ReserveStock> = {
    batch_type: 'reservations',
    method: 'POST',
    body: ReservationBody,
    toCommand: (fields) => ({ type: 'reserve_stock', ...DEFAULTS, ...fields }),
    refusals: [...usable('customer', 'location', 'item'), 'insufficient_stock'],
  };
}

@CommandHandler(ReserveStock)
export class ReserveStockHandler implements ICommandHandler<ReserveStock> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: ReserveStock): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
