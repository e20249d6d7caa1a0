import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { PageBetween } from '../../../projections/as-of/cursor.js';
import type { MasterDataFilter } from '../../../projections/read-models/master-data.js';
import { listMasterDataOfKind } from '../master-data/read-master-data.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Account } from './accounts.dto.js';

export class ListAccounts extends Query<PageBetween<Account>> {
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

  execute({ at, filter }: ListAccounts): Promise<PageBetween<Account>> {
    return this.models.read(at, (snapshot) => listMasterDataOfKind<Account>(snapshot, 'account', filter));
  }
}
