import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { PageBetween } from '../../../projections/as-of/cursor.js';
import type { MasterDataFilter } from '../../../projections/read-models/master-data.js';
import { getMasterData, listMasterDataOfKind } from '../master-data/read-master-data.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Item } from './items.dto.js';

export class ListItems extends Query<PageBetween<Item>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: MasterDataFilter,
  ) {
    super();
  }
}

@QueryHandler(ListItems)
export class ListItemsHandler implements IQueryHandler<ListItems> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListItems): Promise<PageBetween<Item>> {
    return this.models.read(at, (snapshot) => listMasterDataOfKind<Item>(snapshot, 'item', filter));
  }
}

export class GetItem extends Query<Item> {
  constructor(
    readonly at: SnapshotQuery,
    readonly item_id: string,
  ) {
    super();
  }
}

@QueryHandler(GetItem)
export class GetItemHandler implements IQueryHandler<GetItem> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, item_id }: GetItem): Promise<Item> {
    return this.models.read(at, (snapshot) => getMasterData<Item>(snapshot, 'item', item_id));
  }
}
