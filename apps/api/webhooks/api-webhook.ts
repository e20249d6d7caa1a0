import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { TSchema } from 'typebox';
import { ApiIdempotencyKey, ApiProblems } from '../http/openapi.js';
import type { ProblemCode } from '../http/problem.js';
import { openApi } from '../http/schema.js';
import type { Attempt, Webhook } from './webhooks.dto.js';

interface Answered {
  status?: number;
  schema: TSchema;
  example: unknown;
  problems?: ProblemCode[];
}
export function ApiWebhook(
  operation: string,
  summary: string,
  { status = 200, schema, example, problems = [] }: Answered,
) {
  const takes_key = /^(create|change|rotate|replay|test)/.test(operation);
  return applyDecorators(
    ApiOperation({ operationId: operation, summary }),
    ApiLedger(),
    ...(takes_key ? [ApiIdempotencyKey()] : []),
    ApiResponse({
      status,
      description: 'the answer',
      content: { 'application/json': { schema: openApi(schema), example } },
    }),
    ApiProblems('unknown_ledger', ...problems),
  );
}
export function ApiLedger() {
  return ApiHeader({ name: 'Ledger', required: false, schema: { type: 'string', default: 'main' } });
}

export const EXAMPLE: Webhook = {
  webhook_id: '0196f2b1-6c1c-4d21-8a52-3f1f4f0e5f11',
  url: 'https://receiver.example/hooks/ledger',
  description: 'the web shop',
  types: ['SaleRecorded', 'DocumentVoided'],
  active: true,
  disabled_reason: null,
  position: 41,
  sent_position: 40,
  failures: 0,
  failing_since: null,
  next_attempt_at: null,
  old_secret_until: null,
  created_at: '2026-03-02T08:00:00.000Z',
  created_by: 'ada',
};
export const ATTEMPT_EXAMPLE: Attempt = {
  attempt_id: '17',
  message_id: '6d9c5b1f-0c4e-8a3b-9c1d-5e2f7a8b9c0d',
  position: 40,
  type: 'SaleRecorded',
  attempted_at: '2026-03-02T08:00:01.000Z',
  duration_ms: 38,
  status: 204,
  error: null,
};
export const SECRET_EXAMPLE = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=';
