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
import { CancelOrder } from './cancel-order.command.js';
import { Order, OrdersParameters } from './flash-sales.dto.js';
import { GetOrder, ListOrders } from './orders.queries.js';
import { PlaceOrder } from './place-order.command.js';

@ApiTags('flash-sales')
@Controller()
export class OrdersController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post('flash-buy')
  @Permit('records')
  @ApiCommand(PlaceOrder, {
    operation: 'flashBuy',
    summary: 'Places an order that holds pieces of flash sales, all lines or none; payment follows by itself',
    answer: Order,
  })
  place(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(PlaceOrder, exchange);
  }

  @Post('orders/:id/cancel')
  @Permit('records')
  @ApiCommand(CancelOrder, {
    operation: 'cancelOrder',
    summary: 'Cancels an order and releases its pieces, unless a charge is under way',
    answer: Order,
  })
  cancel(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(CancelOrder, exchange, id);
  }

  @Get('orders')
  @Permit('signed_in')
  @ApiList(
    'listOrders',
    'Lists orders, the last placed first',
    documentPage(Order),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: OrdersParameters): Promise<DocumentPage<Order>> {
    return this.queries.execute(new ListOrders(snapshotQueryOf(request, query), documentFilterOf(request, query)));
  }

  @Get('orders/:id')
  @Permit('signed_in')
  @ApiAnswer('getOrder', 'Gets an order, with what became of it', Order, 'unknown_order')
  get(@Req() request: ApiRequest, @Param('id') id: string, @Query() query: AsOfParameters): Promise<Order> {
    return this.queries.execute(new GetOrder(snapshotQueryOf(request, query), id, ownOnly(userOf(request))));
  }
}
