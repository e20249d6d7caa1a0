/** Whatever gateway and processes do: every order ends, every charge has a sale or a refund, and stock and money agree. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Faults } from '../../apps/payment-sandbox/faults.js';
import {
  type Client,
  cancelOrder,
  flashBuy,
  getOrder,
  getPayment,
  getProjections,
  getSale,
  getStock,
  getTrialBalance,
  getVerification,
  listEvents,
  listFlashSales,
  listOrders,
  listPayments,
  listSales,
  type Order,
  openFlashSale,
  verify,
} from '../../libs/client/index.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { ledgerStream } from '../../libs/event-store/streams.js';
import { sign } from '../../libs/payment-process/callback-signature.js';
import type { ChargeDocument } from '../../libs/payment-process/charge-document.js';
import { everyRow, programOf, programWith, refusalOf, UndocumentedAnswer } from '../support/client.js';
import { login, newUser, stockUp } from '../support/http.js';
import { clockAhead, type System, startSystem } from '../support/system.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { type HeldGateway, startHeldGateway } from './held-gateway.js';

const WAIT_MS_MAX = 30_000;
const PRICE = 2.5;
const COST = 3.5;
const PIECES = 1000;
const PAYERS = ['payments', 'payments_2'] as const;
const SAM = { username: 'sam', password: 'correct horse', role: 'staff' };

let system: System;
let admin: Client;
let staff: Client;
/** Sam, through `buyer_to_api`. */
let buyer: Client;
let flash_sale_id: string;
let payer_urls: string[];
let gateway: HeldGateway;
let log: EventStore;
/** To the log, for the API and the projector; for the payers; to the API, for a buyer. */
let to_log: TcpProxy;
let payers_to_log: TcpProxy;
let buyer_to_api: TcpProxy;

beforeAll(async () => {
  gateway = await startHeldGateway();
  const proxied = async (url: string) => {
    const { port } = new URL(url);
    const proxy = await startTcpProxy(Number(port));
    return { proxy, url: url.replace(`:${port}`, `:${proxy.port}`) };
  };
  system = await startSystem({
    payers: 2,
    env: { PAYMENT_GATEWAY_URL: gateway.url },
    async through(links) {
      const { proxy, url } = await proxied(links.eventstore_url);
      to_log = proxy;
      return { ...links, eventstore_url: url };
    },
    async payers_through(links) {
      const { proxy, url } = await proxied(links.eventstore_url);
      payers_to_log = proxy;
      return { ...links, eventstore_url: url };
    },
  });
  gateway.forwardTo(system.gateway.url);
  const to_api = await proxied(system.url);
  buyer_to_api = to_api.proxy;
  log = connectEventStore({ url: system.eventstore_url });
  const untyped = await login(system.url, system.admin);
  const { token } = await newUser(system.url, untyped, SAM);
  admin = await programWith(untyped.token, system);
  staff = await programWith(token, system);
  buyer = await programWith(token, to_api);
  await stockUp(untyped, PIECES);
  payer_urls = PAYERS.map((name) => /ready at ([^"\s]+)/.exec(system.log(name))![1]!);
});
afterAll(async () => {
  await log?.close();
  letAllGo();
  await system?.stop();
  gateway?.close();
  await Promise.all([to_log, payers_to_log, buyer_to_api].map((proxy) => proxy?.close()));
});
beforeEach(() => faults({}));
afterEach(async () => {
  letAllGo();
  await faults({});
});

function letAllGo(): void {
  gateway?.letAllGo();
  for (const proxy of [to_log, payers_to_log, buyer_to_api]) proxy?.pass();
}

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
  ({ flash_sale_id } = await openFlashSale({ client: admin, body: { ...terms, hold_seconds } }));
}
async function buy(
  client: Client = staff,
  more: { payment_reference?: string } = {},
  headers: Record<string, string> = {},
): Promise<string> {
  const body = { customer_id: 'CUST', line_items: [{ flash_sale_id, quantity: 1 }], ...more };
  const signal = AbortSignal.timeout(WAIT_MS_MAX);
  return (await flashBuy({ client, body, headers, signal })).order_id;
}

async function becomes(order_id: string, ...statuses: Order['status'][]): Promise<Order> {
  const until_ms = Date.now() + WAIT_MS_MAX;
  const look = () =>
    getOrder({ client: admin, path: { id: order_id }, signal: AbortSignal.timeout(WAIT_MS_MAX) }).catch((error) => {
      if (error instanceof UndocumentedAnswer) throw error;
      return error as Error;
    });
  for (;;) {
    const order = await look();
    if ('status' in order && statuses.includes(order.status)) return order;
    if (Date.now() > until_ms) {
      const found = 'status' in order ? order.status : order;
      throw new Error(`${order_id} is ${found}\n${system.log('payments')}\n${system.log('payments_2')}`);
    }
    await sleep(50);
  }
}
/** What cannot be looked at is looked at again. */
async function reaches<Seen>(look: () => Promise<Seen>, wanted: Seen): Promise<void> {
  for (const until_ms = Date.now() + WAIT_MS_MAX; ; await sleep(100)) {
    const seen = await look().catch((error: Error) => error);
    if (isDeepStrictEqual(seen, wanted)) return;
    if (Date.now() > until_ms) return expect(seen).toEqual(wanted);
  }
}
async function charges(): Promise<Map<string, ChargeDocument>> {
  const { data } = (await sandbox('GET', '/charges?limit=10000')) as { data: ChargeDocument[] };
  return new Map(data.map((charge) => [charge.key, charge]));
}
async function orders(): Promise<Order[]> {
  const page = (cursor?: string) => listOrders({ client: admin, query: { limit: 1000, cursor } });
  return everyRow(page);
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
  const refunded = ended.filter(({ status }) => status === 'refunded').length;
  const { counts } = await sandbox('GET', '/charges?limit=1');
  expect(counts).toMatchObject({ captured: paid.length + refunded, refunded });
  const client = admin;
  const query = { limit: 1000 };
  const { data: sales } = await listSales({ client, query });
  expect(sales.map(({ order_id, payment_status }) => [order_id, payment_status]).toSorted()).toEqual(
    paid.map(({ order_id }) => [order_id, 'paid']).toSorted(),
  );
  const { data, totals } = await getTrialBalance({ client });
  const balances = data.filter(({ balance }) => balance !== 0);
  const amount = paid.reduce((sum, { total_price }) => sum + total_price, 0);
  // So nothing is owed by customers, and nothing to them.
  expect(Object.fromEntries(balances.map(({ account_id, balance }) => [account_id, balance]))).toEqual({
    ...(amount > 0 && { bank: amount, revenue: amount, cogs: COST * paid.length }),
    ...{ inventory: COST * (PIECES - paid.length), 'payable:SUP': COST * PIECES },
  });
  expect(totals.debit).toBe(totals.credit);
  const { on_hand } = await getStock({ client, path: { id: 'bottle' } });
  expect(on_hand).toBe(PIECES - paid.length);
  const { data: flash_sales } = await listFlashSales({ client, query });
  expect(flash_sales.reduce((sum, { held }) => sum + held!, 0)).toBe(0);
  expect(flash_sales.reduce((sum, { sold }) => sum + sold!, 0)).toBe(paid.length);
}

async function expectVerified(): Promise<void> {
  const client = admin;
  let now = await verify({ client });
  const path = { id: now.verification_id };
  for (; now.status === 'running'; await sleep(100)) now = await getVerification({ client, path });
  expect(now).toMatchObject({ status: 'passed', rows_different: 0, findings: [] });
}

describe('a gateway that works', () => {
  test('charges an order, which becomes a sale of its buyer, paid', async () => {
    await offer();
    const order_id = await buy(staff, { payment_reference: 'tok_1' });
    const order = await becomes(order_id, 'confirmed');
    expect(order).toMatchObject({ total_price: PRICE, account_id: 'bank', created_by: 'sam' });
    // The sale and the payment are the next two events.
    const [client, query] = [staff, { min_position: order.position + 2 }];
    const sale = await getSale({ client, path: { number: order.result_number! }, query });
    expect(sale).toMatchObject({ order_id, payment_status: 'paid', created_by: 'sam', ordered_by: 'sam' });
    const payment = await getPayment({ client, path: { number: order.payment_number! } });
    expect(payment).toMatchObject({ bill_number: sale.number, account_id: 'bank', amount: PRICE, method: 'gateway' });
    expect((await listSales({ client, query: { order_id } })).data).toEqual([sale]);
    expect((await listPayments({ client, query: { order_id } })).data).toEqual([payment]);
    expect((await charges()).get(`main/${order_id}`)).toMatchObject({ charge_id: order.charge_id, amount: 250 });
    await expectAllSettled();
  });

  test('charges within the trace of the order, which its sale and payment name, too', async () => {
    await offer();
    const trace_id = 'c0ffee00c0ffee00c0ffee00c0ffee00';
    const order_id = await buy(staff, {}, { traceparent: `00-${trace_id}-00f067aa0ba902b7-01` });
    const order = await becomes(order_id, 'confirmed');
    const query = { limit: 5, min_position: order.position + 2 };
    const { data } = await listEvents({ client: admin, query });
    const of_trace = data.filter(({ metadata }) => JSON.stringify(metadata).includes(trace_id));
    expect(of_trace.map(({ type }) => type)).toEqual([
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
  test('is down: orders wait beyond their time, and are charged when it is back, or released where that is over', async () => {
    await faults({ down: true });
    await offer(1, 1);
    const late = await buy();
    await offer(600, 1);
    const in_time = await buy();
    for (const order_id of [late, in_time]) {
      await becomes(order_id, 'paying');
      const cancelled = cancelOrder({ client: staff, path: { id: order_id } });
      expect(await refusalOf(cancelled)).toMatchObject({ status: 409 });
    }
    const { pay_by } = await becomes(late, 'paying');
    await sleep(Date.parse(pay_by) - Date.now() + 1);
    expect((await getOrder({ client: admin, path: { id: late } })).status).toBe('paying');
    await faults({});
    expect(await becomes(late, 'released')).toMatchObject({ release_reason: 'unpaid' });
    await becomes(in_time, 'confirmed');
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
    const answer = await fetch(`${payer_urls[0]}/callbacks`, {
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

describe('kill -9 while an order stands at each step', () => {
  const PLACED = ['FlashOrderPlaced'];
  const BEGUN = [...PLACED, 'FlashOrderChargeStarted'];
  const SOLD = [...BEGUN, 'FlashOrderConfirmed', 'SaleRecorded', 'PaymentReceived'];
  const CHARGED_LATE = [...BEGUN, 'FlashOrderReleased', 'FlashOrderChargedLate'];
  /** The step is also the payment reference of its order. `events` and `charge`: at the kill. `history`: at the end. */
  const STEPS: Record<string, { events: string[]; charge?: ChargeDocument['status']; history: string[] }> = {
    // The buyer has no answer, and the payer does not know of it.
    recorded: { events: PLACED, history: SOLD },
    // The charge does not reach the gateway.
    begun: { events: BEGUN, history: SOLD },
    // The gateway's answer does not come back.
    captured: { events: BEGUN, charge: 'captured', history: SOLD },
    // The API has the command to confirm it, and cannot append.
    answered: { events: BEGUN, charge: 'captured', history: SOLD },
    // It is appended, and the log's answer does not come back.
    confirmed: { events: SOLD, charge: 'captured', history: SOLD },
    // The API has the command to release it, and cannot append.
    declined: { events: BEGUN, charge: 'declined', history: [...BEGUN, 'FlashOrderReleased'] },
    // The gateway's answer to the refund does not come back.
    refunded: { events: CHARGED_LATE, charge: 'refunded', history: [...CHARGED_LATE, 'FlashOrderRefunded'] },
  };
  const AT_THE_KILL = {
    steps: Object.fromEntries(Object.entries(STEPS).map(([step, { events, charge }]) => [step, { events, charge }])),
    held_at_gateway: ['begun', 'captured', 'refunded'],
    payer: { charging: 2, confirming: 2, releasing: 1, refunding: 1, commands_waiting: 3 },
    is_answered: false,
  };

  /** Of each step's order. */
  async function recordedFrom(revision: number): Promise<Record<string, { order_id: string; events: string[] }>> {
    const by_order = new Map<string, { step: string; events: string[] }>();
    for await (const { type, data } of log.read(ledgerStream('main'), revision)) {
      const { order_id, payment_reference } = data as { order_id?: string; payment_reference?: string };
      if (type === 'FlashOrderPlaced') by_order.set(order_id!, { step: payment_reference!, events: [] });
      by_order.get(order_id!)?.events.push(type);
    }
    expect(by_order.size).toBeLessThanOrEqual(Object.keys(STEPS).length);
    return Object.fromEntries([...by_order].map(([order_id, { step, events }]) => [step, { order_id, events }]));
  }
  /** By the metrics of whichever payer has the ledger. */
  async function payerFigures() {
    const texts = await Promise.all(payer_urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
    const line =
      /^factory_ledger_payment_(?:orders\{ledger="main",step="(\w+)"\}|(commands_waiting)\{ledger="main"\}) (\d+)$/gm;
    const figures = [...texts.join('\n').matchAll(line)].map(([, step, waiting, count]) => [
      step ?? waiting,
      Number(count),
    ]);
    // Those of earlier specs are watched for a day.
    const { watching: _, ...under_way } = Object.fromEntries(figures) as Record<string, number>;
    return { active: PAYERS[texts.findIndex((text) => text.includes('commands_waiting{ledger="main"}'))]!, under_way };
  }

  test.each(['payments', 'api', 'projector', 'eventstore'] as const)('of %s', async (program) => {
    let from = 0;
    for await (const { revision } of log.readBackwards(ledgerStream('main'), { max: 1 })) from = revision + 1;
    const recorded = () => recordedFrom(from);
    const has = async (step: string, type: string) => (await recorded())[step]?.events.includes(type) ?? false;
    await faults({ silent: true });
    gateway.hold('begun', 'request');
    for (const step of ['captured', 'answered', 'confirmed', 'declined']) gateway.hold(step, 'answer');
    gateway.hold('refunded', 'lost');
    await offer(1, 1);
    await buy(staff, { payment_reference: 'refunded' });
    await offer(600, 6);
    for (const step of ['begun', 'captured', 'answered', 'confirmed', 'declined'])
      await buy(staff, { payment_reference: step });
    await reaches(() => has('refunded', 'FlashOrderReleased'), true);
    gateway.hold('refunded', 'refund answer');
    await gateway.deliverLost('refunded');
    await reaches(
      async () => gateway.waiting(),
      ['answered', 'begun', 'captured', 'confirmed', 'declined', 'refunded'],
    );

    payers_to_log.swallowAnswers();
    buyer_to_api.swallowAnswers();
    const key = { 'Idempotency-Key': randomUUID() };
    const more = { payment_reference: 'recorded' };
    let is_answered = false;
    const unanswered = buy(buyer, more, key).then(
      () => {
        is_answered = true;
      },
      () => {},
    );
    await reaches(() => has('recorded', 'FlashOrderPlaced'), true);
    to_log.swallowAnswers();
    gateway.letGo('confirmed');
    await reaches(() => has('confirmed', 'FlashOrderConfirmed'), true);
    // One append of a ledger is under way at a time: these wait behind it.
    gateway.letGo('answered');
    gateway.letGo('declined');
    let active: (typeof PAYERS)[number] = 'payments';
    const standing = async () => {
      const [events, at_gateway, payer] = await Promise.all([recorded(), charges(), payerFigures()]);
      active = payer.active;
      const steps = Object.entries(events).map(([step, { order_id, events }]) => {
        return [step, { events, charge: at_gateway.get(`main/${order_id}`)?.status }] as const;
      });
      const held_at_gateway = gateway.waiting();
      return { steps: Object.fromEntries(steps), held_at_gateway, payer: payer.under_way, is_answered };
    };
    await reaches(standing, AT_THE_KILL);

    const victim = program === 'payments' ? active : program;
    await system.kill(victim);
    const restarted = system.restart(victim);
    letAllGo();
    await unanswered;
    let order_id = '';
    const askAgain = async () => {
      order_id = await buy(buyer, more, key).catch(() => '');
      return order_id !== '';
    };
    await reaches(askAgain, true);
    const histories = async () =>
      Object.fromEntries(Object.entries(await recorded()).map(([step, { events }]) => [step, events]));
    await reaches(histories, Object.fromEntries(Object.entries(STEPS).map(([step, { history }]) => [step, history])));
    expect((await recorded()).recorded!.order_id).toBe(order_id);
    await restarted;
    await expectAllSettled();
  });
});

describe('processes that are killed, or whose clocks are wrong', () => {
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
  });

  // Last: the time of the ledger stays an hour ahead.
  test('clocks that are an hour ahead, of a payer and then of the API: every order ends, and is charged as others are', async () => {
    const ahead = clockAhead(3_600_000);
    await offer(600, 10);
    await system.kill('payments_2');
    await system.restart('payments', ahead);
    await faults({ slow_ms: 100 });
    const under_way = await buy();
    await becomes(await buy(staff, { payment_reference: 'declined' }), 'released');
    await becomes(under_way, 'confirmed');

    await faults({ silent: true });
    gateway.hold('captured', 'answer');
    const captured = await buy(staff, { payment_reference: 'captured' });
    await reaches(async () => gateway.waiting(), ['captured']);
    await system.kill('payments');
    const waiting = await buy();
    await system.restart('api', ahead);
    admin = await programOf(system);
    staff = await programOf(system, SAM);
    expect((await getProjections({ client: admin })).state).toBe('live');
    expect(await becomes(waiting, 'released')).toMatchObject({ release_reason: 'expired' });
    expect((await getOrder({ client: admin, path: { id: captured } })).status).toBe('paying');
    gateway.letGo('captured');
    await system.restart('payments');
    await becomes(captured, 'confirmed');
    await becomes(await buy(), 'confirmed');
    await expectAllSettled();
    await expectVerified();
  });
});
