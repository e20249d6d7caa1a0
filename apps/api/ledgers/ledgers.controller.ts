import { Controller, Get, Post, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { isPermittedIn, Permit } from '../auth/permit.js';
import { ApiIdempotent, RECORDED_HEADERS } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { CurrentExchange, type Exchange } from '../http/exchange.js';
import { ApiProblems } from '../http/openapi.js';
import { CurrentPrincipal, type Principal } from '../http/request.js';
import { openApi } from '../http/schema.js';
import { ApiTable } from '../queries/api-answer.js';
import { FormatParameters } from '../queries/parameters.js';
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
  @Permit('runs_system')
  @ApiOperation({ operationId: 'openLedger', summary: 'Opens a new ledger' })
  @ApiIdempotent()
  @ApiOkResponse({ description: 'if recorded', schema: openApi(Ledger) })
  @ApiBody({ type: NewLedgerBody })
  @ApiCreatedResponse({ description: 'recorded', schema: openApi(Ledger), headers: RECORDED_HEADERS })
  @ApiProblems(
    'malformed_json',
    'ledger_exists',
    'ledger_halted',
    'validation',
    'invalid_idempotency_key',
    'idempotency_key_reused',
    'overloaded',
    'clock_ahead',
    'log_unavailable',
    'outcome_unknown',
  )
  open(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(OpenLedger, exchange);
  }

  @Get()
  @Permit('audits_any')
  @ApiOperation({ operationId: 'listLedgers', summary: 'Lists the ledgers that you may audit' })
  @ApiTable('listLedgers', Ledgers)
  @ApiProblems('invalid_parameter')
  list(@CurrentPrincipal() principal: Principal, @Query() _: FormatParameters): Promise<Ledgers> {
    return this.queries.execute(new ListLedgers((ledger_id) => isPermittedIn(principal, ledger_id, 'audits_any')));
  }
}
