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
import { Blow, BlowsParameters } from './blows.dto.js';
import { GetBlow, ListBlows } from './blows.queries.js';
import { RecordBlow } from './record-blow.command.js';

@ApiTags('blows')
@Controller('blows')
export class BlowsController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('records')
  @ApiCommand(RecordBlow, {
    operation: 'recordBlow',
    summary: 'Records a blow: preforms become bottles, and their cost goes with them',
    answer: Blow,
    approvable: true,
  })
  record(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RecordBlow, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidBlow', summary: 'Voids a blow', answer: Blow })
  void(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('blow', number));
  }

  @Get()
  @Permit('signed_in')
  @ApiList('listBlows', 'Lists blows, the last recorded first', documentPage(Blow), 'list_too_broad', 'only_at_present')
  list(@Req() request: ApiRequest, @Query() query: BlowsParameters): Promise<DocumentPage<Blow>> {
    return this.queries.execute(new ListBlows(snapshotQueryOf(request, query), documentFilterOf(request, query)));
  }

  @Get(':number')
  @Permit('signed_in')
  @ApiAnswer('getBlow', 'Gets a blow, with what became of it', Blow, 'unknown_document')
  get(@Req() request: ApiRequest, @Param('number') number: string, @Query() query: AsOfParameters): Promise<Blow> {
    return this.queries.execute(new GetBlow(snapshotQueryOf(request, query), number, ownOnly(userOf(request))));
  }
}
