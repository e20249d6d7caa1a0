import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page, Paging } from '../../../projections/as-of/cursor.js';
import { listStock } from '../../../projections/read-models/stock.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { StockAtPlace } from './stock.dto.js';

export interface StockFilter extends Paging {
  item_id?: string;
  location_id?: string;
}

export class ListStock extends Query<Page<StockAtPlace>> {
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

  execute({ at, filter }: ListStock): Promise<Page<StockAtPlace>> {
    return this.models.read(at, (snapshot) => listStock(snapshot, filter));
  }
}
