/** Costs over HTTP: what a backdated command answers, and what bills, lists and reports say afterwards. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  approve,
  type Client,
  createUser,
  explainStock,
  getAging,
  getLateCost,
  getProfitLoss,
  getPurchase,
  getRestatement,
  getSale,
  getState,
  getStock,
  getStockMovement,
  getVerification,
  type LateCost,
  listAdjustments,
  listEntries,
  listLateCosts,
  listMovements,
  listSales,
  type Role,
  recordLateCost,
  recordPayment,
  recordPurchase,
  recordSale,
  recordTransfer,
  registerCustomer,
  registerItem,
  registerSupplier,
  rowsOf,
  type Sale,
  verify,
  voidLateCost,
  voidPayment,
  voidPurchase,
} from '../libs/client/index.js';
import { documentOf, programOf, refusalOf } from './support/client.js';
import { heldTo, readContract } from './support/contract.js';
import { expectStatus, login, type Client as Untyped } from './support/http.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let admin: Client;
let staff: Client;
let manager: Client;
let viewer: Client;
/** For what a typed client cannot send. */
let untyped: Untyped;
const password = 'correct horse';
const BOTTLE = 'bottle-500ml-a';
const day = (of_march: number) => `2025-03-${String(of_march).padStart(2, '0')}T09:00:00.000Z`;

beforeAll(async () => {
  system = await startSystem();
  admin = await programOf(system);
  const user = async (username: string, role: Role) => {
    await createUser({ client: admin, body: { username, password, password_is_chosen: true, role } });
    return programOf(system, { username, password });
  };
  [staff, manager, viewer] = [await user('sam', 'staff'), await user('mia', 'manager'), await user('vic', 'viewer')];
  untyped = heldTo(await readContract(system.url), await login(system.url, { username: 'sam', password }));
  await registerItem({ client: admin, body: { item_id: BOTTLE, name: 'Bottle', kind: 'bottle' } });
  await registerSupplier({ client: admin, body: { supplier_id: 'SUP-001', name: 'Preforms Ltd' } });
  await registerSupplier({ client: admin, body: { supplier_id: 'SHIP', name: 'Carrier' } });
  await registerCustomer({ client: admin, body: { customer_id: 'CUST-001', name: 'Springs Inc' } });
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

describe('a sale that had been forgotten', () => {
  let later: Sale;
  let forgotten: Sale;
  let known_before: string;
  /** What others recorded, which a client of its own has not heard of. */
  const seen = () => ({ min_position: forgotten.position });

  test('is costed at its own moment, and a dry run says what it changes', async () => {
    const client = staff;
    await recordPurchase({ client, body: bought(1, 5) });
    await recordPurchase({ client, body: bought(10, 15) });
    later = documentOf(await recordSale({ client, body: sold(11, 10) }));
    expect(later).toMatchObject({ total_cost: 100 });
    known_before = later.recorded_at;
    // 5 of the first ten had gone on the 5th: of 5 worth 25.00 and 10 worth 150.00 ten cost 116.67.
    const adjusts = { documents: 1, amount: 16.67, cost_of_sales: 16.67 };
    const dry = await recordSale({ client, body: sold(5, 5), query: { dry_run: true } });
    expect(dry).toMatchObject({ total_cost: 25, adjusts });
    const headers = { 'Idempotency-Key': 'forgotten' };
    forgotten = documentOf(await recordSale({ client, body: sold(5, 5), headers }));
    expect(forgotten).toMatchObject({ total_cost: 25, adjusts });
    expect(await recordSale({ client, body: sold(5, 5), headers })).toEqual(forgotten);
    // On time, nothing is said of adjustments.
    expect(later.adjusts).toBeUndefined();
  });

  test('shows on the bill what it costs now, beside what was recorded, and what changed it', async () => {
    const client = admin;
    const get = (query: { position?: number }) =>
      getSale({ client, path: { number: later.number }, query: { ...seen(), ...query } });
    expect(await get({})).toMatchObject({
      total_cost: 100,
      total_profit: 100,
      adjusted_total_cost: 116.67,
      adjusted_total_profit: 83.33,
      line_items: [{ cost: 100, profit: 100, adjusted_cost: 116.67, adjusted_profit: 83.33 }],
      adjusted_by: [forgotten.number],
    });
    const before = await get({ position: later.position });
    expect([before.adjusted_total_cost, before.adjusted_by]).toEqual([undefined, undefined]);
    const { data } = await listSales({ client, query: seen() });
    expect(data.map(({ adjusted_total_cost }) => adjusted_total_cost)).toEqual([undefined, 116.67]);
  });

  test('is listed among the adjustments, and as a step of the explanation', async () => {
    const client = admin;
    const adjustment = {
      cause: forgotten.number,
      cause_href: `/api/v1/sales/${forgotten.number}`,
      number: later.number,
      href: `/api/v1/sales/${later.number}`,
      type: 'SaleRecorded',
      item_id: BOTTLE,
      value: -16.67,
      effective_at: day(11),
    };
    for (const filter of [{}, { number: later.number }, { cause: forgotten.number }, { item_id: BOTTLE }])
      expect((await listAdjustments({ client, query: { ...seen(), ...filter } })).data).toMatchObject([adjustment]);
    for (const filter of [
      { number: 'SO-250101-0001' },
      { item_id: 'other' },
      { from: '2025-03-12' },
      { to: '2025-03-10' },
    ])
      expect((await listAdjustments({ client, query: { ...seen(), ...filter } })).data).toEqual([]);
    expect(await refusalOf(listAdjustments({ client: staff }))).toMatchObject({ status: 403, code: 'forbidden' });
    const path = { id: BOTTLE };
    const { data: steps } = await explainStock({ client, path, query: seen() });
    expect(steps).toMatchObject([
      { type: 'CostsAdjusted', number: later.number, cause: forgotten.number, quantity: 0, value: -16.67 },
      { type: 'SaleRecorded', number: forgotten.number, cause: null, quantity: -5, value: -25 },
      { type: 'SaleRecorded', quantity: -10, value: -100 },
      { type: 'PurchaseRecorded', value: 150 },
      { type: 'PurchaseRecorded', value: 50 },
    ]);
    const paged: unknown[] = [];
    const page = (cursor?: string) => listMovements({ client, path, query: { ...seen(), limit: 1, cursor } });
    for await (const movement of rowsOf(page)) paged.push(movement);
    expect(paged).toEqual(steps.map(({ href: _, ...step }) => step));
    const { data: entries } = await listEntries({ client, path: { id: 'cogs' }, query: seen() });
    expect(entries).toMatchObject([
      { type: 'CostsAdjusted', number: later.number, debit: 16.67, balance: 141.67 },
      { type: 'SaleRecorded', debit: 25, balance: 141.67 },
      { type: 'SaleRecorded', debit: 100, balance: 100 },
    ]);
  });

  test('leaves no moment with value and no pieces, and every earlier answer as it was', async () => {
    const client = admin;
    const stock = async (query: { as_of?: string; known_at?: string }) => {
      const { on_hand, value } = await getStock({ client, path: { id: BOTTLE }, query: { ...seen(), ...query } });
      return [on_hand, value];
    };
    expect(await stock({ as_of: '2025-03-05' })).toEqual([5, 25]);
    expect(await stock({ as_of: '2025-03-10' })).toEqual([15, 175]);
    expect(await stock({})).toEqual([5, 58.33]);
    expect(await stock({ as_of: '2025-03-11', known_at: known_before })).toEqual([10, 100]);
    const profit = async (query: { known_at?: string }) => {
      const { data } = await getProfitLoss({ client, query: { ...seen(), group_by: 'day', ...query } });
      return data.map(({ key, cost }) => [key, cost]);
    };
    expect(await profit({})).toEqual([
      ['2025-03-05', 25],
      ['2025-03-11', 116.67],
    ]);
    expect(await profit({ known_at: known_before })).toEqual([['2025-03-11', 100]]);
    const versus = new Date(Date.now() + 1000).toISOString();
    const query = { ...seen(), report: 'profit-loss', group_by: 'day', known_at: known_before, versus } as const;
    const restated = await getRestatement({ client, query });
    expect(restated.data[1]).toMatchObject({
      key: '2025-03-11',
      difference: { cost: 16.67, profit: -16.67 },
      events: [{ number: forgotten.number, type: 'SaleRecorded', backdated: true }],
    });
    const moved = await getStockMovement({ client, query: { ...seen(), group_by: 'item' } });
    expect(moved.data[0]).toMatchObject({
      in: { purchase: { quantity: 20, value: 200 } },
      out: { sale: { quantity: 15, value: 141.67 } },
    });
  });
});

describe('a late cost of a purchase', () => {
  let purchase: string;
  let freight: LateCost;

  test('takes effect when the purchase did, is owed to its supplier and answered as any document', async () => {
    const client = staff;
    purchase = documentOf(await recordPurchase({ client, body: bought(20, 15) })).number;
    await recordSale({ client, body: sold(21, 5) });
    const due_date = '2025-04-30';
    const body = { amount: 30, basis: 'value', supplier_id: 'SHIP', reason: 'freight', due_date } as const;
    const path = { number: purchase };
    expect(await refusalOf(recordLateCost({ client: viewer, path, body }))).toMatchObject({ status: 403 });
    // 5 worth 58.33 and 10 worth 150.00, of which 5 were sold for 69.44: with 30.00 more for 79.44.
    const dry = await recordLateCost({ client, path, body, query: { dry_run: true } });
    expect(dry).toMatchObject({ capitalised: 30, adjusts: { documents: 1, amount: 10 } });
    const headers = { 'Idempotency-Key': 'freight' };
    freight = documentOf(await recordLateCost({ client, path, body, headers }));
    expect(freight).toMatchObject({
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
    expect(await recordLateCost({ client, path, body, headers })).toEqual(freight);
    const seen = { min_position: freight.position };
    const bill = await getPurchase({ client: admin, path, query: seen });
    expect(bill.late_costs).toEqual([freight.number]);
    const aging = await getAging({ client: admin, query: { ...seen, as_of: '2025-04-20' } });
    expect(aging.data).toContainEqual(expect.objectContaining({ party_id: 'SHIP', total: -30 + 60 }));
  });

  test('is listed, paid, and void only once it is not', async () => {
    const transfer = { from_account_id: 'equity', to_account_id: 'cash', amount: 100 };
    await recordTransfer({ client: manager, body: transfer });
    const { number } = freight;
    const paid = documentOf(await recordPayment({ client: manager, body: { bill_number: number, amount: 12 } }));
    expect(paid).toMatchObject({ bill_number: number, party_id: 'SHIP' });
    const query = { supplier_id: 'SHIP', min_position: paid.position };
    const { data } = await listLateCosts({ client: admin, query });
    expect(data).toMatchObject([{ number, payment_status: 'partial', open_amount: 18 }]);
    const path = { number };
    expect((await getLateCost({ client: staff, path })).number).toBe(number);
    const body = { reason: 'wrong' };
    const client = admin;
    expect(await refusalOf(voidLateCost({ client, path, body }))).toMatchObject({ status: 409, code: 'has_payments' });
    const of_purchase = voidPurchase({ client, path: { number: purchase }, body });
    expect(await refusalOf(of_purchase)).toMatchObject({ status: 409, code: 'has_late_costs' });
    await voidPayment({ client, path: { number: paid.number }, body });
    expect(await refusalOf(voidLateCost({ client: manager, path, body }))).toMatchObject({ status: 403 });
    const gone = voidLateCost({ client, path, body: { ...body, effective_at: day(20) } });
    expect(await refusalOf(gone)).toMatchObject({ status: 422, code: 'effective_before_document' });
    expect(await voidLateCost({ client, path, body })).toMatchObject({ status: 'void' });
  });

  test('comes in batches, below zero, and above the threshold after a second pair of eyes', async () => {
    const line = (amount: number) =>
      JSON.stringify({ type: 'late-costs', body: { bill_number: purchase, amount, basis: 'quantity', reason: 'x' } });
    const lines = [5, -2.5, 5000.01, 0].map(line).join('\n');
    const batch = await untyped.send('POST', '/batches', lines, { 'content-type': 'application/x-ndjson' });
    const results = expectStatus(batch, 200)
      .body.trim()
      .split('\n')
      .map((text: string) => JSON.parse(text));
    expect(results.map(({ status }: { status: number }) => status)).toEqual([201, 201, 202, 422]);
    expect(results[1].body).toMatchObject({ amount: -2.5, payment_status: 'refund_due', open_amount: -2.5 });
    const approved = await approve({ client: manager, path: { id: results[2].body.number } });
    expect(approved.document).toMatchObject({ kind: 'late_cost', amount: 5000.01 });
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
    const refused = await untyped.post(`/purchases/${purchase}/costs`, body);
    expect(expectStatus(refused, 422).body.code).toBe('validation');
  });

  test('and all rows of it are what the log says', async () => {
    const client = admin;
    const { verification_id: id } = await verify({ client });
    let found = await getVerification({ client, path: { id } });
    while (found.status === 'running') found = await getVerification({ client, path: { id } });
    expect(found).toMatchObject({ status: 'passed', differences: [] });
    const { stock } = await getState({ client, query: { as_of: '2025-03-10' } });
    expect(stock[0]).toMatchObject({ on_hand: 15, value: 175 });
  });
});
