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
import { RecordSale } from './record-sale.command.js';
import { Sale, SalesParameters } from './sales.dto.js';
import { GetSale, ListSales } from './sales.queries.js';

@ApiTags('sales')
@Controller('sales')
export class SalesController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('records')
  @ApiCommand(RecordSale, {
    operation: 'recordSale',
    summary: 'Records a sale: stock goes out at average cost, and the customer owes its price',
    answer: Sale,
    approvable: true,
  })
  record(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RecordSale, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidSale', summary: 'Voids a sale', answer: Sale })
  void(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('sale', number));
  }

  @Get()
  @Permit('signed_in')
  @ApiList('listSales', 'Lists sales, the last recorded first', documentPage(Sale), 'list_too_broad', 'only_at_present')
  list(@Req() request: ApiRequest, @Query() query: SalesParameters): Promise<DocumentPage<Sale>> {
    return this.queries.execute(new ListSales(snapshotQueryOf(request, query), documentFilterOf(request, query)));
  }

  @Get(':number')
  @Permit('signed_in')
  @ApiAnswer('getSale', 'Gets a sale, with what became of it', Sale, 'unknown_document')
  get(@Req() request: ApiRequest, @Param('number') number: string, @Query() query: AsOfParameters): Promise<Sale> {
    return this.queries.execute(new GetSale(snapshotQueryOf(request, query), number, ownOnly(userOf(request))));
  }
}
