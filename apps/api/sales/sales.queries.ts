import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Sale } from './sales.dto.js';

export class ListSales extends Query<DocumentPage<Sale>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListSales)
export class ListSalesHandler implements IQueryHandler<ListSales> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListSales): Promise<DocumentPage<Sale>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<Sale>(snapshot, 'sale', filter));
  }
}

export class GetSale extends Query<Sale> {
  constructor(
    readonly at: SnapshotQuery,
    readonly number: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetSale)
export class GetSaleHandler implements IQueryHandler<GetSale> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, number, created_by }: GetSale): Promise<Sale> {
    return this.models.read(at, (snapshot) => getDocument<Sale>(snapshot, 'sale', number, created_by));
  }
}
