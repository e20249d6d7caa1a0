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
import { CountStock } from './count-stock.command.js';
import { StockCount, StockCountsParameters } from './stock-counts.dto.js';
import { GetStockCount, ListStockCounts } from './stock-counts.queries.js';

@ApiTags('stock-counts')
@Controller('stock-counts')
export class StockCountsController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('records')
  @ApiCommand(CountStock, {
    operation: 'recordStockCount',
    summary: 'Records what was counted; the difference is posted',
    answer: StockCount,
    approvable: true,
  })
  record(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(CountStock, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, {
    operation: 'voidStockCount',
    summary: 'Voids a stock count',
    answer: StockCount,
  })
  void(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('stock_count', number));
  }

  @Get()
  @Permit('signed_in')
  @ApiList(
    'listStockCounts',
    'Lists stock counts, the last recorded first',
    documentPage(StockCount),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: StockCountsParameters): Promise<DocumentPage<StockCount>> {
    return this.queries.execute(new ListStockCounts(snapshotQueryOf(request, query), documentFilterOf(request, query)));
  }

  @Get(':number')
  @Permit('signed_in')
  @ApiAnswer('getStockCount', 'Gets a stock count, with what became of it', StockCount, 'unknown_document')
  get(
    @Req() request: ApiRequest,
    @Param('number') number: string,
    @Query() query: AsOfParameters,
  ): Promise<StockCount> {
    return this.queries.execute(new GetStockCount(snapshotQueryOf(request, query), number, ownOnly(userOf(request))));
  }
}
