/** What the audit routes say about themselves. */
import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ApiProblems } from '../http/openapi.js';
import type { ProblemCode } from '../http/problem.js';
import { list, object, type Schema, view } from '../queries/views.js';

const text: Schema = { type: 'string' };
const instant: Schema = { type: 'string', format: 'date-time' };
const count: Schema = { type: 'integer', format: 'int64' };
const money: Schema = { type: 'number', description: 'in major units' };
const anything: Schema = { type: 'object', additionalProperties: true };
const words = (...values: string[]): Schema => ({ type: 'string', enum: values });

export const checkpoint = object({
  ledger: text,
  size: { ...count, description: 'number of events' },
  head_position: count,
  head_hash: text,
  merkle_root: { ...text, description: 'RFC 9162, over the hashes of the events' },
  recorded_at: instant,
  key_id: text,
  public_key: { ...text, description: 'Ed25519, base64url' },
  signature: { ...text, description: 'base64url' },
});
export const checkpoints = object({ data: list(checkpoint), next_cursor: { ...text, nullable: true } });

export const chainHead = object({
  ledger_id: text,
  position: count,
  hash: text,
  recorded_at: instant,
  checkpoint: { ...checkpoint, nullable: true, description: 'the last one' },
});

const proven = object({
  event: object({ position: count, id: text, type: text, data: anything, metadata: anything }),
  path: { ...list(text), description: 'hashes from the leaf up to the root of the checkpoint' },
});
export const proof = object({ format: text, number: text, opening: proven, events: list(proven), checkpoint });

export const state = object(
  {
    ledger_id: text,
    currency: text,
    digits: count,
    position: { ...count, description: 'of the last event that counts; −1 before the first' },
    recorded_at: { ...text, description: 'of that event' },
    stock: list(view('StockAtPlace')),
    stock_value: money,
    trial_balance: object({
      data: list(object({ account_id: text, name: text, type: text, debit: money, credit: money, balance: money })),
      totals: object({ debit: money, credit: money }),
    }),
    profit: { ...money, description: 'income less expenses since the first day' },
  },
  {
    documents: { type: 'object', additionalProperties: count, description: 'how many of each kind; not with as_of' },
    document: { ...anything, description: 'the one asked for by number, where there was one' },
  },
);

const finding = object({ position: count, kind: text, detail: text });
const difference = object({
  table: text,
  key: anything,
  expected: { ...anything, nullable: true },
  found: { ...anything, nullable: true },
});
export const verification = object(
  {
    verification_id: text,
    ledger_id: text,
    status: words('running', 'passed', 'failed'),
    progress: object({ events: count, of: count }),
    requested_by: text,
    requested_at: instant,
  },
  {
    position: { ...count, description: 'everything up to here was compared' },
    head_hash: text,
    checkpoints: count,
    rows_compared: count,
    rows_of: { type: 'object', additionalProperties: count },
    rows_different: count,
    differences: { ...list(difference), description: 'the first hundred' },
    findings: { ...list(finding), description: 'what is wrong with the log itself' },
    error: { ...text, description: 'why it did not come to an end' },
  },
);

/** `content_type` where it is not JSON. */
export function ApiAudit(
  operation: string,
  summary: string,
  {
    status = 200,
    schema = text,
    content_type = 'application/json',
  }: { status?: number; schema?: Schema; content_type?: string },
  ...refusals: ProblemCode[]
) {
  return applyDecorators(
    ApiOperation({ operationId: operation, summary }),
    ApiHeader({ name: 'Ledger', required: false, schema: { type: 'string', default: 'main' } }),
    ApiResponse({ status, description: 'the answer', content: { [content_type]: { schema } } }),
    ApiProblems('unknown_ledger', 'ledger_halted', ...refusals),
  );
}
