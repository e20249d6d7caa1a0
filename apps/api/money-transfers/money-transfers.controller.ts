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
import { Transfer, TransfersParameters } from './money-transfers.dto.js';
import { GetTransfer, ListTransfers } from './money-transfers.queries.js';
import { TransferMoney } from './transfer-money.command.js';

@ApiTags('transfers')
@Controller('transfers')
export class MoneyTransfersController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('records')
  @ApiCommand(TransferMoney, {
    operation: 'recordTransfer',
    summary: 'Moves money from an account to another',
    answer: Transfer,
    approvable: true,
  })
  record(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(TransferMoney, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, {
    operation: 'voidTransfer',
    summary: 'Voids a transfer of money',
    answer: Transfer,
  })
  void(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('transfer', number));
  }

  @Get()
  @Permit('signed_in')
  @ApiList(
    'listTransfers',
    'Lists transfers of money, the last recorded first',
    documentPage(Transfer),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: TransfersParameters): Promise<DocumentPage<Transfer>> {
    return this.queries.execute(new ListTransfers(snapshotQueryOf(request, query), documentFilterOf(request, query)));
  }

  @Get(':number')
  @Permit('signed_in')
  @ApiAnswer('getTransfer', 'Gets a transfer of money, with what became of it', Transfer, 'unknown_document')
  get(@Req() request: ApiRequest, @Param('number') number: string, @Query() query: AsOfParameters): Promise<Transfer> {
    return this.queries.execute(new GetTransfer(snapshotQueryOf(request, query), number, ownOnly(userOf(request))));
  }
}
