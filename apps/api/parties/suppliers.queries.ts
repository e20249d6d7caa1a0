import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { PageBetween } from '../../../projections/as-of/cursor.js';
import type { MasterDataFilter } from '../../../projections/read-models/master-data.js';
import { getMasterData, listMasterDataOfKind } from '../master-data/read-master-data.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Supplier } from './parties.dto.js';

export class ListSuppliers extends Query<PageBetween<Supplier>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: MasterDataFilter,
  ) {
    super();
  }
}

@QueryHandler(ListSuppliers)
export class ListSuppliersHandler implements IQueryHandler<ListSuppliers> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListSuppliers): Promise<PageBetween<Supplier>> {
    return this.models.read(at, (snapshot) => listMasterDataOfKind<Supplier>(snapshot, 'supplier', filter));
  }
}

export class GetSupplier extends Query<Supplier> {
  constructor(
    readonly at: SnapshotQuery,
    readonly supplier_id: string,
  ) {
    super();
  }
}

@QueryHandler(GetSupplier)
export class GetSupplierHandler implements IQueryHandler<GetSupplier> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, supplier_id }: GetSupplier): Promise<Supplier> {
    return this.models.read(at, (snapshot) => getMasterData<Supplier>(snapshot, 'supplier', supplier_id));
  }
}
