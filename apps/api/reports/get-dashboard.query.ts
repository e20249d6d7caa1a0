import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { calendarDay } from '../../../libs/ledger/calendar.js';
import { dashboard } from '../../../projections/reports/dashboard.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Dashboard } from './dashboard.dto.js';

export class GetDashboard extends Query<Dashboard> {
  constructor(
    readonly at: SnapshotQuery,
    readonly now: string,
  ) {
    super();
  }
}

@QueryHandler(GetDashboard)
export class GetDashboardHandler implements IQueryHandler<GetDashboard> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, now }: GetDashboard): Promise<Dashboard> {
    return this.models.read(at, (snapshot) => dashboard(snapshot, calendarDay(now, snapshot.time_zone)));
  }
}
