/** From a first password to a session and its end; keys of machines; and what the trail tells of all that. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Client, clientOf, expectStatus, login, newUser, stockUp } from './support/http.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let admin: Client;
let database: pg.Client;

beforeAll(async () => {
  system = await startSystem({ apis: 2, env: { SESSION_IDLE_MINUTES: '30' } });
  admin = await login(system.url, system.admin);
  await stockUp(admin, 10);
  database = new pg.Client({ connectionString: system.database_url });
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  await system?.stop();
});

const anyone = (url = system.url) => clientOf(url, '');
const codeOf = async (client: Client, url = system.url) => (await clientOf(url, client.token).get('/items')).body.code;

/** base64url: it may begin with what parts it from the key's id. */
const secretOf = (key: string) => key.slice('flk_0123456789abcdef_'.length);

/** How long until the other instance refuses, in milliseconds. */
async function refusedElsewhereAfter({ token }: Client): Promise<number> {
  const since_ms = performance.now();
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await clientOf(system.urls[1]!, token).get('/auth/me')).status === 401) return performance.now() - since_ms;
    await sleep(20);
  }
  throw new Error('The token still holds.');
}

/** Security events of a type, once there are so many. */
async function told(
  type: string,
  about: object,
  least = 1,
): Promise<{ actor: string; data: Record<string, unknown> }[]> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { data } = expectStatus(await admin.get(`/audit/security-events?type=${type}&limit=1000`), 200).body;
    const found = data.filter((event: { data: Record<string, unknown> }) =>
      Object.entries(about).every(([name, value]) => event.data[name] === value),
    );
    if (found.length >= least) return found;
    await sleep(100);
  }
  throw new Error(`No ${type} is told of ${JSON.stringify(about)}.`);
}

describe('a password that another one set', () => {
  test('is generated where none is given, and good for one change', async () => {
    const { body } = expectStatus(await admin.post('/users', { username: 'ann', role: 'viewer' }), 201);
    expect(body).toMatchObject({ username: 'ann', role: 'viewer', password: expect.stringMatching(/^[\w-]{20}$/) });
    const lasts_ms = Date.parse(body.password_expires_at) - Date.now();
    expect(lasts_ms / 3_600_000).toBeCloseTo(24, 1);
    const first = expectStatus(
      await anyone().post('/auth/login', { username: 'ann', password: body.password }),
      200,
    ).body;
    expect(first.next_step).toBe('new_password');
    expect(first.expires_in).toBeLessThanOrEqual(900);
    const waiting = clientOf(system.url, first.access_token);
    expect(await codeOf(waiting)).toBe('password_change_required');
    expect(await codeOf(waiting, system.urls[1])).toBe('password_change_required');
    const change = { current_password: body.password, new_password: 'chosen by ann' };
    expect((await waiting.post('/auth/password', { ...change, new_password: body.password })).status).toBe(422);
    expectStatus(await waiting.post('/auth/password', change), 204);
    expect((await waiting.get('/auth/me')).status).toBe(401);
    const second = expectStatus(
      await anyone().post('/auth/login', { username: 'ann', password: 'chosen by ann' }),
      200,
    );
    expect(second.body.next_step).toBeUndefined();
    expect(await codeOf(clientOf(system.url, second.body.access_token))).toBeUndefined();
    expect((await admin.get('/users/ann')).body).not.toHaveProperty('password');
    expect((await admin.get('/users/ann')).body.password_expires_at).toBeNull();
  });

  test('expires, and only who knows it is told so', async () => {
    const bob = { username: 'bob', password: 'given to bob' };
    expectStatus(await admin.post('/users', { ...bob, role: 'viewer' }), 201);
    const waiting = await login(system.url, bob);
    await database.query(
      "UPDATE identity.users SET password_expires_at = now() - interval '1 s' WHERE username = 'bob'",
    );
    const expired = await anyone().post('/auth/login', bob);
    expect([expired.status, expired.body.code]).toEqual([401, 'password_expired']);
    const wrong = await anyone().post('/auth/login', { ...bob, password: 'something else' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials']);
    const change = { current_password: bob.password, new_password: 'too late now' };
    expect((await waiting.post('/auth/password', change)).body.code).toBe('password_expired');
    const { password } = expectStatus(await admin.post('/users/bob/reset-password', {}), 200).body;
    expect((await anyone().post('/auth/login', { username: 'bob', password })).body.next_step).toBe('new_password');
  });

  test('may be the user’s own choice, by explicit wish', async () => {
    const cleo = { username: 'cleo', password: 'typed by cleo' };
    expectStatus(await admin.post('/users', { ...cleo, role: 'viewer', password_is_chosen: true }), 201);
    expect(await codeOf(await login(system.url, cleo))).toBeUndefined();
  });
});

describe('a session', () => {
  test('is listed with where it is from, and ended alone', async () => {
    const dora = { username: 'dora', password: 'correct horse' };
    const first = await newUser(system.url, admin, { ...dora, role: 'viewer' });
    const answer = await anyone().post('/auth/login', dora, { 'user-agent': `till 7\t${'x'.repeat(300)}` });
    const second = clientOf(system.url, answer.body.access_token);
    const { data } = expectStatus(await second.get('/auth/sessions'), 200).body;
    expect(data).toMatchObject([
      { current: true, address: '127.0.0.1', device: expect.stringMatching(/^till 7 ?x{190,}$/) },
      { current: false },
    ]);
    expect(data[0].device.length).toBe(200);
    expect(Date.parse(data[0].expires_at) - Date.parse(data[0].created_at)).toBeCloseTo(24 * 3_600_000, -4);
    expect((await clientOf(system.urls[1]!, first.token).get('/auth/me')).status).toBe(200);
    expectStatus(await second.delete(`/auth/sessions/${data[1].session_id}`), 204);
    expect((await first.get('/auth/me')).status).toBe(401);
    expect(await refusedElsewhereAfter(first)).toBeLessThan(1500);
    expect((await second.get('/auth/me')).status).toBe(200);
    expect((await second.delete(`/auth/sessions/${data[1].session_id}`)).body.code).toBe('unknown_record');
    expect((await second.delete("/auth/sessions/'%20OR%201=1%20--")).body.code).toBe('unknown_record');
  });

  test('of another is nobody’s to see or to end, but an admin’s', async () => {
    const emil = await newUser(system.url, admin, { username: 'emil', role: 'manager' });
    const own = (await emil.get('/auth/sessions')).body.data;
    expect(own).toHaveLength(1);
    const of_admin = (await admin.get('/auth/sessions')).body.data[0].session_id;
    expect((await emil.delete(`/auth/sessions/${of_admin}`)).body.code).toBe('unknown_record');
    expect((await emil.get('/users/admin/sessions')).status).toBe(403);
    const { data } = expectStatus(await admin.get('/users/emil/sessions'), 200).body;
    expect(data).toMatchObject([{ session_id: own[0].session_id }]);
    expect((await admin.delete(`/users/dora/sessions/${own[0].session_id}`)).body.code).toBe('unknown_record');
    expect((await clientOf(system.urls[1]!, emil.token).get('/auth/me')).status).toBe(200);
    expectStatus(await admin.delete(`/users/emil/sessions/${own[0].session_id}`), 204);
    expect((await emil.get('/auth/me')).status).toBe(401);
    expect(await refusedElsewhereAfter(emil)).toBeLessThan(1500);
    const again = await login(system.url, { username: 'emil', password: 'correct horse' });
    const third = await login(system.url, { username: 'emil', password: 'correct horse' });
    expectStatus(await third.delete('/auth/sessions'), 204);
    expect([(await again.get('/auth/me')).status, (await third.get('/auth/me')).status]).toEqual([401, 200]);
    expectStatus(await admin.delete('/users/emil/sessions'), 204);
    expect((await third.get('/auth/me')).status).toBe(401);
    expect((await admin.delete('/users/nobody/sessions')).body.code).toBe('unknown_user');
  });

  test('ends when it is not used, wherever it was', async () => {
    const fay = await newUser(system.url, admin, { username: 'fay', role: 'viewer' });
    const idle = (minutes: number) =>
      database.query(
        `UPDATE identity.sessions SET last_used_at = now() - interval '${minutes} min' WHERE username = 'fay'`,
      );
    await idle(29);
    expect((await clientOf(system.urls[1]!, fay.token).get('/auth/me')).status).toBe(200);
    // What an instance has in its memory was used a moment ago, and it says so to the others.
    await idle(31);
    for (let tries = 0; ; tries += 1) {
      const { rows } = await database.query(
        "SELECT last_used_at > now() - interval '1 min' AS used FROM identity.sessions WHERE username = 'fay'",
      );
      if (rows[0].used) break;
      if (tries > 200) throw new Error('The last use is not written.');
      await fay.get('/auth/me');
      await sleep(200);
    }
    const gil = await newUser(system.url, admin, { username: 'gil', role: 'viewer' });
    await database.query(
      "UPDATE identity.sessions SET last_used_at = now() - interval '31 min' WHERE username = 'gil'",
    );
    expect((await clientOf(system.urls[1]!, gil.token).get('/auth/me')).status).toBe(401);
    expect((await admin.get('/users/gil/sessions')).body.data).toEqual([]);
  });

  test('that ends in the midst of a batch ends the batch', async () => {
    const hal = await newUser(system.url, admin, { username: 'hal', role: 'staff' });
    const line = `${JSON.stringify({ type: 'wastes', body: { line_items: [{ item_id: 'bottle', quantity: 1 }], reason: 'x' } })}\n`;
    let more = () => {};
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(line);
        more = () => {
          controller.enqueue(line);
          controller.close();
        };
      },
    }).pipeThrough(new TextEncoderStream());
    const response = await fetch(`${system.url}/api/v1/batches`, {
      method: 'POST',
      headers: { authorization: `Bearer ${hal.token}`, 'content-type': 'application/x-ndjson' },
      body,
      duplex: 'half',
    } as RequestInit);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect(JSON.parse((await reader.read()).value!)).toMatchObject({ line: 1, status: 201 });
    expectStatus(await admin.delete('/users/hal/sessions'), 204);
    more();
    expect(JSON.parse((await reader.read()).value!)).toMatchObject({ line: 2, status: 401 });
  });
});

describe('a key', () => {
  test('is shown once, acts under its own name, and is revoked everywhere within about a second', async () => {
    const made = expectStatus(await admin.post('/api-keys', { name: 'web-shop', role: 'staff' }), 201).body;
    expect(made).toMatchObject({
      actor: 'key/web-shop',
      role: 'staff',
      ledger_id: null,
      created_by: 'admin',
      last_used_at: null,
    });
    expect(made.key).toMatch(/^flk_[0-9a-f]{16}_[\w-]{43}$/);
    const lasts_days = (Date.parse(made.expires_at) - Date.now()) / 86_400_000;
    expect(lasts_days).toBeCloseTo(90, 0);
    const listed = await admin.get('/api-keys');
    expect(JSON.stringify(listed.body)).not.toContain(secretOf(made.key));
    const { rows } = await database.query('SELECT * FROM identity.api_keys');
    expect(JSON.stringify(rows)).not.toContain(secretOf(made.key));

    // At once at the other instance, too.
    const shop = clientOf(system.urls[1]!, made.key);
    const line_items = [{ item_id: 'bottle', quantity: 1, unit_price: 4 }];
    const sale = expectStatus(await shop.post('/sales', { customer_id: 'CUST', line_items }), 201).body;
    expect(sale.created_by).toBe('key/web-shop');
    const next = expectStatus(await admin.post('/api-keys', { name: 'web-shop', role: 'staff' }), 201).body;
    const after = { 'ledger-position': `${sale.position}` };
    expect((await clientOf(system.url, next.key).get(`/sales/${sale.number}`, after)).status).toBe(200);
    const other = expectStatus(await admin.post('/api-keys', { name: 'till', role: 'staff' }), 201).body;
    expect((await clientOf(system.url, other.key).get(`/sales/${sale.number}`, after)).status).toBe(404);

    expectStatus(await admin.delete(`/api-keys/${made.key_id}`), 204);
    expect((await clientOf(system.url, made.key).get('/auth/me')).status).toBe(401);
    expect(await refusedElsewhereAfter(shop)).toBeLessThan(1500);
    expect((await clientOf(system.url, next.key).get('/auth/me')).body).toMatchObject({ username: 'key/web-shop' });
    expect((await admin.delete(`/api-keys/${made.key_id}`)).body.code).toBe('unknown_record');
    for (let tries = 0; ; tries += 1) {
      const { data } = (await admin.get('/api-keys')).body;
      const { last_used_at } = data.find(({ key_id }: { key_id: string }) => key_id === next.key_id);
      if (last_used_at !== null) break;
      if (tries > 200) throw new Error('The last use is not written.');
      await sleep(200);
    }
  });

  test('that has expired, or is not quite one, is refused', async () => {
    const { key, key_id } = expectStatus(
      await admin.post('/api-keys', { name: 'old', role: 'viewer', expires_in_days: 1 }),
      201,
    ).body;
    expect(await codeOf(clientOf(system.url, key))).toBeUndefined();
    const secret = secretOf(key);
    const another = `${secret[0] === 'A' ? 'B' : 'A'}${secret.slice(1)}`;
    for (const bad of [
      `flk_${key_id}_${another}`,
      `flk_${key_id}_`,
      `flk_${key_id}`,
      'flk_',
      `flk_0123456789abcdef_${secret}`,
      `${key}x`,
    ])
      expect([bad, await codeOf(clientOf(system.url, bad))]).toEqual([bad, 'unauthenticated']);
    await database.query('UPDATE identity.api_keys SET expires_at = now() WHERE key_id = $1', [key_id]);
    for (let tries = 0; (await codeOf(clientOf(system.url, key))) === undefined; tries += 1) {
      if (tries > 100) throw new Error('The key still holds.');
      await sleep(50);
    }
    expect((await admin.delete(`/api-keys/${key_id}`)).body.code).toBe('unknown_record');
  });

  test('imports a file in its own name, and only what its role may record', async () => {
    const cli = (key: string) => {
      const program = spawn(process.execPath, ['dist/apps/cli/main.js', 'import', '-', '--url', system.url], {
        env: { ...process.env, FACTORY_LEDGER_KEY: key },
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      program.stdin.end(
        `${JSON.stringify({ type: 'reservations', body: { line_items: [{ item_id: 'bottle', quantity: 1 }] } })}\n`,
      );
      return once(program, 'close').then(([code]) => code);
    };
    const made = async (role: string) => (await admin.post('/api-keys', { name: `import-${role}`, role })).body.key;
    expect(await cli(await made('staff'))).toBe(0);
    expect(await cli(await made('viewer'))).not.toBe(0);
    expect(await cli('')).toBe(2);
    let data: unknown[] = [];
    for (let tries = 0; data.length === 0 && tries < 100; tries += 1) {
      await sleep(50);
      ({ data } = (await admin.get('/reservations?created_by=key%2Fimport-staff')).body);
    }
    expect(data).toMatchObject([{ created_by: 'key/import-staff', status: 'active' }]);
  });

  test.each([
    ['name', { name: 'Shop' }],
    ['name', { name: 'a'.repeat(60) }],
    ['role', { role: 'owner' }],
    ['ledger_id', { ledger_id: '*' }],
    ['expires_in_days', { expires_in_days: 0 }],
    ['expires_in_days', { expires_in_days: 367 }],
    ['expires_in_days', { expires_in_days: 1.5 }],
  ])('is not made with a bad %s', async (path, bad) => {
    const answer = await admin.post('/api-keys', { name: 'shop', role: 'viewer', ...bad });
    expect([answer.status, answer.body.errors?.[0].path]).toEqual([422, path]);
  });
});

describe('the trail tells', () => {
  test('where sign-ins came from, and of failed ones too', async () => {
    await newUser(system.url, admin, { username: 'ida', role: 'viewer' });
    await anyone().post('/auth/login', { username: 'ida', password: 'a guess' }, { 'user-agent': 'guesser 1.0' });
    const [signed_in] = await told('SignedIn', { username: 'ida' });
    expect(signed_in!.data).toMatchObject({
      address: '127.0.0.1',
      device: expect.any(String),
      session_id: expect.any(String),
    });
    const [failed] = await told('SignInFailed', { username: 'ida' });
    expect(failed!.data).toMatchObject({ address: '127.0.0.1', device: 'guesser 1.0' });
    await login(system.url, { username: 'ida', password: 'correct horse' });
    await admin.delete('/users/ida/sessions');
    expect((await told('SessionEnded', { username: 'ida' }, 2))[0]).toMatchObject({ actor: 'admin' });
  });

  test('of keys and of roles', async () => {
    const { key_id } = expectStatus(
      await admin.post('/api-keys', { name: 'told', role: 'viewer', ledger_id: 'main' }),
      201,
    ).body;
    expectStatus(await admin.delete(`/api-keys/${key_id}`), 204);
    const [created] = await told('ApiKeyCreated', { key_id });
    expect(created).toMatchObject({ actor: 'admin', data: { username: 'key/told', role: 'viewer', ledger: 'main' } });
    expect(await told('ApiKeyRevoked', { key_id })).toMatchObject([{ actor: 'admin' }]);
    const acts = (await admin.get('/audit/history/user/key%2Fweb-shop?order=oldest_first')).body.data;
    expect(acts.map(({ type }: { type: string }) => type)).toEqual(
      expect.arrayContaining(['ApiKeyCreated', 'SaleRecorded']),
    );
    expect((await admin.get('/audit/history/user/key%2Fnobody')).body.code).toBe('unknown_user');
    await newUser(system.url, admin, { username: 'jo', role: 'viewer' });
    expectStatus(await admin.patch('/users/jo', { role: 'manager', ledger_id: 'main' }), 200);
    const [changed] = await told('UserRoleChanged', { username: 'jo' });
    expect(changed!.data).toEqual({ username: 'jo', ledger: 'main', from: null, to: 'manager' });
  });

  test('of refused authorisations: the first at once, the others of a minute as one', async () => {
    const kim = await newUser(system.url, admin, { username: 'kim', role: 'viewer' });
    for (let n = 0; n < 50; n += 1) expectStatus(await kim.get('/users'), 403);
    const [refused] = await told('AccessRefused', { username: 'kim', status: 403 });
    expect(refused!.data).toMatchObject({ route: 'GET /api/v1/users', address: '127.0.0.1' });
    for (let n = 0; n < 50; n += 1) await clientOf(system.url, `not.a.token-${n}`).get('/items');
    expect(
      (await told('AccessRefused', { status: 401, username: undefined })).every(({ actor }) => actor === 'anonymous'),
    ).toBe(true);
    await sleep(1500);
    expect(await told('AccessRefused', { username: 'kim' })).toHaveLength(1);
    expect((await told('AccessRefused', { status: 401, username: undefined })).length).toBeLessThanOrEqual(4);
  });

  test('of exports, rebuilds and dry runs that show the amounts of others', async () => {
    expect((await admin.get('/audit/export')).status).toBe(200);
    expect(await told('LedgerExported', { ledger: 'main' })).toMatchObject([{ actor: 'admin' }]);
    const lee = await newUser(system.url, admin, { username: 'lee', role: 'manager' });
    const line_items = [{ item_id: 'bottle', quantity: 1, unit_price: 4 }];
    const { number } = expectStatus(await admin.post('/sales', { customer_id: 'CUST', line_items }), 201).body;
    const pay = { bill_number: number, amount: 1 };
    expectStatus(await admin.post('/payments?dry_run=true', pay), 200);
    expectStatus(await lee.post('/payments?dry_run=true', pay), 200);
    expectStatus(await lee.post('/payments?dry_run=true', { ...pay, amount: 100 }), 409);
    const dry = { type: 'payments', body: pay };
    await lee.send('POST', '/batches?dry_run=true', JSON.stringify(dry), { 'content-type': 'application/x-ndjson' });
    const runs = await told('OthersDryRun', { command: 'record_payment' }, 3);
    expect(runs.map(({ actor, data }) => [actor, data.documents])).toEqual(Array(3).fill(['lee', [number]]));
    expectStatus(await admin.post('/projections/rebuild'), 202);
    expect(await told('RebuildRequested', { username: 'admin' })).toMatchObject([{ actor: 'admin' }]);
  });
});
