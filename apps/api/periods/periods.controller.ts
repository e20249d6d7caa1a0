import { Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { CurrentExchange, type Exchange } from '../http/exchange.js';
import type { ApiRequest } from '../http/request.js';
import { ApiList } from '../queries/api-answer.js';
import { TableParameters } from '../queries/parameters.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { ClosePeriod } from './close-period.command.js';
import { ListPeriods } from './list-periods.query.js';
import { ClosedPeriod, Periods, ReopenedPeriod } from './periods.dto.js';
import { ReopenPeriod } from './reopen-period.command.js';

@ApiTags('periods')
@Controller('periods')
export class PeriodsController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post(':month/close')
  @Permit('leads')
  @ApiCommand(ClosePeriod, {
    operation: 'closePeriod',
    summary: 'Closes all open months up to this one: nothing may be dated in them any more',
    answer: ClosedPeriod,
  })
  close(@CurrentExchange() exchange: Exchange, @Param('month') month: string): Promise<Answer> {
    return this.commands.execute(ClosePeriod, exchange, month);
  }

  @Post(':month/reopen')
  @Permit('admin')
  @ApiCommand(ReopenPeriod, {
    operation: 'reopenPeriod',
    summary: 'Reopens the last closed month; says what stays closed',
    answer: ReopenedPeriod,
  })
  reopen(@CurrentExchange() exchange: Exchange, @Param('month') month: string): Promise<Answer> {
    return this.commands.execute(ReopenPeriod, exchange, month);
  }

  @Get()
  @Permit('reads')
  @ApiList('listPeriods', 'Lists the months that are closed or were reopened, the latest first', Periods)
  list(@Req() request: ApiRequest, @Query() query: TableParameters): Promise<Periods> {
    return this.queries.execute(new ListPeriods(snapshotQueryOf(request, query)));
  }
}
