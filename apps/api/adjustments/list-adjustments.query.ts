import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page, Paging } from '../../../projections/as-of/cursor.js';
import { listCostAdjustments } from '../../../projections/read-models/cost-adjustments.js';
import { documentHref } from '../documents/document-href.js';
import { periodIn } from '../queries/parameters.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { CostAdjustment } from './adjustments.dto.js';

/** `from` and `to` are instants, or days of the ledger. */
export interface AdjustmentFilter extends Paging {
  item_id?: string;
  location_id?: string;
  number?: string;
  cause?: string;
  from?: string;
  to?: string;
}

export class ListAdjustments extends Query<Page<CostAdjustment>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: AdjustmentFilter,
  ) {
    super();
  }
}

@QueryHandler(ListAdjustments)
export class ListAdjustmentsHandler implements IQueryHandler<ListAdjustments> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListAdjustments): Promise<Page<CostAdjustment>> {
    return this.models.read(at, async (snapshot) => {
      const found = await listCostAdjustments(snapshot, { ...filter, ...periodIn(snapshot, filter) });
      const data = found.data.map((row) => ({
        ...row,
        href: documentHref(row.number),
        cause_href: documentHref(row.cause),
      }));
      return { ...found, data };
    });
  }
}
