/** No query may fail in a whole run: known failures hide others from an operator who watches the log. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Client, expectStatus, login } from './support/http.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let admin: Client;
beforeAll(async () => {
  system = await startSystem({ apis: 2 });
  admin = await login(system.url, system.admin);
});
afterAll(() => system?.stop());

const QUERIES = [
  '/dashboard',
  '/stock',
  '/sales?status=void&from=2026-01-01',
  '/trial-balance',
  '/audit/events',
  '/audit/history/items/bottle',
  '/audit/history/users/admin',
  '/audit/security-events',
  '/reports/profit-loss',
  '/reports/aging',
  '/reports/stock-movement?format=csv',
  '/reports/stock-valuation',
  '/reports/customer-sales?group_by=month',
  '/reports/supplier-costs?group_by=month',
  '/reports/trends',
  '/reports/restatement?report=profit-loss&known_at=2026-01-01',
  '/projections',
  '/periods',
  '/users',
  '/ledgers',
];

test('no query relies on failing', async () => {
  expectStatus(await admin.post('/items', { item_id: 'bottle', name: 'Bottle', kind: 'bottle' }), 201);
  expectStatus(await admin.post('/suppliers', { supplier_id: 'SUP', name: 'Preforms Ltd' }), 201);
  expectStatus(await admin.post('/customers', { customer_id: 'CUST', name: 'Shop' }), 201);
  const line = { item_id: 'bottle', quantity: 10, unit_price: 1.5 };
  expectStatus(await admin.post('/purchases', { supplier_id: 'SUP', line_items: [line] }), 201);
  const sold = expectStatus(await admin.post('/sales', { customer_id: 'CUST', line_items: [line] }), 201);
  const ann = { username: 'ann', password: 'correct horse battery', role: 'staff' };
  expectStatus(await admin.post('/users', ann), 201);
  expectStatus(await admin.post('/users', ann), 409);
  const seen = { 'ledger-position': `${sold.headers.get('ledger-position')}` };
  const ask = async () => {
    for (const path of QUERIES) expectStatus(await admin.get(path, seen), 200);
  };
  await ask();
  expectStatus(await admin.post('/projections/rebuild'), 202);
  const rebuilt = async () => expectStatus(await admin.get('/projections'), 200).body.rebuild.status === 'done';
  for (let tries = 0; tries < 100 && !(await rebuilt()); tries += 1) await sleep(100);
  expect(await rebuilt()).toBe(true);
  await ask();
  await system.terminate('projector');
  await system.restart('projector');
  await system.restart('api_2');
  await ask();
  await sleep(1500);
  expect(await system.postgresErrors()).toEqual([]);
});
