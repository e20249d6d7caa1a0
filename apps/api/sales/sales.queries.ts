import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page } from '../../../projections/as-of/cursor.js';
import type { DocumentFilter } from '../../../projections/read-models/list-documents.js';
import { getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Sale } from './sales.dto.js';

export class ListSales extends Query<Page<Sale>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentFilter,
  ) {
    super();
  }
}

@QueryHandler(ListSales)
export class ListSalesHandler implements IQueryHandler<ListSales> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListSales): Promise<Page<Sale>> {
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
