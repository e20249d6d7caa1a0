import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { type CommandSpec, idField, LEDGER_HOMES, LedgerCommand, submit } from '../commands/ledger-command.js';

export class ReleaseReservation extends LedgerCommand<ledger.ReleaseReservation> {
  static readonly spec: CommandSpec<ledger.ReleaseReservation> = {
    batch_type: 'reservations/release',
    method: 'DELETE',
    path_field: idField('reservation_id'),
    toCommand: (fields) => ({ type: 'release_reservation', ...fields }),
    refusals: ['unknown_reservation', 'reservation_expired', 'reservation_ended'],
  };
}

@CommandHandler(ReleaseReservation)
export class ReleaseReservationHandler implements ICommandHandler<ReleaseReservation> {
  constructor(@Inject(LEDGER_HOMES) private readonly homes: LedgerHomes) {}

  execute(command: ReleaseReservation): Promise<Outcome> {
    return submit(this.homes, command);
  }
}
