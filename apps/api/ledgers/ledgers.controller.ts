import { Controller, Get, Post } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { Commands } from '../commands/commands.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { ApiProblems } from '../http/openapi.js';
import { openApi } from '../http/schema.js';
import { Ledger, Ledgers, NewLedgerBody } from './ledgers.dto.js';
import { ListLedgers } from './list-ledgers.query.js';
import { OpenLedger } from './open-ledger.command.js';

@ApiTags('ledgers')
@ApiBearerAuth()
@Controller('ledgers')
export class LedgersController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('admin')
  @ApiOperation({ operationId: 'openLedger', summary: 'Opens new books' })
  @ApiBody({ type: NewLedgerBody })
  @ApiCreatedResponse({ schema: openApi(Ledger) })
  @ApiProblems(
    'malformed_json',
    'ledger_exists',
    'ledger_halted',
    'validation',
    'idempotency_key_reused',
    'overloaded',
    'clock_ahead',
    'log_unavailable',
    'outcome_unknown',
  )
  open(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(OpenLedger, exchange);
  }

  @Get()
  @Permit('audits')
  @ApiOperation({ operationId: 'listLedgers', summary: 'All books there are' })
  @ApiOkResponse({ schema: openApi(Ledgers) })
  list(): Promise<Ledgers> {
    return this.queries.execute(new ListLedgers());
  }
}
