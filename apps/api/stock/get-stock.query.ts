import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { stockOfItem } from '../../../projections/read-models/stock.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import { assertItemKnown } from './known-item.js';
import type { ItemStock } from './stock.dto.js';

export class GetStock extends Query<ItemStock> {
  constructor(
    readonly at: SnapshotQuery,
    readonly item_id: string,
  ) {
    super();
  }
}

@QueryHandler(GetStock)
export class GetStockHandler implements IQueryHandler<GetStock> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, item_id }: GetStock): Promise<ItemStock> {
    return this.models.read(at, async (snapshot) => {
      await assertItemKnown(snapshot, item_id);
      return stockOfItem(snapshot, item_id);
    });
  }
}
