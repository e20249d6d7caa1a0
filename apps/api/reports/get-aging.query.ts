import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Paging } from '../../../projections/as-of/cursor.js';
import { aging, agingDay } from '../../../projections/reports/aging.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import { linked, listHref, momentOf } from './report-links.js';
import type { Aging } from './reports.dto.js';

export class GetAging extends Query<Aging> {
  constructor(
    readonly at: SnapshotQuery,
    readonly now: string,
    readonly paging: Paging,
  ) {
    super();
  }
}

@QueryHandler(GetAging)
export class GetAgingHandler implements IQueryHandler<GetAging> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, now, paging }: GetAging): Promise<Aging> {
    return this.models.read(at, async (snapshot) => {
      const found = await aging(snapshot, { ...paging, day: agingDay(snapshot, at, now) });
      return linked(found, ({ owed, party_id }) =>
        owed === 'to_us'
          ? listHref('/sales', { customer_id: party_id, ...momentOf(snapshot, at) })
          : listHref('/purchases', { supplier_id: party_id, ...momentOf(snapshot, at) }),
      );
    });
  }
}
