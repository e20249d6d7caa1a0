import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type ProfitFilter, profit } from '../../../projections/read-models/profit.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import { linked, listHref, momentOf } from './report-links.js';
import type { ProfitLoss } from './reports.dto.js';

export class GetProfitLoss extends Query<ProfitLoss> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: ProfitFilter,
  ) {
    super();
  }
}

@QueryHandler(GetProfitLoss)
export class GetProfitLossHandler implements IQueryHandler<GetProfitLoss> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: GetProfitLoss): Promise<ProfitLoss> {
    return this.models.read(at, async (snapshot) =>
      linked(await profit(snapshot, filter), ({ key }) => hrefOf(key, filter, momentOf(snapshot, at))),
    );
  }
}

function hrefOf(key: string, { group_by, from, to }: ProfitFilter, moment: ReturnType<typeof momentOf>): string {
  switch (group_by) {
    case 'day':
      return listHref('/sales', { from: key, to: key, ...moment });
    case 'month':
      return listHref('/sales', { from: `${key}-01`, to: lastDay(key), ...moment });
    case 'item':
      return listHref(`/stock/${key}/movements`, { from, to, ...moment });
    case 'customer':
      return listHref('/sales', { customer_id: key, from, to, ...moment });
    default:
      return group_by satisfies never;
  }
}
function lastDay(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}
