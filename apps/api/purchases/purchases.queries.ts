import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Purchase } from './purchases.dto.js';

export class ListPurchases extends Query<DocumentPage<Purchase>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListPurchases)
export class ListPurchasesHandler implements IQueryHandler<ListPurchases> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListPurchases): Promise<DocumentPage<Purchase>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<Purchase>(snapshot, 'purchase', filter));
  }
}

export class GetPurchase extends Query<Purchase> {
  constructor(
    readonly at: SnapshotQuery,
    readonly number: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetPurchase)
export class GetPurchaseHandler implements IQueryHandler<GetPurchase> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, number, created_by }: GetPurchase): Promise<Purchase> {
    return this.models.read(at, (snapshot) => getDocument<Purchase>(snapshot, 'purchase', number, created_by));
  }
}
