import { Controller, Get, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Permit } from '../auth/permit.js';
import type { ApiRequest } from '../http/request.js';
import { ApiList } from '../queries/api-answer.js';
import { TableParameters } from '../queries/parameters.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { TrialBalance } from './accounts.dto.js';
import { GetTrialBalance } from './balances.queries.js';

@ApiTags('accounts')
@Controller('trial-balance')
export class TrialBalanceController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Permit('reads')
  @ApiList('getTrialBalance', 'Gets the trial balance of all accounts; debits equal credits', TrialBalance)
  get(@Req() request: ApiRequest, @Query() query: TableParameters): Promise<TrialBalance> {
    return this.queries.execute(new GetTrialBalance(snapshotQueryOf(request, query)));
  }
}
