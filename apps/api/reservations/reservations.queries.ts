import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Reservation } from './reservations.dto.js';

export class ListReservations extends Query<DocumentPage<Reservation>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListReservations)
export class ListReservationsHandler implements IQueryHandler<ListReservations> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListReservations): Promise<DocumentPage<Reservation>> {
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
