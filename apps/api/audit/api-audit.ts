import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ApiProblems } from '../http/openapi.js';
import type { ProblemCode } from '../http/problem.js';
import { text } from '../http/schema.js';
import { ApiTable } from '../queries/api-answer.js';

export function ApiAudit(
  operation: string,
  summary: string,
  {
    status = 200,
    schema = text,
    content_type = 'application/json',
  }: { status?: number; schema?: object; content_type?: string },
  ...refusals: ProblemCode[]
) {
  return applyDecorators(
    ApiOperation({ operationId: operation, summary }),
    ApiHeader({ name: 'Ledger', required: false, schema: { type: 'string', default: 'main' } }),
    ApiResponse({ status, description: 'the answer', content: { [content_type]: { schema } } }),
    ApiProblems('unknown_ledger', 'ledger_halted', ...refusals),
  );
}
/** Its parameters have a `format`. */
export function ApiAuditTable(operation: string, summary: string, schema: object) {
  return applyDecorators(ApiAudit(operation, summary, { schema }, 'invalid_parameter'), ApiTable(operation, schema));
}
