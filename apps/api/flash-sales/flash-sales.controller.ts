import { Controller, Get, Param, Patch, Post, Query, Req } from '@nestjs/common';
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
import { ChangeQueue } from './change-queue.command.js';
import { CloseFlashSale } from './close-flash-sale.command.js';
import { FlashSale, FlashSalesParameters } from './flash-sales.dto.js';
import { GetFlashSale, ListFlashSales } from './flash-sales.queries.js';
import { LiftQueue } from './lift-queue.command.js';
import { OpenFlashSale } from './open-flash-sale.command.js';

/** An offer is for everybody: staff sees those of others, too, but not how much is sold. */
@ApiTags('flash-sales')
@Controller('flash-sales')
export class FlashSalesController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('leads')
  @ApiCommand(OpenFlashSale, {
    operation: 'openFlashSale',
    summary:
      'Opens a flash sale: pieces set aside to be sold at one price, for a limited time, with a limit for each customer',
    answer: FlashSale,
  })
  open(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(OpenFlashSale, exchange);
  }

  @Post(':id/close')
  @Permit('leads')
  @ApiCommand(CloseFlashSale, {
    operation: 'closeFlashSale',
    summary: 'Closes a flash sale early; orders that hold pieces may still be paid',
    answer: FlashSale,
  })
  close(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(CloseFlashSale, exchange, id);
  }

  @Patch(':id/queue')
  @Permit('leads')
  @ApiCommand(ChangeQueue, {
    operation: 'changeQueue',
    summary: 'Sets how buyers are let in from now on; begins a waiting queue where there is none',
    answer: FlashSale,
  })
  changeQueue(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(ChangeQueue, exchange, id);
  }

  @Post(':id/queue/lift')
  @Permit('leads')
  @ApiCommand(LiftQueue, {
    operation: 'liftQueue',
    summary: 'Lets everybody order without a pass from now on',
    answer: FlashSale,
  })
  liftQueue(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(LiftQueue, exchange, id);
  }

  @Get()
  @Permit('signed_in')
  @ApiList(
    'listFlashSales',
    'Lists flash sales, the last opened first',
    documentPage(FlashSale),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: FlashSalesParameters): Promise<DocumentPage<FlashSale>> {
    const filter = { ...documentFilterOf(request, query), created_by: query.created_by };
    return this.queries.execute(new ListFlashSales(snapshotQueryOf(request, query), filter, showsSold(request)));
  }

  @Get(':id')
  @Permit('signed_in')
  @ApiAnswer('getFlashSale', 'Gets a flash sale, with the pieces that remain', FlashSale, 'unknown_flash_sale')
  get(@Req() request: ApiRequest, @Param('id') id: string, @Query() query: AsOfParameters): Promise<FlashSale> {
    return this.queries.execute(new GetFlashSale(snapshotQueryOf(request, query), id, showsSold(request)));
  }
}

function showsSold(request: ApiRequest): boolean {
  return ownOnly(userOf(request)) === undefined;
}
