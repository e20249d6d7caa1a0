/** More books than `main`: each ledger is a stream, a currency and a time zone of its own. */
import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { instanceToPlain } from 'class-transformer';
import { Matches } from 'class-validator';
import { digitsOf } from '../config.js';
import { ReadModels } from '../read-models.js';
import { Commands } from './commands.js';
import { type Exchange, TheExchange } from './exchange.js';
import { Cost, Text, Whole } from './fields.js';
import { ApiProblems } from './openapi.js';
import { LEDGER_ID } from './request.js';

class NewLedgerBody {
  @ApiProperty({ type: String, pattern: LEDGER_ID.source, example: 'plant-2' })
  @Matches(LEDGER_ID, { message: 'must be 1 to 32 of a-z, 0-9 and dash, beginning with a letter or digit' })
  ledger_id!: string;

  @ApiProperty({ type: String, pattern: '^[A-Z]{3}$', example: 'EUR' })
  @Matches(/^[A-Z]{3}$/, { message: 'must be a currency code of three capital letters' })
  currency!: string;

  /** Default: what the currency has by ISO 4217. */
  @Whole(0, 6, { optional: true })
  digits?: number;

  @Text(64, { optional: true })
  time_zone?: string;

  /** From here on two people are needed. Default 5000.00. */
  @Cost({ optional: true })
  approval_threshold?: number;
}

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
  @ApiOperation({ operationId: 'openLedger', summary: 'Opens new books' })
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
  open(@TheExchange() { request, reply }: Exchange, @Body() body: NewLedgerBody) {
    const { ledger_id, currency, digits = digitsOf(currency), time_zone = 'UTC' } = body;
    // Its decimals as text: how fine they may be is the ledger's to say.
    const { approval_threshold = '5000' } = instanceToPlain(body);
    const command = { type: 'open_ledger' as const, ledger_id, currency, digits, time_zone, approval_threshold };
    return this.commands.give(request, reply, command, 201, ledger_id);
  }

  @Get()
  @ApiOperation({ operationId: 'listLedgers', summary: 'All books there are' })
  @ApiOkResponse({
    schema: { type: 'object', required: ['data'], properties: { data: { type: 'array', items: ledger_schema } } },
  })
  async list() {
    return { data: await this.models.ledgers() };
  }
}
