import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { listThresholds } from '../../../projections/read-models/thresholds.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Thresholds } from './approvals.dto.js';

export class ListApprovalThresholds extends Query<Thresholds> {
  constructor(readonly at: SnapshotQuery) {
    super();
  }
}

@QueryHandler(ListApprovalThresholds)
export class ListApprovalThresholdsHandler implements IQueryHandler<ListApprovalThresholds> {
  constructor(private readonly models: ReadModels) {}

  execute({ at }: ListApprovalThresholds): Promise<Thresholds> {
    return this.models.read(at, (snapshot) => listThresholds(snapshot));
  }
}
