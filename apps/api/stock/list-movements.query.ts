import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page, Paging } from '../../../projections/as-of/cursor.js';
import { listMovements } from '../../../projections/read-models/movements.js';
import { periodIn } from '../queries/parameters.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import { assertItemKnown } from './known-item.js';
import type { Movement } from './stock.dto.js';

export interface MovementFilter extends Paging {
  location_id?: string;
  /** Only of this user's documents. */
  created_by?: string;
  from?: string;
  to?: string;
}

export class ListMovements extends Query<Page<Movement>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly item_id: string,
    readonly filter: MovementFilter,
  ) {
    super();
  }
}

@QueryHandler(ListMovements)
export class ListMovementsHandler implements IQueryHandler<ListMovements> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, item_id, filter }: ListMovements): Promise<Page<Movement>> {
    return this.models.read(at, async (snapshot) => {
      await assertItemKnown(snapshot, item_id);
      return listMovements(snapshot, { ...filter, item_id, ...periodIn(snapshot, filter) });
    });
  }
}
