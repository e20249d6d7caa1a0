/** What the routes that give orders say about themselves in OpenAPI: body, answers, headers and every problem. */
import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { ApiProblems } from '../http/openapi.js';
import type { ProblemCode } from '../http/problem.js';
import { type ViewName, view } from '../queries/views.js';
import { ORDERS, type OrderWord, recordedStatus } from './orders.js';

/** What any order may be answered with. */
const OF_ANY_ORDER: ProblemCode[] = [
  'validation',
  'malformed_json',
  'invalid_parameter',
  'invalid_idempotency_key',
  'idempotency_key_reused',
  'unknown_ledger',
  'ledger_halted',
  'payload_too_large',
  'unsupported_media_type',
  'overloaded',
  'clock_ahead',
  'log_unavailable',
  'outcome_unknown',
];

interface About {
  /** For generated clients: recordSale. */
  operation: string;
  summary: string;
  answer: ViewName;
  /** It may have to wait for a second pair of eyes. */
  approvable?: boolean;
}

const LEDGER_POSITION = {
  'Ledger-Position': { description: 'position of the ledger after this', schema: { type: 'integer' as const } },
  'Idempotency-Replayed': {
    description: 'true where the key was known and this is the first answer again',
    schema: { type: 'string' as const, enum: ['true'] },
  },
};

export function ApiOrder(word: OrderWord, { operation, summary, answer, approvable }: About) {
  const status = recordedStatus(word);
  const { body, named, refusals } = ORDERS[word];
  const schema = view(answer);
  const as_if = approvable ? { oneOf: [schema, view('Approval')] } : schema;
  const dry = { status: 200, description: 'the answer as if, of a dry run', schema: as_if };
  const done = { status, description: 'recorded', schema, headers: LEDGER_POSITION };
  const waits = { status: 202, description: 'waits for approval', schema: view('Approval'), headers: LEDGER_POSITION };
  return applyDecorators(
    ApiOperation({ operationId: operation, summary }),
    ApiHeader({ name: 'Idempotency-Key', required: false, schema: { type: 'string', maxLength: 255 } }),
    ApiHeader({ name: 'Ledger', required: false, schema: { type: 'string', default: 'main' } }),
    ApiQuery({ name: 'dry_run', required: false, schema: { type: 'boolean', default: false } }),
    ...(named === undefined ? [] : [ApiParam({ name: pathName(ORDERS[word].route), schema: { type: 'string' } })]),
    ...(body === undefined ? [] : [ApiBody({ type: body as Type })]),
    ...(status === 201 ? [ApiResponse(dry)] : []),
    ApiResponse(done),
    ...(approvable ? [ApiResponse(waits)] : []),
    ApiProblems(...OF_ANY_ORDER, ...refusals),
  );
}

const LINES = 'One line for each, ended by a newline.';

export function ApiBatch() {
  return applyDecorators(
    ApiOperation({
      operationId: 'recordBatch',
      summary: 'Many orders in one request, streamed both ways',
      description:
        'Lines are carried out in their order; one that is refused does not stop the rest. Answers come while lines are still being ' +
        'sent, in the same order: read them meanwhile, for a client that does not is not read from either. With `atomic=true` all ' +
        'lines are recorded in one append or none is, and the problem names the `line`.',
    }),
    ApiHeader({ name: 'Ledger', required: false, schema: { type: 'string', default: 'main' } }),
    ApiQuery({ name: 'atomic', required: false, schema: { type: 'boolean', default: false } }),
    ApiQuery({ name: 'dry_run', required: false, schema: { type: 'boolean', default: false } }),
    ApiConsumes('application/x-ndjson'),
    ApiBody({ description: LINES, schema: view('BatchLine') }),
    ApiResponse({
      status: 200,
      description: LINES,
      content: { 'application/x-ndjson': { schema: view('BatchResult') } },
    }),
    ApiProblems(
      ...OF_ANY_ORDER,
      ...new Set<ProblemCode>(['batch_too_large', ...Object.values(ORDERS).flatMap(({ refusals }) => refusals)]),
    ),
  );
}

/** "POST /sales/:number/void" names `number`. */
function pathName(route: string): string {
  return /:(\w+)/.exec(route)![1]!;
}
