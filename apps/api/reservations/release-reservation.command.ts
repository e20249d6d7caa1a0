import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type * as ledger from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type CommandSpec, idField, LedgerCommand, submit, WRITERS } from '../commands/ledger-command.js';

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
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute(command: ReleaseReservation): Promise<Outcome> {
    return submit(this.writers, command);
  }
}
