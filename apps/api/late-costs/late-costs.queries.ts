import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { LateCost } from './late-costs.dto.js';

export class ListLateCosts extends Query<DocumentPage<LateCost>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListLateCosts)
export class ListLateCostsHandler implements IQueryHandler<ListLateCosts> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListLateCosts): Promise<DocumentPage<LateCost>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<LateCost>(snapshot, 'late_cost', filter));
  }
}

export class GetLateCost extends Query<LateCost> {
  constructor(
    readonly at: SnapshotQuery,
    readonly number: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetLateCost)
export class GetLateCostHandler implements IQueryHandler<GetLateCost> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, number, created_by }: GetLateCost): Promise<LateCost> {
    return this.models.read(at, (snapshot) => getDocument<LateCost>(snapshot, 'late_cost', number, created_by));
  }
}
