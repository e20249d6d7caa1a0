import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { ApiProblems } from '../http/openapi.js';
import type { ProblemCode } from '../http/problem.js';
import { AddRouteConfig } from '../http/route-config.js';
import { reference } from '../http/schema.js';
import { type CommandClass, recordedStatus } from './ledger-command.js';

export const PROBLEMS_OF_COMMANDS: ProblemCode[] = [
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
  operation: string;
  summary: string;
  answer: object;
  approvable?: boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    command?: object;
  }
}

export const RECORDED_HEADERS = {
  'Ledger-Position': { $ref: '#/components/headers/Ledger-Position' },
  'Idempotency-Replayed': { $ref: '#/components/headers/Idempotency-Replayed' },
};

/** What every command takes. */
export function ApiIdempotent() {
  return applyDecorators(
    ApiHeader({ name: 'Idempotency-Key', required: false, schema: { type: 'string', maxLength: 255 } }),
    ApiQuery({ name: 'dry_run', required: false, schema: { type: 'boolean', default: false } }),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: of any kind of command
export function ApiCommand(command: CommandClass<any>, { operation, summary, answer, approvable }: About) {
  const { spec } = command;
  const status = recordedStatus(spec);
  const schema = answer;
  const approval = reference('Approval');
  const as_if = approvable ? { oneOf: [schema, approval] } : schema;
  const dry = { status: 200, description: 'if recorded', schema: as_if };
  const done = { status, description: 'recorded', schema, headers: RECORDED_HEADERS };
  const waits = { status: 202, description: 'awaits approval', schema: approval, headers: RECORDED_HEADERS };
  return applyDecorators(
    AddRouteConfig({ command }),
    ApiOperation({ operationId: operation, summary }),
    ApiHeader({ name: 'Ledger', required: false, schema: { type: 'string', default: 'main' } }),
    ApiIdempotent(),
    ...(spec.refusals.includes('changed_since')
      ? [
          ApiHeader({
            name: 'If-Match',
            required: false,
            description: 'ETag or "position" of what was read: 412 where it has been changed since',
            schema: { type: 'string' },
          }),
        ]
      : []),
    ...(spec.body === undefined ? [] : [ApiBody({ type: spec.body })]),
    ...(status === 200 ? [] : [ApiResponse(dry)]),
    ApiResponse(done),
    ...(approvable ? [ApiResponse(waits)] : []),
    ApiProblems(...PROBLEMS_OF_COMMANDS, ...spec.refusals),
  );
}
