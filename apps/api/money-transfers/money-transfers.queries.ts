import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Transfer } from './money-transfers.dto.js';

export class ListTransfers extends Query<DocumentPage<Transfer>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListTransfers)
export class ListTransfersHandler implements IQueryHandler<ListTransfers> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListTransfers): Promise<DocumentPage<Transfer>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<Transfer>(snapshot, 'transfer', filter));
  }
}

export class GetTransfer extends Query<Transfer> {
  constructor(
    readonly at: SnapshotQuery,
    readonly number: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetTransfer)
export class GetTransferHandler implements IQueryHandler<GetTransfer> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, number, created_by }: GetTransfer): Promise<Transfer> {
    return this.models.read(at, (snapshot) => getDocument<Transfer>(snapshot, 'transfer', number, created_by));
  }
}
