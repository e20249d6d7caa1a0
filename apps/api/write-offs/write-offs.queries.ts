import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { WriteOff } from './write-offs.dto.js';

export class ListWriteOffs extends Query<DocumentPage<WriteOff>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListWriteOffs)
export class ListWriteOffsHandler implements IQueryHandler<ListWriteOffs> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListWriteOffs): Promise<DocumentPage<WriteOff>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<WriteOff>(snapshot, 'write_off', filter));
  }
}

export class GetWriteOff extends Query<WriteOff> {
  constructor(
    readonly at: SnapshotQuery,
    readonly number: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetWriteOff)
export class GetWriteOffHandler implements IQueryHandler<GetWriteOff> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, number, created_by }: GetWriteOff): Promise<WriteOff> {
    return this.models.read(at, (snapshot) => getDocument<WriteOff>(snapshot, 'write_off', number, created_by));
  }
}
