import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Order } from './flash-sales.dto.js';

export class ListOrders extends Query<DocumentPage<Order>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListOrders)
export class ListOrdersHandler implements IQueryHandler<ListOrders> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListOrders): Promise<DocumentPage<Order>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<Order>(snapshot, 'order', filter));
  }
}

export class GetOrder extends Query<Order> {
  constructor(
    readonly at: SnapshotQuery,
    readonly order_id: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetOrder)
export class GetOrderHandler implements IQueryHandler<GetOrder> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, order_id, created_by }: GetOrder): Promise<Order> {
    return this.models.read(at, (snapshot) => getDocument<Order>(snapshot, 'order', order_id, created_by));
  }
}
