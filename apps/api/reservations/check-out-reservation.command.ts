import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type CommandSpec, idField, LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';
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
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: CheckOutReservation): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
