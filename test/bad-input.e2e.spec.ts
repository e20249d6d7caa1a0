/** Whatever is wrong with a request gets 4xx and a code, and nothing is recorded. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventStore } from '../libs/event-store/event-store.js';
import { connectEventStore } from '../libs/event-store/eventstoredb.js';
import { type Answer, type Client, expectStatus, login, newUser } from './support/http.js';
import { readLedger } from './support/log.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let admin: Client;
let store: EventStore;
let before: number;

beforeAll(async () => {
  system = await startSystem();
  store = connectEventStore({ url: system.eventstore_url });
  admin = await login(system.url, system.admin);
  const made = async (path: string, body: object) => expectStatus(await admin.post(path, body), 201).body;
  for (const item_id of ['preform', 'bottle']) await made('/items', { item_id, name: item_id, kind: 'other' });
  await made('/suppliers', { supplier_id: 'SUP', name: 'Supplier' });
  await made('/customers', { customer_id: 'CUST', name: 'Customer' });
  await made('/locations', { location_id: 'shop', name: 'Shop' });
  const lines = ['preform', 'bottle'].map((item_id) => ({ item_id, quantity: 1000, unit_price: 1 }));
  await made('/purchases', { supplier_id: 'SUP', line_items: lines });
  const line_items = [{ item_id: 'bottle', quantity: 10, unit_price: 2 }];
  sold = (await made('/sales', { customer_id: 'CUST', line_items })).number;
  reserved = (await made('/reservations', { line_items: [{ item_id: 'bottle', quantity: 1 }] })).reservation_id;
  offered = (await made('/flash-sales', { ...offer, ends_at: '2099-12-31' })).flash_sale_id;
});
afterAll(async () => {
  await store?.close();
  await system?.stop();
});
beforeEach(async () => {
  before = await position();
});
afterEach(async () => expect(await position()).toBe(before));

let sold: string;
let reserved: string;
let offered: string;
const offer = { item_id: 'bottle', quantity: 5, unit_price: 1, per_customer_max: 5 };
async function position(): Promise<number> {
  for await (const { revision } of store.readBackwards('ledger-main', { max: 1 })) return revision;
  return -1;
}

function expectRefusal(answer: Answer, code?: string | RegExp): void {
  const said = `${answer.status} ${JSON.stringify(answer.body)}`;
  expect([said, answer.status >= 400 && answer.status < 500]).toEqual([said, true]);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  if (code !== undefined) expect(answer.body.code).toMatch(code instanceof RegExp ? code : new RegExp(`^${code}$`));
  expect(said).not.toMatch(/node_modules|\.js:\d|SELECT|syntax error/);
}

type Kind =
  | 'id'
  | 'text'
  | 'quantity'
  | 'count'
  | 'price'
  | 'amount'
  | 'cost'
  | 'instant'
  | 'day'
  | 'word'
  | 'flag'
  | 'lines';
type Json = Record<string, unknown>;
interface Order {
  path: () => string;
  method?: 'PATCH';
  /** Valid as it is, with no optional field. */
  body: Json;
  fields: Record<string, Kind>;
}

const one = [{ item_id: 'bottle', quantity: 1 }];
const priced = [{ item_id: 'bottle', quantity: 1, unit_price: 2 }];
const orders: Record<string, Order> = {
  item: {
    path: () => '/items',
    body: { item_id: 'x', name: 'X', kind: 'bottle' },
    fields: { item_id: 'id', name: 'text', kind: 'word', size_ml: 'quantity', reorder_level: 'count' },
  },
  'item change': {
    path: () => '/items/bottle',
    method: 'PATCH',
    body: { name: 'Y', active: true },
    fields: { name: 'text', kind: 'word', size_ml: 'quantity', active: 'flag' },
  },
  supplier: {
    path: () => '/suppliers',
    body: { supplier_id: 'x', name: 'X' },
    fields: { supplier_id: 'id', name: 'text', email: 'text' },
  },
  customer: {
    path: () => '/customers',
    body: { customer_id: 'x', name: 'X' },
    fields: { customer_id: 'id', name: 'text', address: 'text' },
  },
  location: {
    path: () => '/locations',
    body: { location_id: 'x', name: 'X' },
    fields: { location_id: 'id', name: 'text' },
  },
  account: {
    path: () => '/accounts',
    body: { account_id: 'x', name: 'X', type: 'asset' },
    fields: { account_id: 'id', name: 'text', type: 'word', may_go_negative: 'flag' },
  },
  purchase: {
    path: () => '/purchases',
    body: { supplier_id: 'SUP', line_items: priced },
    fields: {
      supplier_id: 'id',
      location_id: 'id',
      line_items: 'lines',
      'line_items.0.item_id': 'id',
      'line_items.0.quantity': 'quantity',
      'line_items.0.unit_price': 'price',
      due_date: 'day',
      notes: 'text',
      effective_at: 'instant',
    },
  },
  blow: {
    path: () => '/blows',
    body: { inputs: [{ item_id: 'preform', quantity: 2 }], outputs: one },
    fields: {
      location_id: 'id',
      inputs: 'lines',
      'inputs.0.quantity': 'quantity',
      outputs: 'lines',
      'outputs.0.item_id': 'id',
      rejected_quantity: 'count',
      conversion_cost: 'cost',
      notes: 'text',
      effective_at: 'instant',
    },
  },
  sale: {
    path: () => '/sales',
    body: { customer_id: 'CUST', line_items: priced },
    fields: {
      customer_id: 'id',
      location_id: 'id',
      line_items: 'lines',
      'line_items.0.item_id': 'id',
      'line_items.0.quantity': 'quantity',
      'line_items.0.unit_price': 'price',
      due_date: 'day',
      notes: 'text',
      effective_at: 'instant',
    },
  },
  waste: {
    path: () => '/wastes',
    body: { line_items: one, reason: 'dropped' },
    fields: {
      location_id: 'id',
      line_items: 'lines',
      'line_items.0.quantity': 'quantity',
      reason: 'text',
      notes: 'text',
      effective_at: 'instant',
    },
  },
  'stock transfer': {
    path: () => '/stock-transfers',
    body: { from_location_id: 'main', to_location_id: 'shop', line_items: one },
    fields: {
      from_location_id: 'id',
      to_location_id: 'id',
      line_items: 'lines',
      'line_items.0.quantity': 'quantity',
      effective_at: 'instant',
    },
  },
  transfer: {
    path: () => '/transfers',
    body: { from_account_id: 'equity', to_account_id: 'bank', amount: 1 },
    fields: {
      from_account_id: 'id',
      to_account_id: 'id',
      amount: 'amount',
      reference: 'text',
      effective_at: 'instant',
    },
  },
  payment: {
    path: () => '/payments',
    body: { bill_number: 'SO-260101-0001', amount: 1 },
    fields: { bill_number: 'id', account_id: 'id', amount: 'amount', method: 'text', effective_at: 'instant' },
  },
  'write-off': {
    path: () => '/write-offs',
    body: { bill_number: 'SO-260101-0001', reason: 'bankrupt' },
    fields: { bill_number: 'id', amount: 'amount', reason: 'text', effective_at: 'instant' },
  },
  threshold: {
    path: () => '/approval-thresholds',
    body: { approval_threshold: 1, reason: 'as agreed' },
    fields: { approval_threshold: 'cost', reason: 'text' },
  },
  'stock count': {
    path: () => '/stock-counts',
    body: { counts: [{ item_id: 'bottle', counted_quantity: 1 }], reason: 'month end' },
    fields: {
      location_id: 'id',
      counts: 'lines',
      'counts.0.counted_quantity': 'count',
      'counts.0.unit_cost': 'price',
      reason: 'text',
      counted_at_position: 'count',
    },
  },
  return: {
    path: () => `/sales/${sold}/returns`,
    body: { line_items: one, reason: 'cracked' },
    fields: { line_items: 'lines', 'line_items.0.quantity': 'quantity', reason: 'text', effective_at: 'instant' },
  },
  void: { path: () => `/sales/${sold}/void`, body: { reason: 'typo' }, fields: { reason: 'text' } },
  reservation: {
    path: () => '/reservations',
    body: { line_items: one },
    fields: {
      customer_id: 'id',
      location_id: 'id',
      line_items: 'lines',
      'line_items.0.quantity': 'quantity',
      ttl_seconds: 'quantity',
    },
  },
  checkout: {
    path: () => `/reservations/${reserved}/checkout`,
    body: { customer_id: 'CUST', line_items: [{ item_id: 'bottle', unit_price: 1 }] },
    fields: {
      customer_id: 'id',
      line_items: 'lines',
      'line_items.0.quantity': 'quantity',
      'line_items.0.unit_price': 'price',
      due_date: 'day',
    },
  },
  'flash sale': {
    path: () => '/flash-sales',
    body: { ...offer, ends_at: '2099-12-31' },
    fields: {
      item_id: 'id',
      location_id: 'id',
      account_id: 'id',
      quantity: 'quantity',
      per_customer_max: 'quantity',
      hold_seconds: 'quantity',
      unit_price: 'price',
      starts_at: 'instant',
      ends_at: 'instant',
    },
  },
  'flash buy': {
    path: () => '/flash-buy',
    body: { customer_id: 'CUST', line_items: [{ flash_sale_id: 'FS-260101-0001', quantity: 1 }] },
    fields: {
      customer_id: 'id',
      line_items: 'lines',
      'line_items.0.flash_sale_id': 'id',
      'line_items.0.quantity': 'quantity',
      payment_reference: 'text',
    },
  },
  'end of a flash sale': {
    path: () => `/flash-sales/${offered}/close`,
    body: { reason: 'typo' },
    fields: { reason: 'text' },
  },
  rejection: { path: () => '/approvals/AP-260101-0001/reject', body: { reason: 'no' }, fields: { reason: 'text' } },
  reopening: { path: () => '/periods/2026-01/reopen', body: { reason: 'a late bill' }, fields: { reason: 'text' } },
};

/** As JSON text: JavaScript's own writer could not send it. */
const notWhole = [
  '-1',
  '1.5',
  '1e308',
  '"1e3"',
  '"５"',
  '9007199254740993',
  '1000000000001',
  '-0',
  '[]',
  '{}',
  'true',
  '"1"',
];
const notNumber = [
  '-1',
  '-0',
  '1e308',
  '"4"',
  '[]',
  '{}',
  'true',
  '1e-7',
  '0.30000000000000000001',
  '99999999999999.999',
];
const BAD: Record<Kind, string[]> = {
  id: [
    '""',
    '"../x"',
    '"a..b"',
    '"a%00"',
    '"a\\u0000"',
    '"a\\r\\nb"',
    '"$all"',
    '"$ce-x"',
    '"-a"',
    '"x\' OR 1=1;--"',
    `"${'x'.repeat(10_000)}"`,
    '5',
    '[]',
    '{}',
  ],
  text: ['""', '" "', '"a\\u0000b"', '"a\\r\\nSet-Cookie: x"', '"\\ud800"', `"${'x'.repeat(10_000)}"`, '5', '[]', '{}'],
  quantity: ['0', ...notWhole],
  count: notWhole,
  price: [...notNumber, '1.1234567'],
  amount: ['0', ...notNumber],
  cost: notNumber,
  instant: [
    '"2025-02-29"',
    '"2025-02-29T00:00:00Z"',
    '"2025-01-01T00:00:00"',
    '"2025-01-01T00:00:00+14:30"',
    '"0000-01-01"',
    '"1969-12-31"',
    '"tomorrow"',
    '5',
    '""',
    '[]',
  ],
  day: ['"2025-02-29"', '"2025-01-01T00:00:00Z"', '"0000-01-01"', '"01.02.2026"', '5', '""'],
  word: ['"x"', '""', '5', '[]'],
  flag: ['"true"', '1', '0', '[]'],
  lines: [
    '[]',
    '{}',
    '"x"',
    '[null]',
    '[5]',
    '["x"]',
    '[{}]',
    `[${Array(501).fill('{"item_id":"bottle","quantity":1,"unit_price":1}').join()}]`,
  ],
};
const MAY_BE_NULL = ['size_ml', 'reorder_level', 'email', 'address'];

function withField(body: Json, path: string, text: string | undefined): string {
  const copy = structuredClone(body);
  const steps = path.split('.');
  const last = steps.pop()!;
  const place = steps.reduce<Json>((inner, step) => inner[step] as Json, copy);
  if (text === undefined) delete place[last];
  else place[last] = '\ufffetext';
  return JSON.stringify(copy).replace('"\ufffetext"', () => text ?? '');
}
const isGiven = (body: Json, path: string) => withField(body, path, undefined) !== JSON.stringify(body);

describe.each(Object.entries(orders))('%s', (_name, { path, method = 'POST', body, fields }) => {
  const send = (text: string) => admin.send(method, path(), text, { 'content-type': 'application/json' });
  const WRONG = /^(validation|effective_in_future|amount_out_of_bounds|malformed_json)$/;

  test.each(Object.entries(fields))('%s', async (field, kind) => {
    for (const bad of BAD[kind]) {
      const answer = await send(withField(body, field, bad));
      expectRefusal(answer, WRONG);
      const named = (answer.body.errors ?? []).map((error: { path: string }) => error.path.split('.')[0]);
      if (answer.body.code === 'validation')
        expect([bad, named]).toEqual([bad, expect.arrayContaining([field.split('.')[0]])]);
    }
    if (!MAY_BE_NULL.includes(field)) expectRefusal(await send(withField(body, field, 'null')), WRONG);
    if (isGiven(body, field) && method !== 'PATCH') {
      const missing = await send(withField(body, field, undefined));
      expectRefusal(missing);
    }
  });

  test('no body at all', async () => {
    const headers: Record<string, string>[] = [{}, { 'content-type': 'application/json' }];
    for (const each of headers) {
      const answer = await admin.send(method, path(), undefined, each);
      expectRefusal(answer, 'validation');
      expect(answer.body.errors).toEqual([{ path: '', message: 'a JSON object is expected' }]);
    }
  });

  test('what is no field of it', async () => {
    const names = ['role', 'approved', 'type', 'status', '__proto__', 'constructor', 'toString', ''];
    for (const extra of names.filter((name) => !Object.hasOwn(body, name)))
      expectRefusal(
        await send(`{${JSON.stringify(extra)}:{"role":"admin"},${JSON.stringify(body).slice(1)}`),
        'validation',
      );
    for (const text of ['[]', 'null', '5', '"x"', '[{}]']) expectRefusal(await send(text), 'validation');
    const [first] = Object.entries(body);
    const twice = `{${JSON.stringify(first![0])}:${JSON.stringify(first![1])},${JSON.stringify(body).slice(1)}`;
    expectRefusal(await send(twice), 'malformed_json');
  });
});

describe('an order that the books contradict', () => {
  const refusals: [what: string, path: () => string, body: Json | (() => Json), code: string][] = [
    [
      'a day to come',
      () => '/sales',
      { customer_id: 'CUST', line_items: priced, effective_at: '9999-12-31' },
      'effective_in_future',
    ],
    ['an unknown customer', () => '/sales', { customer_id: 'nobody', line_items: priced }, 'unknown_customer'],
    [
      'an unknown item',
      () => '/sales',
      { customer_id: 'CUST', line_items: [{ ...priced[0], item_id: 'nothing' }] },
      'unknown_item',
    ],
    ['an unknown place', () => '/wastes', { location_id: 'moon', line_items: one, reason: 'x' }, 'unknown_location'],
    [
      'more than is there',
      () => '/sales',
      { customer_id: 'CUST', line_items: [{ ...priced[0], quantity: 5000 }] },
      'insufficient_stock',
    ],
    [
      'two lines that are more together',
      () => '/sales',
      {
        customer_id: 'CUST',
        line_items: [
          { ...priced[0], quantity: 600 },
          { ...priced[0], quantity: 600 },
        ],
      },
      'insufficient_stock',
    ],
    [
      'a blow beyond stock',
      () => '/blows',
      { inputs: [{ item_id: 'preform', quantity: 1001 }], outputs: one },
      'insufficient_stock',
    ],
    [
      'a waste beyond stock',
      () => '/wastes',
      { line_items: [{ item_id: 'bottle', quantity: 1001 }], reason: 'x' },
      'insufficient_stock',
    ],
    [
      'to the same place',
      () => '/stock-transfers',
      { from_location_id: 'main', to_location_id: 'main', line_items: one },
      'same_location',
    ],
    [
      'to the same account',
      () => '/transfers',
      { from_account_id: 'bank', to_account_id: 'bank', amount: 1 },
      'same_account',
    ],
    [
      'money that is not there',
      () => '/transfers',
      { from_account_id: 'cash', to_account_id: 'bank', amount: 1 },
      'insufficient_funds',
    ],
    [
      'an amount finer than the currency',
      () => '/transfers',
      { from_account_id: 'equity', to_account_id: 'bank', amount: 0.001 },
      'validation',
    ],
    ['a payment above what is owed', () => '/payments', () => ({ bill_number: sold, amount: 20.01 }), 'overpayment'],
    [
      'a return of more than was sold',
      () => `/sales/${sold}/returns`,
      { line_items: [{ item_id: 'bottle', quantity: 11 }], reason: 'x' },
      'return_exceeds_bill',
    ],
    ['a void of another kind', () => `/purchases/${sold}/void`, { reason: 'x' }, 'unknown_document'],
    ['a void of nothing', () => '/sales/SO-260101-0001/void', { reason: 'x' }, 'unknown_document'],
    ['an approval of nothing', () => '/approvals/AP-260101-0001/approve', {}, 'unknown_approval'],
    [
      'a backdated sale of what was not there yet',
      () => '/sales',
      { customer_id: 'CUST', line_items: priced, effective_at: '2020-01-01' },
      'insufficient_stock',
    ],
    [
      'a price that no account can hold',
      () => '/purchases',
      { supplier_id: 'SUP', line_items: [{ item_id: 'bottle', quantity: 1_000_000_000_000, unit_price: 1_000_000 }] },
      'amount_out_of_bounds',
    ],
  ];
  test.each(refusals)('%s', async (_what, path, body, code) =>
    expectRefusal(await admin.post(path(), typeof body === 'function' ? body() : body), code),
  );
});

const BAD_IDS = [
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '%0d%0aX-Injected:%201',
  '$all',
  '$ce-ledger',
  '-',
  "x'%20OR%201=1;--",
  '%ff',
  '%F0%9F%8D%BE',
  'x'.repeat(250),
];

test.each(BAD_IDS)('the id %s is that of nothing', async (id) => {
  const gets = [
    'items',
    'suppliers',
    'customers',
    'locations',
    'accounts',
    'sales',
    'purchases',
    'returns',
    'approvals',
    'reservations',
    'flash-sales',
    'orders',
    'stock',
  ];
  for (const path of gets) expectRefusal(await admin.get(`/${path}/${id}`));
  for (const path of [`/stock/${id}/movements`, `/accounts/${id}/entries`, `/accounts/receivable:${id}`])
    expectRefusal(await admin.get(path));
  expectRefusal(await admin.patch(`/items/${id}`, { name: 'X' }));
  expectRefusal(await admin.delete(`/reservations/${id}`));
  for (const path of [
    `/sales/${id}/void`,
    `/sales/${id}/returns`,
    `/approvals/${id}/reject`,
    `/reservations/${id}/checkout`,
    `/flash-sales/${id}/close`,
    `/orders/${id}/cancel`,
    `/periods/${id}/close`,
  ])
    expectRefusal(await admin.post(path, { reason: 'x', line_items: priced }));
});

test.each(['2026-13', '2026-00', '0000-01', '2026', '2026-1', '26-01', '2026-01-01', '9999-12'])(
  '%s is no month to close',
  async (month) => expectRefusal(await admin.post(`/periods/${month}/close`), /^(invalid_parameter|period_not_over)$/),
);

const LISTS = [
  '/stock',
  '/stock/bottle/movements',
  '/accounts',
  '/accounts/cash/entries',
  '/items',
  '/sales',
  '/purchases',
  '/approvals',
  '/reports/profit-loss',
  '/reports/stock-movement',
  '/reports/trends',
  '/stock/bottle/explain',
  '/audit/events',
  '/audit/history/item/bottle',
];
const EVERYWHERE = [
  'position=-1',
  'position=18446744073709551616',
  'position=1e3',
  'position=',
  'min_position=-1',
  'min_position=1.5',
  'as_of=2025-02-29',
  'as_of=yesterday',
  'as_of=0000-01-01',
  'as_of=2025-01-01T00:00:00%2B14:30',
  'known_at=',
  'known_at=5',
  'as_of=2025-01-01&as_of=2025-01-02',
  'sort=id;DROP%20TABLE%20events',
  '__proto__=1',
  'constructor=1',
  'as_of%00=1',
];
const PAGED = [
  'limit=0',
  'limit=-1',
  'limit=1001',
  'limit=1000000000',
  'limit=1e1',
  'limit=',
  'limit=1&limit=2',
  'cursor=',
  'cursor=AAAA',
  'cursor=%00',
  `cursor=${'x'.repeat(4000)}`,
  'cursor=AAAAAAAAAAAAWzFd',
];

test.each([...EVERYWHERE, ...PAGED])('the parameter %s', async (query) => {
  for (const path of LISTS) {
    const answer = await admin.get(`${path}?${query}`);
    expectRefusal(answer, 'invalid_parameter');
    if (!query.includes('%00')) expect(answer.body.errors[0].path).toBe(decodeURIComponent(query).split('=')[0]);
  }
});

test.each(['from=2026-02-01&to=2026-01-31', 'from=2026-02-30', 'to=x'])('the period %s', async (query) => {
  for (const path of [
    '/stock/bottle/movements',
    '/accounts/cash/entries',
    '/sales',
    '/reports/profit-loss',
    '/audit/events',
  ])
    expectRefusal(await admin.get(`${path}?${query}`), 'invalid_parameter');
});

test.each([
  '/sales?status=gone',
  '/sales?payment_status=maybe',
  '/sales?customer_id=$all',
  '/sales?customer_id=-',
  '/sales?total_price_min=1e3',
  '/sales?open_amount_max=0.0000001',
  '/sales?due_date_from=2026-02-30',
  '/sales?sort=customer_id',
  '/items?size_ml=x',
  '/items?active=yes',
  '/stock?item_id=a/b',
  '/reports/profit-loss?group_by=price',
  '/reports/profit-loss?format=xlsx',
  '/reports/profit-loss?from=2026-01-01T00:00:00Z',
  '/audit/events?order=random',
])('the question %s', async (path) => expectRefusal(await admin.get(path), 'invalid_parameter'));

test.each(['-1', '1e3', 'x', '18446744073709551616'])('Ledger-Position: %s', async (position) =>
  expectRefusal(await admin.get('/stock', { 'ledger-position': position }), 'invalid_parameter'),
);

test('a moment before the first event, or exactly at it, is no mistake', async () => {
  const [first] = (await readLedger(system.eventstore_url)).events;
  for (const query of [
    'as_of=1970-01-01',
    'known_at=1970-01-01',
    'position=0',
    `known_at=${first!.metadata.recorded_at}`,
    'as_of=9999-12-31',
    'position=9007199254740991',
  ])
    expectStatus(await admin.get(`/stock?${query}`), 200);
});

test('a batch may begin with a byte order mark', async () => {
  const text = `\ufeff{"type":"sales","body":${JSON.stringify({ customer_id: 'nobody', line_items: priced })}}\n`;
  const answer = await admin.send('POST', '/batches', text, { 'content-type': 'application/x-ndjson' });
  expect(JSON.parse(answer.body)).toMatchObject({ line: 1, problem: { code: 'unknown_customer' } });
});

test('every line of a batch can be wrong in its own way', async () => {
  const ndjson = { 'content-type': 'application/x-ndjson' };
  const lines = [
    'nonsense',
    '[]',
    'null',
    '{}',
    '{"type":"sales"}',
    '{"type":"__proto__","body":{}}',
    '{"type":"constructor","body":{}}',
    '{"type":"sales","body":{},"role":"admin"}',
    '{"type":"sales","type":"sales","body":{}}',
    `{"type":"sales","idempotency_key":"${'k'.repeat(256)}","body":${JSON.stringify({ customer_id: 'CUST', line_items: priced })}}`,
    `{"type":"sales","idempotency_key":5,"body":${JSON.stringify({ customer_id: 'CUST', line_items: priced })}}`,
    `{"type":"voids","body":{"number":"../x","reason":"x"}}`,
    `{"type":"periods/close","body":{"month":"2026-13"}}`,
    `{"type":"sales","body":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`,
    '\ufeff{"type":"sales","body":{}}',
  ];
  const bytes = [...lines.map((line) => Buffer.from(`${line}\n`)), Buffer.from([0xff, 0xfe, 0x0a])];
  const answer = expectStatus(await admin.send('POST', '/batches', new Uint8Array(Buffer.concat(bytes)), ndjson), 200);
  const results: { line: number; status: number; problem: { code: string } }[] = answer.body
    .trim()
    .split('\n')
    .map((line: string) => JSON.parse(line));
  expect(results).toHaveLength(lines.length + 1);
  for (const { status, problem } of results) {
    expect([status, problem.code]).toEqual([
      status,
      expect.stringMatching(/^(malformed_json|validation|invalid_idempotency_key)$/),
    ]);
    expect(status >= 400 && status < 500).toBe(true);
  }
  for (const query of ['atomic=yes', 'dry_run=1', 'atomic=true&atomic=true'])
    expectRefusal(await admin.send('POST', `/batches?${query}`, '', ndjson), 'invalid_parameter');
});

describe('an import', () => {
  const text = 'customer_id,item_id,quantity,unit_price\nCUST,bottle,1,2\n';
  const send = (query: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    admin.send('POST', `/imports?${query}`, new Uint8Array(Buffer.from(body as string)), {
      'content-type': 'text/csv',
      ...headers,
    });
  const mapping = (value: unknown) =>
    `type=sales&mapping=${encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))}`;

  test.each([
    ['without a type', '', text, 'invalid_parameter'],
    ['of an unknown type', 'type=__proto__', text, 'invalid_parameter'],
    ['of two types', 'type=sales&type=items', text, 'invalid_parameter'],
    ['with another parameter', 'type=sales&role=admin', text, 'invalid_parameter'],
    ['with a separator that is none', 'type=sales&separator=x', text, 'invalid_parameter'],
    ['with a mapping that is no JSON', mapping('{'), text, 'invalid_parameter'],
    ['with a mapping of nothing', mapping(5), text, 'invalid_parameter'],
    ['with a mapping of something else', mapping({ role: 'admin' }), text, 'invalid_parameter'],
    ['with a mapping of other fields', mapping({ columns: { __proto__x: 'a' } }), text, 'invalid_parameter'],
    ['with a mapping that holds lists', mapping({ values: { notes: ['x'] } }), text, 'invalid_parameter'],
    ['with a mapping to a column that is not there', mapping({ columns: { notes: 'x' } }), text, 'validation'],
    ['with a reference that is not there', 'type=sales&reference=x', text, 'validation'],
    ['without its columns', 'type=sales', 'a,b\n1,2\n', 'validation'],
    ['of nothing', 'type=sales', '\n', 'malformed_csv'],
    ['of JSON', 'type=sales', '{"customer_id":"CUST"}', 'malformed_csv'],
    ['in UTF-16', 'type=sales', Buffer.from(`\ufeff${text}`, 'utf16le'), 'malformed_csv'],
    ['in Latin-1', 'type=sales', Buffer.from(`${text.trim()},ä\n`, 'latin1'), 'malformed_csv'],
    ['with a quote that is not closed', 'type=sales', `${text.split('\n')[0]}\n"CUST,bottle,1,2\n`, 'malformed_csv'],
    ['with a line of 2 MiB', 'type=sales', `${text.split('\n')[0]}\n${'x'.repeat(2 ** 21)}`, 'malformed_csv'],
    [
      'with a mapping of other fields, of 8 MiB',
      mapping({ columns: { x: 'a' } }),
      text.repeat(2 ** 18),
      'invalid_parameter',
    ],
    ['without its columns, of 8 MiB', 'type=sales', 'a,b\n'.repeat(2 ** 21), 'validation'],
    ['with a header of 8 MiB', 'type=sales', 'x'.repeat(2 ** 23), 'malformed_csv'],
    ['with a million columns', 'type=sales', ','.repeat(1_000_000), 'malformed_csv'],
    ['with a quote that is open for 8 MiB', 'type=sales', `"${'x\n'.repeat(2 ** 22)}`, 'malformed_csv'],
  ])('%s', async (_, query, body, code) => expectRefusal(await send(query, body), code));

  test('that is no CSV by its type', async () => {
    for (const type of ['application/json', 'application/x-ndjson', 'text/plain', 'text/csv; charset=latin1'])
      expectRefusal(await send('type=sales', text, { 'content-type': type }), 'unsupported_media_type');
    expectRefusal(await admin.send('POST', '/sales', text, { 'content-type': 'text/csv' }), 'unsupported_media_type');
    expectRefusal(await admin.send('POST', '/imports?type=sales', undefined), 'unsupported_media_type');
    expectRefusal(await send('type=sales', text, { 'idempotency-key': 'k'.repeat(256) }), 'invalid_idempotency_key');
    expectRefusal(await send('type=sales', text, { ledger: 'no-such' }), 'unknown_ledger');
  });

  test('of lines that are all refused, or tried only', async () => {
    const bad = '"=1+1",bottle,1,2\nCUST,bottle,1e9,2\nCUST,bottle,1,2,3\nCUST,../x,1,2\nCUST,bottle,1000000,2\n';
    const { body } = expectStatus(await send('type=sales', `${text.split('\n')[0]}\n${bad}`), 200);
    expect([body.recorded, body.refused, body.refusals.map(({ code }: { code: string }) => code)]).toEqual([
      0,
      5,
      ['validation', 'validation', 'validation', 'validation', 'insufficient_stock'],
    ]);
    expect(expectStatus(await send('type=sales&dry_run=true', text), 200).body).toMatchObject({
      dry_run: true,
      recorded: 1,
      refused: 0,
    });
    const csv = expectStatus(await send('type=sales&format=csv&dry_run=true', text + bad), 200);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.body.split('\r\n')).toHaveLength(7);
    expect(csv.body).toContain("'=1+1,bottle,1,2,3,customer_id,validation,");
  });

  test('of what the role may not record', async () => {
    const sam = await newUser(system.url, admin, { username: 'imports-sam', role: 'staff' });
    const items = await sam.send('POST', '/imports?type=items', 'item_id,name,kind\nx,X,other\n', {
      'content-type': 'text/csv',
    });
    expectRefusal(items, 'forbidden');
    expectRefusal(
      await sam.send('POST', '/imports?type=voids', 'number,reason\nx,y\n', { 'content-type': 'text/csv' }),
      'forbidden',
    );
  });
});

test('no table for spreadsheets holds a formula', async () => {
  const csv = await admin.get('/reports/profit-loss?group_by=customer&format=csv');
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(csv.body).not.toMatch(/(^|[,\n"])[=+@\t]/);
});
