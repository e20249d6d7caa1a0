/** More books than `main`: each ledger is a stream, a currency and a time zone of its own. */
import { Controller, Get, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { Commands } from '../commands/commands.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { ApiProblems } from '../http/openapi.js';
import { ReadModels } from '../read-models.js';
import { NewLedgerBody } from './ledgers.dto.js';
import { OpenLedger } from './open-ledger.command.js';

const ledger_schema = {
  type: 'object',
  required: ['ledger_id', 'currency', 'digits', 'time_zone', 'approval_threshold', 'position'],
  properties: {
    ledger_id: { type: 'string' },
    currency: { type: 'string' },
    digits: { type: 'integer' },
    time_zone: { type: 'string' },
    approval_threshold: { type: 'number' },
    position: { type: 'integer', format: 'int64' },
  },
};

@ApiTags('ledgers')
@ApiBearerAuth()
@Controller('ledgers')
export class LedgersController {
  constructor(
    private readonly commands: Commands,
    private readonly models: ReadModels,
  ) {}

  @Post()
  @Permit('admin')
  @ApiOperation({ operationId: 'openLedger', summary: 'Opens new books' })
  @ApiBody({ type: NewLedgerBody })
  @ApiCreatedResponse({ schema: ledger_schema })
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
  @ApiOkResponse({
    schema: { type: 'object', required: ['data'], properties: { data: { type: 'array', items: ledger_schema } } },
  })
  async list() {
    return { data: await this.models.ledgers() };
  }
}
