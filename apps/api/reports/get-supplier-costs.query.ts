import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { PartyGroup, TradeFilter } from '../../../projections/reports/party-spans.js';
import { supplierCosts } from '../../../projections/reports/supplier-costs.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import { linked, listHref, momentOf, spanFilters } from './report-links.js';
import type { SupplierCosts } from './reports.dto.js';

export class GetSupplierCosts extends Query<SupplierCosts> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: TradeFilter & { group_by: PartyGroup },
  ) {
    super();
  }
}

@QueryHandler(GetSupplierCosts)
export class GetSupplierCostsHandler implements IQueryHandler<GetSupplierCosts> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: GetSupplierCosts): Promise<SupplierCosts> {
    return this.models.read(at, async (snapshot) =>
      linked(await supplierCosts(snapshot, filter), ({ supplier_id, ...span }) =>
        listHref('/purchases', { supplier_id, ...spanFilters(span), ...momentOf(snapshot, at) }),
      ),
    );
  }
}
