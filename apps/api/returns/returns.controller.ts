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
import { ReturnBill } from './return-bill.command.js';
import { Return, ReturnsParameters } from './returns.dto.js';
import { GetReturn, ListReturns } from './returns.queries.js';

@Controller()
export class ReturnsController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post('sales/:number/returns')
  @Permit('records')
  @ApiTags('sales')
  @ApiCommand(ReturnBill, {
    operation: 'returnSale',
    summary: 'Records a return of goods from a customer',
    answer: Return,
    approvable: true,
  })
  returnSale(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(ReturnBill, exchange, numberOfKind('sale', number));
  }

  @Post('purchases/:number/returns')
  @Permit('records')
  @ApiTags('purchases')
  @ApiCommand(ReturnBill, {
    operation: 'returnPurchase',
    summary: 'Records a return of goods to a supplier',
    answer: Return,
    approvable: true,
  })
  returnPurchase(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(ReturnBill, exchange, numberOfKind('purchase', number));
  }

  @Post('returns/:number/void')
  @Permit('admin')
  @ApiTags('returns')
  @ApiCommand(VoidDocument, { operation: 'voidReturn', summary: 'Voids a return', answer: Return })
  void(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('return', number));
  }

  @Get('returns')
  @Permit('signed_in')
  @ApiTags('returns')
  @ApiList(
    'listReturns',
    'Lists returns, the last recorded first',
    documentPage(Return),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: ReturnsParameters): Promise<DocumentPage<Return>> {
    return this.queries.execute(new ListReturns(snapshotQueryOf(request, query), documentFilterOf(request, query)));
  }

  @Get('returns/:number')
  @Permit('signed_in')
  @ApiTags('returns')
  @ApiAnswer('getReturn', 'Gets a return, with what became of it', Return, 'unknown_document')
  get(@Req() request: ApiRequest, @Param('number') number: string, @Query() query: AsOfParameters): Promise<Return> {
    return this.queries.execute(new GetReturn(snapshotQueryOf(request, query), number, ownOnly(userOf(request))));
  }
}
