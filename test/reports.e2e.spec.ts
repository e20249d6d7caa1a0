import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  explainStock,
  getCustomerSales,
  getRestatement,
  getStock,
  getStockValuation,
  getSupplierCosts,
  type Client as Program,
  recordPurchase,
  recordSale,
  registerCustomer,
  registerItem,
  registerSupplier,
} from '../libs/client/index.js';
import { documentOf, programOf } from './support/client.js';
import { heldTo, readContract } from './support/contract.js';
import { type Client, expectStatus, login } from './support/http.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let admin: Client;
let client: Program;
let before_the_late_sale: string;
let last: number;
const today = new Date().toISOString().slice(0, 10);
const dated = (days_ago: number) => ({ effective_at: new Date(Date.now() - days_ago * 86_400_000).toISOString() });

beforeAll(async () => {
  system = await startSystem();
  admin = heldTo(await readContract(system.url), await login(system.url, system.admin));
  client = await programOf(system);
  await registerItem({ client, body: { item_id: 'bottle', name: '=HYPERLINK("http://evil")', kind: 'bottle' } });
  await registerSupplier({ client, body: { supplier_id: 'SUP', name: '=cmd|calc' } });
  await registerCustomer({ client, body: { customer_id: 'CUST', name: '=1+1' } });
  const line = (quantity: number, unit_price: number) => [{ item_id: 'bottle', quantity, unit_price }];
  await recordPurchase({ client, body: { supplier_id: 'SUP', line_items: line(500, 3.5), ...dated(10) } });
  await recordSale({ client, body: { customer_id: 'CUST', line_items: line(100, 4), ...dated(8) } });
  before_the_late_sale = new Date().toISOString();
  const late = await recordSale({ client, body: { customer_id: 'CUST', line_items: line(10, 4), ...dated(9) } });
  last = documentOf(late).position;
});
afterAll(() => system?.stop());

const asked = async (path: string) =>
  expectStatus(await admin.get(`${path}${path.includes('?') ? '&' : '?'}min_position=${last}`), 200).body;

const REPORTS = [
  ...['day', 'month', 'item', 'customer'].map((group) => `/reports/profit-loss?group_by=${group}`),
  ...['place', 'item', 'location'].map((group) => `/reports/stock-movement?group_by=${group}`),
  ...['place', 'item', 'location'].map((group) => `/reports/stock-valuation?group_by=${group}`),
  ...['customer', 'month'].map((group) => `/reports/customer-sales?group_by=${group}`),
  ...['supplier', 'month'].map((group) => `/reports/supplier-costs?group_by=${group}`),
  ...['day', 'week', 'month'].map((group) => `/reports/trends?group_by=${group}`),
  '/reports/aging?limit=10',
];

test.each(REPORTS)('%s is as documented, its rows lead to documents, and it is a table, too', async (path) => {
  const { data, position } = await asked(path);
  expect(data.length).toBeGreaterThan(0);
  expect(position).toBe(last);
  for (const { href } of data) expectStatus(await admin.get(href.slice('/api/v1'.length)), 200);
  const table: string = await asked(`${path}&format=csv`);
  const [names = '', ...rows] = table.trimEnd().split('\r\n');
  expect(rows).toHaveLength(data.length);
  expect(names.split(',').length).toBeGreaterThan(4);
  expect(table).not.toMatch(/(^|,|")[=+@]/m);
});

describe('figures', () => {
  test('of customers and suppliers', async () => {
    const sold = { customer_id: 'CUST', quantity: 110, revenue: 440, cost: 385, profit: 55 };
    expect((await getCustomerSales({ client })).data).toMatchObject([sold]);
    const cost = { supplier_id: 'SUP', purchases: 1, cost: 1750, paid: 0, owed: 1750 };
    expect((await getSupplierCosts({ client })).data).toMatchObject([cost]);
    const known = await getCustomerSales({ client, query: { known_at: before_the_late_sale } });
    expect(known.data).toMatchObject([{ revenue: 400, profit: 50 }]);
  });

  test('of stock, and how they came about', async () => {
    const { data, totals } = await getStockValuation({ client });
    expect(totals).toEqual({ on_hand: 390, value: 1365 });
    const explained = await asked(data[0]!.href!.slice('/api/v1'.length));
    expect(explained.summary).toMatchObject({ on_hand: 390, value: 1365, average_cost: 3.5 });
    expect(explained.data.map(({ quantity }: { quantity: number }) => quantity)).toEqual([-10, -100, 500]);
    for (const { href, number } of explained.data)
      expect((await admin.get(href.slice('/api/v1'.length))).body.number).toBe(number);
    const path = { id: 'bottle' };
    const { locations: _, item_id: __, position: ___, ...level } = await getStock({ client, path });
    expect((await explainStock({ client, path })).summary).toEqual(level);
  });

  test('restated by what became known', async () => {
    const known_at = before_the_late_sale;
    const query = { known_at, report: 'profit-loss', group_by: 'item', to: today } as const;
    const { data, totals } = await getRestatement({ client, query });
    const events = [{ type: 'SaleRecorded', actor: 'admin', backdated: true }];
    expect(data).toMatchObject([{ key: 'bottle', difference: { quantity: 10, revenue: 40, profit: 5 }, events }]);
    expect(totals.difference).toEqual({ quantity: 10, revenue: 40, cost: 35, profit: 5 });
    expect((await admin.get(data[0]!.events[0]!.href!.slice('/api/v1'.length))).body.total_price).toBe(40);
    for (const report of ['trial-balance', 'stock-valuation'] as const) {
      const { data: rows } = await getRestatement({ client, query: { known_at, report } });
      expect(rows.every(({ events_total }) => events_total === 1)).toBe(true);
    }
    const path = `/reports/restatement?known_at=${known_at}&report=profit-loss&group_by=item&to=${today}`;
    expect(await asked(`${path}&format=csv`)).toMatch(/^key,location_id,before_quantity,after_quantity,/);
  });
});

describe('history', () => {
  test.each([
    ['item', 'bottle', 'ItemRegistered'],
    ['suppliers', 'SUP', 'SupplierRegistered'],
    ['customer', 'CUST', 'CustomerRegistered'],
    ['account', 'inventory', 'AccountRegistered'],
    ['accounts', 'receivable:CUST', 'SaleRecorded'],
    ['location', 'main', 'LocationRegistered'],
    ['users', 'admin', 'UserCreated'],
  ])('of %s %s', async (kind, id, first) => {
    const { data } = await asked(`/audit/history/${kind}/${id}?order=oldest_first`);
    expect(data[0]).toMatchObject({ type: first });
    expect(data[0].changes.length).toBeGreaterThan(0);
  });

  test('of a bill, under each of its names', async () => {
    const { data } = (await asked('/sales?limit=1')) as { data: { number: string }[] };
    const { number } = data[0]!;
    for (const kind of ['bill', 'sale', 'sales', 'document']) {
      const [entry] = (await asked(`/audit/history/${kind}/${number}`)).data;
      expect(entry).toMatchObject({ type: 'SaleRecorded', href: `/api/v1/sales/${number}` });
    }
    expect((await admin.get(`/audit/history/purchase/${number}`)).body.code).toBe('unknown_document');
  });

  test('of nothing', async () => {
    for (const [path, code] of [
      ['item/nothing', 'unknown_item'],
      ['account/payable:nobody', 'unknown_account'],
      ['user/nobody', 'unknown_user'],
      ['sale/SO-000000-0001', 'unknown_document'],
      ['reservation/RV-000000-0001', 'unknown_reservation'],
      ['thing/bottle', 'invalid_parameter'],
    ])
      expect([path, (await admin.get(`/audit/history/${path}`)).body.code]).toEqual([path, code]);
  });
});

test('a rebuild is asked for, carried out by the projector, and changes no answer', async () => {
  const { rebuild, ...before } = (await admin.get('/projections')).body;
  expect(rebuild).toBeNull();
  const { rebuild_id } = expectStatus(await admin.post('/projections/rebuild'), 202).body;
  for (let tries = 0; tries < 100; tries += 1) {
    const { rebuild: now } = (await admin.get('/projections')).body;
    expect(now.rebuild_id).toBe(rebuild_id);
    if (now.status === 'done') break;
    expect((await asked('/stock/bottle')).on_hand).toBe(390);
    await sleep(100);
  }
  const { rebuild: done, ...after } = (await admin.get('/projections')).body;
  expect(done).toMatchObject({ status: 'done', seconds_left: 0, requested_by: 'admin', error: null });
  // Asking is a security event of its own.
  const books = (of: { ledgers: { ledger_id: string }[] }) =>
    of.ledgers.filter(({ ledger_id }) => ledger_id !== '@security');
  expect(books(after)).toEqual(books(before));
  expect((await asked('/stock/bottle')).value).toBe(1365);
});

test.each([
  'restatement',
  'restatement?report=profit-loss',
  'restatement?report=aging&known_at=2026-01-01',
  'restatement?report=trial-balance&known_at=2026-01-01&from=2026-01-01',
  'restatement?report=stock-valuation&known_at=2026-01-01&group_by=day',
  'restatement?report=profit-loss&known_at=yesterday',
  'restatement?report=profit-loss&known_at=2026-01-01&position=1',
  'trends?group_by=year',
  'trends?from=2026-02-01&to=2026-01-31',
  'stock-movement?from=2026-01-01T00:00:00Z',
  'stock-movement?limit=0',
  'customer-sales?cursor=AAAA',
  'supplier-costs?as_of=2025-02-29',
  'stock-valuation?format=xlsx',
  'stock-valuation?from=2026-01-01',
])('%s is no question', async (path) => {
  const { status, body } = await admin.get(`/reports/${path}`);
  expect([status, body.code]).toEqual([400, 'invalid_parameter']);
});
