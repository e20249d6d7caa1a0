import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, idField, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';
import { usable } from '../commands/refusals.js';
import { CheckOutBody } from './reservations.dto.js';

/** Records SaleRecorded together with ReservationCheckedOut. */
export class CheckOutReservation extends LedgerCommand<ledger.CheckOutReservation> {
  static readonly spec: CommandSpec<ledger.CheckOutReservation> = {
    batch_type: 'reservations/checkout',
    method: 'POST',
    body: CheckOutBody,
    path_field: idField('reservation_id'),
    toCommand: (fields) => ({ type: 'check_out', ...fields }),
    refusals: [
      'unknown_reservation',
      'reservation_expired',
      'reservation_ended',
      'exceeds_reservation',
      ...usable('customer', 'location', 'item'),
      'amount_out_of_bounds',
    ],
  };
}

@CommandHandler(CheckOutReservation)
export class CheckOutReservationHandler implements ICommandHandler<CheckOutReservation> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: CheckOutReservation): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
