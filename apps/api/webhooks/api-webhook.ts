import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { TSchema } from 'typebox';
import { ApiIdempotencyKey, ApiProblems } from '../http/openapi.js';
import type { ProblemCode } from '../http/problem.js';
import { openApi } from '../http/schema.js';
import { ApiTable } from '../queries/api-answer.js';

interface Answered {
  status?: number;
  schema: TSchema;
  problems?: ProblemCode[];
}
export function ApiWebhook(operation: string, summary: string, { status = 200, schema, problems = [] }: Answered) {
  const takes_key = /^(create|change|rotate|replay|test)/.test(operation);
  return applyDecorators(
    ApiOperation({ operationId: operation, summary }),
    ApiLedger(),
    ...(takes_key ? [ApiIdempotencyKey()] : []),
    ApiResponse({ status, description: 'the answer', content: { 'application/json': { schema: openApi(schema) } } }),
    ApiProblems('unknown_ledger', ...problems),
  );
}
/** Its parameters have a `format`. */
export function ApiWebhooks(operation: string, summary: string, schema: TSchema, ...problems: ProblemCode[]) {
  return applyDecorators(
    ApiOperation({ operationId: operation, summary }),
    ApiLedger(),
    ApiTable(operation, schema),
    ApiProblems('invalid_parameter', 'unknown_ledger', ...problems),
  );
}
export function ApiLedger() {
  return ApiHeader({ name: 'Ledger', required: false, schema: { type: 'string', default: 'main' } });
}
