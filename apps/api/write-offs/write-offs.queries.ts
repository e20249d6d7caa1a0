import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page } from '../../../projections/as-of/cursor.js';
import type { DocumentFilter } from '../../../projections/read-models/list-documents.js';
import { getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { WriteOff } from './write-offs.dto.js';

export class ListWriteOffs extends Query<Page<WriteOff>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentFilter,
  ) {
    super();
  }
}

@QueryHandler(ListWriteOffs)
export class ListWriteOffsHandler implements IQueryHandler<ListWriteOffs> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListWriteOffs): Promise<Page<WriteOff>> {
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
