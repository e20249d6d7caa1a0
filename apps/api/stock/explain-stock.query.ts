import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Paging } from '../../../projections/as-of/cursor.js';
import { explainStock } from '../../../projections/read-models/movements.js';
import { documentHref } from '../documents/document-href.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import { assertItemKnown } from './known-item.js';
import type { Explanation } from './stock.dto.js';

export class ExplainStock extends Query<Explanation> {
  constructor(
    readonly at: SnapshotQuery,
    readonly item_id: string,
    /** Without a location, the item at all places; with `created_by` only movements of this user's documents. */
    readonly filter: Paging & { location_id?: string; created_by?: string },
  ) {
    super();
  }
}

@QueryHandler(ExplainStock)
export class ExplainStockHandler implements IQueryHandler<ExplainStock> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, item_id, filter }: ExplainStock): Promise<Explanation> {
    return this.models.read(at, async (snapshot) => {
      await assertItemKnown(snapshot, item_id);
      const found = await explainStock(snapshot, { item_id, ...filter });
      return { ...found, data: found.data.map((step) => ({ ...step, href: documentHref(step.number) })) };
    });
  }
}
