import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page } from '../../../projections/as-of/cursor.js';
import type { DocumentFilter } from '../../../projections/read-models/list-documents.js';
import { getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Approval } from './approvals.dto.js';

export class ListApprovals extends Query<Page<Approval>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentFilter,
  ) {
    super();
  }
}

@QueryHandler(ListApprovals)
export class ListApprovalsHandler implements IQueryHandler<ListApprovals> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListApprovals): Promise<Page<Approval>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<Approval>(snapshot, 'approval', filter));
  }
}

export class GetApproval extends Query<Approval> {
  constructor(
    readonly at: SnapshotQuery,
    readonly approval_id: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetApproval)
export class GetApprovalHandler implements IQueryHandler<GetApproval> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, approval_id, created_by }: GetApproval): Promise<Approval> {
    return this.models.read(at, (snapshot) => getDocument<Approval>(snapshot, 'approval', approval_id, created_by));
  }
}
