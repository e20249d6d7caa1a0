/** Whatever gateway and processes do: every order ends, every charge has a sale or a refund, and stock and money agree. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Faults } from '../../apps/payment-sandbox/faults.js';
import { sign } from '../../libs/payment-process/callback-signature.js';
import type { ChargeDocument } from '../../libs/payment-process/charge-document.js';
import { type Client, expectStatus, login, newUser, stockUp } from '../support/http.js';
import { clockAhead, type System, startSystem } from '../support/system.js';

const WAIT_MS_MAX = 30_000;
const PRICE = 2.5;

let system: System;
let admin: Client;
let staff: Client;
let flash_sale_id: string;
let callback_url: string;

beforeAll(async () => {
  system = await startSystem({ payers: 2 });
  admin = await login(system.url, system.admin);
  staff = await newUser(system.url, admin, { username: 'sam', role: 'staff' });
  await stockUp(admin, 1000);
  callback_url = /ready at ([^"\s]+)/.exec(system.log('payments'))![1]!.concat('/callbacks');
});
afterAll(() => system?.stop());
beforeEach(() => faults({}));
afterEach(() => faults({}));

async function sandbox(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${system.gateway.key}`, 'content-type': 'application/json' };
  const answer = await fetch(`${system.gateway.url}${path}`, { method, headers, body: body && JSON.stringify(body) });
  return (await answer.json()) as Record<string, unknown>;
}
async function faults(some: Partial<Faults>): Promise<void> {
  expect(await sandbox('PUT', '/faults', some)).toMatchObject(some);
}

async function offer(hold_seconds = 600, quantity = 100): Promise<void> {
  const terms = { item_id: 'bottle', quantity, unit_price: PRICE, per_customer_max: quantity, ends_at: '2099-12-31' };
  const opened = expectStatus(await admin.post('/flash-sales', { ...terms, hold_seconds }), 201);
  flash_sale_id = opened.body.flash_sale_id;
}
async function buy(client: Client = staff, more: object = {}, headers: Record<string, string> = {}): Promise<string> {
  const line_items = [{ flash_sale_id, quantity: 1 }];
  const key = { 'idempotency-key': randomUUID(), ...headers };
  const answer = await client.post('/flash-buy', { customer_id: 'CUST', line_items, ...more }, key);
  return expectStatus(answer, 202).body.order_id;
}

type Order = Record<string, unknown> & { order_id: string; status: string; total_price: number };
async function becomes(order_id: string, ...statuses: string[]): Promise<Order> {
  const until_ms = Date.now() + WAIT_MS_MAX;
  for (;;) {
    const { status, body } = await admin.get(`/orders/${order_id}`).catch(() => ({ status: 0, body: {} as Order }));
    if (status === 200 && statuses.includes(body.status)) return body;
    if (Date.now() > until_ms)
      throw new Error(
        `${order_id} is ${status} ${body.status}\n${system.log('payments')}\n${system.log('payments_2')}`,
      );
    await sleep(20);
  }
}
async function charges(): Promise<Map<string, ChargeDocument>> {
  const { data } = (await sandbox('GET', '/charges?limit=10000')) as { data: ChargeDocument[] };
  return new Map(data.map((charge) => [charge.key, charge]));
}
async function orders(): Promise<Order[]> {
  const all: Order[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path = `/orders?limit=1000${cursor && `&cursor=${cursor}`}`;
    const page: { data: Order[]; next_cursor: string | null } = expectStatus(await admin.get(path), 200).body;
    all.push(...page.data);
    cursor = page.next_cursor;
  }
  return all;
}
const CHARGED: Record<string, string> = { captured: 'confirmed', refunded: 'refunded', declined: 'released' };

/** All that was ever ordered in this system. */
async function expectAllSettled(): Promise<void> {
  const all = await orders();
  const open = all.filter(({ status }) => !['confirmed', 'released', 'refunded'].includes(status));
  for (const { order_id } of open) await becomes(order_id, 'confirmed', 'released', 'refunded');
  const at_gateway = await charges();
  const ended = await orders();
  for (const { order_id, status } of ended) {
    const charge = at_gateway.get(`main/${order_id}`);
    expect([order_id, status]).toEqual([order_id, charge === undefined ? 'released' : CHARGED[charge.status]]);
  }
  const paid = ended.filter(({ status }) => status === 'confirmed');
  const amount = paid.reduce((sum, { total_price }) => sum + total_price, 0);
  const balanceOf = async (account_id: string) => (await admin.get(`/accounts/${account_id}`)).body.balance ?? 0;
  expect([await balanceOf('bank'), await balanceOf('revenue')]).toEqual([amount, amount]);
  expect(await balanceOf('refunds-due')).toBe(0);
  const { on_hand } = (await admin.get('/stock/bottle')).body;
  expect(on_hand).toBe(1000 - paid.length);
  const { body } = await admin.get('/flash-sales?limit=1000');
  expect(body.data.reduce((sum: number, { held }: { held: number }) => sum + held, 0)).toBe(0);
  expect(body.data.reduce((sum: number, { sold }: { sold: number }) => sum + sold, 0)).toBe(paid.length);
  const sales = expectStatus(await admin.get('/sales?limit=1000'), 200).body.data;
  expect(sales.map(({ order_id, payment_status }: Order) => [order_id, payment_status]).toSorted()).toEqual(
    paid.map(({ order_id }) => [order_id, 'paid']).toSorted(),
  );
}

describe('a gateway that works', () => {
  test('charges an order, which becomes a sale of its buyer, paid', async () => {
    await offer();
    const order_id = await buy(staff, { payment_reference: 'tok_1' });
    const order = await becomes(order_id, 'confirmed');
    expect(order).toMatchObject({ total_price: PRICE, account_id: 'bank', created_by: 'sam' });
    // The sale and the payment are the next two events.
    const then = { 'ledger-position': `${Number(order.position) + 2}` };
    const sale = expectStatus(await staff.get(`/sales/${order.result_number}`, then), 200).body;
    expect(sale).toMatchObject({ order_id, payment_status: 'paid', created_by: 'sam', ordered_by: 'sam' });
    const payment = expectStatus(await staff.get(`/payments/${order.payment_number}`), 200).body;
    expect(payment).toMatchObject({ bill_number: sale.number, account_id: 'bank', amount: PRICE, method: 'gateway' });
    expect((await charges()).get(`main/${order_id}`)).toMatchObject({ charge_id: order.charge_id, amount: 250 });
    await expectAllSettled();
  });

  test('charges within the trace of the order, which its sale and payment name, too', async () => {
    await offer();
    const trace_id = 'c0ffee00c0ffee00c0ffee00c0ffee00';
    const order_id = await buy(staff, {}, { traceparent: `00-${trace_id}-00f067aa0ba902b7-01` });
    const order = await becomes(order_id, 'confirmed');
    const then = { 'ledger-position': `${Number(order.position) + 2}` };
    const { data } = expectStatus(await admin.get('/audit/events?limit=5', then), 200).body;
    const of_trace = data.filter(({ metadata }: { metadata: object }) => JSON.stringify(metadata).includes(trace_id));
    expect(of_trace.map(({ type }: { type: string }) => type)).toEqual([
      ...['PaymentReceived', 'SaleRecorded', 'FlashOrderConfirmed', 'FlashOrderChargeStarted', 'FlashOrderPlaced'],
    ]);
  });

  test('declines another one, whose pieces can be bought again', async () => {
    const order = await becomes(await buy(staff, { payment_reference: 'declined' }), 'released');
    expect(order).toMatchObject({ release_reason: 'declined', release_detail: 'the card was declined' });
    await expectAllSettled();
  });
});

describe('a gateway that fails', () => {
  test('is down: the order waits beyond its time, and is charged when the gateway is back', async () => {
    await offer(2);
    await faults({ down: true });
    const order_id = await buy();
    await becomes(order_id, 'paying');
    expectStatus(await staff.post(`/orders/${order_id}/cancel`), 409);
    await sleep(500);
    expect((await becomes(order_id, 'paying')).status).toBe('paying');
    await faults({});
    await becomes(order_id, 'confirmed', 'released');
    await expectAllSettled();
  });

  test('loses its answers and calls back twice: what it has captured is sold once', async () => {
    await offer();
    await faults({ lost_share: 1, double: true, callback_delay_ms: 100 });
    for (const order_id of await Promise.all([buy(), buy(), buy()])) await becomes(order_id, 'confirmed');
    await expectAllSettled();
  });

  test('loses its answers and never calls back: it is asked', async () => {
    await faults({ lost_share: 1, silent: true });
    const order_id = await buy();
    await becomes(order_id, 'paying');
    await faults({ silent: true });
    await becomes(order_id, 'confirmed');
    await expectAllSettled();
  });

  test('hangs: it is given up and asked again, and others need not wait for it', async () => {
    await offer();
    await faults({ hang_share: 1 });
    const order_id = await buy();
    await becomes(order_id, 'paying');
    await sleep(200);
    await faults({});
    await becomes(await buy(), 'confirmed');
    expect((await becomes(order_id, 'paying')).status).toBe('paying');
    await becomes(order_id, 'confirmed');
    await expectAllSettled();
  });

  test('captures when the order is long gone: the money goes back', async () => {
    await offer(1);
    await faults({ late_share: 1, late_ms: 8000 });
    const order_id = await buy();
    const released = await becomes(order_id, 'released');
    expect(released).toMatchObject({ release_reason: 'unpaid' });
    // What it has captured it still knows after a start.
    await faults({ unheard_share: 1 });
    await becomes(order_id, 'refund_due');
    await system.restart('sandbox');
    const refunded = await becomes(order_id, 'refunded');
    expect((await charges()).get(`main/${order_id}`)).toMatchObject({ refund_id: refunded.refund_id });
    await expectAllSettled();
  });
});

describe('call-backs', () => {
  async function callBack(data: object, secret = system.gateway.callback_secret): Promise<number> {
    const body = JSON.stringify({ type: 'charge.captured', data });
    const headers = { ...sign(secret, randomUUID(), Math.floor(Date.now() / 1000), body) };
    const answer = await fetch(callback_url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
    return answer.status;
  }

  test('that are forged, of other amounts or of nothing change nothing', async () => {
    await offer();
    await faults({ down: true });
    const order_id = await buy();
    await becomes(order_id, 'paying');
    const key = `main/${order_id}`;
    const captured = { key, status: 'captured', charge_id: 'ch_forged', amount: 250, currency: 'USD' };
    expect(await callBack(captured, 'another secret')).toBe(401);
    expect(await callBack({ ...captured, amount: 1 })).toBe(422);
    expect(await callBack({ ...captured, currency: 'EUR' })).toBe(422);
    expect(await callBack({ ...captured, key: 'main/SO-261201-0001' })).toBe(422);
    expect(await callBack({ ...captured, key: 'nowhere/OR-261201-0001' })).toBe(503);
    expect(await callBack({ ...captured, key: 'main/OR-000101-0001' })).toBe(204);
    expect((await becomes(order_id, 'paying')).status).toBe('paying');
    await faults({});
    await becomes(order_id, 'confirmed');
    await expectAllSettled();
  });
});

describe('processes that are killed', () => {
  test('the payer, wherever an order stands: another one goes on', async () => {
    const restarts: Promise<void>[] = [];
    let [active, standby] = ['payments', 'payments_2'] as ['payments' | 'payments_2', 'payments' | 'payments_2'];
    const killPayer = async () => {
      await system.kill(active);
      restarts.push(system.restart(active));
      [active, standby] = [standby, active];
    };
    await offer(600, 50);
    await faults({ slow_ms: 200 });
    // Placed, and the charge is on its way, and captured there.
    const under_way = await buy();
    while (!(await charges()).has(`main/${under_way}`)) await sleep(10);
    await killPayer();
    // Placed, while nobody pays.
    const placed = await buy();
    await becomes(under_way, 'confirmed');
    await becomes(placed, 'confirmed');
    await Promise.all(restarts);
    // Begun, but not charged.
    await faults({ unheard_share: 1 });
    const begun = await buy();
    await becomes(begun, 'paying');
    await killPayer();
    await faults({ slow_ms: 200 });
    await becomes(begun, 'confirmed');
    await Promise.all(restarts);
    // Captured, but nobody takes the confirmation.
    await faults({ slow_ms: 1000, silent: true });
    const captured = await buy();
    while (!(await charges()).has(`main/${captured}`)) await sleep(10);
    await system.kill('api');
    await sleep(1000);
    await killPayer();
    await system.restart('api');
    await becomes(captured, 'confirmed');
    await Promise.all(restarts);
    // Owed back, but not refunded.
    await offer(1, 5);
    await faults({ late_share: 1, late_ms: 8000, silent: true });
    const late = await buy();
    await becomes(late, 'released');
    await faults({ slow_ms: 500 });
    await becomes(late, 'refund_due', 'refunded');
    await killPayer();
    await becomes(late, 'refunded');
    await Promise.all(restarts);
    await expectAllSettled();
  });

  test('a payer whose clock is an hour ahead charges and releases as others do', async () => {
    await offer(600, 10);
    await system.kill('payments_2');
    await system.restart('payments', clockAhead(3_600_000));
    await faults({ slow_ms: 100 });
    const under_way = await buy();
    await becomes(await buy(staff, { payment_reference: 'declined' }), 'released');
    await becomes(under_way, 'confirmed');
    await Promise.all([system.restart('payments'), system.restart('payments_2')]);
    await expectAllSettled();
  });

  test('any of them, under load and with every fault of the gateway', async () => {
    await offer(2, 100);
    await faults({
      ...{ lost_share: 0.2, unheard_share: 0.1, late_share: 0.1, late_ms: 3000, declined_share: 0.1 },
      ...{ slow_ms: 20, double: true, processing_ms: 100 },
    });
    let is_over = false;
    const buying = (async () => {
      let bought = 0;
      for (; !is_over && bought < 90; await sleep(50))
        await buy().then(
          () => {
            bought += 1;
          },
          () => {},
        );
      return bought;
    })();
    for (const program of [
      'payments',
      'api',
      'projector',
      'sandbox',
      'eventstore',
      'postgres',
      'payments_2',
    ] as const) {
      await sleep(200);
      await system.restart(program);
    }
    is_over = true;
    expect(await buying).toBeGreaterThan(20);
    await sleep(3000);
    await faults({});
    await expectAllSettled();
    const { body } = expectStatus(await admin.post('/audit/verifications'), 202);
    let now = body;
    for (; now.status === 'running'; await sleep(100))
      now = (await admin.get(`/audit/verifications/${body.verification_id}`)).body;
    expect(now).toMatchObject({ status: 'passed', rows_different: 0, findings: [] });
  });
});
