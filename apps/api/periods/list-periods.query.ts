import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { listPeriods } from '../../../projections/read-models/closed-periods.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Periods } from './periods.dto.js';

export class ListPeriods extends Query<Periods> {
  constructor(readonly at: SnapshotQuery) {
    super();
  }
}

@QueryHandler(ListPeriods)
export class ListPeriodsHandler implements IQueryHandler<ListPeriods> {
  constructor(private readonly models: ReadModels) {}

  execute({ at }: ListPeriods): Promise<Periods> {
    return this.models.read(at, (snapshot) => listPeriods(snapshot));
  }
}
