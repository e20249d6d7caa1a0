import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Payment } from './payments.dto.js';

export class ListPayments extends Query<DocumentPage<Payment>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListPayments)
export class ListPaymentsHandler implements IQueryHandler<ListPayments> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListPayments): Promise<DocumentPage<Payment>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<Payment>(snapshot, 'payment', filter));
  }
}

export class GetPayment extends Query<Payment> {
  constructor(
    readonly at: SnapshotQuery,
    readonly number: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetPayment)
export class GetPaymentHandler implements IQueryHandler<GetPayment> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, number, created_by }: GetPayment): Promise<Payment> {
    return this.models.read(at, (snapshot) => getDocument<Payment>(snapshot, 'payment', number, created_by));
  }
}
