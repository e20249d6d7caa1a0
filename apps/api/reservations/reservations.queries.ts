import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page } from '../../../projections/as-of/cursor.js';
import type { DocumentFilter } from '../../../projections/read-models/list-documents.js';
import { getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Reservation } from './reservations.dto.js';

export class ListReservations extends Query<Page<Reservation>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentFilter,
  ) {
    super();
  }
}

@QueryHandler(ListReservations)
export class ListReservationsHandler implements IQueryHandler<ListReservations> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListReservations): Promise<Page<Reservation>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<Reservation>(snapshot, 'reservation', filter));
  }
}

export class GetReservation extends Query<Reservation> {
  constructor(
    readonly at: SnapshotQuery,
    readonly reservation_id: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetReservation)
export class GetReservationHandler implements IQueryHandler<GetReservation> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, reservation_id, created_by }: GetReservation): Promise<Reservation> {
    return this.models.read(at, (snapshot) =>
      getDocument<Reservation>(snapshot, 'reservation', reservation_id, created_by),
    );
  }
}
