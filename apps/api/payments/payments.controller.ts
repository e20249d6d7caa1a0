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
import { Payment, PaymentsParameters } from './payments.dto.js';
import { GetPayment, ListPayments } from './payments.queries.js';
import { RecordPayment } from './record-payment.command.js';

@ApiTags('payments')
@Controller('payments')
export class PaymentsController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('records')
  @ApiCommand(RecordPayment, {
    operation: 'recordPayment',
    summary: 'Records a payment for a sale or a purchase, or for part of it',
    answer: Payment,
    approvable: true,
  })
  record(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RecordPayment, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidPayment', summary: 'Voids a payment', answer: Payment })
  void(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('payment', number));
  }

  @Get()
  @Permit('signed_in')
  @ApiList(
    'listPayments',
    'Lists payments, the last recorded first',
    documentPage(Payment),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: PaymentsParameters): Promise<DocumentPage<Payment>> {
    return this.queries.execute(new ListPayments(snapshotQueryOf(request, query), documentFilterOf(request, query)));
  }

  @Get(':number')
  @Permit('signed_in')
  @ApiAnswer('getPayment', 'Gets a payment, with what became of it', Payment, 'unknown_document')
  get(@Req() request: ApiRequest, @Param('number') number: string, @Query() query: AsOfParameters): Promise<Payment> {
    return this.queries.execute(new GetPayment(snapshotQueryOf(request, query), number, ownOnly(userOf(request))));
  }
}
