/** No parser, expression or validator takes more than linear time in its input. */
import { kindOf } from '../libs/ledger/document-kinds.js';
import 'reflect-metadata';
import { describe, expect, test } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import * as audit from '../apps/api/audit/audit.parameters.js';
import * as auth from '../apps/api/auth/auth.dto.js';
import { bearerIn } from '../apps/api/auth/jwt.strategy.js';
import { BATCH_COMMANDS } from '../apps/api/batches/batch-commands.js';
import { commandIn, LINE_BYTES_MAX } from '../apps/api/batches/batch-line.js';
import { commandOfLine } from '../apps/api/commands/read-command.js';
import * as documents from '../apps/api/documents/documents.parameters.js';
import { isUtf8Said } from '../apps/api/http/adapter.js';
import { isId, isText } from '../apps/api/http/fields.js';
import { instantOrDay, isDay, isMonth } from '../apps/api/http/instants.js';
import { Problem } from '../apps/api/http/problem.js';
import { type ApiRequest, envelope, flagOf, hashOf, ledgerOf } from '../apps/api/http/request.js';
import { traceIdOf } from '../apps/api/http/request-spans.js';
import { parseJson } from '../apps/api/http/strict-json.js';
import { checked } from '../apps/api/http/validation.js';
import * as items from '../apps/api/items/items.dto.js';
import * as late_costs from '../apps/api/late-costs/late-costs.dto.js';
import * as live from '../apps/api/live/live.parameters.js';
import * as master_data from '../apps/api/master-data/read-master-data.js';
import * as queries from '../apps/api/queries/parameters.js';
import * as reports from '../apps/api/reports/reports.parameters.js';
import { RecordSale } from '../apps/api/sales/record-sale.command.js';
import * as stock from '../apps/api/stock/stock.parameters.js';
import { retryAfterIn } from '../apps/api/webhooks/schedule.js';
import { targetOf } from '../apps/api/webhooks/target.js';
import * as webhooks from '../apps/api/webhooks/webhooks.dto.js';
import { toCsv } from '../libs/csv/write.js';
import { isTimeZone } from '../libs/ledger/calendar.js';
import { parseDecimal } from '../libs/ledger/money.js';
import { cursorAfter, readCursor } from '../projections/as-of/cursor.js';
import { QueryRefused } from '../projections/database/query-refused.js';
import { fasterThanLinear } from './support/growth.js';

const user = { username: 'maria', role: 'admin' as const };
const batch = { ledger_id: 'main', user, permissions: { mayExecute: () => true }, dry_run: false };

/** A refusal is an answer; anything else thrown would be a 500. */
function quietly(work: () => unknown): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Problem) && !(error instanceof QueryRefused)) throw error;
    }
  };
}
/** Of each size, for all that are asked with it: to make it costs more than to refuse it. */
function once<T>(make: (bytes: number) => T): (bytes: number) => T {
  const made = new Map<number, T>();
  return (bytes) => {
    if (!made.has(bytes)) made.set(bytes, make(bytes));
    return made.get(bytes)!;
  };
}
const filled = (unit: string, bytes: number) => unit.repeat(Math.ceil(bytes / unit.length));
/** One of each class in our grammars, and some of none. */
const CHARACTERS = [...'a1 0-+.eE:;,=&%"\\/[]{}_$\t\r\n', 'é', '🍾', '\ufeff', '\0'];

const BODY_BYTES = 1024 * 1024;
const HEADER_BYTES = 64 * 1024;

function grow(work: (text: string) => unknown, units: readonly string[], bytes_max: number): void {
  const growing = units.flatMap((unit) => {
    const growth = fasterThanLinear((bytes) => {
      const text = filled(unit, bytes);
      return quietly(() => work(text));
    }, bytes_max);
    return growth === undefined ? [] : [`${JSON.stringify(unit)} ${growth}`];
  });
  expect(growing).toEqual([]);
}

describe('JSON', () => {
  const read = (text: string) => parseJson(Buffer.from(text));
  const IN_JSON = [...'a0-.,:"\\[{ \n', 'é', '\0'];
  const escaped = (text: string) => JSON.stringify(text).slice(1, -1);
  test.each<[string, (text: string) => string]>([
    ['the whole body', (text) => text],
    ['a text', (text) => ` {"password":"${escaped(text)}"}`],
    ['a text as it is', (text) => `{"password":"${text}"}`],
    ['a name', (text) => ` {"${escaped(text)}":1}`],
    ['a value', (text) => `{"password":${text}}`],
    ['a whole number', (text) => `{"quantity":1${text}1}`],
    ['a fraction', (text) => `{"password":1.${text}1}`],
    ['an exponent', (text) => `{"password":1e${text}1}`],
    ['what follows a text', (text) => `{"a":"b"${text},"c":"d"${text}:1}`],
    ['what a list holds', (text) => ` [1${text}1]`],
  ])('%s of one character', (_what, body) => grow((text) => read(body(text)), IN_JSON, BODY_BYTES));

  test.each([
    ['{},', 'empty objects'],
    ['[],', 'empty lists'],
    ['"",', 'empty texts'],
    ['1,', 'digits'],
    ['0.10,', 'numbers that nobody would write so'],
    ['-0,', 'numbers that are refused'],
    ['"\\u0000",', 'texts that are refused'],
    ['{"a":1,"a":1},', 'objects that are refused'],
  ])('many %s', (unit) =>
    grow(
      (text) => {
        read(`[${text}1]`);
      },
      [unit, ` ${unit}`],
      BODY_BYTES,
    ),
  );
  test('many names', () => {
    const names = (bytes: number) => Array.from({ length: bytes / 10 }, (_, n) => `"${n}":1`).join();
    for (const space of ['', ' '])
      expect(
        fasterThanLinear((bytes) => {
          const text = `${space}{${names(bytes)}}`;
          return quietly(() => read(text));
        }, BODY_BYTES),
      ).toBeUndefined();
  });
});

describe('ids, moments, amounts, cursors and headers of one character', () => {
  const request = (headers: Record<string, string>) => ({ headers, query: {} }) as unknown as ApiRequest;
  const mark = (text: string) => cursorAfter('list', [text]);
  test.each<[string, (text: string) => unknown]>([
    ['id', isId],
    ['text', (text) => isText(text, 2000)],
    ['day', isDay],
    ['month', isMonth],
    ['moment', instantOrDay],
    ['fraction of a moment', (text) => instantOrDay(`2026-03-01T00:00:00.${text}Z`)],
    ['amount', (text) => parseDecimal(text, 2)],
    ['fraction of an amount', (text) => parseDecimal(`1.${text}`, 2)],
    ['number of a document', kindOf],
    ['time zone', isTimeZone],
    ['cursor', (text) => readCursor('list', text, 'text')],
    ['marked cursor', (text) => readCursor('list', mark(text), 'text')],
    ['flag', (text) => flagOf({ query: { dry_run: text } } as ApiRequest, 'dry_run')],
    ['Ledger', (text) => ledgerOf(request({ ledger: text }))],
    ['Idempotency-Key', (text) => envelope(user, text, () => text)],
    ['traceparent', (text) => traceIdOf(request({ traceparent: text }))],
    ['Authorization', (text) => bearerIn({ authorization: text })],
    ['bearer token', (text) => bearerIn({ authorization: `Bearer ${text}` })],
    ['charset', (text) => isUtf8Said({ 'content-type': `application/json;charset=${text}` })],
    ['parameters of a content type', (text) => isUtf8Said({ 'content-type': `application/json;${text}` })],
    ['URL of a webhook', (text) => targetOf(`https://${text}`)],
    ['Retry-After', (text) => retryAfterIn(text, 0)],
    ['cell', (text) => toCsv(['name'], [{ name: text }])],
    ['what is hashed', hashOf],
  ])('%s', (_what, work) => grow(work, CHARACTERS, HEADER_BYTES));
});

describe('bodies and parameters', () => {
  type Class = new () => object;
  const bodies = [...BATCH_COMMANDS.values()].flatMap(({ spec: { body } }) => (body === undefined ? [] : [body]));
  const classes = [...new Set(bodies)]
    .map((body): [string, Class] => [body.name, body])
    .concat(
      [auth, queries, documents, items, late_costs, live, master_data, audit, reports, stock, webhooks].flatMap(
        (module) =>
          Object.entries(module).filter((entry): entry is [string, Class] => /(Body|Query|Parameters)$/.test(entry[0])),
      ),
    );
  const fieldsOf = (dto: Class) => [
    ...new Set(
      getMetadataStorage()
        .getTargetValidationMetadatas(dto, '', false, false)
        .map(({ propertyName }) => propertyName),
    ),
  ];
  const empties = once((bytes) => Array.from({ length: bytes / 3 }, () => ({})));
  const lines = once((bytes) => Array.from({ length: 500 }, () => ({ [filled('a', bytes / 500)]: 1 })));
  const unknown = once((bytes) => Object.fromEntries(Array.from({ length: bytes / 10 }, (_, n) => [`k${n}`, n])));
  test.each(classes)('%s', (_name, dto) => {
    const fields = fieldsOf(dto);
    expect(fields.length).toBeGreaterThan(0);
    const growthOf = (value: (bytes: number) => unknown) =>
      fasterThanLinear((bytes) => {
        const given = value(bytes);
        return quietly(() => checked(dto, given));
      }, BODY_BYTES / 4);
    const everyField = (value: unknown) => Object.fromEntries(fields.map((field) => [field, value]));
    expect({
      texts: ['a', '.', '🍾'].map((unit) => growthOf((bytes) => everyField(filled(unit, bytes)))),
      lists: growthOf((bytes) => everyField(empties(bytes))),
      lines: growthOf((bytes) => everyField(lines(bytes))),
      objects: growthOf((bytes) => everyField({ nested: empties(bytes) })),
      unknown: growthOf(unknown),
    }).toEqual({ texts: [undefined, undefined, undefined] });
  });

  test.each([...BATCH_COMMANDS.keys()])('a line of %s', (word) => {
    const line = (body: string) => Buffer.from(`{"type":"${word}","body":${body}}`);
    const of = (body: (bytes: number) => string) =>
      fasterThanLinear((bytes) => {
        const read = line(body(bytes));
        return quietly(() => commandIn({ number: 1, bytes: read }, batch));
      }, LINE_BYTES_MAX);
    const fields = Object.keys(commandFields(word));
    expect([
      of((bytes) => `{${Array.from({ length: bytes / 10 }, (_, n) => `"${n}":1`).join()}}`),
      of((bytes) => `[${filled('{},', bytes)}1]`),
      ...fields.map((field) => of((bytes) => `{"${field}":[${filled('{},', bytes)}{}]}`)),
    ]).toEqual([undefined, undefined, ...fields.map(() => undefined)]);
  });
  function commandFields(word: string): Record<string, true> {
    const { body } = BATCH_COMMANDS.get(word)!.spec;
    return body === undefined ? {} : Object.fromEntries(fieldsOf(body).map((field) => [field, true]));
  }
});

test('what is refused is refused with the first twenty fields, and how many more there are', () => {
  const refusal = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      if (error instanceof Problem) return error.details as { errors: { path: string }[]; more_errors?: number };
    }
    throw new Error('It was not refused.');
  };
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 1]));
  const unknown = refusal(() => commandOfLine(RecordSale.spec, { customer_id: 'CUST', line_items: [many(60_000)] }));
  expect([unknown.errors.length, unknown.more_errors]).toEqual([20, 59_980]);
  expect(unknown.errors[0]).toEqual({ path: 'line_items.0.k0', message: 'k0 is not a field here' });
  const lines = refusal(() =>
    commandOfLine(RecordSale.spec, { customer_id: 'CUST', line_items: Array(60_000).fill({}) }),
  );
  expect(lines).toEqual({ errors: [{ path: 'line_items', message: 'must be a list of 1 to 500 objects' }] });
  const numbers = refusal(() => parseJson(Buffer.from(`[${'-0,'.repeat(40_000)}1]`)));
  expect([numbers.errors.length, numbers.more_errors]).toEqual([20, 39_980]);
  expect(refusal(() => parseJson(Buffer.from(`[${'1,'.repeat(60_000)}1]`)))).toEqual({ members_max: 50_000 });
  const name = 'n'.repeat(100_000);
  expect(JSON.stringify(refusal(() => commandOfLine(RecordSale.spec, { [name]: 1 }))).length).toBeLessThan(1000);
  expect(JSON.stringify(refusal(() => parseJson(Buffer.from(`{"${name}":-0}`)))).length).toBeLessThan(1000);
});
