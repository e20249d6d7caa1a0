/** Streams and webhooks over HTTP: what they tell, to whom, and that nothing is missed when a token, an instance or Postgres goes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import {
  cancelOrder,
  flashBuy,
  getOrder,
  listEvents,
  listStock,
  openFlashSale,
  type Client as Program,
  recordPurchase,
  recordSale,
  registerCustomer,
  registerItem,
  streamEvents,
  streamOrders,
  streamStock,
} from '../libs/client/index.js';
import { drawn, drawOf, seedHash } from '../libs/waiting-queue/draw.js';
import { documentOf, type Followed, follow, programWith } from './support/client.js';
import { differences, type OpenApi, operationAt, type Response, readContract, resolved } from './support/contract.js';
import { type EventStream, openStream } from './support/event-stream.js';
import { type Client, clientOf, expectStatus, login, newUser, stockUp } from './support/http.js';
import { clockAhead, type System, startSystem } from './support/system.js';
import { startReceiver, type WebhookReceiver } from './support/webhook-receiver.js';

let system: System;
let admin: Client;
let staff: Client;
/** The same users, as programs. */
let ada: Program;
let sam: Program;
let contract: OpenApi;
const opened: { path: string; live: EventStream }[] = [];
const followed: { close(): void }[] = [];
const receivers: WebhookReceiver[] = [];

beforeAll(async () => {
  system = await startSystem({ apis: 2, env: { STREAMS_PER_USER: '60', WEBHOOK_NETWORKS: '127.0.0.0/8' } });
  admin = await login(system.url, system.admin);
  staff = await newUser(system.url, admin, { username: 'sam', role: 'staff' });
  [ada, sam] = [await programWith(admin.token, system), await programWith(staff.token, system)];
  contract = await readContract(system.url);
  await stockUp(admin, 100_000);
  await registerItem({ client: ada, body: { item_id: 'cap', name: 'Cap', kind: 'other' } });
});
afterAll(async () => {
  for (const { live } of opened) live.close();
  for (const live of followed) live.close();
  for (const receiver of receivers) receiver.close();
  await system?.stop();
});

async function stream(client: Client, path: string, last?: number, url = system.url): Promise<EventStream> {
  const found = await openStream(url, client, path, last === undefined ? {} : { 'last-event-id': `${last}` });
  opened.push({ path, live: found });
  return found;
}
function following<M extends object>(...[open]: Parameters<typeof follow<M>>): Followed<M> {
  const live = follow<M>(open);
  followed.push(live);
  return live;
}
async function sell(client: Client, quantity = 1): Promise<number> {
  const line_items = [{ item_id: 'bottle', quantity, unit_price: 4 }];
  const answer = expectStatus(await client.post('/sales', { customer_id: 'CUST', line_items }), 201);
  return Number(answer.headers.get('ledger-position'));
}
const stockNow = async (position: number) =>
  expectStatus(await admin.get('/stock', { 'ledger-position': `${position}` }), 200).body;

describe('GET /stream/stock', () => {
  test('tells what GET /stock tells, and each change by the position of its event', async () => {
    const position = await sell(admin);
    const { data } = await stockNow(position);
    const live = await stream(staff, '/stream/stock');
    const state = await live.until(({ event }) => event === 'state');
    expect(state).toEqual({ event: 'state', id: position, data: { position, complete: true, data } });
    expect(live.retry_ms).toBeGreaterThanOrEqual(1000);
    const next = await sell(staff, 7);
    const change = await live.until(({ id }) => id === next);
    const after = await stockNow(next);
    expect(change).toEqual({ event: 'change', id: next, data: { position: next, data: after.data } });
  });

  test('resumed at another instance it tells what has changed since, and nothing else', async () => {
    const live = await stream(staff, '/stream/stock');
    await live.until(({ event }) => event === 'state');
    live.close();
    for (let n = 0; n < 20; n += 1) await sell(admin);
    const last = await sell(admin);
    const again = await stream(staff, '/stream/stock', live.last_id, system.urls[1]);
    const change = await again.until(({ id }) => id !== undefined && id >= last);
    expect(change).toMatchObject({ event: 'change', data: { data: [{ item_id: 'bottle' }] } });
    expect(again.messages.filter(({ event }) => event === 'state')).toEqual([]);
    expect(change.data.data).toEqual((await stockNow(last)).data);
  });

  test('of one item is quiet while others change', async () => {
    const client = sam;
    const live = following((options) => streamStock({ client, query: { item_id: 'cap' }, ...options }));
    expect(await live.until(({ complete }) => complete === true)).toMatchObject({ data: [] });
    const line_items = [{ item_id: 'bottle', quantity: 1, unit_price: 4 }];
    await recordSale({ client, body: { customer_id: 'CUST', line_items } });
    const caps = [{ item_id: 'cap', quantity: 5, unit_price: 1 }];
    const body = { supplier_id: 'SUP', line_items: caps };
    const { position } = documentOf(await recordPurchase({ client: ada, body }));
    const change = await live.until(({ complete }) => complete === undefined);
    expect(change).toMatchObject({ position, data: [{ item_id: 'cap', location_id: 'main', on_hand: 5 }] });
    const { data } = await listStock({ client: ada, query: { item_id: 'cap' } });
    expect(change.data).toEqual(data);
    expect(live.messages).toHaveLength(2);
  });

  test('tells a hot item at most five times a second, and its last state', async () => {
    const live = await stream(staff, '/stream/stock?item_id=bottle');
    const since_ms = Date.now();
    let last = 0;
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let n = 0; n < 20; n += 1) last = Math.max(last, await sell(admin));
      }),
    );
    await live.until(({ id }) => id !== undefined && id >= last);
    const changes = live.messages.filter(({ event }) => event === 'change');
    expect(changes.length).toBeLessThanOrEqual(5 * ((Date.now() - since_ms) / 1000) + 2);
    expect(changes.at(-1)!.data.data).toEqual((await stockNow(last)).data.slice(0, 1));
  });

  test.each([
    ['/stream/stock?position=-1', {}, 'invalid_parameter'],
    ['/stream/stock?position=1.5', {}, 'invalid_parameter'],
    ['/stream/stock?as_of=2026-03-01', {}, 'invalid_parameter'],
    ['/stream/stock', { 'last-event-id': 'abc' }, 'invalid_parameter'],
    ['/stream/stock', { 'last-event-id': '9999999999999999' }, 'invalid_parameter'],
    ['/stream/stock', { ledger: 'nowhere' }, 'unknown_ledger'],
    ['/stream/events?type=', {}, 'invalid_parameter'],
    ['/stream/nothing', {}, 'unknown_route'],
  ])('%s %j is refused: %s', async (path, headers, code) => {
    expect((await admin.get(path, headers as Record<string, string>)).body.code).toBe(code);
  });

  test('HEAD says what it would be', async () => {
    const response = await fetch(`${system.url}/api/v1/stream/stock`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${admin.token}` },
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  });
});

describe('GET /stream/events', () => {
  test('shows each event as GET /audit/events does, to those who may read these', async () => {
    const live = following((options) => streamEvents({ client: ada, ...options }));
    const from = (await live.until(({ type }) => type === undefined)).position;
    const position = await sell(staff);
    const sold = await live.until((event) => event.position === position);
    const { data } = await listEvents({ client: ada, query: { limit: 1, type: 'SaleRecorded' } });
    expect(sold).toEqual(data[0]);
    expect(from).toBeLessThan(position);
    for (const role of ['manager', 'staff', 'viewer']) {
      const { token } = await newUser(system.url, admin, { username: `no-${role}`, role });
      expect((await clientOf(system.url, token).get('/stream/events')).body.code).toBe('forbidden');
    }
  });

  test('of one type shows those alone', async () => {
    const client = ada;
    const query = { type: 'CustomerRegistered', position: 0 };
    const live = following((options) => streamEvents({ client, query, ...options }));
    await sell(admin);
    const { position } = await registerCustomer({ client, body: { customer_id: 'C2', name: 'Second' } });
    await live.until((event) => event.position === position);
    const { data } = await listEvents({ client, query: { order: 'oldest_first', type: query.type } });
    expect(live.messages).toEqual(data);
  });
});

test('GET /stream/orders tells of open orders and what becomes of them, staff of their own alone', async () => {
  const { token } = await newUser(system.url, admin, { username: 'bea', role: 'staff' });
  const bea = await programWith(token, system);
  const ends_at = new Date(Date.now() + 3_600_000).toISOString();
  const terms = { item_id: 'bottle', quantity: 50, unit_price: 2.5, per_customer_max: 20, ends_at };
  const { flash_sale_id } = await openFlashSale({ client: ada, body: terms });
  const order = (client: Program) =>
    flashBuy({ client, body: { customer_id: 'CUST', line_items: [{ flash_sale_id, quantity: 1 }] } });
  const first = await order(sam);
  await stockNow(first.position);
  const open = (client: Program) => following((options) => streamOrders({ client, ...options }));
  const [all, own] = [open(ada), open(sam)];
  const [state, own_state] = [
    await all.until(({ complete }) => !!complete),
    await own.until(({ complete }) => !!complete),
  ];
  expect(own_state.data).toMatchObject([{ order_id: first.order_id, status: 'pending', created_by: 'sam' }]);
  expect(own_state).toEqual(state);
  const theirs = await order(bea);
  await all.until(({ position }) => position >= theirs.position);
  const path = { id: first.order_id };
  await cancelOrder({ client: sam, path });
  const released = ({ data }: typeof state) =>
    data.some(({ order_id, status }) => order_id === first.order_id && status === 'released');
  const change = await own.until(released);
  const { position: _, ...shown } = await getOrder({ client: sam, path });
  expect(change.data).toMatchObject([{ ...shown, status: 'released' }]);
  expect((await all.until(released)).position).toBe(change.position);
  const seen = ({ messages }: Followed<typeof state>) =>
    new Set(messages.flatMap(({ data }) => data.map(({ order_id }) => order_id)));
  expect([seen(all), seen(own)]).toEqual([new Set([first.order_id, theirs.order_id]), new Set([first.order_id])]);
  const later = open(sam);
  expect((await later.until(({ complete }) => !!complete)).data).toEqual([]);
});

describe('who may no longer', () => {
  const ends = async (live: EventStream) => {
    const since_ms = Date.now();
    await live.ended;
    expect(Date.now() - since_ms).toBeLessThan(8000);
    return live.messages.at(-1);
  };

  test('loses the streams on every instance', async () => {
    const changes: Record<string, (client: Client, username: string) => Promise<unknown>> = {
      'signs-out': (client) => client.post('/auth/logout'),
      'other-role': (_, username) => admin.patch(`/users/${username}`, { role: 'viewer' }),
      'no-role': (_, username) => admin.patch(`/users/${username}`, { role: null }),
      inactive: (_, username) => admin.patch(`/users/${username}`, { active: false }),
    };
    const loses = async (username: string) => {
      const client = await newUser(system.url, admin, { username, role: 'staff' });
      const streams = await Promise.all(system.urls.map((url) => stream(client, '/stream/stock', undefined, url)));
      await Promise.all(streams.map((live) => live.until(({ event }) => event === 'state')));
      await changes[username]!(client, username);
      return Promise.all(streams.map(ends));
    };
    const end = { event: 'end', id: undefined, data: { code: 'unauthenticated' } };
    for (const lost of await Promise.all(Object.keys(changes).map(loses))) expect(lost).toEqual([end, end]);
  });

  test('a key that is revoked loses them, too; another one stays', async () => {
    const keys = await Promise.all(
      ['display', 'shop'].map((name) => admin.post('/api-keys', { name, role: 'viewer' }).then(({ body }) => body)),
    );
    const [gone, stays] = await Promise.all(
      keys.map(({ key }) => stream(clientOf(system.url, key), '/stream/stock', undefined, system.urls[1])),
    );
    expectStatus(await admin.delete(`/api-keys/${keys[0].key_id}`), 204);
    expect((await ends(gone!))?.data).toEqual({ code: 'unauthenticated' });
    const position = await sell(admin);
    await stays!.until(({ id }) => id !== undefined && id >= position);
  });
});

test('a user opens as many as the setting says, in an instance', async () => {
  const client = await newUser(system.url, admin, { username: 'greedy', role: 'viewer' });
  const many = await Promise.all(Array.from({ length: 60 }, () => stream(client, '/stream/stock')));
  const refused = await client.get('/stream/stock');
  expect([refused.status, refused.body.code, refused.body.streams_max]).toEqual([429, 'too_many_streams', 60]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  for (const live of many) live.close();
});

async function webhook(more: object = {}): Promise<WebhookReceiver & { webhook_id: string }> {
  const receiver = await startReceiver();
  receivers.push(receiver);
  const { body } = expectStatus(await admin.post('/webhooks', { url: receiver.url, ...more }), 201);
  return Object.assign(receiver, { secret: body.secret, webhook_id: body.webhook_id });
}
async function until(done: () => unknown): Promise<void> {
  for (const give_up_at_ms = Date.now() + 30_000; !(await done()); await sleep(20))
    if (Date.now() > give_up_at_ms) throw new Error(`It did not come to pass: ${done}`);
}

describe('webhooks', () => {
  const path = ({ webhook_id }: { webhook_id: string }) => `/webhooks/${webhook_id}`;

  test('send what happens from then on, signed, and what they name can be read', async () => {
    const to = await webhook({ description: 'the shop' });
    const found: number[] = [];
    to.answer = (response, { body }) =>
      void admin.get(`/sales/${body.data.number}`).then(({ status }) => {
        found.push(status);
        response.writeHead(204).end();
      });
    const position = await sell(staff);
    await until(() => to.received.length === 1);
    const { body: events } = await admin.get('/audit/events?limit=1');
    const [{ metadata: _, recorded_at: timestamp, ...event }] = events.data;
    expect(to.received[0]!.body).toEqual({ ...event, timestamp, ledger_id: 'main', position, previous_position: null });
    await until(async () => (await admin.get(path(to))).body.position === position);
    const shown = expectStatus(await admin.get(path(to)), 200).body;
    expect(shown).toMatchObject({
      description: 'the shop',
      types: null,
      active: true,
      failures: 0,
      sent_position: position,
    });
    expect(JSON.stringify([shown, (await admin.get('/webhooks')).body])).not.toContain('whsec_');
    const { data } = expectStatus(await admin.get(`${path(to)}/attempts`), 200).body;
    expect(data).toEqual([
      {
        ...{ attempt_id: expect.any(String), message_id: to.received[0]!.id, position, type: 'SaleRecorded' },
        ...{ attempted_at: expect.any(String), duration_ms: expect.any(Number), status: 204, error: null },
      },
    ]);
    expect((await admin.get(`${path(to)}/attempts?failed=true`)).body.data).toEqual([]);
    expect(found).toEqual([200]);
    expectStatus(await admin.delete(path(to)), 204);
    expect((await admin.get(path(to))).body.code).toBe('unknown_record');
    await sell(admin);
    await sleep(500);
    expect(to.received).toHaveLength(1);
  });

  test('from any position, again from any position, with a test between, and with two secrets while they change', async () => {
    const to = await webhook({ from_position: 3, types: ['ItemRegistered'] });
    await until(() => to.received.length === 2);
    const registered = to.received.map(({ position }) => position);
    expectStatus(await admin.post(`${path(to)}/replay`, { from_position: registered[1]! }), 200);
    await until(() => to.received.length === 3);
    expect(to.received[2]).toMatchObject({ id: to.received[1]!.id, previous_position: null });
    const tested = expectStatus(await admin.post(`${path(to)}/test`, undefined), 200).body;
    expect(tested).toMatchObject({ type: 'WebhookTested', position: null, status: 204, error: null });
    expect(to.received[3]).toMatchObject({ id: tested.message_id, body: { type: 'WebhookTested', ledger_id: 'main' } });
    const { secret } = expectStatus(await admin.post(`${path(to)}/secret`, { valid_hours: 1 }), 200).body;
    expect(secret).not.toBe(to.secret);
    expect((await admin.post(`${path(to)}/test`, undefined)).body.status).toBe(204);
    to.secret = secret;
    expect((await admin.post(`${path(to)}/test`, undefined)).body.status).toBe(204);
    expectStatus(await admin.post(`${path(to)}/secret`, { valid_hours: 0 }), 200);
    expect((await admin.post(`${path(to)}/test`, undefined)).body).toMatchObject({ status: 401, error: null });
    expectStatus(await admin.delete(path(to)), 204);
  });

  test('a key of idempotency makes one of two, and shows its secret again', async () => {
    const body = { url: 'http://127.0.0.1:9/' };
    const key = { 'idempotency-key': 'one-webhook' };
    const [one, two] = await Promise.all(
      system.urls.map((url) => clientOf(url, admin.token).post('/webhooks', body, key)),
    );
    expect([one!.status, two!.status]).toEqual([201, 201]);
    expect(two!.body).toEqual(one!.body);
    expect((await admin.post('/webhooks', { ...body, description: 'another' }, key)).body.code).toBe(
      'idempotency_key_reused',
    );
    const rotate = () => admin.post(`${path(one!.body)}/secret`, {}, { 'idempotency-key': 'rotate' });
    expect((await rotate()).body.secret).toBe((await rotate()).body.secret);
    const { old_secret_until } = (await admin.get(path(one!.body))).body;
    expect(Date.parse(old_secret_until)).toBeGreaterThan(Date.now());
    const replayed = [one!, two!, await rotate()].map(({ headers }) => headers.get('idempotency-replayed'));
    expect(replayed.filter((said) => said === 'true')).toHaveLength(2);
    const table = (await admin.get('/webhooks?format=csv')).body.split('\r\n');
    expect([table[0].split(',', 2), table.filter((row: string) => row.includes(body.url)).length]).toEqual([
      ['webhook_id', 'url'],
      1,
    ]);
    const { data } = (await admin.get('/webhooks')).body;
    expect(data.filter(({ url }: { url: string }) => url === body.url)).toHaveLength(1);
    expectStatus(await admin.delete(path(one!.body)), 204);
  });

  test('belong to the admins of their ledger', async () => {
    const to = await webhook();
    expectStatus(await admin.post('/ledgers', { ledger_id: 'plant-2', currency: 'USD' }), 201);
    const theirs = await newUser(system.url, admin, { username: 'pia', role: 'admin', ledger_id: 'plant-2' });
    const there = { ledger: 'plant-2' };
    expect((await theirs.get('/webhooks', there)).body).toEqual({ data: [], next_cursor: null });
    for (const answer of await Promise.all([
      theirs.get(path(to), there),
      theirs.patch(path(to), { active: false }, there),
      theirs.delete(path(to), there),
      theirs.post(`${path(to)}/replay`, { from_position: 0 }, there),
      theirs.post(`${path(to)}/test`, undefined, there),
      theirs.post(`${path(to)}/secret`, {}, there),
      theirs.get(`${path(to)}/attempts`, there),
    ]))
      expect(answer.body.code).toBe('unknown_record');
    expect((await theirs.get('/webhooks')).body.code).toBe('unknown_ledger');
    const auditor = await newUser(system.url, admin, { username: 'tom', role: 'auditor' });
    expect((await auditor.get(path(to))).status).toBe(200);
    expect((await auditor.post(`${path(to)}/test`, undefined)).body.code).toBe('forbidden');
    expectStatus(await admin.delete(path(to)), 204);
  });

  test('lead nowhere inside, when they are made and when they are changed, and no answer says why', async () => {
    const to = await webhook();
    const details = new Set<string>();
    for (const url of [
      'http://10.0.0.5/',
      'https://10.0.0.5/',
      'https://169.254.169.254/latest/meta-data',
      'https://[::1]/',
      'https://[::ffff:10.0.0.1]/',
      'https://[64:ff9b::a00:1]/',
      'https://0xa000001/',
      'http://93.184.216.34/',
      'https://user:secret@93.184.216.34/',
      'ftp://93.184.216.34/',
      'nonsense',
      'https://no-such-name.invalid/',
    ])
      for (const answer of [await admin.post('/webhooks', { url }), await admin.patch(path(to), { url })]) {
        expect([url, answer.status, answer.body.code]).toEqual([url, 422, 'url_refused']);
        details.add(answer.body.detail);
      }
    expect(details.size).toBe(1);
    expect((await admin.get(path(to))).body.url).toBe(to.url);
    expectStatus(await admin.delete(path(to)), 204);
  });

  test.each<[string, object]>([
    ['no url', {}],
    ['a url that is no text', { url: 5 }],
    ['no types', { url: 'https://a.example', types: [] }],
    ['types that are none', { url: 'https://a.example', types: ['SaleRecorded', 'Nothing'] }],
    ['a type twice', { url: 'https://a.example', types: ['SaleRecorded', 'SaleRecorded'] }],
    ['types that are no list', { url: 'https://a.example', types: 'SaleRecorded' }],
    ['types of objects', { url: 'https://a.example', types: [{ type: 'SaleRecorded' }] }],
    ['a field that is none', { url: 'https://a.example', secret: 'mine' }],
    ['a position that is none', { url: 'https://a.example', from_position: -1 }],
    ['too long a description', { url: 'https://a.example', description: 'x'.repeat(201) }],
  ])('%s is refused', async (_what, body) => {
    const answer = await admin.post('/webhooks', body);
    expect([answer.status, answer.body.code]).toEqual([422, 'validation']);
  });

  test('a position that is not there yet is refused, but for the next', async () => {
    const to = await webhook();
    const position = (await stockNow(0)).position;
    const replay = (from_position: number) => admin.post(`${path(to)}/replay`, { from_position });
    expect((await replay(position + 100)).body.code).toBe('validation');
    expect((await replay(position + 1)).body).toMatchObject({ position, sent_position: null });
    expectStatus(await admin.delete(path(to)), 204);
  });

  test('paused they send nothing, and then all, also after a rebuild of the read models; what was done is told', async () => {
    const to = await webhook({ types: ['SaleRecorded'] });
    expectStatus(await admin.patch(path(to), { active: false, types: null }), 200);
    const first = await sell(admin);
    expectStatus(await admin.post('/projections/rebuild', undefined), 202);
    await until(async () => (await admin.get('/projections')).body.rebuild?.status === 'done');
    const last = await sell(admin);
    expect(to.received).toEqual([]);
    expectStatus(await admin.patch(path(to), { active: true }), 200);
    await until(() => to.received.at(-1)?.position === last);
    expect(to.received.map(({ position }) => position)).toEqual(
      Array.from({ length: last - first + 1 }, (_, n) => first + n),
    );
    expectStatus(await admin.delete(path(to)), 204);
    const told = async () =>
      (await admin.get('/audit/security-events?limit=1000')).body.data
        .filter(({ data }: { data: Record<string, unknown> }) => data.webhook_id === to.webhook_id)
        .map(({ type, actor }: { type: string; actor: string }) => `${type} ${actor}`);
    const done = ['WebhookRemoved', 'WebhookChanged', 'WebhookChanged', 'WebhookCreated'].map(
      (type) => `${type} admin`,
    );
    await until(async () => (await told()).length === done.length);
    expect(await told()).toEqual(done);
    const log = JSON.stringify((await admin.get('/audit/security-events?limit=1000')).body);
    expect(log).not.toContain('whsec_');
    expect(log).not.toContain('/hook');
  });
});

describe('a waiting queue', () => {
  const CUSTOMERS = Array.from({ length: 60 }, (_, n) => `Q-${n}`);
  let position: string;
  const known = () => ({ 'ledger-position': position });

  beforeAll(async () => {
    const lines = CUSTOMERS.map((customer_id) => ({ type: 'customers', body: { customer_id, name: customer_id } }));
    const type = { 'content-type': 'application/x-ndjson' };
    expectStatus(await admin.send('POST', '/batches', lines.map((line) => JSON.stringify(line)).join('\n'), type), 200);
  });

  async function offer(more: object = {}): Promise<string> {
    const ends_at = new Date(Date.now() + 3_600_000).toISOString();
    const terms = { item_id: 'bottle', quantity: 100, unit_price: 2.5, per_customer_max: 3, ends_at };
    const answer = expectStatus(await admin.post('/flash-sales', { ...terms, queue_per_minute: 6000, ...more }), 201);
    position = answer.headers.get('ledger-position')!;
    expectStatus(await admin.get(`/flash-sales/${answer.body.flash_sale_id}`, known()), 200);
    return answer.body.flash_sale_id;
  }
  const path = (sale: string) => `/flash-sales/${sale}/queue`;
  const join = (sale: string, customer_id: string, client = staff) =>
    client.post(`${path(sale)}/tickets`, { customer_id }, known());
  const ticket = async (sale: string, customer_id: string) =>
    expectStatus(await staff.get(`${path(sale)}/tickets/${customer_id}`), 200).body;
  const buy = (line: object, customer_id: string, headers = {}) =>
    staff.post('/flash-buy', { customer_id, line_items: [{ quantity: 1, ...line }] }, headers);
  async function letIn(sale: string, customer_id: string) {
    expectStatus(await join(sale, customer_id), 201);
    await until(async () => (await ticket(sale, customer_id)).status === 'let_in');
    return ticket(sale, customer_id);
  }
  async function figures(sale: string) {
    return expectStatus(await admin.get(path(sale), known()), 200).body;
  }
  /** As if the time of a pass had run out. */
  async function lapse(sale: string, customer_id: string): Promise<void> {
    const client = new pg.Client(system.database_url);
    await client.connect();
    const text = `UPDATE identity.queue_tickets SET pass_expires_at = now() - interval '1 second'
      WHERE flash_sale_id = $1 AND customer_id = $2`;
    expect((await client.query(text, [sale, customer_id])).rowCount).toBe(1);
    await client.end();
  }

  test('draws numbers for all who came before the start, for anybody to check, and then counts on', async () => {
    const starts_at = new Date(Date.now() + 7000).toISOString();
    const sale = await offer({ starts_at, queue_per_minute: 1 });
    const other = clientOf(system.urls[1]!, staff.token);
    const early = CUSTOMERS.slice(0, 40);
    const joined = await Promise.all(early.map((customer_id, n) => join(sale, customer_id, n % 2 ? other : staff)));
    expect(new Set(joined.map(({ status, body }) => `${status} ${body.number} ${body.status}`))).toEqual(
      new Set(['201 null waiting']),
    );
    const before = await figures(sale);
    expect(before).toMatchObject({ status: 'before_start', waiting: 40, seed: null, drawn: 0 });
    expect((await staff.get(`${path(sale)}/draw`)).body.data).toEqual([]);
    await until(async () => (await figures(sale)).status === 'open');
    const { seed, drawn: count, settings } = await figures(sale);
    expect([count, seedHash(seed)]).toEqual([40, settings.draw.seed_hash]);
    expect(settings.draw).toEqual(before.settings.draw);
    const numbered = drawn(seed, early);
    for (const [index, customer_id] of numbered.entries())
      expect((await ticket(sale, customer_id)).number).toBe(index + 1);
    const told = expectStatus(await staff.get(`${path(sale)}/draw?limit=30`), 200).body;
    const rest = expectStatus(await staff.get(`${path(sale)}/draw?cursor=${told.next_cursor}`), 200).body;
    expect([...told.data, ...rest.data]).toEqual(
      numbered.map((customer_id, index) => ({ number: index + 1, draw: drawOf(seed, customer_id) })),
    );
    const { data } = expectStatus(await admin.get(`${path(sale)}/draw`), 200).body;
    expect(data.map(({ customer_id }: { customer_id: string }) => customer_id)).toEqual(numbered);
    for (const [index, customer_id] of CUSTOMERS.slice(40).entries())
      expect((await join(sale, customer_id, index % 2 ? other : staff)).body.number).toBe(41 + index);
    const [again, drawn_again] = [await join(sale, CUSTOMERS[45]!), await join(sale, numbered[7]!)];
    expect([again.status, again.body.number, drawn_again.body.number]).toEqual([200, 46, 8]);
  }, 60_000);

  test('lets in by number, with a pass that is good once, for this customer and this sale', async () => {
    const sale = await offer();
    const live = await stream(staff, `/stream/queue?flash_sale_id=${sale}`);
    const mine = await letIn(sale, 'Q-1');
    expect(mine).toMatchObject({ number: 1, status: 'let_in', ahead: null });
    const told = await live.until(({ data }) => data.serving >= 1);
    expect(told).toMatchObject({ event: 'queue', data: { flash_sale_id: sale, status: 'open', waiting: 0 } });
    const [theirs, elsewhere] = [await letIn(sale, 'Q-2'), await letIn(await offer(), 'Q-1')];
    const { pass } = mine;
    const forged = `${pass.slice(0, 30)}${pass[30] === 'A' ? 'B' : 'A'}${pass.slice(31)}`;
    const before = (await stockNow(Number(position))).position;
    const line = { flash_sale_id: sale };
    for (const [status, code, given] of [
      [409, 'pass_required', undefined],
      [403, 'pass_invalid', forged],
      [403, 'pass_invalid', 'x'],
      [403, 'pass_of_another', theirs.pass],
      [403, 'pass_of_another', elsewhere.pass],
      [422, 'validation', ''],
      [422, 'validation', 7],
      [422, 'validation', { customer_id: 'Q-1' }],
      [422, 'validation', 'x'.repeat(501)],
    ] as const) {
      const refused = await buy({ ...line, ...(given !== undefined && { pass: given }) }, 'Q-1');
      expect([refused.status, refused.body.code]).toEqual([status, code]);
    }
    const lines = [undefined, forged].map((given) => ({
      type: 'flash-buy',
      body: { customer_id: 'Q-1', line_items: [{ ...line, quantity: 1, ...(given && { pass: given }) }] },
    }));
    const type = { 'content-type': 'application/x-ndjson' };
    const text = lines.map((each) => JSON.stringify(each)).join('\n');
    expect((await staff.send('POST', '/batches?atomic=true', text, type)).body.code).toBe('pass_required');
    expect((await stockNow(0)).position).toBe(before);

    const key = { 'idempotency-key': 'with-a-pass' };
    const placed = expectStatus(await buy({ ...line, pass }, 'Q-1', key), 202);
    expect(placed.body.passes).toEqual([{ flash_sale_id: sale, number: 1, expires_at: mine.pass_expires_at }]);
    const repeated = expectStatus(await buy({ ...line, pass }, 'Q-1', key), 202);
    expect([repeated.headers.get('idempotency-replayed'), repeated.body]).toEqual(['true', placed.body]);
    expect((await buy({ ...line, pass }, 'Q-1')).body.code).toBe('pass_used');
    await until(async () => (await figures(sale)).passes_used === 1);
    expect(await ticket(sale, 'Q-1')).toMatchObject({ status: 'used' });
    expect(await figures(sale)).toMatchObject({ passes_out: 1, passes_lapsed: 0, serving: 2, remaining: 99 });
    const metrics = (await fetch(`${system.url}/metrics`).then((answer) => answer.text())).split('\n');
    const shown = metrics.filter((line) => line.startsWith('factory_ledger_queue_') && line.includes(sale));
    const tickets = (state: string) =>
      `factory_ledger_queue_tickets{ledger="main",flash_sale="${sale}",state="${state}"}`;
    for (const line of [`${tickets('let_in')} 1`, `${tickets('used')} 1`, `${tickets('waiting')} 0`])
      expect(shown).toContain(line);
    const looked = shown.find((line) => line.includes('looked_timestamp'));
    expect(Math.abs(Number(looked?.split(' ')[1]) - Date.now() / 1000)).toBeLessThan(10);
    expect((await staff.get(path(sale))).body).not.toHaveProperty('passes_used');
    // Whoever wants more stands behind all others.
    const more = expectStatus(await join(sale, 'Q-1'), 201).body;
    expect([more.number, more.status]).toEqual([3, 'waiting']);
    await until(async () => (await ticket(sale, 'Q-1')).status === 'let_in');
    const second = await ticket(sale, 'Q-1');
    expectStatus(await buy({ ...line, pass: second.pass }, 'Q-1'), 202);
  }, 60_000);

  test('gives the place of a pass that was not used to the next, and obeys its settings at once', async () => {
    const sale = await offer({ quantity: 2 });
    const [one, two, three, four] = CUSTOMERS.slice(0, 4) as [string, string, string, string];
    for (const customer_id of [one, two, three, four]) await join(sale, customer_id);
    await until(async () => (await figures(sale)).serving === 2);
    await sleep(1200);
    // A pass a piece.
    expect(await figures(sale)).toMatchObject({ serving: 2, waiting: 2, passes_out: 2, remaining: 2 });
    expect(await ticket(sale, four)).toMatchObject({ ahead: 1, status: 'waiting' });
    await lapse(sale, one);
    await until(async () => (await ticket(sale, three)).status === 'let_in');
    expect(await ticket(sale, one)).toMatchObject({ status: 'lapsed' });
    expect(await ticket(sale, one)).not.toHaveProperty('pass');
    expect(await figures(sale)).toMatchObject({ serving: 3, passes_out: 2, passes_lapsed: 1, passes_used: 0 });
    const changed = expectStatus(await admin.patch(path(sale), { passes_per_piece: 2, pass_seconds: 300 }), 200).body;
    expect(changed.queue).toMatchObject({ per_minute: 6000, passes_per_piece: 2, pass_seconds: 300 });
    await until(async () => (await ticket(sale, four)).status === 'let_in');
    const { pass_expires_at } = await ticket(sale, four);
    expect(Date.parse(pass_expires_at) - Date.now()).toBeGreaterThan(200_000);
    expectStatus(await buy({ flash_sale_id: sale, pass: (await ticket(sale, two)).pass }, two), 202);
    expect((await buy({ flash_sale_id: sale }, one)).body.code).toBe('pass_required');
    const lifted = expectStatus(await admin.post(`${path(sale)}/lift`, { reason: 'few buyers' }), 201);
    position = lifted.headers.get('ledger-position')!;
    expectStatus(await buy({ flash_sale_id: sale }, one), 202);
    expect((await buy({ flash_sale_id: sale }, three)).body.code).toBe('sold_out');
    expect((await figures(sale)).status).toBe('lifted');
    expect((await join(sale, 'Q-9')).body.code).toBe('no_queue');
  }, 60_000);

  test('takes no ticket that leads nowhere', async () => {
    const sale = await offer();
    const plain = await offer({ queue_per_minute: undefined });
    const closed = await offer();
    expectStatus(await admin.post('/customers', { customer_id: 'gone', name: 'Gone' }), 201);
    expectStatus(await admin.patch('/customers/gone', { active: false }), 200);
    const { headers } = expectStatus(await admin.post(`/flash-sales/${closed}/close`, { reason: 'faulty' }), 201);
    position = headers.get('ledger-position')!;
    for (const [status, code, path, body] of [
      [404, 'unknown_flash_sale', '/flash-sales/FS-990101-0001/queue/tickets', { customer_id: 'Q-1' }],
      [404, 'unknown_flash_sale', '/flash-sales/..%2f/queue/tickets', { customer_id: 'Q-1' }],
      [409, 'flash_sale_closed', `/flash-sales/${closed}/queue/tickets`, { customer_id: 'Q-1' }],
      [409, 'no_queue', `/flash-sales/${plain}/queue/tickets`, { customer_id: 'Q-1' }],
      [404, 'unknown_customer', `/flash-sales/${sale}/queue/tickets`, { customer_id: 'nobody' }],
      [409, 'inactive_customer', `/flash-sales/${sale}/queue/tickets`, { customer_id: 'gone' }],
      [422, 'validation', `/flash-sales/${sale}/queue/tickets`, {}],
      [422, 'validation', `/flash-sales/${sale}/queue/tickets`, { customer_id: 'Q-1', number: 1 }],
      [422, 'validation', `/flash-sales/${sale}/queue/tickets`, { customer_id: "'; DROP TABLE users; --" }],
      [422, 'validation', `/flash-sales/${sale}/queue/tickets`, []],
    ] as const) {
      const refused = await staff.post(path, body, known());
      expect([path, refused.status, refused.body.code]).toEqual([path, status, code]);
    }
    for (const [code, path] of [
      ['unknown_record', `/flash-sales/${sale}/queue/tickets/Q-1`],
      ['no_queue', `/flash-sales/${plain}/queue`],
      ['no_queue', `/flash-sales/${plain}/queue/draw`],
      ['no_queue', `/stream/queue?flash_sale_id=${plain}`],
      ['unknown_flash_sale', '/stream/queue?flash_sale_id=FS-990101-0001'],
      ['invalid_parameter', '/stream/queue'],
      ['invalid_parameter', `/flash-sales/${sale}/queue/draw?cursor=abc`],
    ] as const)
      expect([path, (await staff.get(path)).body.code]).toEqual([path, code]);
    const viewer = await newUser(system.url, admin, { username: 'looks-on', role: 'viewer' });
    expect((await join(sale, 'Q-1', viewer)).body.code).toBe('forbidden');
    expect((await figures(sale)).last_number).toBe(0);
  });

  test('numbers nobody twice and loses no number when an instance is killed', async () => {
    const sale = await offer({ queue_per_minute: 600 });
    const dies = clientOf(system.urls[1]!, staff.token);
    const given = new Map<string, number>();
    const since_ms = Date.now();
    const flood = Promise.all(
      CUSTOMERS.map(async (customer_id, n) => {
        await sleep(20 * n);
        const answer = await join(sale, customer_id, n % 2 ? dies : staff).catch(() => undefined);
        if (answer?.status === 201) given.set(customer_id, answer.body.number);
      }),
    );
    await sleep(700);
    // Two that look let in no more than one.
    const { serving } = await figures(sale);
    expect(serving).toBeLessThanOrEqual((10 * (Date.now() - since_ms)) / 1000 + 1);
    await system.kill('api_2');
    await flood;
    expect(given.size).toBeGreaterThan(30);
    for (const customer_id of CUSTOMERS) await join(sale, customer_id);
    const numbers = await Promise.all(CUSTOMERS.map(async (customer_id) => (await ticket(sale, customer_id)).number));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(CUSTOMERS.map((_, n) => n + 1));
    for (const [customer_id, number] of given) expect(numbers[CUSTOMERS.indexOf(customer_id)]).toBe(number);
    // Whoever is left lets in.
    await until(async () => (await figures(sale)).serving > serving);
  }, 60_000);

  test('says that it must wait while Postgres is away: nobody loses a number, and a pass that is out stays good', async () => {
    const sale = await offer();
    const { pass } = await letIn(sale, 'Q-1');
    await letIn(sale, 'Q-2');
    await system.kill('postgres');
    const since_ms = Date.now();
    const refused = await Promise.all(['Q-1', 'Q-3', 'Q-4'].map((customer_id) => join(sale, customer_id)));
    expect(Date.now() - since_ms).toBeLessThan(5000);
    for (const { status, body, headers } of refused) {
      expect([status, body.code, body.retry]).toEqual([503, 'unavailable', true]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const line = { flash_sale_id: sale, pass };
    expectStatus(await buy(line, 'Q-1'), 202);
    expect((await buy(line, 'Q-1')).body.code).toBe('pass_used');
    await system.restart('postgres');
    await until(async () => (await join(sale, 'Q-2')).status === 200);
    const numbers = ['Q-2', 'Q-3', 'Q-4', 'Q-5'].map(
      async (customer_id) => (await join(sale, customer_id)).body.number,
    );
    expect((await Promise.all(numbers)).toSorted()).toEqual([2, 3, 4, 5]);
    await until(async () => (await figures(sale)).passes_used === 1);
    expect(await ticket(sale, 'Q-1')).toMatchObject({ number: 1, status: 'used' });
    await until(async () => (await figures(sale)).serving === 5);
  }, 60_000);

  test('goes on when the clock of an instance is an hour ahead, and the time of the ledger with it', async () => {
    const sale = await offer({ ends_at: '2099-12-31' });
    const line = { flash_sale_id: sale };
    const { pass } = await letIn(sale, 'Q-1');
    await system.restart('api_2', clockAhead(3_600_000));
    const ahead = await login(system.urls[1]!, system.admin);
    await sell(ahead);
    // By the time of the ledger it has expired, and its customer may stand again.
    expect((await buy({ ...line, pass }, 'Q-1')).body.code).toBe('pass_expired');
    await until(async () => (await join(sale, 'Q-1')).status === 201);
    for (const [customer_id, client] of [
      ['Q-1', staff],
      ['Q-2', ahead],
    ] as const) {
      await join(sale, customer_id);
      await until(async () => (await ticket(sale, customer_id)).status === 'let_in');
      const line_items = [{ ...line, quantity: 1, pass: (await ticket(sale, customer_id)).pass }];
      expectStatus(await client.post('/flash-buy', { customer_id, line_items }), 202);
    }
    await until(async () => (await figures(sale)).passes_used === 2);
    await system.restart('api_2');
  }, 60_000);
});

test('Postgres goes and comes back: streams wait, and then go on', async () => {
  const live = await stream(admin, '/stream/events');
  await live.until(({ event }) => event === 'state');
  await system.kill('postgres');
  const while_away = await sell(admin);
  await system.restart('postgres');
  await live.until(({ id }) => id === while_away);
  const ids = live.messages.map(({ id }) => id!);
  expect(ids).toEqual(Array.from({ length: ids.length }, (_, n) => ids[0]! + n));
}, 60_000);

test('the death of an instance costs no stream an event, and no webhook one or the order', async () => {
  let last = await sell(admin);
  const first = last;
  const hooks = await Promise.all(Array.from({ length: 6 }, () => webhook({ from_position: last })));
  for (const to of hooks) to.answer = (response) => setTimeout(() => response.writeHead(204).end(), 20);
  const seen: number[] = [];
  let is_done = false;
  const follow = async () => {
    for (let url = system.urls[1]!; !is_done; url = system.url) {
      const live = await stream(admin, '/stream/events', seen.at(-1) ?? 0, url).catch(() => undefined);
      if (live === undefined) continue;
      await Promise.race([live.ended, sleep(10_000), live.until(({ id }) => is_done && id === last)]).catch(() => {});
      live.close();
      seen.push(...live.messages.filter(({ event }) => event === 'event').map(({ id }) => id!));
    }
  };
  const following = follow();
  for (let n = 0; n < 120; n += 1) {
    last = await sell(admin);
    if (n === 60) await system.kill('api_2');
  }
  is_done = true;
  await following;
  expect(seen).toEqual(Array.from({ length: last }, (_, n) => n + 1));
  await until(() => hooks.every(({ received }) => received.some(({ position }) => position === last)));
  for (const { received, together } of hooks) {
    const positions = received.map(({ position }) => position);
    const first_times = positions.filter((position, at) => positions.indexOf(position) === at);
    expect(first_times).toEqual(Array.from({ length: last - first + 1 }, (_, n) => first + n));
    // What was not saved at the death is sent again, by one that begins there.
    const again = positions.slice(1).filter((position, at) => position !== positions[at]! + 1);
    expect(again.length).toBeLessThanOrEqual(1);
    expect(together).toBe(1);
  }
});

test('told to stop, an instance ends its streams first, and is gone within ten seconds', async () => {
  const many = await Promise.all(Array.from({ length: 50 }, () => stream(admin, '/stream/stock')));
  await Promise.all(many.map((live) => live.until(({ event }) => event === 'state')));
  const since_ms = Date.now();
  await system.terminate('api');
  expect(Date.now() - since_ms).toBeLessThan(10_000);
  for (const live of many) {
    expect(await live.ended).toBe('end');
    expect(live.messages.at(-1)).toMatchObject({ event: 'end', data: { code: 'stopping' } });
  }
  expect(system.log('api')).toContain('The API has stopped');
});

test('every message of every stream was as the document says', () => {
  const wrong = opened.flatMap(({ path, live }) => {
    const { operation } = operationAt(contract, 'GET', `/api/v1${path.split('?', 1)[0]}`)!;
    const { content } = resolved<Response>(contract, operation.responses[200]!);
    const { schema } = content!['text/event-stream']!;
    return live.messages.flatMap(({ data }) => differences(contract, schema!, data, path));
  });
  expect([opened.length > 100, wrong]).toEqual([true, []]);
});
