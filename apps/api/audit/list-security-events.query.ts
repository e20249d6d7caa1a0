import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page } from '../../../projections/as-of/cursor.js';
import type { EventFilter } from '../../../projections/read-models/list-events.js';
import { listSecurityEvents } from '../../../projections/read-models/security.js';
import { periodIn } from '../queries/parameters.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { SecurityEvent } from './audit.dto.js';

export class ListSecurityEvents extends Query<Page<SecurityEvent>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: EventFilter,
  ) {
    super();
  }
}

@QueryHandler(ListSecurityEvents)
export class ListSecurityEventsHandler implements IQueryHandler<ListSecurityEvents> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListSecurityEvents): Promise<Page<SecurityEvent>> {
    return this.models.read(at, (snapshot) =>
      listSecurityEvents(snapshot, { ...filter, ...periodIn(snapshot, filter) }),
    );
  }
}
