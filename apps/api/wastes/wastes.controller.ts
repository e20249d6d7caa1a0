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
import { RecordWaste } from './record-waste.command.js';
import { Waste, WastesParameters } from './wastes.dto.js';
import { GetWaste, ListWastes } from './wastes.queries.js';

@ApiTags('wastes')
@Controller('wastes')
export class WastesController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('records')
  @ApiCommand(RecordWaste, {
    operation: 'recordWaste',
    summary: 'Records a waste: stock goes out at average cost, as an expense',
    answer: Waste,
    approvable: true,
  })
  record(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RecordWaste, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidWaste', summary: 'Voids a waste', answer: Waste })
  void(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('waste', number));
  }

  @Get()
  @Permit('signed_in')
  @ApiList(
    'listWastes',
    'Lists wastes, the last recorded first',
    documentPage(Waste),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: WastesParameters): Promise<DocumentPage<Waste>> {
    return this.queries.execute(new ListWastes(snapshotQueryOf(request, query), documentFilterOf(request, query)));
  }

  @Get(':number')
  @Permit('signed_in')
  @ApiAnswer('getWaste', 'Gets a waste, with what became of it', Waste, 'unknown_document')
  get(@Req() request: ApiRequest, @Param('number') number: string, @Query() query: AsOfParameters): Promise<Waste> {
    return this.queries.execute(new GetWaste(snapshotQueryOf(request, query), number, ownOnly(userOf(request))));
  }
}
