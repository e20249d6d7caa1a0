/** Streams over HTTP: what they tell, to whom, and that nothing is missed when a token, an instance or Postgres goes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EventStream, openStream } from './support/event-stream.js';
import { type Client, clientOf, expectStatus, login, newUser, stockUp } from './support/http.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let admin: Client;
let staff: Client;
const opened: EventStream[] = [];

beforeAll(async () => {
  system = await startSystem({ apis: 2, env: { STREAMS_PER_USER: '60' } });
  admin = await login(system.url, system.admin);
  staff = await newUser(system.url, admin, { username: 'sam', role: 'staff' });
  await stockUp(admin, 100_000);
  expectStatus(await admin.post('/items', { item_id: 'cap', name: 'Cap', kind: 'other' }), 201);
});
afterAll(async () => {
  for (const stream of opened) stream.close();
  await system?.stop();
});

async function stream(client: Client, path: string, last?: number, url = system.url): Promise<EventStream> {
  const found = await openStream(url, client, path, last === undefined ? {} : { 'last-event-id': `${last}` });
  opened.push(found);
  return found;
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
    const live = await stream(staff, '/stream/stock?item_id=cap');
    expect(await live.until(({ event }) => event === 'state')).toMatchObject({ data: { complete: true, data: [] } });
    await sell(admin);
    const line_items = [{ item_id: 'cap', quantity: 5, unit_price: 1 }];
    expectStatus(await admin.post('/purchases', { supplier_id: 'SUP', line_items }), 201);
    const change = await live.until(({ event }) => event === 'change');
    expect(change.data.data).toMatchObject([{ item_id: 'cap', location_id: 'main', on_hand: 5 }]);
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
    const live = await stream(admin, '/stream/events');
    const from = (await live.until(({ event }) => event === 'state')).data.position;
    const position = await sell(staff);
    const sold = await live.until(({ id }) => id === position);
    const { body } = expectStatus(await admin.get('/audit/events?limit=1&type=SaleRecorded'), 200);
    expect(sold).toEqual({ event: 'event', id: position, data: body.data[0] });
    expect(from).toBeLessThan(position);
    for (const role of ['manager', 'staff', 'viewer']) {
      const { token } = await newUser(system.url, admin, { username: `no-${role}`, role });
      expect((await clientOf(system.url, token).get('/stream/events')).body.code).toBe('forbidden');
    }
  });

  test('of one type shows those alone', async () => {
    const live = await stream(admin, '/stream/events?type=CustomerRegistered', 0);
    await sell(admin);
    expectStatus(await admin.post('/customers', { customer_id: 'C2', name: 'Second' }), 201);
    await live.until(({ data }) => JSON.stringify(data).includes('"C2"'));
    const { body } = await admin.get('/audit/events?order=oldest_first&type=CustomerRegistered');
    expect(live.messages.map(({ data }) => data)).toEqual(body.data);
  });
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

test('a stream of events leaves out nothing and repeats nothing, through the death of its instance', async () => {
  let last = await sell(admin);
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
