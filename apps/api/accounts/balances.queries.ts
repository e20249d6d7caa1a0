import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page, Paging } from '../../../projections/as-of/cursor.js';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { accountBalance, listEntries, trialBalance } from '../../../projections/read-models/balances.js';
import { findMasterData } from '../../../projections/read-models/master-data.js';
import { isId } from '../http/fields.js';
import { Problem } from '../http/problem.js';
import { periodIn } from '../queries/parameters.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { AccountBalance, Entry, TrialBalance } from './accounts.dto.js';

export class GetAccount extends Query<AccountBalance> {
  constructor(
    readonly at: SnapshotQuery,
    readonly account_id: string,
  ) {
    super();
  }
}

@QueryHandler(GetAccount)
export class GetAccountHandler implements IQueryHandler<GetAccount> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, account_id }: GetAccount): Promise<AccountBalance> {
    return this.models.read(at, async (snapshot) => {
      const balance = await balanceOrRefuse(snapshot, account_id);
      const registered = await findMasterData(snapshot, { kind: 'account', id: account_id });
      return { ...registered, ...balance };
    });
  }
}

export interface EntryFilter extends Paging {
  from?: string;
  to?: string;
}

export class ListEntries extends Query<Page<Entry>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly account_id: string,
    readonly filter: EntryFilter,
  ) {
    super();
  }
}

@QueryHandler(ListEntries)
export class ListEntriesHandler implements IQueryHandler<ListEntries> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, account_id, filter }: ListEntries): Promise<Page<Entry>> {
    return this.models.read(at, async (snapshot) => {
      await balanceOrRefuse(snapshot, account_id);
      return listEntries(snapshot, { ...filter, account_id, ...periodIn(snapshot, filter) });
    });
  }
}

export class GetTrialBalance extends Query<TrialBalance> {
  constructor(readonly at: SnapshotQuery) {
    super();
  }
}

@QueryHandler(GetTrialBalance)
export class GetTrialBalanceHandler implements IQueryHandler<GetTrialBalance> {
  constructor(private readonly models: ReadModels) {}

  execute({ at }: GetTrialBalance): Promise<TrialBalance> {
    return this.models.read(at, (snapshot) => trialBalance(snapshot));
  }
}

async function balanceOrRefuse(snapshot: Snapshot, account_id: string) {
  // An account of the chart, or the one of a customer or supplier.
  const well_formed = isId(account_id.replace(/^(receivable|payable):/, ''));
  const balance = well_formed ? await accountBalance(snapshot, account_id) : undefined;
  if (balance === undefined) throw new Problem('unknown_account', { account_id });
  return balance;
}
