import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels } from '../read-models.js';
import type { Ledgers } from './ledgers.dto.js';

export class ListLedgers extends Query<Ledgers> {}

@QueryHandler(ListLedgers)
export class ListLedgersHandler implements IQueryHandler<ListLedgers> {
  constructor(private readonly models: ReadModels) {}

  async execute(): Promise<Ledgers> {
    return { data: await this.models.ledgers() };
  }
}
