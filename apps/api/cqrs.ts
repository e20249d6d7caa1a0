import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Snapshot } from '../../projections/as-of/snapshot.js';
import { ReadModels, type SnapshotQuery } from './read-models.js';

/** A question to the read models. `answer` runs in one read-only transaction. */
export class ReadQuery<T> extends Query<T> {
  constructor(
    readonly question: SnapshotQuery,
    readonly answer: (snapshot: Snapshot) => Promise<T>,
  ) {
    super();
  }
}

@QueryHandler(ReadQuery)
export class ReadQueryHandler<T> implements IQueryHandler<ReadQuery<T>, T> {
  constructor(private readonly models: ReadModels) {}

  execute({ question, answer }: ReadQuery<T>): Promise<T> {
    return this.models.read(question, answer);
  }
}
