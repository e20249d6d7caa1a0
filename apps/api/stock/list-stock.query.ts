import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { PageBetween } from '../../../projections/as-of/cursor.js';
import { listStock, type StockFilter } from '../../../projections/read-models/stock.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { StockAtPlace } from './stock.dto.js';

export class ListStock extends Query<PageBetween<StockAtPlace>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: StockFilter,
  ) {
    super();
  }
}

@QueryHandler(ListStock)
export class ListStockHandler implements IQueryHandler<ListStock> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListStock): Promise<PageBetween<StockAtPlace>> {
    return this.models.read(at, (snapshot) => listStock(snapshot, filter));
  }
}
