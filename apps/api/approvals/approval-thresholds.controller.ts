import { Controller, Get, Post, Query, Req } from '@nestjs/common';
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
import { ListApprovalThresholds } from './approval-thresholds.queries.js';
import { ChangedThreshold, Thresholds } from './approvals.dto.js';
import { ChangeThreshold } from './change-threshold.command.js';

@ApiTags('approvals')
@Controller('approval-thresholds')
export class ApprovalThresholdsController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('admin')
  @ApiCommand(ChangeThreshold, {
    operation: 'changeApprovalThreshold',
    summary: 'Changes the approval threshold from now on; pending requests stay pending',
    answer: ChangedThreshold,
  })
  change(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(ChangeThreshold, exchange);
  }

  @Get()
  @Permit('reads')
  @ApiList('listApprovalThresholds', 'Lists the approval thresholds, the latest first', Thresholds)
  list(@Req() request: ApiRequest, @Query() query: TableParameters): Promise<Thresholds> {
    return this.queries.execute(new ListApprovalThresholds(snapshotQueryOf(request, query)));
  }
}
