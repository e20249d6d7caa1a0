import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type StockMovementFilter, stockMovement } from '../../../projections/reports/stock-movement.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import { hrefOfStock, linked, momentOf } from './report-links.js';
import type { StockMovementReport } from './reports.dto.js';

export class GetStockMovement extends Query<StockMovementReport> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: StockMovementFilter,
  ) {
    super();
  }
}

@QueryHandler(GetStockMovement)
export class GetStockMovementHandler implements IQueryHandler<GetStockMovement> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: GetStockMovement): Promise<StockMovementReport> {
    const { from, to } = filter;
    return this.models.read(at, async (snapshot) =>
      linked(await stockMovement(snapshot, filter), (row) =>
        hrefOfStock(row, 'movements', { from, to, ...momentOf(snapshot, at) }),
      ),
    );
  }
}
