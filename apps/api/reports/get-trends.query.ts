import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { PeriodUnit } from '../../../projections/read-models/report-periods.js';
import type { TradeFilter } from '../../../projections/reports/party-spans.js';
import { trends } from '../../../projections/reports/trends.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import { linked, listHref, momentOf } from './report-links.js';
import type { Trends } from './reports.dto.js';

export class GetTrends extends Query<Trends> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: TradeFilter & { group_by: PeriodUnit },
  ) {
    super();
  }
}

@QueryHandler(GetTrends)
export class GetTrendsHandler implements IQueryHandler<GetTrends> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: GetTrends): Promise<Trends> {
    return this.models.read(at, async (snapshot) =>
      linked(await trends(snapshot, filter), ({ from, to }) =>
        listHref('/sales', { from, to, ...momentOf(snapshot, at) }),
      ),
    );
  }
}
