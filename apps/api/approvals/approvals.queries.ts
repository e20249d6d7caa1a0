import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Approval } from './approvals.dto.js';

export class ListApprovals extends Query<DocumentPage<Approval>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListApprovals)
export class ListApprovalsHandler implements IQueryHandler<ListApprovals> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListApprovals): Promise<DocumentPage<Approval>> {
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
