import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ApiProblems } from '../http/openapi.js';
import type { ProblemCode } from '../http/problem.js';

type Schema = object;

export function ApiAnswer(operation: string, summary: string, schema: Schema, ...refusals: ProblemCode[]) {
  return about(operation, summary, schema, {}, refusals);
}
export function ApiReport(operation: string, summary: string, schema: Schema) {
  return about(operation, summary, schema, { 'text/csv': { schema: { type: 'string' } } }, []);
}

type Content = Record<string, { schema: Schema }>;
function about(operation: string, summary: string, schema: Schema, also: Content, refusals: ProblemCode[]) {
  return applyDecorators(
    ApiOperation({ operationId: operation, summary }),
    ApiHeader({ name: 'Ledger', required: false, schema: { type: 'string', default: 'main' } }),
    ApiHeader({
      name: 'Ledger-Position',
      required: false,
      description: 'as min_position: of the answer to a command, to read what it wrote',
      schema: { type: 'integer', format: 'int64' },
    }),
    ApiResponse({ status: 200, description: 'the answer', content: { 'application/json': { schema }, ...also } }),
    ApiProblems('invalid_parameter', 'unknown_ledger', 'projection_halted', 'projection_behind', ...refusals),
  );
}
