import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page } from '../../../projections/as-of/cursor.js';
import { listMasterDataOfKind, type MasterDataFilter } from '../master-data/read-master-data.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Account } from './accounts.dto.js';

export class ListAccounts extends Query<Page<Account>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: MasterDataFilter,
  ) {
    super();
  }
}

@QueryHandler(ListAccounts)
export class ListAccountsHandler implements IQueryHandler<ListAccounts> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListAccounts): Promise<Page<Account>> {
    return this.models.read(at, (snapshot) => listMasterDataOfKind<Account>(snapshot, 'account', filter));
  }
}
