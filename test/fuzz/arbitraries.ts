/** Requests made of the OpenAPI document: fitting ones, ones with one field wrong, and hostile ones. */
import fc, { type Arbitrary } from 'fast-check';
import {
  type OpenApi,
  type OperationAt,
  type Parameter,
  parametersOf,
  resolved,
  type Schema,
} from '../support/contract.js';

/** One of what is known by then, such as a number of a sale; it is looked up when it is sent. */
export class FromPool {
  constructor(
    readonly pool: string,
    readonly at: number,
  ) {}
}

/** What names what: of bodies and parameters by their name, of paths by their first word. */
const POOLS: Record<string, string> = {
  item_id: 'items',
  supplier_id: 'suppliers',
  customer_id: 'customers',
  location_id: 'locations',
  from_location_id: 'locations',
  to_location_id: 'locations',
  account_id: 'accounts',
  from_account_id: 'accounts',
  to_account_id: 'accounts',
  party_id: 'customers',
  bill_number: 'bills',
  number: 'any',
  cause: 'any',
  cursor: 'cursors',
  created_by: 'users',
  requested_by: 'users',
  actor: 'users',
  username: 'users',
};
const OF_PATHS: Record<string, string> = { stock: 'items', users: 'targets', audit: 'any' };
const INSTANTS = new Set(['effective_at', 'as_of', 'known_at', 'from', 'to', 'versus', 'due_date']);
/** There from the start: no answer is waited for. */
const POSITION_MAX = 10;
const POSITIONS = new Set(['position', 'min_position', 'at']);

export interface FuzzRequest {
  at: OperationAt;
  role: Role;
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  headers: Record<string, unknown>;
  /** Absent: none. Bytes are sent as they are, all else as JSON. */
  body?: unknown;
  /** A command is tried dry before, or sent twice. */
  dry_before: boolean;
  again: 'after' | 'beside' | 'no';
  /** In the place of the ledger, or of the key. */
  strange?: { ledger?: string; key?: string };
}
export const ROLES = ['admin', 'manager', 'staff', 'auditor', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** Would end the session that asks, cost seconds, hash passwords, or call others: only what is refused for its shape is sent. */
const SHAPE_ONLY =
  /^(login|giveSecondFactor|reauthenticate|changePassword|createUser|resetPassword|openLedger|confirmTotp|confirmPasskey|\w+Webhook\w*)$/;
/** These are asked by other specs. `/stream/` never ends. */
const LEFT_OUT =
  /logout|endOtherSessions|endSessionsOfUser|rebuildProjections|^verify$|exportLedger|getMetrics|isReady|^stream/i;

export function requestsOf(document: OpenApi, operations: readonly OperationAt[]): Arbitrary<FuzzRequest> {
  const asked = operations.filter(
    ({ operation, path }) => !LEFT_OUT.test(operation.operationId) && !path.includes('/stream'),
  );
  const by_weight = asked.map((at) => {
    const is_command = isCommand(document, at);
    const weight = is_command ? (/\/(void|reopen)$/.test(at.path) ? 2 : 6) : at.method === 'GET' ? 2 : 1;
    return { weight, arbitrary: requestOf(document, at) };
  });
  return fc.oneof(...by_weight);
}

export function isCommand(document: OpenApi, at: OperationAt): boolean {
  return takesParameter(document, at, 'Idempotency-Key');
}
export function takesParameter(document: OpenApi, { operation }: OperationAt, parameter: string): boolean {
  return parametersOf(document, operation).some(({ name }) => name === parameter);
}

function requestOf(document: OpenApi, at: OperationAt): Arbitrary<FuzzRequest> {
  const parameters = parametersOf(document, at.operation);
  const of = (where: Parameter['in']) => parameters.filter((parameter) => parameter.in === where);
  const query = of('query').filter(({ name }) => name !== 'dry_run');
  return fc.record({
    at: fc.constant(at),
    role: fc.oneof(
      { weight: 6, arbitrary: fc.constant<Role>('admin') },
      { weight: 2, arbitrary: fc.constant<Role>('staff') },
      { weight: 1, arbitrary: fc.constantFrom<Role>(...ROLES) },
    ),
    path: fc.record(Object.fromEntries(of('path').map(({ name }) => [name, pathWord(at.path, name)]))),
    query: sometimes(query, (each) => parameterOf(document, each)),
    headers: sometimes(
      of('header').filter(({ name }) => name !== 'Idempotency-Key' && name !== 'Ledger'),
      (each) => fc.oneof(parameterOf(document, each), fc.constantFrom(...HEADERS)),
    ),
    body: bodyOf(document, at),
    dry_before: fc.nat(3).map((chance) => chance === 0),
    again: fc.constantFrom('after', 'beside', 'no', 'no', 'no', 'no'),
    strange: fc.oneof(
      { weight: 15, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.record({ ledger: fc.constantFrom(...HEADERS, 'no-such-ledger') }) },
      { weight: 1, arbitrary: fc.record({ key: fc.constantFrom(...HEADERS, ' ', 'ä') }) },
    ),
  }) as Arbitrary<FuzzRequest>;
}

function sometimes(
  parameters: readonly Parameter[],
  arbitraryOf: (parameter: Parameter) => Arbitrary<unknown>,
): Arbitrary<Record<string, unknown>> {
  const by_name = Object.fromEntries(
    parameters.map((each) => [each.name, each.required ? arbitraryOf(each) : seldom(arbitraryOf(each))]),
  );
  return fc.record(by_name) as Arbitrary<Record<string, unknown>>;
}

function pathWord(path: string, name: string): Arbitrary<unknown> {
  if (name === 'kind')
    return fc.constantFrom('sale', 'purchase', 'item', 'customer', 'account', 'user', 'approval', 'x');
  const [, , , kind = ''] = path.split('/');
  const pool = OF_PATHS[kind] ?? kind;
  const known = fc.nat().map((at) => new FromPool(pool, at));
  return often(9, known, fc.oneof(fc.constantFrom('nobody-7', '2026-01', '2026-02'), hostileText));
}

function parameterOf(document: OpenApi, { name, schema = {} }: Parameter): Arbitrary<unknown> {
  return often(4, fitting(document, schema, name), fc.oneof(hostileText, fc.constant('')));
}

function bodyOf(document: OpenApi, { operation }: OperationAt): Arbitrary<unknown> {
  const [type = '', media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (media?.schema === undefined) return fc.constant(undefined);
  const good = fitting(document, media.schema, '');
  const wrong = fc.tuple(good, fc.nat(), hostile, fc.nat(9)).map(([body, at, bad, how]) => spoilt(body, at, bad, how));
  const raw = fc.oneof(fc.constantFrom(...BYTES), fc.json({ maxDepth: 3 }), fc.uint8Array({ maxLength: 40 }));
  const bodies = SHAPE_ONLY.test(operation.operationId)
    ? [{ weight: 1, arbitrary: fc.record({ no_such_field: fc.integer() }) }]
    : [
        { weight: 8, arbitrary: good },
        { weight: 3, arbitrary: wrong },
      ];
  const sent = fc.oneof(...bodies, { weight: 1, arbitrary: hostile }, { weight: 1, arbitrary: raw.map(asBytes) });
  if (type === 'text/csv') return tables();
  if (!type.includes('ndjson')) return sent;
  return fc.array(good, { minLength: 1, maxLength: 4 }).map((lines) => new Lines(lines));
}

/** NDJSON of them. */
export class Lines {
  constructor(readonly lines: unknown[]) {}
}
/** CSV of them: the first row has the names of the columns. */
export class Table {
  constructor(readonly rows: readonly (readonly unknown[])[]) {}
}
const COLUMNS = [
  'number',
  'customer_id',
  'supplier_id',
  'item_id',
  'account_id',
  'bill_number',
  'name',
  'kind',
  'quantity',
];
const OTHER_COLUMNS = [
  'unit_price',
  'counted_quantity',
  'reason',
  'side',
  'amount',
  'description',
  'type',
  'active',
  '=x',
  '',
];
function tables(): Arbitrary<Table> {
  return fc.subarray([...COLUMNS, ...OTHER_COLUMNS], { minLength: 1 }).chain((columns) => {
    const cell = (name: string) =>
      often(
        9,
        fc.oneof(
          ...(name in POOLS ? [fc.nat().map((at) => new FromPool(POOLS[name]!, at))] : []),
          fc.constantFrom('', '1', '2', '1.5', '3,5', 'other', 'true', 'debit', 'credit'),
        ),
        hostileText,
      );
    const rows = fc.array(fc.tuple(...columns.map(cell)), { maxLength: 5 });
    return rows.map((cells) => new Table([columns, ...cells]));
  });
}
function asBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? new TextEncoder().encode(value) : value;
}

/** One in five: of many optional fields a few. */
function seldom<T>(value: Arbitrary<T>): Arbitrary<T | undefined> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

function often<T, U>(weight: number, one: Arbitrary<T>, other: Arbitrary<U>): Arbitrary<T | U> {
  return fc.oneof({ weight, arbitrary: one }, { weight: 1, arbitrary: other });
}

/** A value that the schema allows, as far as JSON Schema says it. */
export function fitting(document: OpenApi, given: Schema, name: string): Arbitrary<unknown> {
  const schema = resolved<Schema>(document, given);
  const value = fittingOf(document, schema, name);
  return schema.nullable ? often(9, value, fc.constant(null)) : value;
}

function fittingOf(document: OpenApi, schema: Schema, name: string): Arbitrary<unknown> {
  const { type, enum: words, oneOf, allOf, items = {} } = schema;
  if (allOf?.length === 1) return fitting(document, allOf[0]!, name);
  if (words !== undefined) return fc.constantFrom(...words);
  if (oneOf !== undefined) return fc.oneof(...oneOf.map((each) => fitting(document, each, name)));
  switch (type) {
    case 'string':
      return textOf(schema, name);
    case 'integer':
      return wholeOf(schema, name);
    case 'number':
      return amountOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'array': {
      const { minItems = 0, maxItems = 3 } = schema;
      return fc.array(fitting(document, items, name), {
        minLength: minItems,
        maxLength: Math.min(maxItems, minItems + 2),
      });
    }
    default:
      return objectOf(document, schema);
  }
}

function objectOf(document: OpenApi, { properties, required = [] }: Schema): Arbitrary<unknown> {
  if (properties === undefined)
    return fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 });
  const fields = Object.entries(properties).map(([name, schema]) => {
    const value = fitting(document, schema, name);
    return [name, required.includes(name) ? value : seldom(value)] as const;
  });
  return fc.record(Object.fromEntries(fields)).map((body) => JSON.parse(JSON.stringify(body, keep), revive));
}
/** Undefined fields are left out; references to pools stay. */
const POOL = '\u0000pool';
const keep = (_: string, value: unknown) => (value instanceof FromPool ? { [POOL]: value.pool, at: value.at } : value);
const revive = (_: string, value: unknown) =>
  typeof value === 'object' && value !== null && POOL in value
    ? new FromPool(value[POOL] as string, (value as unknown as FromPool).at)
    : value;

function textOf({ pattern, format, minLength = 0, maxLength = 40 }: Schema, name: string): Arbitrary<unknown> {
  if (INSTANTS.has(name))
    return fc.constantFrom(...(name === 'due_date' || format === 'date' ? DAYS : [...DAYS, ...MOMENTS]));
  if (POSITIONS.has(name)) return fc.nat(POSITION_MAX).map(String);
  if (name in POOLS)
    return often(
      19,
      fc.nat().map((at) => new FromPool(POOLS[name]!, at)),
      fc.constant('nobody-7'),
    );
  if (format === 'date') return fc.constantFrom(...DAYS);
  if (name.endsWith('_id')) return fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 12)), unit: 'grapheme' });
}
const DAYS = ['2026-01-05', '2026-01-31', '2026-02-10', '2026-02-28', '2026-03-01'];
const MOMENTS = ['2026-01-05T08:00:00Z', '2026-02-10T09:30:00.125+02:00', '2026-02-28T23:59:59.999Z'];

function wholeOf({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: Schema, name: string): Arbitrary<number> {
  // Nothing ends by itself meanwhile.
  if (name === 'ttl_seconds') return fc.integer({ min: 3600, max: maximum });
  if (POSITIONS.has(name) || name === 'Ledger-Position') return fc.nat(POSITION_MAX);
  const near = fc.integer({ min: minimum, max: Math.min(maximum, minimum + 30) });
  return often(19, near, fc.constantFrom(minimum, maximum, Math.floor(maximum / 2)));
}

function amountOf({ minimum }: Schema): Arbitrary<number> {
  const cents = fc.integer({ min: minimum === undefined ? -100_000 : 1, max: 200_000 }).map((each) => each / 100);
  return often(19, cents, fc.constantFrom(0.01, 0.000001, 9_999_999_999_999.99, 999_999_999_999_999, 0));
}

const TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e',
  '../../etc/passwd',
  "'; DROP TABLE items;--",
  '%00',
  '%ff',
  '__proto__',
  'constructor',
  '$all',
  '=1+1',
  'x'.repeat(70_000),
  '9007199254740993',
  '1e308',
  '-0',
  'NaN',
  'null',
  '2025-02-29',
  '9999-12-31',
  '0000-01-01',
  '2026-03-01T00:00:00+14:00',
];
const hostileText = fc.oneof(
  fc.constantFrom(...TEXTS.filter((text) => text.length < 5000)),
  fc.string({ maxLength: 20, unit: 'binary' }),
);
const hostile: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...TEXTS),
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], [{}], { a: { b: {} } }),
  fc.constantFrom<unknown>(-1, 0, -0, 0.1, 1.5, 1e21, 1e308, -1e308, 2 ** 53, 1e12 + 1, 999_999_999_999_999.9, 5e-324),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue({ maxDepth: 2 }),
  fc.array(fc.constant({}), { minLength: 501, maxLength: 502 }),
);
const HEADERS = ['-1', '0', '1.5', '1e3', '9007199254740993', '99999999999999999999', 'x', '*', '%00', 'a'.repeat(300)];
const BYTES = [
  '',
  '{',
  '{"a":1,"a":2}',
  '{"__proto__":{}}',
  '[1e999]',
  `${'['.repeat(3000)}${']'.repeat(3000)}`,
  '{"a":01}',
  '\ufeff{}',
  '{"a":"\\ud800"}',
  'null',
  '1',
  '"x"',
].map((text) => new TextEncoder().encode(text));

/** One place of the body is replaced, taken away, or joined by a field that is not expected. */
function spoilt(body: unknown, at: number, bad: unknown, how: number): unknown {
  const places = placesIn(body);
  if (places.length === 0) return bad;
  const place = places[at % places.length]!;
  return changed(body, place, (parent, key) => {
    if (how === 0) delete parent[key];
    else if (how === 1) parent[`${key}_`] = bad;
    else Object.defineProperty(parent, key, { value: bad, enumerable: true, writable: true, configurable: true });
  });
}

type Path = (string | number)[];
function placesIn(value: unknown, within: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || value instanceof FromPool) return [];
  return Object.entries(value).flatMap(([name, each]) => [[...within, name], ...placesIn(each, [...within, name])]);
}
function changed(body: unknown, place: Path, change: (parent: Record<string, unknown>, key: string) => void): unknown {
  const copy = JSON.parse(JSON.stringify(body, keep), revive);
  const parent = place.slice(0, -1).reduce((at, name) => at[name], copy);
  change(parent, `${place.at(-1)}`);
  return copy;
}
