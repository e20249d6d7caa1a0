import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels } from '../read-models.js';
import type { Ledgers } from './ledgers.dto.js';

export class ListLedgers extends Query<Ledgers> {
  /** @param isShown whether the ledger exists for the reader */
  constructor(readonly isShown: (ledger_id: string) => boolean) {
    super();
  }
}

@QueryHandler(ListLedgers)
export class ListLedgersHandler implements IQueryHandler<ListLedgers> {
  constructor(private readonly models: ReadModels) {}

  async execute({ isShown }: ListLedgers): Promise<Ledgers> {
    return { data: (await this.models.ledgers()).filter(({ ledger_id }) => isShown(ledger_id)) };
  }
}
