import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page } from '../../../projections/as-of/cursor.js';
import type { DocumentFilter } from '../../../projections/read-models/list-documents.js';
import { getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { StockCount } from './stock-counts.dto.js';

export class ListStockCounts extends Query<Page<StockCount>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentFilter,
  ) {
    super();
  }
}

@QueryHandler(ListStockCounts)
export class ListStockCountsHandler implements IQueryHandler<ListStockCounts> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListStockCounts): Promise<Page<StockCount>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<StockCount>(snapshot, 'stock_count', filter));
  }
}

export class GetStockCount extends Query<StockCount> {
  constructor(
    readonly at: SnapshotQuery,
    readonly number: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetStockCount)
export class GetStockCountHandler implements IQueryHandler<GetStockCount> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, number, created_by }: GetStockCount): Promise<StockCount> {
    return this.models.read(at, (snapshot) => getDocument<StockCount>(snapshot, 'stock_count', number, created_by));
  }
}
