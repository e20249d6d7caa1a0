/** Examples for the OpenAPI document, from what was asked and answered in a run: one for each schema, and for what has none. */
import { exampleKey, hasExample } from '../../apps/api/http/openapi-document.js';
import { differences, type OpenApi, operationAt, resolved, responseTo, type Schema } from './contract.js';
import type { Exchange } from './recorder.js';

export type Examples = Record<string, unknown>;

export interface Run {
  began_at_ms: number;
  ended_at_ms: number;
}

/** Of answers the first, of bodies the one with the most fields. Dry runs and refusals are left out. */
export function examplesOf(served: OpenApi, present: Examples, exchanges: readonly Exchange[], run: Run): Examples {
  const document = withoutExamples(served, present);
  const bodies = new Map<string, unknown>();
  const answers = new Map<string, unknown>();
  const others = new Map<string, { schema: Schema | undefined; value: unknown }>();
  for (const { method, path, request, status, answer } of exchanges) {
    const { pathname, searchParams } = new URL(path, 'http://any');
    const found = operationAt(document, method, pathname);
    if (found === undefined || status >= 300 || searchParams.has('dry_run')) continue;
    const { operation } = found;
    const keep = (what: string, { type, body }: Exchange['answer'], schema: Schema | undefined) => {
      if (body === '') return;
      const is_text = !type.includes('json') || schema?.type === 'string';
      const value = cut(
        type === 'text/csv'
          ? shortTable(body)
          : is_text
            ? lines(body)
            : JSON.parse(type.includes('ndjson') ? firstLine(body) : body),
      );
      const key = exampleKey(operation.operationId, what, type);
      if (!others.has(key)) others.set(key, { schema, value });
      if (what !== 'body') collect(document, schema, value, answers);
      else if (schema?.$ref !== undefined) keepRichest(bodies, nameIn(schema.$ref), value);
    };
    keep('body', request, operation.requestBody?.content[request.type]?.schema);
    keep(`${status}`, answer, responseTo(document, operation, status)?.content?.[answer.type]?.schema);
  }
  const by_schema = new Map([...answers, ...bodies]);
  const schemas = Object.fromEntries(
    Object.entries(document.components.schemas).map(([name, schema]) => [
      name,
      by_schema.has(name) ? { ...schema, example: by_schema.get(name) } : schema,
    ]),
  );
  for (const [key, { schema, value }] of others)
    if (!hasExample(schema as never, schemas as never)) by_schema.set(key, value);
  const examples = [...by_schema].sort(([a], [b]) => (a < b ? -1 : 1));
  return cleaned(Object.fromEntries(examples), run) as Examples;
}

function withoutExamples(served: OpenApi, present: Examples): OpenApi {
  const schemas = Object.entries(served.components.schemas).map(([name, schema]) => {
    const { example, ...rest } = schema;
    return [name, name in present ? rest : schema];
  });
  return { ...served, components: { ...served.components, schemas: Object.fromEntries(schemas) } };
}

const nameIn = (ref: string) => ref.split('/').at(-1)!;
const firstLine = (body: string) => body.split('\n', 1)[0]!;
const TABLE_MAX = 80;
/** Some forty lists have one. Half an instant or UUID would be of this run. */
function shortTable(body: string): string {
  const text = lines(body);
  return text.length > TABLE_MAX ? `${text.slice(0, TABLE_MAX).replace(/(?<=[,\n])[\da-f][\da-fT:.-]*$/, '')}…` : text;
}
const lines = (body: string) => `${body.split('\n').slice(0, 2).join('\n').trimEnd()}\n`;

function keepRichest(bodies: Map<string, unknown>, name: string, value: unknown): void {
  const fields = (of: unknown) => JSON.stringify(of).split('":').length;
  if (!bodies.has(name) || fields(value) > fields(bodies.get(name))) bodies.set(name, value);
}

function collect(document: OpenApi, schema: Schema | undefined, value: unknown, found: Map<string, unknown>): void {
  if (schema === undefined || value === undefined || value === null) return;
  if (schema.$ref !== undefined) {
    const name = nameIn(schema.$ref);
    if (!found.has(name)) found.set(name, value);
  }
  const { oneOf = [], allOf = [], items, properties = {} } = resolved<Schema>(document, schema);
  const fitting = oneOf.find((option) => differences(document, option, value, '').length === 0);
  // A part of several is no example of its own: the value has the fields of the others, too.
  const parts = allOf.length > 1 ? allOf.map((part) => resolved<Schema>(document, part)) : allOf;
  for (const part of [...parts, ...(fitting === undefined ? [] : [fitting])]) collect(document, part, value, found);
  if (Array.isArray(value)) for (const each of value) collect(document, items, each, found);
  else if (typeof value === 'object')
    for (const [name, field] of Object.entries(value)) collect(document, properties[name], field, found);
}

const ROWS_MAX = 2;
const TEXT_MAX = 200;
/** Long lists and texts make an example no clearer. */
function cut(value: unknown): unknown {
  if (typeof value === 'string') return value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}…` : value;
  if (Array.isArray(value)) return value.slice(0, ROWS_MAX).map(cut);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, cut(field)]));
}

/** As if the run had been on this day, and its secrets and chances were these. */
const DAY = '2026-04-01';
const NOON_MS = Date.parse(`${DAY}T08:00:00.000Z`);
const MINUTES_5 = 300_000;
const YEARS_2 = 2 * 366 * 86_400_000;
const HASH = '4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742';
const UUID = 'b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e';

const SECRETS: Record<string, unknown> = {
  access_token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzYW0ifQ.c2lnbmF0dXJl',
  challenge: 'c2VudCBieSB0aGUgc2VydmVyLCBhbnN3ZXJlZCBieSB0aGUga2V5',
  code: '492039',
  current_password: 'the one that was generated',
  device: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  device_token: 'ZGV2aWNl.c2lnbmF0dXJl',
  key: 'fl_example-shown-this-once',
  key_id: '5d41402abc4b2a76',
  merkle_root: HASH,
  pass: 'WyJtYWluIiwiRlMtMjYwNDAxLTAwMDEiLCJDVVNULTAwMSJd.c2lnbmF0dXJlIG9mIG91',
  // Of a rebuild: how far the log was.
  of: 96,
  passkey: {
    id: 'Y3JlZGVudGlhbA',
    rawId: 'Y3JlZGVudGlhbA',
    type: 'public-key',
    response: {},
    clientExtensionResults: {},
  },
  password: 'correct horse battery',
  public_key: 'bm90IGEgcmVhbCBrZXk',
  qr_svg: '<svg xmlns="http://www.w3.org/2000/svg">…</svg>',
  recovery_codes: ['k2ud-7qpa-x3hm-5tzc-w6re-4nby'],
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  signature: 'bm90IGEgcmVhbCBzaWduYXR1cmU',
  uri: 'otpauth://totp/factory-ledger:sam?issuer=factory-ledger&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
};
/** Counts of time and of work, which differ from run to run. */
const MEASURED = new Set(['lag_ms', 'expires_in', 'let_in_per_minute', 'seconds_left', 'duration_ms']);
const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=';
const RECEIVER = 'https://receiver.example/hooks/ledger';

function cleaned(value: unknown, run: Run, name = ''): unknown {
  if (typeof value === 'string' && value.startsWith('whsec_')) return WEBHOOK_SECRET;
  if (value !== null && Object.hasOwn(SECRETS, name) && !isProblemCode(name, value)) return SECRETS[name];
  if (typeof value === 'string') return cleanedText(value, run);
  if (typeof value === 'number') return MEASURED.has(name) ? Math.round(value / 3600) * 3600 : value;
  if (Array.isArray(value)) return value.map((each) => cleaned(each, run, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries({ ...value, ...behind(value) }).map(([field, each]) => [
      cleanedText(field, run),
      cleaned(each, run, field),
    ]),
  );
}

/** Security events reach the log behind the answers, so how many the projector has seen is of chance. */
function behind(value: object): object {
  if ('ledger_id' in value && value.ledger_id === '@security') return { position: 9 };
  return 'heartbeat_at' in value ? { events: 78 } : {};
}

/** A refusal has a code, too. */
function isProblemCode(name: string, value: unknown): boolean {
  return name === 'code' && typeof value === 'string' && !/^\d+$/.test(value);
}

function cleanedText(text: string, run: Run): string {
  return text
    .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z/g, (instant) => cleanedInstant(instant, run))
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, UUID)
    .replaceAll(/\b[0-9a-f]{64}\b/g, HASH)
    .replaceAll(/\bhttp:\/\/127\.0\.0\.1:\d+\/hook\b/g, RECEIVER)
    .replaceAll(/\b[0-9a-f]{32}\b/g, '0af7651916cd43dd8448eb211c80319c')
    .replaceAll(/^[\w-]{43}$/g, 'Y3JlZGVudGlhbA')
    .replaceAll(/\b([A-Z]{2})-(\d{6})-(\d{4})\b/g, (number, prefix, day, rest) =>
      daysOf(run).some((each) => each.slice(2).replaceAll('-', '') === day) ? `${prefix}-260401-${rest}` : number,
    )
    .replaceAll(/\b\d{4}-\d\d-\d\d\b(?!T)/g, (day) => (daysOf(run).includes(day) ? DAY : day))
    .replaceAll(/^\d{4}-\d\d$/g, (month) =>
      daysOf(run).some((day) => day.startsWith(month)) ? DAY.slice(0, 7) : month,
    );
}

const daysOf = ({ began_at_ms, ended_at_ms }: Run) =>
  [began_at_ms, ended_at_ms].map((at_ms) => new Date(at_ms).toISOString().slice(0, 10));

/** What was then is now; what ends later ends as much later, to five minutes. */
function cleanedInstant(instant: string, { began_at_ms }: Run): string {
  const later_ms = Date.parse(instant) - began_at_ms;
  if (later_ms < -2 * MINUTES_5 || later_ms > YEARS_2) return instant;
  return new Date(NOON_MS + Math.max(0, Math.floor(later_ms / MINUTES_5)) * MINUTES_5).toISOString();
}
