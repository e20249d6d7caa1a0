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
import { WriteOffBill } from './write-off-bill.command.js';
import { WriteOff, WriteOffsParameters } from './write-offs.dto.js';
import { GetWriteOff, ListWriteOffs } from './write-offs.queries.js';

@ApiTags('write-offs')
@Controller('write-offs')
export class WriteOffsController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('leads')
  @ApiCommand(WriteOffBill, {
    operation: 'recordWriteOff',
    summary: 'Writes off what will not be paid of a bill',
    answer: WriteOff,
    approvable: true,
  })
  record(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(WriteOffBill, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidWriteOff', summary: 'Voids a write-off', answer: WriteOff })
  void(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('write_off', number));
  }

  @Get()
  @Permit('signed_in')
  @ApiList(
    'listWriteOffs',
    'Lists write-offs, the last recorded first',
    documentPage(WriteOff),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: WriteOffsParameters): Promise<DocumentPage<WriteOff>> {
    return this.queries.execute(new ListWriteOffs(snapshotQueryOf(request, query), documentFilterOf(request, query)));
  }

  @Get(':number')
  @Permit('signed_in')
  @ApiAnswer('getWriteOff', 'Gets a write-off, with what became of it', WriteOff, 'unknown_document')
  get(@Req() request: ApiRequest, @Param('number') number: string, @Query() query: AsOfParameters): Promise<WriteOff> {
    return this.queries.execute(new GetWriteOff(snapshotQueryOf(request, query), number, ownOnly(userOf(request))));
  }
}
