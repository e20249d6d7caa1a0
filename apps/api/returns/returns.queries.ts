import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Return } from './returns.dto.js';

export class ListReturns extends Query<DocumentPage<Return>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListReturns)
export class ListReturnsHandler implements IQueryHandler<ListReturns> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListReturns): Promise<DocumentPage<Return>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<Return>(snapshot, 'return', filter));
  }
}

export class GetReturn extends Query<Return> {
  constructor(
    readonly at: SnapshotQuery,
    readonly number: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetReturn)
export class GetReturnHandler implements IQueryHandler<GetReturn> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, number, created_by }: GetReturn): Promise<Return> {
    return this.models.read(at, (snapshot) => getDocument<Return>(snapshot, 'return', number, created_by));
  }
}
