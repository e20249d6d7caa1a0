import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page } from '../../../projections/as-of/cursor.js';
import type { DocumentFilter } from '../../../projections/read-models/list-documents.js';
import { getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { StockTransfer } from './stock-transfers.dto.js';

export class ListStockTransfers extends Query<Page<StockTransfer>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentFilter,
  ) {
    super();
  }
}

@QueryHandler(ListStockTransfers)
export class ListStockTransfersHandler implements IQueryHandler<ListStockTransfers> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListStockTransfers): Promise<Page<StockTransfer>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<StockTransfer>(snapshot, 'stock_transfer', filter));
  }
}

export class GetStockTransfer extends Query<StockTransfer> {
  constructor(
    readonly at: SnapshotQuery,
    readonly number: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetStockTransfer)
export class GetStockTransferHandler implements IQueryHandler<GetStockTransfer> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, number, created_by }: GetStockTransfer): Promise<StockTransfer> {
    return this.models.read(at, (snapshot) =>
      getDocument<StockTransfer>(snapshot, 'stock_transfer', number, created_by),
    );
  }
}
