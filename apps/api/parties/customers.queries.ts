import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { PageBetween } from '../../../projections/as-of/cursor.js';
import type { MasterDataFilter } from '../../../projections/read-models/master-data.js';
import { getMasterData, listMasterDataOfKind } from '../master-data/read-master-data.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Customer } from './parties.dto.js';

export class ListCustomers extends Query<PageBetween<Customer>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: MasterDataFilter,
  ) {
    super();
  }
}

@QueryHandler(ListCustomers)
export class ListCustomersHandler implements IQueryHandler<ListCustomers> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListCustomers): Promise<PageBetween<Customer>> {
    return this.models.read(at, (snapshot) => listMasterDataOfKind<Customer>(snapshot, 'customer', filter));
  }
}

export class GetCustomer extends Query<Customer> {
  constructor(
    readonly at: SnapshotQuery,
    readonly customer_id: string,
  ) {
    super();
  }
}

@QueryHandler(GetCustomer)
export class GetCustomerHandler implements IQueryHandler<GetCustomer> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, customer_id }: GetCustomer): Promise<Customer> {
    return this.models.read(at, (snapshot) => getMasterData<Customer>(snapshot, 'customer', customer_id));
  }
}
