import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { danglingReferences, heldTo, type OpenApi, parametersOf, readContract } from './support/contract.js';
import { type Answer, type Client, expectStatus, login } from './support/http.js';
import { readLedger } from './support/log.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let contract: OpenApi;
let admin: Client;
let manager: Client;
let staff: Client;

beforeAll(async () => {
  system = await startSystem();
  contract = await readContract(system.url);
  admin = await login(system.url, system.admin);
  const user = async (username: string, role: string) => {
    expectStatus(
      await admin.post('/users', { username, password: 'correct horse', password_is_chosen: true, role }),
      201,
    );
    return login(system.url, { username, password: 'correct horse' });
  };
  manager = await user('mia', 'manager');
  staff = await user('sam', 'staff');
});
afterAll(() => system?.stop());

/** Every answer is held to the contract. */
function inLedger(ledger: string, client: Client): Client {
  const held = heldTo(contract, client);
  return {
    ...held,
    get: (path, headers) => held.get(path, { ledger, ...headers }),
    post: (path, body, headers) => held.post(path, body, { ledger, ...headers }),
    patch: (path, body, headers) => held.patch(path, body, { ledger, ...headers }),
    delete: (path, headers) => held.delete(path, { ledger, ...headers }),
    send: (method, path, body, headers) => held.send(method, path, body, { ledger, ...headers }),
  };
}

interface Books {
  admin: Client;
  manager: Client;
  staff: Client;
  after: (answer: Answer) => Record<string, string>;
  events: () => Promise<number>;
}

async function openBooks(ledger_id: string): Promise<Books> {
  expectStatus(await admin.post('/ledgers', { ledger_id, currency: 'USD' }), 201);
  const [ada, mia, sam] = [admin, manager, staff].map((client) => inLedger(ledger_id, client)) as [
    Client,
    Client,
    Client,
  ];
  const made = async (path: string, body: object) => expectStatus(await ada.post(path, body), 201);
  await made('/items', { item_id: 'bottle-500ml-a', name: 'Bottle 0.5 l', kind: 'bottle', size_ml: 500, grade: 'A' });
  await made('/items', { item_id: 'bottle-1500ml-a', name: 'Bottle 1.5 l', kind: 'bottle', size_ml: 1500 });
  await made('/items', { item_id: 'preform-20g', name: 'Preform', kind: 'preform' });
  await made('/suppliers', { supplier_id: 'SUP-001', name: 'Preforms Ltd' });
  await made('/customers', { customer_id: 'CUST-001', name: 'Springs Inc', email: 'buy@springs.example' });
  await made('/locations', { location_id: 'shop', name: 'Shop' });
  return {
    admin: ada,
    manager: mia,
    staff: sam,
    after: ({ headers }) => ({ 'ledger-position': headers.get('ledger-position')! }),
    events: async () => (await readLedger(system.eventstore_url, ledger_id)).events.length,
  };
}

const purchase = {
  supplier_id: 'SUP-001',
  line_items: [
    { item_id: 'bottle-500ml-a', quantity: 500, unit_price: 3.5 },
    { item_id: 'bottle-1500ml-a', quantity: 250, unit_price: 4.2 },
  ],
};
const sale = {
  customer_id: 'CUST-001',
  line_items: [
    { item_id: 'bottle-500ml-a', quantity: 100, unit_price: 4.0 },
    { item_id: 'bottle-1500ml-a', quantity: 50, unit_price: 6.0 },
  ],
};
const sellOne = (quantity: number) => ({
  customer_id: 'CUST-001',
  line_items: [{ item_id: 'bottle-500ml-a', quantity, unit_price: 4 }],
});

async function batch(client: Client, ...lines: object[]) {
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  const answer = await client.send('POST', '/batches', text, { 'content-type': 'application/x-ndjson' });
  const results = (answer.body as string).trim().split('\n');
  return results.map((line) => JSON.parse(line) as Pick<Answer, 'status' | 'body'>);
}

test('the contract refers to nothing that it does not have, and no two operations are called the same', () => {
  expect(danglingReferences(contract)).toEqual([]);
  const names = Object.values(contract.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  expect(new Set(names).size).toBe(names.length);
});

describe('the worked example', () => {
  let books: Books;
  beforeAll(async () => {
    books = await openBooks('worked-example');
    expectStatus(await books.staff.post('/purchases', purchase), 201);
  });

  test('sells to the cent', async () => {
    const sold = expectStatus(await books.staff.post('/sales', sale), 201);
    expect(sold.body).toMatchObject({
      bill_number: expect.stringMatching(/^SO-\d{6}-0001$/),
      customer_id: 'CUST-001',
      total_price: 700.0,
      total_cost: 560.0,
      total_profit: 140.0,
      status: 'confirmed',
      payment_status: 'pending',
      created_by: 'sam',
      line_items: [
        { item_id: 'bottle-500ml-a', quantity: 100, unit_price: 4, total_price: 400, cost: 350.0, profit: 50.0 },
        { item_id: 'bottle-1500ml-a', quantity: 50, unit_price: 6, total_price: 300, cost: 210.0, profit: 90.0 },
      ],
    });
    expect(sold.headers.get('ledger-position')).toBe(`${sold.body.position}`);

    const left = await books.admin.get('/stock', books.after(sold));
    expect(left.body.data).toEqual([
      {
        item_id: 'bottle-1500ml-a',
        location_id: 'main',
        on_hand: 200,
        reserved: 0,
        available: 200,
        average_cost: 4.2,
        value: 840.0,
      },
      {
        item_id: 'bottle-500ml-a',
        location_id: 'main',
        on_hand: 400,
        reserved: 0,
        available: 400,
        average_cost: 3.5,
        value: 1400.0,
      },
    ]);
    const profit = await books.admin.get('/reports/profit-loss?group_by=item', books.after(sold));
    expect(profit.body.totals).toEqual({ quantity: 150, revenue: 700, cost: 560, profit: 140 });
    const balances = await books.admin.get('/trial-balance', books.after(sold));
    expect(balances.body.totals).toEqual({ debit: 3500, credit: 3500 });
    const found = await books.staff.get(`/sales/${sold.body.bill_number}`, books.after(sold));
    expect(found.body).toEqual(sold.body);
  });

  test('says what is missing', async () => {
    const events = await books.events();
    const line_items = [{ item_id: 'bottle-1500ml-a', quantity: 500, unit_price: 6 }];
    const refused = expectStatus(await books.staff.post('/sales', { customer_id: 'CUST-001', line_items }), 409);
    expect(refused.body).toMatchObject({
      code: 'insufficient_stock',
      item_id: 'bottle-1500ml-a',
      location_id: 'main',
      available: 200,
      requested: 500,
      shortage: 300,
      retry: true,
    });
    expect(await books.events()).toBe(events);
  });
});

describe('every command is answered as the contract says', () => {
  let books: Books;
  let bought: Answer;
  beforeAll(async () => {
    books = await openBooks('every-command');
    bought = expectStatus(
      await books.staff.post('/purchases', { ...purchase, due_date: '2030-01-31', notes: 'first' }),
      201,
    );
  });
  const one = [{ item_id: 'bottle-500ml-a', quantity: 1 }];

  test('events, and the same again when asked for', async () => {
    const preforms = {
      supplier_id: 'SUP-001',
      line_items: [{ item_id: 'preform-20g', quantity: 1000, unit_price: 0.0375 }],
    };
    expectStatus(await books.staff.post('/purchases', preforms), 201);
    const orders: [path: string, body: object][] = [
      [
        '/blows',
        {
          inputs: [{ item_id: 'preform-20g', quantity: 100 }],
          outputs: [{ item_id: 'bottle-500ml-a', quantity: 98 }],
          rejected_quantity: 2,
          conversion_cost: 1.5,
          notes: 'line 2',
        },
      ],
      ['/sales', { ...sale, due_date: '2030-01-31', notes: 'by phone' }],
      ['/wastes', { line_items: one, reason: 'dropped', notes: 'by the door' }],
      ['/stock-transfers', { from_location_id: 'main', to_location_id: 'shop', line_items: one, notes: 'for display' }],
      ['/transfers', { from_account_id: 'equity', to_account_id: 'bank', amount: 4999.99, reference: 'opening' }],
      ['/payments', { bill_number: bought.body.number, account_id: 'bank', amount: 100.25, method: 'wire' }],
      ['/stock-counts', { counts: [{ item_id: 'preform-20g', counted_quantity: 899 }], reason: 'month end' }],
    ];
    for (const [path, body] of orders) {
      const answer = expectStatus(await books.staff.post(path, body), 201);
      const found = await books.staff.get(`${path}/${answer.body.number}`, books.after(answer));
      expect(found.body).toEqual(answer.body);
      const list = await books.staff.get(path, books.after(answer));
      expect(list.body.data[0]).toEqual(answer.body);
      const dry = expectStatus(
        await books.admin.post(`${path}/${answer.body.number}/void?dry_run=true`, { reason: 'typo' }),
        200,
      );
      expect(dry.body.status).toBe('void');
    }
  });

  test('returns, voids, and a bill that says what must be undone first', async () => {
    const sold = expectStatus(await books.staff.post('/sales', sellOne(10)), 201).body.number;
    const back = expectStatus(
      await books.staff.post(`/sales/${sold}/returns`, { line_items: one, reason: 'cracked' }),
      201,
    );
    expect(back.body).toMatchObject({ kind: 'return', bill_number: sold, total_price: 4 });
    expect((await books.staff.get(`/returns/${back.body.number}`, books.after(back))).body).toEqual(back.body);
    const early = expectStatus(await books.admin.post(`/sales/${sold}/void`, { reason: 'typo' }), 409);
    expect(early.body).toMatchObject({ code: 'has_returns', returns: [back.body.number] });
    expectStatus(await books.admin.post(`/returns/${back.body.number}/void`, { reason: 'typo' }), 201);
    const gone = expectStatus(await books.admin.post(`/sales/${sold}/void`, { reason: 'typo' }), 201);
    expect(gone.body).toMatchObject({
      status: 'void',
      payment_status: 'void',
      voided_by: 'admin',
      void_reason: 'typo',
    });
    expect((await books.admin.get(`/sales?status=void`, books.after(gone))).body.data).toEqual([gone.body]);
    const sent_back = await books.staff.post(`/purchases/${bought.body.number}/returns`, {
      line_items: one,
      reason: 'wrong',
    });
    expect(expectStatus(sent_back, 201).body.bill_number).toBe(bought.body.number);
  });

  test('a number is found under its own kind only', async () => {
    const { number } = bought.body;
    for (const path of ['sales', 'blows', 'payments']) {
      expect(expectStatus(await books.admin.post(`/${path}/${number}/void`, { reason: 'x' }), 404).body.code).toBe(
        'unknown_document',
      );
      expect(expectStatus(await books.admin.get(`/${path}/${number}`), 404).body.code).toBe('unknown_document');
    }
    const answer = await books.staff.post(`/sales/${number}/returns`, { line_items: one, reason: 'x' });
    expect(expectStatus(answer, 404).body.code).toBe('unknown_document');
  });

  test('four eyes', async () => {
    const big = { from_account_id: 'equity', to_account_id: 'bank', amount: 5000.01 };
    const waits = expectStatus(await books.staff.post('/transfers', big, { 'idempotency-key': 'big' }), 202);
    expect(waits.body).toMatchObject({ status: 'pending', amount: 5000.01, threshold: 5000, requested_by: 'sam' });
    const again = expectStatus(await books.staff.post('/transfers', big, { 'idempotency-key': 'big' }), 202);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const { approval_id } = waits.body;
    expect((await books.manager.get('/approvals?status=pending', books.after(waits))).body.data).toEqual([waits.body]);
    const granted = expectStatus(await books.manager.post(`/approvals/${approval_id}/approve`), 201);
    expect(granted.body).toMatchObject({
      status: 'approved',
      decided_by: 'mia',
      document: { kind: 'transfer', amount: 5000.01, created_by: 'sam', approved_by: 'mia' },
    });
    const twice = expectStatus(await books.admin.post(`/approvals/${approval_id}/approve`), 409);
    expect(twice.body.code).toBe('approval_decided');
    const other = expectStatus(await books.staff.post('/transfers', big), 202).body.approval_id;
    const rejected = expectStatus(await books.manager.post(`/approvals/${other}/reject`, { reason: 'no' }), 201);
    expect(rejected.body).toMatchObject({ status: 'rejected', reject_reason: 'no' });
    expect((await books.manager.get(`/approvals/${other}`, books.after(rejected))).body).toEqual(rejected.body);
  });

  test('a threshold that was changed, a request taken back, and what waits in a batch', async () => {
    const lowered = await books.admin.post('/approval-thresholds', { approval_threshold: 1, reason: 'as agreed' });
    expect(expectStatus(lowered, 201).body).toMatchObject({ approval_threshold: 1, previous_threshold: 5000 });
    expectStatus(await books.manager.post('/approval-thresholds', { approval_threshold: 9, reason: 'x' }), 403);
    const scrap = { line_items: one, reason: 'dropped' };
    const dry = expectStatus(await books.staff.post('/wastes?dry_run=true', scrap), 200);
    expect(dry.body).toMatchObject({ kind: 'approval', status: 'pending', threshold: 1 });
    const waits = expectStatus(await books.staff.post('/wastes', scrap), 202);
    const { approval_id } = waits.body;
    expect((await books.staff.get('/stock/bottle-500ml-a', books.after(waits))).body.reserved).toBe(1);
    const not_mine = await books.manager.post(`/approvals/${approval_id}/withdraw`);
    expect(expectStatus(not_mine, 403).body).toMatchObject({ code: 'not_the_requester', requested_by: 'sam' });
    const back = expectStatus(await books.staff.post(`/approvals/${approval_id}/withdraw`), 201);
    expect(back.body).toMatchObject({ status: 'withdrawn', decided_by: 'sam' });
    expect((await books.staff.get('/stock/bottle-500ml-a', books.after(back))).body.reserved).toBe(0);
    const lines = [
      { type: 'payments', body: { bill_number: bought.body.number, account_id: 'bank', amount: 4 } },
      { type: 'wastes', body: scrap },
    ];
    const answers = await batch(books.staff, ...lines);
    expect(answers.map(({ status, body }) => [status, body.kind])).toEqual([
      [202, 'approval'],
      [202, 'approval'],
    ]);
    const [payment, waste] = answers.map(({ body }) => body.approval_id as string);
    const approved = expectStatus(await books.manager.post(`/approvals/${payment}/approve`), 201);
    expect(approved.body.document).toMatchObject({ kind: 'payment', amount: 4, created_by: 'sam', approved_by: 'mia' });
    const withdrawn = await batch(books.staff, { type: 'approvals/withdraw', body: { approval_id: waste } });
    expect(withdrawn).toMatchObject([{ status: 201, body: { status: 'withdrawn' } }]);
    const restored = await batch(books.admin, {
      type: 'approval-thresholds',
      body: { approval_threshold: 5000, reason: 'as before' },
    });
    expect(restored).toMatchObject([{ status: 201, body: { approval_threshold: 5000, previous_threshold: 1 } }]);
    const { data } = (await books.manager.get(`/approval-thresholds?min_position=${restored[0]!.body.position}`)).body;
    expect(data).toMatchObject([
      { approval_threshold: 5000, reason: 'as before', decided_by: 'admin' },
      { approval_threshold: 1, reason: 'as agreed' },
      { approval_threshold: 5000, reason: null },
    ]);
    const { body } = await books.admin.get('/ledgers');
    expect(body.data.find(({ ledger_id }: { ledger_id: string }) => ledger_id === 'every-command')).toMatchObject({
      approval_threshold: 5000,
    });
  });

  test('manual journal entries', async () => {
    expectStatus(await books.admin.post('/accounts', { account_id: 'rent', name: 'Rent', type: 'expense' }), 201);
    const entry = (amount: number, credited = 'equity') => ({
      description: 'rent of March',
      lines: [
        { account_id: 'rent', side: 'debit', amount },
        { account_id: credited, side: 'credit', amount },
      ],
    });
    const dry = expectStatus(await books.staff.post('/journal-entries?dry_run=true', entry(500)), 200);
    expect(dry.body).toMatchObject({ kind: 'journal_entry', amount: 500 });
    const recorded = expectStatus(await books.staff.post('/journal-entries', entry(500)), 201);
    const { number, lines } = recorded.body;
    expect({ number, lines }).toEqual({ number: expect.stringMatching(/^JE-\d{6}-0001$/), lines: entry(500).lines });
    const wrong = { ...entry(500), lines: [entry(500).lines[0], { ...entry(1).lines[1] }] };
    expect(expectStatus(await books.staff.post('/journal-entries', wrong), 422).body.errors).toEqual([
      { path: 'lines', message: 'must balance: debits are 500, credits 1' },
    ]);
    const control = expectStatus(await books.staff.post('/journal-entries', entry(1, 'inventory')), 422);
    expect(control.body).toMatchObject({ code: 'control_account', account_id: 'inventory' });
    const waiting = expectStatus(await books.staff.post('/journal-entries', entry(5000.01)), 202);
    const approved = await books.manager.post(`/approvals/${waiting.body.number}/approve`);
    expect(expectStatus(approved, 201).body.document).toMatchObject({ kind: 'journal_entry', amount: 5000.01 });
    const list = await books.admin.get('/journal-entries', books.after(approved));
    expect(expectStatus(list, 200).body.data.map(({ amount }: { amount: number }) => amount)).toEqual([5000.01, 500]);
    expectStatus(await books.admin.post(`/journal-entries/${number}/void`, { reason: 'typed twice' }), 201);
    expectStatus(await books.manager.post(`/journal-entries/${number}/void`, { reason: 'x' }), 403);
    const [line] = await batch(books.staff, { type: 'journal-entries', body: entry(7) });
    expect(line).toMatchObject({ status: 201, body: { amount: 7 } });
    const statement = await books.manager.get(`/accounts/rent/entries?min_position=${line!.body.position}`);
    expect(expectStatus(statement, 200).body.data).toMatchObject([
      { debit: 7, balance: 5007.01 },
      { credit: 500, balance: 5000.01 },
      { debit: 5000.01, balance: 5500.01 },
      { debit: 500, balance: 500 },
    ]);
  });

  test('what will never be paid', async () => {
    const sold = expectStatus(await books.staff.post('/sales', sellOne(10)), 201).body.number;
    const lost = { bill_number: sold, amount: 15, reason: 'bankrupt' };
    expectStatus(await books.staff.post('/write-offs', lost), 403);
    const dry = expectStatus(await books.manager.post('/write-offs?dry_run=true', lost), 200);
    expect(dry.body).toMatchObject({ kind: 'write_off', amount: 15, status: 'confirmed' });
    const written = expectStatus(await books.manager.post('/write-offs', lost), 201);
    expect((await books.staff.get(`/sales/${sold}`, books.after(written))).body).toMatchObject({
      payment_status: 'pending',
      written_off_amount: 15,
      open_amount: 25,
      write_offs: [written.body.number],
    });
    expect((await books.manager.get('/accounts/write-off')).body).toMatchObject({ type: 'expense', balance: 15 });
    const [rest] = await batch(books.manager, { type: 'write-offs', body: { ...lost, amount: undefined } });
    expect(rest).toMatchObject({ status: 201, body: { amount: 25 } });
    const whole = await books.admin.post(`/sales/${sold}/void`, { reason: 'typo' });
    expect(expectStatus(whole, 409).body).toMatchObject({ code: 'has_write_offs' });
    for (const { number } of [written.body, rest!.body])
      expectStatus(await books.admin.post(`/write-offs/${number}/void`, { reason: 'they are back' }), 201);
    const gone = expectStatus(await books.admin.post(`/sales/${sold}/void`, { reason: 'typo' }), 201);
    expect((await books.manager.get('/accounts/write-off', books.after(gone))).body.balance).toBe(0);
    const out_of_revenue = { bill_number: bought.body.number, account_id: 'revenue', amount: 1 };
    expect(expectStatus(await books.staff.post('/payments', out_of_revenue), 422).body.code).toBe('control_account');
    const out_of_equity = { ...out_of_revenue, account_id: 'equity' };
    expect(expectStatus(await books.staff.post('/payments', out_of_equity), 422).body.code).toBe('not_a_money_account');
  });

  test('reservations', async () => {
    const lines = { line_items: [{ item_id: 'bottle-500ml-a', quantity: 5 }] };
    const held = expectStatus(await books.staff.post('/reservations', { ...lines, customer_id: 'CUST-001' }), 201);
    const { reservation_id } = held.body;
    expect((await books.staff.get('/stock/bottle-500ml-a', books.after(held))).body.reserved).toBe(5);
    const sold = await books.staff.post(`/reservations/${reservation_id}/checkout`, {
      line_items: [{ item_id: 'bottle-500ml-a', quantity: 3, unit_price: 4 }],
    });
    expect(expectStatus(sold, 201).body).toMatchObject({ kind: 'sale', reservation_id, total_price: 12 });
    const ended = await books.staff.get(`/reservations/${reservation_id}`, books.after(sold));
    expect(ended.body).toMatchObject({ status: 'confirmed', released: [{ item_id: 'bottle-500ml-a', quantity: 2 }] });
    const made_of_it = await books.staff.get(`/sales?reservation_id=${reservation_id}`, books.after(sold));
    expect(made_of_it.body.data).toEqual([sold.body]);
    const other = expectStatus(await books.staff.post('/reservations', lines), 201).body.reservation_id;
    expect(expectStatus(await books.staff.delete(`/reservations/${other}`), 200).body.status).toBe('released');
    expect(expectStatus(await books.staff.delete(`/reservations/${other}`), 409).body.code).toBe('reservation_ended');
  });

  test('flash sales and their orders', async () => {
    const offer = { item_id: 'bottle-500ml-a', quantity: 6, unit_price: 2.5, per_customer_max: 3, hold_seconds: 60 };
    const ends_at = new Date(Date.now() + 3_600_000).toISOString();
    const opened = expectStatus(await books.manager.post('/flash-sales', { ...offer, ends_at }), 201);
    const { flash_sale_id } = opened.body;
    const large = { item_id: 'bottle-1500ml-a', quantity: 2, unit_price: 4, per_customer_max: 9, ends_at };
    const other = expectStatus(await books.manager.post('/flash-sales', large), 201).body.flash_sale_id;
    expectStatus(await books.staff.post('/flash-sales', { ...offer, ends_at }), 403);
    const buy = (client: Client, quantity: number, more = {}, key = {}) =>
      client.post('/flash-buy', { customer_id: 'CUST-001', line_items: [{ flash_sale_id, quantity }], ...more }, key);
    const key = { 'idempotency-key': 'flash-1' };
    const bought = expectStatus(await buy(books.staff, 1, { payment_reference: 'tok_1' }, key), 202);
    expect(bought.body).toMatchObject({ kind: 'order', status: 'pending', total_price: 2.5, created_by: 'sam' });
    expect(expectStatus(await buy(books.staff, 1, { payment_reference: 'tok_1' }, key), 202).body).toEqual(bought.body);
    expect(expectStatus(await buy(books.staff, 2, {}, key), 422).body.code).toBe('idempotency_key_reused');
    const dry = await books.staff.post('/flash-buy?dry_run=true', {
      customer_id: 'CUST-001',
      line_items: [{ flash_sale_id, quantity: 1 }],
    });
    expect(expectStatus(dry, 200).body.status).toBe('pending');
    const both = [
      { flash_sale_id, quantity: 1 },
      { flash_sale_id: other, quantity: 2 },
    ];
    const two = expectStatus(await buy(books.manager, 0, { line_items: both }), 202);
    expect(two.body).toMatchObject({ total_price: 10.5, line_items: [{ quantity: 1 }, { quantity: 2 }] });
    const refused = async (answer: Promise<Answer>, status: number, code: string, details = {}) =>
      expect(expectStatus(await answer, status).body).toMatchObject({ code, ...details });
    await refused(buy(books.manager, 2), 409, 'exceeds_customer_limit', { per_customer_max: 3, taken: 2 });
    await refused(buy(books.manager, 5), 409, 'sold_out', { remaining: 4, requested: 5 });
    await refused(buy(books.manager, 0, { line_items: [...both, both[0]] }), 422, 'validation');
    await refused(buy(books.manager, 0), 422, 'validation');
    await refused(buy(books.manager, 1, { unit_price: 1 }), 422, 'validation');
    await refused(buy(books.manager, 1, { customer_id: 'CUST-9' }), 404, 'unknown_customer');
    await refused(
      buy(books.manager, 1, { line_items: [{ flash_sale_id: 'FS-000101-0001', quantity: 1 }] }),
      404,
      'unknown_flash_sale',
    );
    const coming = { ...offer, quantity: 1, starts_at: new Date(Date.now() + 1_800_000).toISOString(), ends_at };
    const not_begun = expectStatus(await books.manager.post('/flash-sales', coming), 201).body.flash_sale_id;
    const early = { line_items: [{ flash_sale_id: not_begun, quantity: 1 }] };
    await refused(buy(books.manager, 1, early), 409, 'flash_sale_not_begun', { starts_at: coming.starts_at });
    expectStatus(await books.manager.post(`/flash-sales/${not_begun}/close`, { reason: 'too early' }), 201);
    await refused(
      books.manager.post('/flash-sales', { ...offer, ends_at, quantity: 100_000 }),
      409,
      'insufficient_stock',
    );

    const { order_id } = two.body;
    const path = `/flash-sales/${flash_sale_id}`;
    const as_of_now = books.after(two);
    const figures = { remaining: 4, held: 2, sold: 0, returned: 0 };
    expect(expectStatus(await books.manager.get(path, as_of_now), 200).body).toMatchObject({ ...offer, ...figures });
    const to_staff = expectStatus(await books.staff.get(path, as_of_now), 200).body;
    expect(to_staff).toMatchObject({ remaining: 4 });
    expect(to_staff).not.toHaveProperty('held');
    expectStatus(await books.staff.get(`/orders/${order_id}`, as_of_now), 404);
    await refused(books.staff.post(`/orders/${order_id}/cancel`, undefined), 404, 'unknown_order');
    expect((await books.staff.get('/orders')).body.data).toEqual([bought.body]);
    expect((await books.manager.get('/orders?status=pending&customer_id=CUST-001')).body.data).toEqual([
      two.body,
      bought.body,
    ]);
    const of_item = await books.manager.get(`/orders?item_id=${offer.item_id}`);
    expect(of_item.body.data).toEqual([two.body, bought.body]);
    const of_sale = async (id: string) => (await books.manager.get(`/orders?flash_sale_id=${id}`)).body.data;
    expect(await of_sale(flash_sale_id)).toEqual([two.body, bought.body]);
    expect(await of_sale(other)).toEqual([two.body]);
    expect(await of_sale(not_begun)).toEqual([]);
    expect((await books.manager.get(`/sales?order_id=${order_id}`)).body.data).toEqual([]);
    const cancelled = expectStatus(await books.manager.post(`/orders/${order_id}/cancel`, undefined), 201);
    expect(cancelled.body).toMatchObject({ status: 'released', release_reason: 'cancelled' });
    await refused(books.manager.post(`/orders/${order_id}/cancel`, undefined), 409, 'order_ended');
    const closed = await books.manager.post(`${path}/close`, { reason: 'a faulty batch' });
    expect(expectStatus(closed, 201).body).toMatchObject({ status: 'closed', remaining_at_close: 5 });
    await refused(buy(books.staff, 1), 409, 'flash_sale_closed');
    await refused(books.manager.post(`${path}/close`, { reason: 'again' }), 409, 'flash_sale_closed');
    const after_all = expectStatus(await books.manager.get('/flash-sales?limit=5', books.after(closed)), 200).body;
    expect(after_all.data).toMatchObject([
      { flash_sale_id: not_begun, status: 'closed', remaining: 0, held: 0, returned: 0 },
      { flash_sale_id: other, remaining: 2, held: 0, returned: 2 },
      { flash_sale_id, status: 'closed', remaining: 0, held: 1, returned: 1 },
    ]);
    const then = expectStatus(await books.manager.get(`${path}?position=${opened.body.position}`), 200).body;
    expect(then).toMatchObject({ status: 'open', remaining: 6, held: 0 });
    const history = expectStatus(await books.admin.get(`/audit/history/order/${order_id}`), 200).body.data;
    expect(history.map(({ type }: { type: string }) => type)).toEqual(['FlashOrderReleased', 'FlashOrderPlaced']);
    expectStatus(await books.admin.get('/audit/history/order/OR-000101-0001'), 404);
  });

  test('master data is changed, not deleted', async () => {
    const changes: [path: string, change: object][] = [
      ['/items/preform-20g', { reorder_level: 10, unit: 'piece' }],
      ['/suppliers/SUP-001', { phone: '+49 30 1234' }],
      ['/customers/CUST-001', { email: null }],
      ['/locations/annex', { active: false }],
      ['/accounts/bank', { name: 'Main bank' }],
    ];
    expectStatus(await books.admin.post('/locations', { location_id: 'annex', name: 'Annex' }), 201);
    for (const [path, change] of changes) {
      const changed = expectStatus(await books.admin.patch(path, change), 200);
      expect(changed.body).toMatchObject(change);
      expect((await books.admin.get(path, books.after(changed))).body).toMatchObject(change);
      const { position } = expectStatus(await books.admin.patch(path, change), 200).body;
      expect(position).toBe(changed.body.position);
    }
    expectStatus(await books.admin.post('/accounts', { account_id: 'petty', name: 'Petty cash', type: 'asset' }), 201);
    const places = await books.admin.get('/locations?active=false');
    expect(places.body.data.map((row: { location_id: string }) => row.location_id)).toEqual(['annex']);
    const bottle = '/items/bottle-500ml-a';
    const read = expectStatus(await books.admin.get(bottle), 200);
    const tag = read.headers.get('etag')!;
    expect(tag).toBe(`"${read.body.position}"`);
    const both = ['Bottle half a litre', 'Bottle 500 ml'].map((name) =>
      books.admin.patch(bottle, { name }, { 'if-match': tag }),
    );
    const outcomes = (await Promise.all(both)).sort((one, other) => one.status - other.status);
    expect(outcomes.map(({ status }) => status)).toEqual([200, 412]);
    const [won, lost] = outcomes as [Answer, Answer];
    expect(lost.body).toMatchObject({ code: 'changed_since', item_id: 'bottle-500ml-a', position: won.body.position });
    expect(won.headers.get('etag')).toBe(`"${won.body.position}"`);
    for (const stale of [tag, 'W/"1"', '"x"', `W/${won.headers.get('etag')}`])
      expectStatus(await books.admin.patch(bottle, { grade: 'B' }, { 'if-match': stale }), 412);
    const key = { 'if-match': `${tag}, ${won.headers.get('etag')}`, 'idempotency-key': 'grade' };
    const graded = expectStatus(await books.admin.patch(bottle, { grade: 'B' }, key), 200);
    expect((await books.admin.patch(bottle, { grade: 'B' }, key)).body).toEqual(graded.body);
    expectStatus(await books.admin.patch(bottle, { grade: 'B' }, { ...key, 'if-match': '*' }), 422);
    expectStatus(await books.admin.patch(bottle, { grade: 'A' }, { 'if-match': '*' }), 200);
    const full = expectStatus(await books.admin.patch('/locations/shop', { active: false }), 409);
    expect(full.body).toMatchObject({ code: 'not_empty', location_id: 'shop' });
  });

  test('periods', async () => {
    const closed = expectStatus(await books.manager.post('/periods/2020-01/close'), 201);
    expect(closed.body).toMatchObject({
      month: '2020-01',
      status: 'closed',
      months_closed: ['2020-01'],
      stock_value: 0,
    });
    const late = expectStatus(await books.staff.post('/sales', { ...sale, effective_at: '2020-01-31' }), 409);
    expect(late.body.code).toBe('period_closed');
    const opened = expectStatus(await books.admin.post('/periods/2020-01/reopen', { reason: 'a late bill' }), 201);
    expect(opened.body).toMatchObject({ month: '2020-01', status: 'open', closed_through: '2019-12' });
    expect((await books.admin.get('/periods', books.after(opened))).body.data).toMatchObject([
      { month: '2020-01', status: 'open' },
    ]);
    const both = expectStatus(await books.manager.post('/periods/2020-02/close'), 201);
    expect(both.body).toMatchObject({ month: '2020-02', months_closed: ['2020-01', '2020-02'] });
    const again = expectStatus(await books.admin.post('/periods/2020-02/reopen', { reason: 'another' }), 201);
    expect(again.body).toMatchObject({ month: '2020-02', closed_through: '2020-01' });
    expect((await books.admin.get('/periods', books.after(again))).body.data).toMatchObject([
      { month: '2020-02', status: 'open', position: again.body.position },
      { month: '2020-01', status: 'closed', position: both.body.position - 1 },
    ]);
  });

  test('and what was recorded can be asked for in every way', async () => {
    for (const path of [
      '/stock/bottle-500ml-a/movements?location_id=main',
      '/accounts',
      '/accounts/inventory',
      '/accounts/receivable:CUST-001',
      '/accounts/receivable:CUST-001/entries?limit=1',
      '/reports/profit-loss?group_by=customer&from=2020-01-01&to=9999-12-31',
      '/reports/profit-loss?group_by=month',
      '/audit/events?type=SaleRecorded&actor=sam&order=oldest_first',
      '/purchases?supplier_id=SUP-001&payment_status=partial&from=2020-01-01&to=9999-12-31',
    ])
      expectStatus(await books.admin.get(path), 200);
    const csv = expectStatus(await books.admin.get('/reports/profit-loss?group_by=customer&format=csv'), 200);
    expect(csv.body).toMatch(/^key,quantity,revenue,cost,profit\r\nCUST-001,/);
  });
});

test('what is dated before a count and recorded after it is no difference of the count', async () => {
  const books = await openBooks('counted');
  const item_id = 'bottle-500ml-a';
  const line_items = [{ item_id, quantity: 100, unit_price: 1 }];
  const bought = { supplier_id: 'SUP-001', line_items, effective_at: '2024-03-02' };
  expectStatus(await books.staff.post('/purchases', bought), 201);
  const count = { counts: [{ item_id, counted_quantity: 95 }], reason: 'month end', effective_at: '2024-03-05' };
  const counted = expectStatus(await books.staff.post('/stock-counts', count), 201).body;
  expect(counted).toMatchObject({ effective_at: '2024-03-05T23:59:59.999Z', counts: [{ difference: -5, value: -5 }] });

  const sold = (quantity: number, effective_at = '2024-03-03') => ({
    customer_id: 'CUST-001',
    line_items: [{ item_id, quantity, unit_price: 2 }],
    effective_at,
  });
  const contradicts = await books.manager.post('/sales?dry_run=true', sold(6));
  expect(expectStatus(contradicts, 409).body).toMatchObject({
    code: 'counted_since',
    number: counted.number,
    item_id,
    difference: -5,
    moved: -6,
  });
  // It may be the count of another.
  const to_staff = expectStatus(await books.staff.post('/sales?dry_run=true', sold(6)), 409).body;
  expect([to_staff.code, to_staff.number, to_staff.difference]).toEqual(['counted_since', undefined, undefined]);
  const [slip] = await batch(books.staff, { type: 'sales', body: sold(5) });
  expect(slip).toMatchObject({ status: 201, body: { kind: 'sale', total_cost: 5 } });
  const after = { 'ledger-position': `${slip!.body.position}` };
  const onHand = async (query: string) => (await books.manager.get(`/stock/${item_id}${query}`, after)).body.on_hand;
  expect([await onHand('?as_of=2024-03-04'), await onHand('?as_of=2024-03-05'), await onHand('')]).toEqual([
    95, 95, 95,
  ]);
  expect((await books.manager.get('/accounts/count-difference', after)).body.balance).toBe(0);
  expect((await books.manager.get(`/stock-counts/${counted.number}`, after)).body.adjustments).toMatchObject([
    { cause: slip!.body.number, counts: [{ item_id, quantity: 5, value: 5 }] },
  ]);
  const { data } = (await books.manager.get('/reports/stock-movement', after)).body;
  expect(data).toMatchObject([{ in: { count_adjustment: { quantity: 5 } }, closing: { quantity: 95, value: 95 } }]);

  const voiding = (effective_at: string) => ({ reason: 'another customer', effective_at });
  const path = `/sales/${slip!.body.number}/void`;
  const early = expectStatus(await books.admin.post(path, voiding('2024-03-02')), 422);
  expect(early.body.code).toBe('effective_before_document');
  const gone = expectStatus(await books.admin.post(path, voiding('2024-03-03')), 201);
  expect(gone.body).toMatchObject({ status: 'void', effective_at: '2024-03-03T23:59:59.999Z' });
  expect((await books.manager.get('/accounts/count-difference', books.after(gone))).body.balance).toBe(5);
  expect((await books.manager.get(`/stock/${item_id}`, books.after(gone))).body.on_hand).toBe(95);

  // A count at a position is effective when that was recorded.
  const again = { ...count, effective_at: undefined, counted_at_position: gone.body.position };
  expect(expectStatus(await books.staff.post('/stock-counts', again), 201).body).toMatchObject({
    effective_at: gone.body.voided_at,
    counts: [{ expected_quantity: 95, difference: 0 }],
  });
});

describe('what the whole comes to', () => {
  test('a dashboard, and who owes what, agree with the accounts', async () => {
    const books = await openBooks('whole');
    expectStatus(await books.staff.post('/purchases', { ...purchase, effective_at: '2024-01-01' }), 201);
    const sold = expectStatus(
      await books.staff.post('/sales', { ...sale, due_date: '2024-01-31', effective_at: '2024-01-02' }),
      201,
    );
    expectStatus(await books.admin.patch('/items/preform-20g', { reorder_level: 100 }), 200);
    const pay = { bill_number: sold.body.number, amount: 300.5, effective_at: '2024-02-10' };
    const paid = expectStatus(await books.staff.post('/payments', pay), 201);
    const today = expectStatus(await books.staff.post('/sales', sellOne(1)), 201);
    const board = expectStatus(await books.admin.get('/dashboard', books.after(today)), 200).body;
    expect(board).toMatchObject({
      stock: { items: 2, pieces: 599, reserved: 0, value: 2236.5 },
      low_stock: [{ item_id: 'preform-20g', name: 'Preform', available: 0, reorder_level: 100 }],
      today: { quantity: 1, revenue: 4, cost: 3.5, profit: 0.5 },
      owed: { to_us: 403.5, by_us: 2800 },
    });
    expect(board.last_documents[0]).toEqual(today.body);

    const ages = { not_due: 0, days_0_30: 0, days_31_60: 0, days_61_90: 0, days_over_90: 0, total: 0 };
    const aging = async (query: string) => expectStatus(await books.admin.get(`/reports/aging${query}`), 200).body;
    expect(await aging('')).toMatchObject({
      data: [
        { owed: 'to_us', party_id: 'CUST-001', ...ages, days_0_30: 4, days_over_90: 399.5, total: 403.5 },
        { owed: 'by_us', party_id: 'SUP-001', ...ages, days_over_90: 2800, total: 2800 },
      ],
      totals: { to_us: { total: 403.5 }, by_us: { total: 2800 } },
      next_cursor: null,
    });
    expect((await aging('?as_of=2024-01-15')).data[0]).toEqual({
      href: expect.stringMatching(/^\/api\/v1\/sales\?customer_id=CUST-001&as_of=2024-01-15&position=\d+$/),
      owed: 'to_us',
      party_id: 'CUST-001',
      ...ages,
      not_due: 700,
      total: 700,
    });
    expect((await aging('?as_of=2024-03-02')).data[0]).toMatchObject({ days_31_60: 399.5, total: 399.5 });
    expect((await aging(`?position=${paid.body.position - 1}&limit=1`)).data[0]).toMatchObject({ total: 700 });
    const csv = expectStatus(await books.admin.get('/reports/aging?format=csv'), 200).body;
    expect(csv).toMatch(
      /^owed,party_id,not_due,days_0_30,days_31_60,days_61_90,days_over_90,total\r\nto_us,CUST-001,0,4,0,0,399.5,403.5\r\n/,
    );
    const projections = expectStatus(await books.admin.get('/projections'), 200).body;
    expect(projections).toMatchObject({
      outdated: false,
      ledgers: expect.arrayContaining([expect.objectContaining({ ledger_id: 'whole', halted: null })]),
    });
  });
});

describe('one key, one order', () => {
  test('after a restart the first answer again, whatever became of the document', async () => {
    const books = await openBooks('keys');
    const bought = expectStatus(await books.staff.post('/purchases', purchase, { 'idempotency-key': 'buy' }), 201);
    const sold = expectStatus(await books.staff.post('/sales', sale, { 'idempotency-key': 'sell' }), 201);
    expectStatus(await books.admin.post(`/sales/${sold.body.number}/void`, { reason: 'typo' }), 201);
    await system.restart('api');
    for (const [path, body, key, first] of [
      ['/purchases', purchase, 'buy', bought],
      ['/sales', sale, 'sell', sold],
    ] as const) {
      const again = expectStatus(await books.staff.post(path, body, { 'idempotency-key': key }), 201);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(again.headers.get('ledger-position')).toBe(first.headers.get('ledger-position'));
      expect(again.body).toEqual(first.body);
      const other = await books.staff.post(path, { ...body, notes: 'more' }, { 'idempotency-key': key });
      expect(expectStatus(other, 422).body.code).toBe('idempotency_key_reused');
    }
  });
});

describe('a dry run', () => {
  test('answers as if, and leaves nothing', async () => {
    const books = await openBooks('dry-run');
    const events = await books.events();
    const bought = expectStatus(
      await books.staff.post('/purchases?dry_run=true', purchase, { 'idempotency-key': 'dry' }),
      200,
    );
    expect(bought.body).toMatchObject({ number: expect.stringMatching(/-0001$/), total_price: 2800 });
    expect(expectStatus(await books.staff.post('/sales?dry_run=true', sale), 409).body.code).toBe('insufficient_stock');
    expect(await books.events()).toBe(events);
    const real = expectStatus(await books.staff.post('/purchases', purchase, { 'idempotency-key': 'dry' }), 201);
    expect(real.body.number).toBe(bought.body.number);
    expect(real.headers.get('idempotency-replayed')).toBeNull();
  });
});

interface Result {
  line: number;
  status: number;
  replayed?: boolean;
  body?: Record<string, unknown>;
  problem?: { code: string; [detail: string]: unknown };
}
const ndjson = { 'content-type': 'application/x-ndjson' };
const linesOf = (...lines: (object | string)[]) =>
  lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
const resultsOf = (answer: Answer): Result[] =>
  expectStatus(answer, 200)
    .body.split('\n')
    .filter((line: string) => line !== '')
    .map((line: string) => JSON.parse(line));
const codesOf = (results: Result[]) => results.map(({ status, problem }) => problem?.code ?? status);

describe('a batch', () => {
  let books: Books;
  beforeAll(async () => {
    books = await openBooks('batches');
  });
  const send = (client: Client, text: string, query = '') => client.send('POST', `/batches${query}`, text, ndjson);

  test('carries its lines out in their order, and one that is refused does not stop the rest', async () => {
    const results = resultsOf(
      await send(
        books.manager,
        linesOf(
          { type: 'items', body: { item_id: 'crate', name: 'Crate', kind: 'other' } },
          {
            type: 'purchases',
            body: { supplier_id: 'SUP-001', line_items: [{ item_id: 'crate', quantity: 5, unit_price: 2 }] },
          },
          {
            type: 'sales',
            body: { customer_id: 'CUST-001', line_items: [{ item_id: 'crate', quantity: 6, unit_price: 3 }] },
          },
          '{"type": "sales", ',
          {
            type: 'sales',
            body: { customer_id: 'CUST-001', line_items: [{ item_id: 'crate', quantity: 0, unit_price: 3 }] },
          },
          '',
          { type: 'voids', body: { number: 'PO-260101-0001', reason: 'not mine to do' } },
          { type: 'miracles', body: {} },
          { type: 'items/change', body: { item_id: 'crate', reorder_level: 3 } },
          { type: 'sales', body: {}, extra: true },
          `{"type":"sales","body":"${'x'.repeat(300_000)}"}`,
          {
            type: 'sales',
            body: { customer_id: 'CUST-001', line_items: [{ item_id: 'crate', quantity: 5, unit_price: 3 }] },
          },
        ),
      ),
    );
    expect(codesOf(results)).toEqual([
      201,
      201,
      'insufficient_stock',
      'malformed_json',
      'validation',
      'forbidden',
      'validation',
      200,
      'validation',
      'payload_too_large',
      201,
    ]);
    expect(results.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12]);
    expect(results[2]!.problem).toMatchObject({ available: 5, requested: 6, shortage: 1 });
    expect(results[4]!.problem!.errors).toEqual([expect.objectContaining({ path: 'line_items.0.quantity' })]);
  });

  test('knows the keys of its lines, and those of requests of their own', async () => {
    const line = { type: 'purchases', idempotency_key: 'batch-buy', body: purchase };
    const first = resultsOf(await send(books.staff, linesOf(line, line)));
    expect(first.map(({ replayed }) => replayed === true)).toEqual([false, true]);
    expect(first[1]!.body).toEqual(first[0]!.body);
    const alone = expectStatus(await books.staff.post('/purchases', purchase, { 'idempotency-key': 'batch-buy' }), 201);
    expect(alone.headers.get('idempotency-replayed')).toBe('true');
    const other = resultsOf(await send(books.staff, linesOf({ ...line, body: sale })));
    expect(codesOf(other)).toEqual(['validation']);
    const used = resultsOf(await send(books.staff, linesOf({ ...line, type: 'sales', body: sale })));
    expect(codesOf(used)).toEqual(['idempotency_key_reused']);
  });

  test('of a thousand lines is answered a thousand times, in order, and the same again', async () => {
    const lines = Array.from({ length: 1500 }, (_, index) => ({
      type: 'purchases',
      idempotency_key: `thousand-${index}`,
      body: { supplier_id: 'SUP-001', line_items: [{ item_id: 'preform-20g', quantity: index + 1, unit_price: 1 }] },
    }));
    const results = resultsOf(await send(books.manager, linesOf(...lines)));
    expect(codesOf(results)).toEqual(Array(1500).fill(201));
    expect(results.map(({ line }) => line)).toEqual(Array.from({ length: 1500 }, (_, index) => index + 1));
    const numbers = results.map(({ body }) => body!.number as string);
    expect(numbers).toEqual([...numbers].sort());
    const again = resultsOf(await send(books.manager, linesOf(...lines)));
    expect(again.every(({ replayed }) => replayed === true)).toBe(true);
    expect(again.map(({ body }) => body)).toEqual(results.map(({ body }) => body));
  });

  test('as a dry run leaves nothing', async () => {
    const events = await books.events();
    const item = { type: 'items', body: { item_id: 'dry', name: 'Dry', kind: 'other' } };
    expect(codesOf(resultsOf(await send(books.manager, linesOf(item), '?dry_run=true')))).toEqual([200]);
    expect(await books.events()).toBe(events);
  });

  test('that is atomic is recorded whole', async () => {
    const events = await books.events();
    const body = { supplier_id: 'SUP-001', line_items: [{ item_id: 'pallet', quantity: 5, unit_price: 2 }] };
    const results = resultsOf(
      await send(
        books.manager,
        linesOf(
          { type: 'items', body: { item_id: 'pallet', name: 'Pallet', kind: 'other' } },
          { type: 'purchases', body },
        ),
        '?atomic=true',
      ),
    );
    expect(codesOf(results)).toEqual([201, 201]);
    expect(await books.events()).toBe(events + 2);
  });

  test('that is atomic is not recorded at all where one line is refused', async () => {
    const events = await books.events();
    const good = { type: 'items', body: { item_id: 'never', name: 'Never', kind: 'other' } };
    const refused = { type: 'sales', body: { ...sale, customer_id: 'nobody' } };
    const answer = await send(books.manager, linesOf(good, '', refused), '?atomic=true');
    expect(expectStatus(answer, 404).body).toMatchObject({ code: 'unknown_customer', line: 3 });
    const bad = await send(books.manager, linesOf(good, { type: 'sales', body: {} }), '?atomic=true');
    expect(expectStatus(bad, 422).body).toMatchObject({ code: 'validation', line: 2 });
    const many = Array.from({ length: 501 }, () => good);
    const too_many = await send(books.manager, linesOf(...many), '?atomic=true');
    expect(expectStatus(too_many, 413).body).toMatchObject({ code: 'batch_too_large', lines_max: 500 });
    expectStatus(await send(books.manager, linesOf(good), '?atomic=true&dry_run=true'), 400);
    expect(await books.events()).toBe(events);
  });

  test('may be empty, and is NDJSON or nothing', async () => {
    expect(resultsOf(await send(books.manager, '\n\n'))).toEqual([]);
    expect(resultsOf(await send(books.manager, '', '?atomic=true'))).toEqual([]);
    expectStatus(await books.manager.send('POST', '/batches', '{}', { 'content-type': 'application/json' }), 415);
    expectStatus(await books.manager.send('POST', '/batches', '{}', { ...ndjson, ledger: 'nowhere' }), 200);
  });
});

describe('a batch that is streamed', () => {
  let books: Books;
  beforeAll(async () => {
    books = await openBooks('streams');
  });

  function open(): ClientRequest {
    const headers = { ...ndjson, authorization: `Bearer ${books.manager.token}`, ledger: 'streams' };
    return request(`${system.url}/api/v1/batches`, { method: 'POST', headers });
  }
  const item = (item_id: string) =>
    `${JSON.stringify({ type: 'items', body: { item_id, name: item_id, kind: 'other' } })}\n`;

  test('answers each line while the next is not written yet', async () => {
    const batch = open();
    batch.write(item('one'));
    const [response] = (await once(batch, 'response')) as [IncomingMessage];
    const answers = response[Symbol.asyncIterator]();
    expect(JSON.parse((await answers.next()).value)).toMatchObject({ line: 1, status: 201, body: { item_id: 'one' } });
    batch.write(item('two'));
    expect(JSON.parse((await answers.next()).value)).toMatchObject({ line: 2, status: 201, body: { item_id: 'two' } });
    batch.end();
    expect((await answers.next()).done).toBe(true);
  });

  test('whose client goes away is recorded as far as it was taken, and harms nobody', async () => {
    const batch = open();
    batch.on('error', () => {});
    batch.write(item('three') + item('four'));
    await once(batch, 'response');
    batch.write(item('five').slice(0, 20));
    batch.destroy();
    const found = expectStatus(await books.admin.get('/items/four?min_position=21'), 200);
    expect(found.body.name).toBe('four');
    expectStatus(await books.admin.get('/items/five'), 404);
  });

  test('whose client does not read is not read from either', async () => {
    const batch = open();
    batch.on('error', () => {});
    const name = 'x'.repeat(200);
    let written = 0;
    let last_ms = performance.now();
    // Unread answers, each with the name, soon fill every buffer.
    const lines_max = 200_000;
    const writing = (async () => {
      for (; written < lines_max && !batch.destroyed; written += 1) {
        const line = `${JSON.stringify({ type: 'items', body: { item_id: `slow-${written}`, name, kind: 'other' } })}\n`;
        last_ms = performance.now();
        if (!batch.write(line)) await once(batch, 'drain').catch(() => {});
      }
    })();
    const [response] = (await once(batch, 'response')) as [IncomingMessage];
    response.on('error', () => {});
    while (performance.now() - last_ms < 1500) await sleep(100);
    expect(written).toBeLessThan(lines_max);
    expectStatus(await books.admin.get('/items/one'), 200);
    batch.destroy();
    void writing;
  });
});

describe('a list', () => {
  test('is paged rightly while rows arrive', async () => {
    const books = await openBooks('paging');
    expectStatus(await books.staff.post('/purchases', purchase), 201);
    const sell = async () => expectStatus(await books.staff.post('/sales', sellOne(1)), 201);
    let last = await sell();
    for (let n = 1; n < 7; n += 1) last = await sell();
    const seen: string[] = [];
    let page = await books.staff.get('/sales?limit=2', books.after(last));
    for (;;) {
      seen.push(...page.body.data.map(({ number }: { number: string }) => number));
      if (page.body.next_cursor === null) break;
      const newer = await sell();
      page = await books.staff.get(`/sales?limit=2&cursor=${page.body.next_cursor}`, books.after(newer));
    }
    const number = (n: number) => `${last.body.number.slice(0, -1)}${n}`;
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1].map(number));
    const cursor = (await books.staff.get('/sales?limit=2')).body.next_cursor;
    for (const path of [
      `/purchases?cursor=${cursor}`,
      `/sales?status=void&cursor=${cursor}`,
      `/sales?cursor=${cursor}x`,
    ]) {
      const answer = expectStatus(await books.staff.get(path), 400);
      expect(answer.body.errors).toEqual([expect.objectContaining({ path: 'cursor' })]);
    }
  });

  test('of documents is filtered, sorted, summed up, and read forwards and backwards', async () => {
    const books = await openBooks('sorted-lists');
    const refused = async (answer: Promise<Answer>, status: number, code: string) =>
      expect(expectStatus(await answer, status).body).toMatchObject({ code });
    expectStatus(await books.admin.post('/purchases', purchase), 201);
    const sell = async (client: Client, quantity: number, more: object = {}) => {
      const line_items = [{ item_id: 'bottle-500ml-a', quantity, unit_price: 1 }];
      return expectStatus(await client.post('/sales', { customer_id: 'CUST-001', line_items, ...more }), 201).body;
    };
    const sold = [];
    for (const quantity of [3, 1, 5, 2, 4])
      sold.push(await sell(books.manager, quantity, { due_date: `2030-01-0${quantity}` }));
    const own = await sell(books.staff, 9);
    const last = expectStatus(
      await books.manager.post('/payments', { bill_number: sold[2].number, amount: 5, account_id: 'bank' }),
      201,
    );
    const list = async (query: string, client = books.manager) =>
      expectStatus(await client.get(`/sales?${query}`, books.after(last)), 200).body;
    const quantities = async (query: string) =>
      (await list(query)).data.map(({ total_price }: { total_price: number }) => total_price);

    expect(await quantities('sort=total_price')).toEqual([1, 2, 3, 4, 5, 9]);
    expect(await quantities('sort=-total_price&total_price_max=4.5')).toEqual([4, 3, 2, 1]);
    expect(await quantities('sort=recorded_at&total_price_min=2')).toEqual([3, 5, 2, 4, 9]);
    expect(await quantities('sort=-due_date&due_date_from=2030-01-02&due_date_to=2030-01-04')).toEqual([4, 3, 2]);
    expect(await quantities('sort=open_amount&open_amount_min=0.01')).toEqual([1, 2, 3, 4, 9]);
    expect(await quantities(`q=${sold[1].number.toLowerCase()}`)).toEqual([1]);
    expect(await quantities(`q=${sold[1].number.slice(3, 9)}&sort=number`)).toEqual([3, 1, 5, 2, 4, 9]);
    expect(await quantities('item_id=bottle-500ml-a&location_id=main&customer_id=CUST-001')).toEqual([
      9, 4, 2, 5, 1, 3,
    ]);
    expect(await quantities('item_id=bottle-1500ml-a')).toEqual([]);
    expect(await quantities('payment_status=paid&sort=-effective_at')).toEqual([5]);
    const paid = expectStatus(await books.manager.get(`/payments?bill_number=${sold[2].number}`), 200).body.data;
    expect(paid).toEqual([last.body]);
    expect((await books.manager.get('/payments?account_id=bank&totals=true')).body.totals).toEqual({
      ...{ count: 1, complete: true, amount: 5 },
    });
    expect((await books.manager.get('/payments?account_id=cash')).body.data).toEqual([]);

    const forwards = await list('sort=-total_price&limit=2&totals=true');
    expect(forwards).toMatchObject({ data: [{ total_price: 9 }, { total_price: 5 }], prev_cursor: null });
    expect(forwards.totals).toEqual({ count: 6, complete: true, total_price: 24, open_amount: 19 });
    // What is recorded meanwhile moves no row from one page to another.
    await sell(books.manager, 9);
    const next = await list(`sort=-total_price&limit=2&cursor=${forwards.next_cursor}`);
    expect(next.data).toMatchObject([{ total_price: 4 }, { total_price: 3 }]);
    const end = await list(`sort=-total_price&limit=2&cursor=${next.next_cursor}`);
    expect(end).toMatchObject({ data: [{ total_price: 2 }, { total_price: 1 }], next_cursor: null });
    expect((await list(`sort=-total_price&limit=2&cursor=${end.prev_cursor}`)).data).toEqual(next.data);
    const newest = await list('limit=2');
    const before = await list(`limit=2&cursor=${(await list(`limit=2&cursor=${newest.next_cursor}`)).prev_cursor}`);
    expect(before).toEqual(newest);

    // Staff sees what is theirs: in totals, orders, searches and pages, too.
    for (const query of [
      'sort=-total_price',
      'q=SO',
      `q=${sold[0].number}`,
      'total_price_min=1',
      'item_id=bottle-500ml-a',
    ])
      expect((await list(`${query}&created_by=mia&totals=true`, books.staff)).totals).toEqual(
        query === `q=${sold[0].number}`
          ? { count: 0, complete: true, total_price: 0, open_amount: 0 }
          : { count: 1, complete: true, total_price: 9, open_amount: 9 },
      );
    expect((await list('sort=total_price', books.staff)).data).toEqual([own]);

    const { position } = forwards;
    for (const query of [
      'sort=total_price',
      'item_id=bottle-500ml-a',
      'totals=true',
      'q=SO',
      'due_date_from=2030-01-01',
    ])
      await refused(books.manager.get(`/sales?${query}&position=${position}`), 422, 'only_at_present');
    const then = expectStatus(await books.manager.get(`/sales?sort=recorded_at&position=${position}`), 200).body;
    expect(then.data.map(({ number }: { number: string }) => number)).toEqual(
      [...sold, own].map(({ number }) => number),
    );
    for (const query of [
      'sort=cost',
      'sort=--number',
      'total_price_min=ten',
      'due_date_to=tomorrow',
      'totals=yes',
      'account_id=cash',
    ])
      await refused(books.manager.get(`/sales?${query}`), 400, 'invalid_parameter');
    await refused(
      books.manager.get(`/sales?sort=total_price&cursor=${forwards.next_cursor}`),
      400,
      'invalid_parameter',
    );
  });

  test('of documents shows staff their own', async () => {
    const books = await openBooks('own');
    const theirs = expectStatus(await books.manager.post('/purchases', purchase), 201);
    const own = expectStatus(await books.staff.post('/purchases', purchase), 201);
    expect((await books.staff.get('/purchases', books.after(own))).body.data).toEqual([own.body]);
    expect((await books.staff.get('/purchases?created_by=mia')).body.data).toEqual([own.body]);
    expectStatus(await books.staff.get(`/purchases/${theirs.body.number}`), 404);
    expect((await books.manager.get('/purchases')).body.data).toEqual([own.body, theirs.body]);
  });
});

describe('the books as of', () => {
  test('are not sent again where they are known, and kept where they cannot change', async () => {
    const books = await openBooks('known-answers');
    const bought = expectStatus(await books.manager.post('/purchases', purchase), 201);
    const ask = async (path: string, client: Client, tag?: string) => {
      const { status, headers, body } = await client.get(path, {
        ...{ ledger: 'known-answers', ...books.after(bought) },
        ...(tag !== undefined && { 'if-none-match': tag }),
      });
      return { status, body, tag: headers.get('etag')!, kept: headers.get('cache-control'), vary: headers.get('vary') };
    };
    for (const path of ['/stock', '/purchases?sort=-total_price', '/reports/aging', '/items/preform-20g']) {
      const first = await ask(path, manager);
      expect(first).toMatchObject({ status: 200, kept: 'no-store', vary: 'Authorization, Ledger' });
      expect(await ask(path, manager, `"other", W/${first.tag}`)).toMatchObject({
        status: 304,
        body: '',
        tag: first.tag,
      });
    }
    // The same address shows another user something else.
    const { tag } = await ask('/purchases', manager);
    expect(await ask('/purchases', staff, tag)).toMatchObject({
      status: 200,
      body: { data: [] },
    });
    const { position } = bought.body;
    const settled = await ask(`/stock?as_of=2100-01-01&position=${position}`, manager);
    expect(settled.kept).toBe('private, max-age=31536000, immutable');
    expect((await ask(`/stock?position=${position + 1}`, manager)).kept).toBe('no-store');
    expectStatus(
      await books.manager.post('/wastes', { line_items: [{ item_id: 'bottle-500ml-a', quantity: 1 }], reason: 'x' }),
      201,
    );
    expect(await ask(`/stock?as_of=2100-01-01&position=${position}`, manager)).toEqual(settled);
  });

  test('a position, a recorded moment, an effective moment', async () => {
    const books = await openBooks('as-of');
    const bought = expectStatus(
      await books.staff.post('/purchases', { ...purchase, effective_at: '2024-02-29T00:00:00Z' }),
      201,
    );
    const sold = expectStatus(
      await books.staff.post('/sales', { ...sale, effective_at: '2024-03-01T00:00:00+02:00' }),
      201,
    );
    const held = async (query: string) => {
      const answer = expectStatus(await books.admin.get(`/stock/bottle-500ml-a?${query}`, books.after(sold)), 200);
      return answer.body.on_hand;
    };
    expect(await held('')).toBe(400);
    expect(await held(`position=${bought.body.position - 1}`)).toBe(0);
    expect(await held(`position=${bought.body.position}`)).toBe(500);
    expect(await held(`known_at=${bought.body.recorded_at}`)).toBe(500);
    expect(await held('as_of=2024-02-28')).toBe(0);
    expect(await held('as_of=2024-02-29')).toBe(400);
    expect(await held('as_of=2024-02-29T21:59:59.999Z')).toBe(500);
    expect(await held('as_of=2024-02-29T22:00:00Z')).toBe(400);
    expect(await held('as_of=1970-01-01')).toBe(0);
    const balance = await books.admin.get('/trial-balance?as_of=2024-02-29T12:00:00Z');
    expect(balance.body.totals).toEqual({ debit: 2800, credit: 2800 });
  });

  test.each([
    ['items', 'item', { kind: 'other' }],
    ['suppliers', 'supplier', {}],
    ['customers', 'customer', {}],
    ['locations', 'location', {}],
    ['accounts', 'account', { type: 'asset', may_go_negative: false }],
  ])('%s are those of the moment, by either time', async (path, kind, more) => {
    const { admin, after } = await openBooks(`as-of-${path}`);
    const id = `${kind}_id`;
    const change = async (body: object) => expectStatus(await admin.patch(`/${path}/NEW`, body), 200);
    const at = (moment: string) => [`/${path}/NEW?${moment}`, `/${path}?${moment}`] as const;
    const shown = async (moment: string, headers = {}) => {
      const [one, list] = await Promise.all(at(moment).map((each) => admin.get(each, headers)));
      const listed = list!.body.data.find((each: Record<string, unknown>) => each[id] === 'NEW');
      const inactive = await admin.get(`${at(moment)[1]}&active=false`, headers);
      const among = inactive.body.data.map((each: Record<string, unknown>) => each[id]);
      return [one!.status, one!.body.name ?? one!.body.code, listed?.name, listed?.active, among.includes('NEW')];
    };
    const made = expectStatus(await admin.post(`/${path}`, { [id]: 'NEW', name: 'Once', ...more }), 201);
    const renamed = await change({ name: 'Now' });
    const ended = await change({ active: false });
    const moments = [made.body.position - 1, made.body.position, renamed.body.position, ended.body.position];
    const answers = [
      [404, `unknown_${kind}`, undefined, undefined, false],
      [200, 'Once', 'Once', true, false],
      [200, 'Now', 'Now', true, false],
      [200, 'Now', 'Now', false, true],
    ];
    const headers = after(ended);
    for (const [index, position] of moments.entries())
      expect(await shown(`position=${position}`, headers)).toEqual(answers[index]);
    const { data } = (await admin.get('/audit/events?limit=4', headers)).body;
    for (const [index, { recorded_at }] of data.toReversed().entries())
      for (const time of ['as_of', 'known_at'])
        if (index === 3 || recorded_at < data.toReversed()[index + 1].recorded_at)
          expect(await shown(`${time}=${recorded_at}`)).toEqual(answers[index]);
    expect(await shown('as_of=1970-01-01')).toEqual(answers[0]);
    const contracted = (template: string) =>
      parametersOf(contract, contract.paths[`/api/v1/${path}${template}`]!.get!).map(({ name }) => name);
    for (const template of ['', '/{id}'])
      expect(contracted(template)).toEqual(expect.arrayContaining(['as_of', 'known_at', 'position']));
  });

  test('a position that is not there yet is waited for, and then it is said that it is behind', async () => {
    const books = await openBooks('behind');
    const answer = expectStatus(await books.admin.get('/stock?min_position=1000000'), 503);
    expect(answer.body.code).toBe('projection_behind');
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  });
});
