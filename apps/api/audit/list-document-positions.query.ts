import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { listEvents } from '../../../projections/read-models/list-events.js';
import { isId } from '../http/fields.js';
import { LIMIT_MAX } from '../queries/parameters.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';

export class ListDocumentPositions extends Query<number[]> {
  constructor(
    readonly at: SnapshotQuery,
    readonly number: string,
  ) {
    super();
  }
}

@QueryHandler(ListDocumentPositions)
export class ListDocumentPositionsHandler implements IQueryHandler<ListDocumentPositions> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, number }: ListDocumentPositions): Promise<number[]> {
    return this.models.read(at, async (snapshot) => {
      if (!isId(number)) return [];
      const entity = { kind: 'document' as const, id: number };
      const { data } = await listEvents(snapshot, { entity, order: 'oldest_first', limit: LIMIT_MAX });
      return data.map(({ position }) => position);
    });
  }
}
