import { Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { ownOnly, Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { documentPage } from '../documents/document.schema.js';
import { documentFilterOf } from '../documents/documents.parameters.js';
import type { DocumentPage } from '../documents/read-documents.js';
import { CurrentExchange, type Exchange } from '../http/exchange.js';
import { type ApiRequest, userOf } from '../http/request.js';
import { ApiAnswer, ApiList } from '../queries/api-answer.js';
import { AsOfParameters } from '../queries/parameters.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { Approval, ApprovalsParameters, ApprovedDocument } from './approvals.dto.js';
import { GetApproval, ListApprovals } from './approvals.queries.js';
import { Approve } from './approve.command.js';
import { Reject } from './reject.command.js';
import { Withdraw } from './withdraw.command.js';

@ApiTags('approvals')
@Controller('approvals')
export class ApprovalsController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post(':id/approve')
  @Permit('leads')
  @ApiCommand(Approve, {
    operation: 'approve',
    summary: 'Approves a pending request, which is decided again on the present state; never by its requester',
    answer: ApprovedDocument,
  })
  approve(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(Approve, exchange, id);
  }

  @Post(':id/reject')
  @Permit('leads')
  @ApiCommand(Reject, { operation: 'reject', summary: 'Rejects a pending request', answer: Approval })
  reject(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(Reject, exchange, id);
  }

  @Post(':id/withdraw')
  @Permit('records')
  @ApiCommand(Withdraw, {
    operation: 'withdraw',
    summary: 'Withdraws a pending request; only by its requester',
    answer: Approval,
  })
  withdraw(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(Withdraw, exchange, id);
  }

  @Get()
  @Permit('reads_approvals')
  @ApiList(
    'listApprovals',
    'Lists approvals, the last recorded first',
    documentPage(Approval),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: ApprovalsParameters): Promise<DocumentPage<Approval>> {
    return this.queries.execute(new ListApprovals(snapshotQueryOf(request, query), documentFilterOf(request, query)));
  }

  @Get(':id')
  @Permit('reads_approvals')
  @ApiAnswer('getApproval', 'Gets an approval, with what became of it', Approval, 'unknown_approval')
  get(@Req() request: ApiRequest, @Param('id') id: string, @Query() query: AsOfParameters): Promise<Approval> {
    return this.queries.execute(new GetApproval(snapshotQueryOf(request, query), id, ownOnly(userOf(request))));
  }
}
