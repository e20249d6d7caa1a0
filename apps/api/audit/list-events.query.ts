import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page } from '../../../projections/as-of/cursor.js';
import { type EventFilter, listEvents } from '../../../projections/read-models/list-events.js';
import { periodIn } from '../queries/parameters.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { AuditEvent } from './audit.dto.js';

export class ListEvents extends Query<Page<AuditEvent>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: EventFilter,
  ) {
    super();
  }
}

@QueryHandler(ListEvents)
export class ListEventsHandler implements IQueryHandler<ListEvents> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListEvents): Promise<Page<AuditEvent>> {
    return this.models.read(at, (snapshot) => listEvents(snapshot, { ...filter, ...periodIn(snapshot, filter) }));
  }
}
