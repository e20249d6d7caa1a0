import { Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { ownOnly, Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { documentPage } from '../documents/document.schema.js';
import { documentFilterOf } from '../documents/documents.parameters.js';
import { numberOfKind } from '../documents/number-of-kind.js';
import type { DocumentPage } from '../documents/read-documents.js';
import { VoidDocument } from '../documents/void-document.command.js';
import { CurrentExchange, type Exchange } from '../http/exchange.js';
import { type ApiRequest, userOf } from '../http/request.js';
import { ApiAnswer, ApiList } from '../queries/api-answer.js';
import { AsOfParameters } from '../queries/parameters.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { LateCost, LateCostsParameters } from './late-costs.dto.js';
import { GetLateCost, ListLateCosts } from './late-costs.queries.js';
import { RecordLateCost } from './record-late-cost.command.js';

@ApiTags('purchases')
@Controller()
export class LateCostsController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post('purchases/:number/costs')
  @Permit('records')
  @ApiCommand(RecordLateCost, {
    operation: 'recordLateCost',
    summary: 'Adds a late cost to a purchase: freight, duty or a correction',
    answer: LateCost,
    approvable: true,
  })
  record(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(RecordLateCost, exchange, numberOfKind('purchase', number));
  }

  @Post('late-costs/:number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidLateCost', summary: 'Voids a late cost', answer: LateCost })
  void(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('late_cost', number));
  }

  @Get('late-costs')
  @Permit('signed_in')
  @ApiList(
    'listLateCosts',
    'Lists late costs, the last recorded first',
    documentPage(LateCost),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: LateCostsParameters): Promise<DocumentPage<LateCost>> {
    return this.queries.execute(new ListLateCosts(snapshotQueryOf(request, query), documentFilterOf(request, query)));
  }

  @Get('late-costs/:number')
  @Permit('signed_in')
  @ApiAnswer('getLateCost', 'Gets a late cost, with what became of it', LateCost, 'unknown_document')
  get(@Req() request: ApiRequest, @Param('number') number: string, @Query() query: AsOfParameters): Promise<LateCost> {
    return this.queries.execute(new GetLateCost(snapshotQueryOf(request, query), number, ownOnly(userOf(request))));
  }
}
