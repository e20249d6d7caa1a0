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
import { Purchase, PurchasesParameters } from './purchases.dto.js';
import { GetPurchase, ListPurchases } from './purchases.queries.js';
import { RecordPurchase } from './record-purchase.command.js';

@ApiTags('purchases')
@Controller('purchases')
export class PurchasesController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('records')
  @ApiCommand(RecordPurchase, {
    operation: 'recordPurchase',
    summary: 'Records a purchase: stock comes in at its price, and we owe it to the supplier',
    answer: Purchase,
    approvable: true,
  })
  record(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RecordPurchase, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidPurchase', summary: 'Voids a purchase', answer: Purchase })
  void(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('purchase', number));
  }

  @Get()
  @Permit('signed_in')
  @ApiList(
    'listPurchases',
    'Lists purchases, the last recorded first',
    documentPage(Purchase),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: PurchasesParameters): Promise<DocumentPage<Purchase>> {
    return this.queries.execute(new ListPurchases(snapshotQueryOf(request, query), documentFilterOf(request, query)));
  }

  @Get(':number')
  @Permit('signed_in')
  @ApiAnswer('getPurchase', 'Gets a purchase, with what became of it', Purchase, 'unknown_document')
  get(@Req() request: ApiRequest, @Param('number') number: string, @Query() query: AsOfParameters): Promise<Purchase> {
    return this.queries.execute(new GetPurchase(snapshotQueryOf(request, query), number, ownOnly(userOf(request))));
  }
}
