import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { StockCount } from './stock-counts.dto.js';

export class ListStockCounts extends Query<DocumentPage<StockCount>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListStockCounts)
export class ListStockCountsHandler implements IQueryHandler<ListStockCounts> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListStockCounts): Promise<DocumentPage<StockCount>> {
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
