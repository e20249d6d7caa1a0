import 'reflect-metadata';
import { describe, expect, test } from '@jest/globals';
import { instanceToPlain } from 'class-transformer';
import { BATCH_COMMANDS } from '../batches/batch-commands.js';
import { decimalText } from '../http/decimals.js';
import { quickly } from '../http/fields.js';
import { instantOrDay, isDay, isMonth } from '../http/instants.js';
import { type FieldError, Problem } from '../http/problem.js';
import { checked } from '../http/validation.js';
import { commandOfLine, commandOfRequest } from './read-command.js';

const line = { item_id: 'bottle-500ml-a', quantity: 100, unit_price: 4 };
const sale = { customer_id: 'CUST-001', line_items: [line] };

const specOf = (word: string) => BATCH_COMMANDS.get(word)!.spec;

function read(word: string, body: unknown): unknown {
  const { body: shape, path_field } = specOf(word);
  const quick = shape === undefined || path_field !== undefined ? undefined : quickly(shape, body);
  try {
    const command = commandOfLine(specOf(word), body);
    if (shape !== undefined && path_field === undefined)
      expect(quick).toEqual(instanceToPlain(checked(shape, body), { exposeUnsetFields: false }));
    return command;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(quick).toBeUndefined();
    return (error.details.errors as FieldError[]).map(({ path }) => path);
  }
}

describe('a body becomes the command that the ledger takes', () => {
  test('prices and amounts as decimal text, moments in UTC, what was not given left out', () => {
    const body = { ...sale, line_items: [{ ...line, unit_price: 0.0375 }], effective_at: '2026-03-01T08:00:00+02:00' };
    expect(commandOfRequest(specOf('sales'), body)).toEqual({
      type: 'record_sale',
      customer_id: 'CUST-001',
      line_items: [{ item_id: 'bottle-500ml-a', quantity: 100, unit_price: '0.0375' }],
      effective_at: '2026-03-01T06:00:00.000Z',
    });
    expect(Object.keys(commandOfRequest(specOf('sales'), sale))).toEqual(['type', 'customer_id', 'line_items']);
  });
  test('a bare day stays one: only the ledger knows where it ends', () => {
    expect(read('sales', { ...sale, effective_at: '2026-03-01' })).toMatchObject({ effective_at: '2026-03-01' });
  });
  test('a blow without outputs, for all may have been rejected; no other list of lines may be empty', () => {
    const blow = { inputs: [{ item_id: 'preform', quantity: 9 }], outputs: [], rejected_quantity: 9 };
    expect(read('blows', blow)).toEqual({ type: 'record_blow', ...blow });
    expect(read('blows', { ...blow, outputs: undefined })).toEqual(['outputs']);
    expect(read('blows', { ...blow, inputs: [] })).toEqual(['inputs']);
    expect(read('sales', { ...sale, line_items: [] })).toEqual(['line_items']);
  });
  test('master data: the id apart from the attributes', () => {
    expect(read('items', { item_id: 'x', name: 'X', kind: 'bottle', size_ml: null })).toEqual({
      type: 'register',
      kind: 'item',
      id: 'x',
      attributes: { name: 'X', kind: 'bottle', size_ml: null },
    });
    expect(commandOfRequest(specOf('items/change'), { reorder_level: 0, active: false }, 'x')).toEqual({
      type: 'change',
      kind: 'item',
      id: 'x',
      changes: { reorder_level: 0, active: false },
    });
  });
  test('only assets may not go below zero, unless it is said', () => {
    const account = (type: string, more = {}) => read('accounts', { account_id: 'a', name: 'A', type, ...more });
    expect(account('asset')).toMatchObject({ attributes: { may_go_negative: false } });
    expect(account('equity')).toMatchObject({ attributes: { may_go_negative: true } });
    expect(account('asset', { may_go_negative: true })).toMatchObject({ attributes: { may_go_negative: true } });
  });
  test('what the path names stands in the body of a line', () => {
    const reason = 'typed twice';
    const expected = { type: 'void_document', number: 'SO-260301-0001', reason };
    expect(commandOfRequest(specOf('voids'), { reason }, 'SO-260301-0001')).toEqual(expected);
    expect(commandOfLine(specOf('voids'), { number: 'SO-260301-0001', reason })).toEqual(expected);
    expect(commandOfRequest(specOf('approvals/approve'), undefined, 'AP-260301-0001')).toEqual({
      type: 'approve',
      approval_id: 'AP-260301-0001',
    });
    expect(() => commandOfRequest(specOf('items/change'), null, 'x')).toThrow(Problem);
    expect(read('voids', { reason })).toEqual(['number']);
    expect(read('approvals/approve', { approval_id: 'AP-260301-0001', approved: true })).toEqual(['approved']);
  });
  test('a reservation lasts ten minutes unless it says how long', () => {
    const lines = { line_items: [{ item_id: 'x', quantity: 1 }] };
    expect(read('reservations', lines)).toMatchObject({ ttl_seconds: 600 });
    expect(read('reservations', { ...lines, ttl_seconds: 5 })).toMatchObject({ ttl_seconds: 5 });
  });
});

describe('a bad field is named', () => {
  const quantity = (value: unknown) => ({ ...sale, line_items: [{ ...line, quantity: value }] });
  const price = (value: unknown) => ({ ...sale, line_items: [{ ...line, unit_price: value }] });
  const inLine = (field: string) => [`line_items.0.${field}`];

  test.each([
    0,
    -1,
    1.5,
    -0,
    1e308,
    2 ** 53 + 2,
    1e12 + 1,
    Number.NaN,
    '1e3',
    '5',
    '５',
    null,
    undefined,
    [],
    {},
    true,
  ])('quantity %p', (value) => expect(read('sales', quantity(value))).toEqual(inLine('quantity')));
  test.each([-1, -0, 0.0000001, 1.1234567, 1e15, 1e21, Number.POSITIVE_INFINITY, '4', null, undefined, []])(
    'unit_price %p',
    (value) => expect(read('sales', price(value))).toEqual(inLine('unit_price')),
  );
  test.each([0, 0.000001, 999_999_999.999999, 700])('unit_price %p is a price', (value) =>
    expect(read('sales', price(value))).toMatchObject({ type: 'record_sale' }),
  );
  test.each([0, -5, -0, 1e-7, 1e16, '5', null])('amount %p', (value) =>
    expect(read('transfers', { from_account_id: 'a', to_account_id: 'b', amount: value })).toEqual(['amount']),
  );
  test.each([
    '',
    '../etc',
    'a..b',
    'a/b',
    'a%00',
    'a\r\nb',
    '$all',
    '$ce-x',
    '-a',
    "x'; DROP TABLE items;--",
    'ä',
    'a'.repeat(65),
    5,
    null,
    undefined,
  ])('id %p', (value) => expect(read('sales', { ...sale, customer_id: value })).toEqual(['customer_id']));
  test.each(['a-b', 'a.b_c', '1', 'a'.repeat(64)])('id %p is an id', (value) =>
    expect(read('sales', { ...sale, customer_id: value })).toMatchObject({ customer_id: value }),
  );
  test.each(['', '   ', 'a\nb', 'a\u0000', 'a\u0085', 'a\u2028b', '\ud800', 'x'.repeat(2001), 5, null])(
    'notes %p',
    (value) => expect(read('sales', { ...sale, notes: value })).toEqual(['notes']),
  );
  test('a text is counted in characters, not in halves of them', () => {
    expect(read('sales', { ...sale, notes: '🍾'.repeat(2000) })).toMatchObject({ type: 'record_sale' });
    expect(read('sales', { ...sale, notes: '🍾'.repeat(2001) })).toEqual(['notes']);
  });
  test.each([null, undefined, [], {}, 'x', [null], [[]], ['x'], [5], Array(501).fill(line)])(
    'line_items %p',
    (value) => {
      const paths = read('sales', { ...sale, line_items: value }) as string[];
      expect(paths.map((path) => path.split('.')[0])).toContain('line_items');
    },
  );
  test.each([null, [], 'x', 5, undefined])('body %p', (value) => expect(read('sales', value)).toEqual(['']));
  test.each(['role', 'approved', 'type', 'cost'])('extra field %s', (name) => {
    expect(read('sales', { ...sale, [name]: 1 })).toEqual([name]);
    expect(read('sales', { ...sale, line_items: [{ ...line, [name]: 1 }] })).toEqual(inLine(name));
  });
  test('all of them at once', () => {
    expect(
      read('sales', { customer_id: '', line_items: [line, { ...line, quantity: 0, extra: 1 }], due_date: 'soon' }),
    ).toEqual(expect.arrayContaining(['customer_id', 'line_items.1.quantity', 'line_items.1.extra', 'due_date']));
  });
});

describe('dates', () => {
  test.each([
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['2024-01-01T00:00:00.123000000+14:00', '2023-12-31T10:00:00.123Z'],
    ['2024-01-01t00:00:00z', '2024-01-01T00:00:00.000Z'],
    ['2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00.500Z'],
    ['1970-01-01', '1970-01-01'],
  ])('%s is %s', (text, iso) => expect(instantOrDay(text)).toBe(iso));
  test.each([
    '2023-02-29T00:00:00Z',
    '2024-01-01T00:00:00+14:01',
    '2024-01-01T00:00:00+15:00',
    '2024-01-01T00:00:00',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:00:60Z',
    '2024-01-01T00:00:00.9999Z',
    '2024-01-01T00:00:00.123456789+14:00',
    '2024-01-01T00:00:00.Z',
    '0000-01-01T00:00:00Z',
    '1970-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '+010000-01-01T00:00:00Z',
    '2024-13-01',
    '2023-02-29',
    '2024-1-1',
    '1969-12-31',
    'now',
    '',
    0,
    null,
  ])('%p is none', (value) => expect(instantOrDay(value)).toBeUndefined());
  test('days and months of the calendar only', () => {
    expect(['2024-02-29', '2023-02-29', '2024-02-30', '1969-12-31', 20240229].map(isDay)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(['2024-12', '2024-13', '2024-00', '24-01'].map(isMonth)).toEqual([true, false, false, false]);
  });
});

test('a number is the decimal that it was written as, or none', () => {
  expect([700, 0, 0.1, 4.2, 0.0375, 99999999999999.9, 999999999999999].map(decimalText)).toEqual([
    '700',
    '0',
    '0.1',
    '4.2',
    '0.0375',
    '99999999999999.9',
    '999999999999999',
  ]);
  expect(
    [-0, Number.NaN, Number.POSITIVE_INFINITY, 1e-7, 1e21, 0.1 + 0.2, 2 ** 53, '5', null].map(decimalText),
  ).toEqual(Array(9).fill(undefined));
});
