/** The problems of the OpenAPI document: a schema for each code, and a response for each set of codes, named where several operations share it. */
import type { OpenAPIObject } from '@nestjs/swagger';
import Type from 'typebox';
import { PROBLEMS, type ProblemCode } from './problem.js';
import { PROBLEM_DETAILS } from './problem-details.js';

type Components = NonNullable<OpenAPIObject['components']>;
type Schema = NonNullable<Components['schemas']>[string];
export type Response = NonNullable<Components['responses']>[string];

/** Any request may be answered so. */
const ANY: readonly ProblemCode[] = [
  'malformed_request',
  'malformed_json',
  'invalid_parameter',
  'request_timeout',
  'payload_too_large',
  'uri_too_long',
  'unsupported_media_type',
  'rate_limited',
  'too_many_requests',
  'headers_too_large',
  'internal_error',
  'overloaded',
  'unavailable',
];
const ANY_QUERY: readonly ProblemCode[] = [...ANY, 'unknown_ledger', 'projection_halted', 'projection_behind'];
const ANY_COMMAND: readonly ProblemCode[] = [
  ...ANY,
  'validation',
  'invalid_idempotency_key',
  'idempotency_key_reused',
  'unknown_ledger',
  'ledger_halted',
  'clock_ahead',
  'log_unavailable',
  'outcome_unknown',
];
const FORBIDDEN: readonly ProblemCode[] = [
  'forbidden',
  'second_factor_required',
  'password_change_required',
  'enrolment_required',
];

const WORDS: Record<number, [name: string, description: string]> = {
  400: ['BadRequest', 'The request is malformed.'],
  401: ['Unauthorized', 'Who asks is not known.'],
  403: ['Forbidden', 'Who asks may not do this.'],
  404: ['NotFound', 'What the request names is not there.'],
  409: ['Conflict', 'The books do not allow it as they stand. Nothing was recorded.'],
  412: ['PreconditionFailed', 'It is no longer what was read. Nothing was recorded.'],
  413: ['TooLarge', 'More than one request can hold.'],
  422: ['Unprocessable', 'The request is well-formed, but not valid. Nothing was recorded.'],
  429: ['TooManyRequests', 'Asked too often; Retry-After says how long to wait.'],
  503: ['Unavailable', 'Not now; Retry-After says how long to wait.'],
};

const RETRY_AFTER = { 'Retry-After': { $ref: '#/components/headers/Retry-After' } };
const HEADERS: Record<number, NonNullable<Exclude<Response, { $ref: string }>['headers']>> = {
  401: { 'WWW-Authenticate': { description: 'Bearer', schema: { type: 'string' } } },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};
export const PROBLEM_HEADERS: NonNullable<Components['headers']> = {
  'Retry-After': { description: 'seconds', schema: { type: 'integer' } },
};

interface Asked {
  is_public: boolean;
  /** Only where password and second factor were given just now. */
  is_fresh: boolean;
}

/** What an operation may be answered, by status; `default` where it may be so of any operation of its kind. */
export function problemsOf(own: readonly ProblemCode[], { is_public, is_fresh }: Asked): Map<string, ProblemCode[]> {
  const any = own.includes('idempotency_key_reused')
    ? ANY_COMMAND
    : own.includes('projection_behind') || own.includes('ledger_halted')
      ? ANY_QUERY
      : ANY;
  const who: readonly ProblemCode[] = is_public
    ? []
    : ['unauthenticated', ...FORBIDDEN, ...(is_fresh ? (['reauthentication_required'] as const) : [])];
  const special = new Set([...who, ...own].filter((code) => !any.includes(code)));
  const statuses = new Set([...special].map((code) => PROBLEMS[code].status));
  const explicit = [...special, ...any].filter((code) => statuses.has(PROBLEMS[code].status));
  const by_status = Map.groupBy(explicit, (code) => `${PROBLEMS[code].status}`);
  return by_status.set('default', [...any]);
}

/** Gives one name to each answer that more than one operation has. */
export class SharedResponses {
  private readonly all = new Map<
    string,
    { name: string; response: Response; uses: [Record<string, Response>, string][] }
  >();

  add(responses: Record<string, Response>, status: string, codes: readonly ProblemCode[], operation_id: string): void {
    this.set(responses, status, responseOf(status, codes), nameOf(status, codes, operation_id));
  }

  set(responses: Record<string, Response>, status: string, response: Response, name: string): void {
    const key = JSON.stringify(response);
    const known = this.all.get(key) ?? { name, response, uses: [] };
    this.all.set(key, known);
    responses[status] = response;
    known.uses.push([responses, status]);
  }

  /** @returns those of several operations by name; references stand in their places now */
  share(): Record<string, Response> {
    const shared: Record<string, Response> = {};
    for (const { name, response, uses } of this.all.values()) {
      if (uses.length === 1) continue;
      if (name in shared) throw new Error(`Two responses are called ${name}.`);
      shared[name] = response;
      for (const [responses, status] of uses) responses[status] = { $ref: `#/components/responses/${name}` };
    }
    return shared;
  }
}

function nameOf(status: string, codes: readonly ProblemCode[], operation_id: string): string {
  if (status === 'default')
    return codes.length === ANY.length ? 'AnyRequest' : codes.includes('validation') ? 'AnyCommand' : 'AnyQuery';
  if (status === '403' && codes.every((code) => FORBIDDEN.includes(code))) return 'Forbidden';
  if (codes.length <= 2) return codes.map(problemSchemaName).join('Or');
  return `${pascal(operation_id)}${WORDS[Number(status)]![0]}`;
}

function responseOf(status: string, codes: readonly ProblemCode[]): Response {
  const refs = codes.map((code) => ({ $ref: `#/components/schemas/${problemSchemaName(code)}` }));
  const description = status === 'default' ? 'Any request may be answered so.' : WORDS[Number(status)]![1];
  const headers = HEADERS[Number(status)];
  return {
    description,
    ...(headers && { headers }),
    content: { 'application/problem+json': { schema: refs.length === 1 ? refs[0]! : { oneOf: refs } } },
  };
}

export function problemSchemaName(code: ProblemCode): string {
  return pascal(code);
}
function pascal(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const PROBLEM: Schema = {
  type: 'object',
  description: 'RFC 9457. `code` is stable: switch on it. Each code has a schema of its own, with its details.',
  required: ['type', 'title', 'status', 'detail', 'code', 'error', 'retry', 'trace_id'],
  properties: {
    type: {
      type: 'string',
      format: 'uri-reference',
      description: 'where the code is explained',
      example: '/docs/problems',
    },
    title: { type: 'string', example: 'The title' },
    status: { type: 'integer' },
    detail: {
      type: 'string',
      description: 'for people: the title, with the details',
      example: 'The title, with the details.',
    },
    code: { type: 'string', enum: Object.keys(PROBLEMS) },
    error: { type: 'string', description: 'the short sentence, which is the title', example: 'The title' },
    retry: { type: 'boolean', description: 'whether the same request may succeed later' },
    trace_id: { type: 'string', example: '0af7651916cd43dd8448eb211c80319c' },
    line: { type: 'integer', description: 'of an atomic batch or of a CSV file: the line that is wrong', example: 3 },
  },
};

/** Those of one status extend a schema that says it. */
export function problemSchemas(): Record<string, Schema> {
  const codes = Object.keys(PROBLEMS) as ProblemCode[];
  const of_statuses = [...Map.groupBy(codes, (code) => PROBLEMS[code].status)].filter(([, { length }]) => length > 1);
  const bases = of_statuses.map(([status, of_status]) => {
    const retries = new Set(of_status.map((code) => PROBLEMS[code].retry));
    const retry = retries.size === 1 ? [...retries][0] : undefined;
    return { status, retry, schema: extending('Problem', { type: 'object', properties: fixed({ status, retry }) }) };
  });
  const own = codes.map((code) => {
    const base = bases.find(({ status }) => status === PROBLEMS[code].status);
    return [problemSchemaName(code), schemaOf(code, base)];
  });
  const named = bases.map(({ status, schema }) => [`Problem${status}`, schema]);
  return { Problem: PROBLEM, ...Object.fromEntries([...named, ...own]) };
}

function extending(name: string, own: Schema, description?: string): Schema {
  return { ...(description && { description }), allOf: [{ $ref: `#/components/schemas/${name}` }, own] };
}
function fixed({ status, retry }: { status?: number | undefined; retry?: boolean | undefined }) {
  return {
    ...(status !== undefined && { status: { type: 'integer' as const, enum: [status] } }),
    ...(retry !== undefined && { retry: { type: 'boolean' as const, enum: [retry] } }),
  };
}

function schemaOf(code: ProblemCode, base?: { status: number; retry?: boolean | undefined }): Schema {
  const { required = [], properties } = Type.Object(PROBLEM_DETAILS[code]) as unknown as {
    required?: string[];
    properties: Record<string, Schema>;
  };
  const { title, status, retry } = PROBLEMS[code];
  const details = Object.entries(properties).map(([field, schema]) => [
    field,
    '$ref' in schema ? schema : { ...schema, example: EXAMPLES[code]?.[field] ?? EXAMPLE_OF[field] },
  ]);
  const own: Schema = {
    type: 'object',
    required: ['code', ...required],
    properties: {
      code: { type: 'string', enum: [code] },
      ...fixed(base === undefined ? { status, retry } : base.retry === undefined ? { retry } : {}),
      ...Object.fromEntries(details),
    },
  };
  return extending(base === undefined ? 'Problem' : `Problem${status}`, own, title);
}

const NOW = '2026-04-01T08:00:00.000Z';
const UUID = 'b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e';
const FIELD_ERRORS = [{ path: 'line_items.0.quantity', message: 'is required' }];

const EXAMPLES: Partial<Record<ProblemCode, Record<string, unknown>>> = {
  unknown_ledger: { ledger_id: 'plant-2' },
  batch_too_large: { events: 612, bytes: 301_442, events_max: 500, bytes_max: 786_432 },
  effective_in_future: { effective_at: '2026-05-01T00:00:00.000Z', recorded_at: NOW },
  already_exists: { item_id: 'bottle-500ml' },
  changed_since: { item_id: 'bottle-500ml', position: 30 },
  not_empty: { item_id: 'bottle-500ml', location_id: 'yard', on_hand: 4300 },
  not_payable: { number: 'BL-260304-0001', kind: 'blow' },
  not_returnable: { number: 'BL-260304-0001', kind: 'blow' },
  not_voidable: { number: 'AP-260303-0001', kind: 'approval' },
  not_costable: { number: 'SO-260309-0001', kind: 'sale' },
  backdated_beyond_history: { item_id: 'bottle-500ml', location_id: 'main', checked_from: '2026-02-01T00:00:00.000Z' },
  amount_out_of_bounds: { account_id: 'bank', at_most: 9_999_999_999_999.99 },
  sold_out: { flash_sale_id: 'FS-260401-0001', remaining: 1, requested: 2 },
  exceeds_customer_limit: { per_customer_max: 2, taken: 1, requested: 2 },
  insufficient_funds: { account_id: 'savings', available: 0, requested: 7000, shortage: 7000 },
  invalid_parameter: { errors: [{ path: 'limit', message: 'must be a whole number from 1 to 1000' }] },
  forbidden: { role: 'staff' },
  unknown_record: { session_id: 'b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e' },
  payload_too_large: { members_max: 100_000 },
  unavailable: { missing: ['read_models'] },
};

const EXAMPLE_OF: Record<string, unknown> = {
  webhook_id: UUID,
  webhooks_max: 2000,
  verification_id: UUID,
  session_id: UUID,
  on_hand: 4300,
  more_errors: 3,
  months_max: 120,
  missing: ['read_models'],
  members_max: 100_000,
  lines_max: 500,
  key_id: UUID,
  halted: [],
  flash_sale_id: 'FS-260401-0001',
  first_month: '1990-01',
  factor_id: UUID,
  events_max: 500,
  events: 612,
  difference: -50,
  decided_by: 'mia',
  counted_at_position: 27,
  checked_from: '2026-02-01T00:00:00.000Z',
  bytes_max: 786_432,
  bytes: 301_442,
  breakers: { postgres: 'open' },
  balance: 250,
  at: '2026-03-12T10:00:00.000Z',
  accepted_from: '2026-03-20T00:00:00.000Z',
  account_id: 'savings',
  account_type: 'expense',
  allowed: ['GET', 'HEAD', 'POST'],
  approval_id: 'AP-260303-0001',
  approval_status: 'approved',
  at_most: 999_999_999_999,
  available: 14_000,
  closed_through: '2026-03',
  counted_at: '2026-03-31T18:00:00.000Z',
  current_month: '2026-04',
  customer_id: 'CUST-001',
  document_effective_at: '2026-03-09T09:00:00.000Z',
  effective_at: '2026-03-02T00:00:00.000Z',
  errors: FIELD_ERRORS,
  excess: 500,
  expires_at: '2026-04-01T07:59:59.000Z',
  first_open_month: '2026-04',
  idempotency_key: 'first-preforms',
  item_id: 'bottle-500ml',
  kind: 'sale',
  late_costs: ['LC-260305-0001'],
  ledger_id: 'main',
  limit: 'command-user',
  location_id: 'main',
  locked_until: '2026-04-01T08:15:00.000Z',
  log_time: '2026-04-01T05:00:00.000Z',
  min_position: 31,
  month: '2026-03',
  moved: -500,
  movements_max: 100_000,
  now: NOW,
  number: 'SO-260309-0001',
  open: 1675,
  order_id: 'OR-260401-0001',
  order_status: 'confirmed',
  parameters: ['sort'],
  payments: ['PY-260310-0001'],
  position: 30,
  reason: 'the hash of its event 31 is not that of its bytes',
  recorded_at: NOW,
  requested: 15_000,
  requested_by: 'sam',
  reservation_id: 'RV-260401-0001',
  reservation_status: 'released',
  reserved: 3000,
  returnable: 19_500,
  returns: ['RT-260311-0001'],
  starts_at: '2026-04-01T10:00:00.000Z',
  role: 'staff',
  rows_max: 10_000,
  shortage: 1000,
  streams_max: 10,
  supplier_id: 'SUP-PET',
  type: 'sales',
  username: 'sam',
  write_offs: ['WO-260331-0001'],
};
