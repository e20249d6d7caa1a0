import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Blow } from './blows.dto.js';

export class ListBlows extends Query<DocumentPage<Blow>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListBlows)
export class ListBlowsHandler implements IQueryHandler<ListBlows> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListBlows): Promise<DocumentPage<Blow>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<Blow>(snapshot, 'blow', filter));
  }
}

export class GetBlow extends Query<Blow> {
  constructor(
    readonly at: SnapshotQuery,
    readonly number: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetBlow)
export class GetBlowHandler implements IQueryHandler<GetBlow> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, number, created_by }: GetBlow): Promise<Blow> {
    return this.models.read(at, (snapshot) => getDocument<Blow>(snapshot, 'blow', number, created_by));
  }
}
