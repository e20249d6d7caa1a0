import { Controller, Get, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Permit } from '../auth/permit.js';
import type { ApiRequest } from '../http/request.js';
import { ApiAnswer } from '../queries/api-answer.js';
import { NowParameters } from '../queries/parameters.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { Dashboard } from './dashboard.dto.js';
import { GetDashboard } from './get-dashboard.query.js';

@ApiTags('reports')
@Controller('dashboard')
export class DashboardController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Permit('reads')
  @ApiAnswer('getDashboard', "Gets the dashboard: the factory's main figures, now", Dashboard)
  get(@Req() request: ApiRequest, @Query() query: NowParameters): Promise<Dashboard> {
    return this.queries.execute(new GetDashboard(snapshotQueryOf(request, query), new Date().toISOString()));
  }
}
