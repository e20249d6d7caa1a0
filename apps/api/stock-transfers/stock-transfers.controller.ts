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
import { StockTransfer, StockTransfersParameters } from './stock-transfers.dto.js';
import { GetStockTransfer, ListStockTransfers } from './stock-transfers.queries.js';
import { TransferStock } from './transfer-stock.command.js';

@ApiTags('stock-transfers')
@Controller('stock-transfers')
export class StockTransfersController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('records')
  @ApiCommand(TransferStock, {
    operation: 'recordStockTransfer',
    summary: 'Moves stock to another location, with its value',
    answer: StockTransfer,
    approvable: true,
  })
  record(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(TransferStock, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, {
    operation: 'voidStockTransfer',
    summary: 'Voids a stock transfer',
    answer: StockTransfer,
  })
  void(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('stock_transfer', number));
  }

  @Get()
  @Permit('signed_in')
  @ApiList(
    'listStockTransfers',
    'Lists stock transfers, the last recorded first',
    documentPage(StockTransfer),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: StockTransfersParameters): Promise<DocumentPage<StockTransfer>> {
    return this.queries.execute(
      new ListStockTransfers(snapshotQueryOf(request, query), documentFilterOf(request, query)),
    );
  }

  @Get(':number')
  @Permit('signed_in')
  @ApiAnswer('getStockTransfer', 'Gets a stock transfer, with what became of it', StockTransfer, 'unknown_document')
  get(
    @Req() request: ApiRequest,
    @Param('number') number: string,
    @Query() query: AsOfParameters,
  ): Promise<StockTransfer> {
    return this.queries.execute(
      new GetStockTransfer(snapshotQueryOf(request, query), number, ownOnly(userOf(request))),
    );
  }
}
