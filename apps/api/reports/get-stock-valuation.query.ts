import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Paging } from '../../../projections/as-of/cursor.js';
import type { StockGroup } from '../../../projections/reports/stock-groups.js';
import { stockValuation } from '../../../projections/reports/stock-valuation.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import { hrefOfStock, linked, momentOf } from './report-links.js';
import type { StockValuation } from './reports.dto.js';

export class GetStockValuation extends Query<StockValuation> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: Paging & { group_by: StockGroup },
  ) {
    super();
  }
}

@QueryHandler(GetStockValuation)
export class GetStockValuationHandler implements IQueryHandler<GetStockValuation> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: GetStockValuation): Promise<StockValuation> {
    return this.models.read(at, async (snapshot) =>
      linked(await stockValuation(snapshot, filter), (row) => hrefOfStock(row, 'explain', momentOf(snapshot, at))),
    );
  }
}
