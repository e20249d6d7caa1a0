import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { customerSales } from '../../../projections/reports/customer-sales.js';
import type { PartyGroup, TradeFilter } from '../../../projections/reports/party-spans.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import { linked, listHref, momentOf, spanFilters } from './report-links.js';
import type { CustomerSales } from './reports.dto.js';

export class GetCustomerSales extends Query<CustomerSales> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: TradeFilter & { group_by: PartyGroup },
  ) {
    super();
  }
}

@QueryHandler(GetCustomerSales)
export class GetCustomerSalesHandler implements IQueryHandler<GetCustomerSales> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: GetCustomerSales): Promise<CustomerSales> {
    return this.models.read(at, async (snapshot) =>
      linked(await customerSales(snapshot, filter), ({ customer_id, ...span }) =>
        listHref('/sales', { customer_id, ...spanFilters(span), ...momentOf(snapshot, at) }),
      ),
    );
  }
}
