import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Waste } from './wastes.dto.js';

export class ListWastes extends Query<DocumentPage<Waste>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListWastes)
export class ListWastesHandler implements IQueryHandler<ListWastes> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListWastes): Promise<DocumentPage<Waste>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<Waste>(snapshot, 'waste', filter));
  }
}

export class GetWaste extends Query<Waste> {
  constructor(
    readonly at: SnapshotQuery,
    readonly number: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetWaste)
export class GetWasteHandler implements IQueryHandler<GetWaste> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, number, created_by }: GetWaste): Promise<Waste> {
    return this.models.read(at, (snapshot) => getDocument<Waste>(snapshot, 'waste', number, created_by));
  }
}
