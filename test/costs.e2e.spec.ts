/** Costs over HTTP: what a backdated command answers, and what bills, lists and reports say afterwards. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { heldTo, type OpenApi, readContract } from './support/contract.js';
import { type Answer, type Client, expectStatus, login } from './support/http.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let contract: OpenApi;
let admin: Client;
let staff: Client;
let manager: Client;
let viewer: Client;
const BOTTLE = 'bottle-500ml-a';
const day = (of_march: number) => `2025-03-${String(of_march).padStart(2, '0')}T09:00:00.000Z`;

beforeAll(async () => {
  system = await startSystem();
  contract = await readContract(system.url);
  admin = await login(system.url, system.admin);
  const user = async (username: string, role: string) => {
    expectStatus(
      await admin.post('/users', { username, password: 'correct horse', password_is_chosen: true, role }),
      201,
    );
    return heldTo(contract, await login(system.url, { username, password: 'correct horse' }));
  };
  [staff, manager, viewer] = [await user('sam', 'staff'), await user('mia', 'manager'), await user('vic', 'viewer')];
  admin = heldTo(contract, admin);
  const made = async (path: string, body: object) => expectStatus(await admin.post(path, body), 201);
  await made('/items', { item_id: BOTTLE, name: 'Bottle', kind: 'bottle' });
  await made('/suppliers', { supplier_id: 'SUP-001', name: 'Preforms Ltd' });
  await made('/suppliers', { supplier_id: 'SHIP', name: 'Carrier' });
  await made('/customers', { customer_id: 'CUST-001', name: 'Springs Inc' });
});
afterAll(() => system?.stop());

const bought = (of_march: number, unit_price: number) => ({
  supplier_id: 'SUP-001',
  line_items: [{ item_id: BOTTLE, quantity: 10, unit_price }],
  effective_at: day(of_march),
});
const sold = (of_march: number, quantity: number) => ({
  customer_id: 'CUST-001',
  line_items: [{ item_id: BOTTLE, quantity, unit_price: 20 }],
  effective_at: day(of_march),
});
const seen = (answer: Answer) => ({ 'ledger-position': answer.headers.get('ledger-position')! });

describe('a sale that had been forgotten', () => {
  let later: Answer;
  let forgotten: Answer;
  let known_before: string;

  test('is costed at its own moment, and a dry run says what it changes', async () => {
    expectStatus(await staff.post('/purchases', bought(1, 5)), 201);
    expectStatus(await staff.post('/purchases', bought(10, 15)), 201);
    later = await staff.post('/sales', sold(11, 10));
    expect(expectStatus(later, 201).body).toMatchObject({ total_cost: 100 });
    known_before = later.body.recorded_at;
    // 5 of the first ten had gone on the 5th: of 5 worth 25.00 and 10 worth 150.00 ten cost 116.67.
    const adjusts = { documents: 1, amount: 16.67, cost_of_sales: 16.67 };
    const dry = await staff.post('/sales?dry_run=true', sold(5, 5));
    expect(expectStatus(dry, 200).body).toMatchObject({ total_cost: 25, adjusts });
    forgotten = await staff.post('/sales', sold(5, 5), { 'idempotency-key': 'forgotten' });
    expect(expectStatus(forgotten, 201).body).toMatchObject({ total_cost: 25, adjusts });
    const again = await staff.post('/sales', sold(5, 5), { 'idempotency-key': 'forgotten' });
    expect(expectStatus(again, 201).body).toEqual(forgotten.body);
    // On time, nothing is said of adjustments.
    expect(later.body.adjusts).toBeUndefined();
  });

  test('shows on the bill what it costs now, beside what was recorded, and what changed it', async () => {
    const get = async (query: string) =>
      expectStatus(await admin.get(`/sales/${later.body.number}${query}`, seen(forgotten)), 200).body;
    expect(await get('')).toMatchObject({
      total_cost: 100,
      total_profit: 100,
      adjusted_total_cost: 116.67,
      adjusted_total_profit: 83.33,
      line_items: [{ cost: 100, profit: 100, adjusted_cost: 116.67, adjusted_profit: 83.33 }],
      adjusted_by: [forgotten.body.number],
    });
    const before = await get(`?position=${later.body.position}`);
    expect([before.adjusted_total_cost, before.adjusted_by]).toEqual([undefined, undefined]);
    const listed = await admin.get('/sales', seen(forgotten));
    expect(listed.body.data.map((each: { adjusted_total_cost?: number }) => each.adjusted_total_cost)).toEqual([
      undefined,
      116.67,
    ]);
  });

  test('is listed among the adjustments, and as a step of the explanation', async () => {
    const adjustment = {
      cause: forgotten.body.number,
      cause_href: `/api/v1/sales/${forgotten.body.number}`,
      number: later.body.number,
      href: `/api/v1/sales/${later.body.number}`,
      type: 'SaleRecorded',
      item_id: BOTTLE,
      value: -16.67,
      effective_at: day(11),
    };
    for (const filter of ['', `?number=${later.body.number}`, `?cause=${forgotten.body.number}`, `?item_id=${BOTTLE}`])
      expect(expectStatus(await admin.get(`/adjustments${filter}`, seen(forgotten)), 200).body.data).toMatchObject([
        adjustment,
      ]);
    for (const filter of ['?number=SO-250101-0001', '?item_id=other', '?from=2025-03-12', '?to=2025-03-10'])
      expect((await admin.get(`/adjustments${filter}`, seen(forgotten))).body.data).toEqual([]);
    expectStatus(await staff.get('/adjustments'), 403);
    const steps = await admin.get(`/stock/${BOTTLE}/explain`, seen(forgotten));
    expect(expectStatus(steps, 200).body.data).toMatchObject([
      { type: 'CostsAdjusted', number: later.body.number, cause: forgotten.body.number, quantity: 0, value: -16.67 },
      { type: 'SaleRecorded', number: forgotten.body.number, cause: null, quantity: -5, value: -25 },
      { type: 'SaleRecorded', quantity: -10, value: -100 },
      { type: 'PurchaseRecorded', value: 150 },
      { type: 'PurchaseRecorded', value: 50 },
    ]);
    const paged: unknown[] = [];
    for (let cursor = ''; ; ) {
      const page = await admin.get(`/stock/${BOTTLE}/movements?limit=1${cursor}`, seen(forgotten));
      paged.push(...expectStatus(page, 200).body.data);
      if (page.body.next_cursor === null) break;
      cursor = `&cursor=${page.body.next_cursor}`;
    }
    expect(paged).toEqual(steps.body.data.map(({ href: _, ...step }: { href: string }) => step));
    const entries = await admin.get('/accounts/cogs/entries', seen(forgotten));
    expect(expectStatus(entries, 200).body.data).toMatchObject([
      { type: 'CostsAdjusted', number: later.body.number, debit: 16.67, balance: 141.67 },
      { type: 'SaleRecorded', debit: 25, balance: 141.67 },
      { type: 'SaleRecorded', debit: 100, balance: 100 },
    ]);
  });

  test('leaves no moment with value and no pieces, and every earlier answer as it was', async () => {
    const stock = async (query: string) => {
      const { body } = expectStatus(await admin.get(`/stock/${BOTTLE}?${query}`, seen(forgotten)), 200);
      return [body.on_hand, body.value];
    };
    expect(await stock('as_of=2025-03-05')).toEqual([5, 25]);
    expect(await stock('as_of=2025-03-10')).toEqual([15, 175]);
    expect(await stock('')).toEqual([5, 58.33]);
    expect(await stock(`as_of=2025-03-11&known_at=${known_before}`)).toEqual([10, 100]);
    const profit = async (query: string) =>
      expectStatus(await admin.get(`/reports/profit-loss?group_by=day${query}`, seen(forgotten)), 200).body.data.map(
        ({ key, cost }: { key: string; cost: number }) => [key, cost],
      );
    expect(await profit('')).toEqual([
      ['2025-03-05', 25],
      ['2025-03-11', 116.67],
    ]);
    expect(await profit(`&known_at=${known_before}`)).toEqual([['2025-03-11', 100]]);
    const now = new Date(Date.now() + 1000).toISOString();
    const restated = await admin.get(
      `/reports/restatement?report=profit-loss&group_by=day&known_at=${known_before}&versus=${now}`,
      seen(forgotten),
    );
    expect(expectStatus(restated, 200).body.data[1]).toMatchObject({
      key: '2025-03-11',
      difference: { cost: 16.67, profit: -16.67 },
      events: [{ number: forgotten.body.number, type: 'SaleRecorded', backdated: true }],
    });
    const moved = await admin.get('/reports/stock-movement?group_by=item', seen(forgotten));
    expect(expectStatus(moved, 200).body.data[0]).toMatchObject({
      in: { purchase: { quantity: 20, value: 200 } },
      out: { sale: { quantity: 15, value: 141.67 } },
    });
  });
});

describe('a late cost of a purchase', () => {
  let purchase: string;
  let freight: Answer;

  test('takes effect when the purchase did, is owed to its supplier and answered as any document', async () => {
    const made = await staff.post('/purchases', bought(20, 15));
    purchase = expectStatus(made, 201).body.number;
    expectStatus(await staff.post('/sales', sold(21, 5)), 201);
    const body = { amount: 30, basis: 'value', supplier_id: 'SHIP', reason: 'freight', due_date: '2025-04-30' };
    const path = `/purchases/${purchase}/costs`;
    expectStatus(await viewer.post(path, body), 403);
    // 5 worth 58.33 and 10 worth 150.00, of which 5 were sold for 69.44: with 30.00 more for 79.44.
    const dry = await staff.post(`${path}?dry_run=true`, body);
    expect(expectStatus(dry, 200).body).toMatchObject({ capitalised: 30, adjusts: { documents: 1, amount: 10 } });
    freight = await staff.post(path, body, { 'idempotency-key': 'freight' });
    expect(expectStatus(freight, 201).body).toMatchObject({
      kind: 'late_cost',
      bill_number: purchase,
      supplier_id: 'SHIP',
      amount: 30,
      capitalised: 30,
      expensed: 0,
      line_items: [{ item_id: BOTTLE, quantity: 10, amount: 30, capitalised: 30, expensed: 0 }],
      payment_status: 'pending',
      open_amount: 30,
      effective_at: day(20),
    });
    expect((await staff.post(path, body, { 'idempotency-key': 'freight' })).body).toEqual(freight.body);
    const bill = await admin.get(`/purchases/${purchase}`, seen(freight));
    expect(bill.body.late_costs).toEqual([freight.body.number]);
    const aging = await admin.get('/reports/aging?as_of=2025-04-20', seen(freight));
    expect(aging.body.data).toContainEqual(expect.objectContaining({ party_id: 'SHIP', total: -30 + 60 }));
  });

  test('is listed, paid, and void only once it is not', async () => {
    expectStatus(
      await manager.post('/transfers', { from_account_id: 'equity', to_account_id: 'cash', amount: 100 }),
      201,
    );
    const { number } = freight.body;
    const paid = await manager.post('/payments', { bill_number: number, amount: 12 });
    expect(expectStatus(paid, 201).body).toMatchObject({ bill_number: number, party_id: 'SHIP' });
    const list = await admin.get('/late-costs?supplier_id=SHIP', seen(paid));
    expect(expectStatus(list, 200).body.data).toMatchObject([{ number, payment_status: 'partial', open_amount: 18 }]);
    expect(expectStatus(await staff.get(`/late-costs/${number}`), 200).body.number).toBe(number);
    const refused = await admin.post(`/late-costs/${number}/void`, { reason: 'wrong' });
    expect(expectStatus(refused, 409).body.code).toBe('has_payments');
    expect(expectStatus(await admin.post(`/purchases/${purchase}/void`, { reason: 'wrong' }), 409).body.code).toBe(
      'has_late_costs',
    );
    expectStatus(await admin.post(`/payments/${paid.body.number}/void`, { reason: 'wrong' }), 201);
    expectStatus(await manager.post(`/late-costs/${number}/void`, { reason: 'wrong' }), 403);
    const gone = await admin.post(`/late-costs/${number}/void`, { reason: 'wrong', effective_at: day(20) });
    expect(expectStatus(gone, 422).body.code).toBe('effective_before_document');
    expect(expectStatus(await admin.post(`/late-costs/${number}/void`, { reason: 'wrong' }), 201).body).toMatchObject({
      status: 'void',
    });
  });

  test('comes in batches, below zero, and above the threshold after a second pair of eyes', async () => {
    const line = (amount: number) =>
      JSON.stringify({ type: 'late-costs', body: { bill_number: purchase, amount, basis: 'quantity', reason: 'x' } });
    const lines = [5, -2.5, 5000.01, 0].map(line).join('\n');
    const batch = await staff.send('POST', '/batches', lines, { 'content-type': 'application/x-ndjson' });
    const results = expectStatus(batch, 200)
      .body.trim()
      .split('\n')
      .map((text: string) => JSON.parse(text));
    expect(results.map(({ status }: { status: number }) => status)).toEqual([201, 201, 202, 422]);
    expect(results[1].body).toMatchObject({ amount: -2.5, payment_status: 'refund_due', open_amount: -2.5 });
    const approved = await manager.post(`/approvals/${results[2].body.number}/approve`);
    expect(expectStatus(approved, 201).body.document).toMatchObject({ kind: 'late_cost', amount: 5000.01 });
  });

  test.each([
    [{ amount: 0 }],
    [{ amount: 1e308 }],
    [{ amount: '5' }],
    [{ basis: 'weight' }],
    [{ reason: undefined }],
    [{ effective_at: '2025-02-30' }],
    [{ approved: true }],
    [{ amount: 0.001 }],
    [{ amount: -0 }],
  ])('is refused as %j', async (wrong) => {
    const body = { amount: 1, basis: 'value', reason: 'freight', ...wrong };
    const refused = await staff.post(`/purchases/${purchase}/costs`, body);
    expect(expectStatus(refused, 422).body.code).toBe('validation');
  });

  test('and all rows of it are what the log says', async () => {
    const started = expectStatus(await admin.post('/audit/verifications', {}), 202);
    const path = `/audit/verifications/${started.body.verification_id}`;
    let found = await admin.get(path);
    while (found.body.status === 'running') found = await admin.get(path);
    expect(found.body).toMatchObject({ status: 'passed', differences: [] });
    const at = await admin.get('/audit/state?as_of=2025-03-10');
    expect(at.status).toBe(200);
    expect(at.body.stock[0]).toMatchObject({ on_hand: 15, value: 175 });
  });
});
