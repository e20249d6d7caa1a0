import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { StockTransfer } from './stock-transfers.dto.js';

export class ListStockTransfers extends Query<DocumentPage<StockTransfer>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListStockTransfers)
export class ListStockTransfersHandler implements IQueryHandler<ListStockTransfers> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListStockTransfers): Promise<DocumentPage<StockTransfer>> {
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
