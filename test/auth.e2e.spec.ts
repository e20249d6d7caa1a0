import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { connectEventStore } from '../libs/event-store/eventstoredb.js';
import { ROLES, type Role } from '../libs/ledger/commands.js';
import { type Answer, type Client, clientOf, expectStatus, login } from './support/http.js';
import { claimsOf, forge } from './support/jwt.js';
import { PERMITTED_ROUTES, type PermittedRoute } from './support/route-matrix.js';
import { type System, startSystem } from './support/system.js';

const PASSWORD = 'correct horse battery';
let system: System;
let admin: Client;
let users = 0;

beforeAll(async () => {
  system = await startSystem({ apis: 2 });
  admin = await login(system.url, system.admin);
});
afterAll(() => system?.stop());

async function newUser(
  role: Role,
  ledger_id?: string,
): Promise<{ username: string; password: string; client: Client }> {
  users += 1;
  const username = `${role}-${users}`;
  expectStatus(
    await admin.post('/users', { username, password: PASSWORD, password_is_chosen: true, role, ledger_id }),
    201,
  );
  return { username, password: PASSWORD, client: await login(system.url, { username, password: PASSWORD }) };
}

async function statusOfMe(token: string, url = system.url): Promise<number> {
  return (await clientOf(url, token).get('/auth/me')).status;
}

async function untilRefused(token: string, url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await statusOfMe(token, url)) === 401) return;
    await sleep(100);
  }
  throw new Error('The token still holds.');
}

describe('every route for everyone', () => {
  // These end the very session that asks, or never end themselves.
  const left_out = ['POST /auth/logout', 'POST /projections/rebuild'];
  const routes = PERMITTED_ROUTES.filter(
    ({ method, path }) => path !== '/' && !/^\/docs/.test(path) && !left_out.includes(`${method} ${path}`),
  );
  const REFUSALS = ['unauthenticated', 'forbidden', 'unknown_ledger', 'password_change_required'];

  /** The code where authentication refuses, else 'in', whatever the handler then thinks of the request. */
  async function knock(client: Client, { method, path }: PermittedRoute): Promise<string> {
    const body = method === 'GET' || method === 'DELETE' ? undefined : '{}';
    const address = path.replaceAll(/:\w+/g, 'nobody-7');
    const answer = await client.send(method, address, body, body ? { 'content-type': 'application/json' } : {});
    return REFUSALS.find((code) => code === answer.body?.code) ?? 'in';
  }

  /** What each route answers, eight at a time, and what it should. */
  async function walk(client: Client, expected: (route: PermittedRoute) => string): Promise<void> {
    const answers = new Map<string, string>();
    const waiting = [...routes];
    const worker = async () => {
      for (let route = waiting.shift(); route !== undefined; route = waiting.shift())
        answers.set(`${route.method} ${route.path}`, await knock(client, route));
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    const wanted = routes.map((route) => [`${route.method} ${route.path}`, expected(route)] as const);
    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(wanted));
  }

  /** In the ledger main, by the table. */
  const asPermitted =
    ({ role, ledger_id, is_machine = false }: { role: Role; ledger_id?: string; is_machine?: boolean }) =>
    ({ roles, held, people_only }: PermittedRoute): string => {
      if (roles === 'public') return 'in';
      if (people_only && is_machine) return 'forbidden';
      if (held === 'none') return 'in';
      if (held === 'ledger' && ledger_id !== undefined) return 'unknown_ledger';
      const is_elsewhere = held === 'all' && ledger_id !== undefined;
      return roles.includes(role) && !is_elsewhere ? 'in' : 'forbidden';
    };
  const asNobody = ({ roles }: PermittedRoute) => (roles === 'public' ? 'in' : 'unauthenticated');

  beforeAll(async () => {
    expectStatus(await admin.post('/ledgers', { ledger_id: 'plant-2', currency: 'USD' }), 201);
  });

  test('the table holds every route of the contract', async () => {
    const document = (await (await fetch(`${system.url}/docs-json`)).json()) as { paths: Record<string, object> };
    const documented = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`.replaceAll(/\{(\w+)\}/g, ':$1')),
    );
    const permitted = PERMITTED_ROUTES.map(({ method, path }) => `${method} /api/v1${path}`);
    expect(documented.filter((route) => !permitted.includes(route))).toEqual([]);
    expect(documented.length).toBeGreaterThan(40);
  });

  test('without a token only what is public', () => walk(clientOf(system.url, ''), asNobody));

  test('with a token that has expired, or whose session has ended, the same', async () => {
    const now_s = Math.floor(Date.now() / 1000);
    const expired = { ...claimsOf(admin.token), iat: now_s - 7200, exp: now_s - 3600 };
    await walk(clientOf(system.url, forge(expired, system.jwt_secret)), asNobody);
    const ended = await login(system.url, system.admin);
    expectStatus(await ended.post('/auth/logout'), 204);
    await walk(ended, asNobody);
  });

  test('with a password that another one set only what changes it', async () => {
    expectStatus(await admin.post('/users', { username: 'fresh', password: PASSWORD, role: 'admin' }), 201);
    await walk(await login(system.url, { username: 'fresh', password: PASSWORD }), ({ roles, during }) =>
      roles === 'public' || during.includes('new_password') ? 'in' : 'password_change_required',
    );
  });

  test.each(ROLES)('%s gets in where the table says so, and nowhere else', async (role) => {
    await walk((await newUser(role)).client, asPermitted({ role }));
  });

  test.each(ROLES)('%s of another ledger finds none', async (role) => {
    await walk((await newUser(role, 'plant-2')).client, asPermitted({ role, ledger_id: 'plant-2' }));
  });

  test.each(ROLES)('a key of %s gets in where a user would, but for what is of people', async (role) => {
    for (const ledger_id of [undefined, 'plant-2']) {
      const { body } = expectStatus(await admin.post('/api-keys', { name: `of-${role}`, role, ledger_id }), 201);
      await walk(clientOf(system.url, body.key), asPermitted({ role, ledger_id, is_machine: true }));
      expectStatus(await admin.delete(`/api-keys/${body.key_id}`), 204);
      if (ledger_id !== undefined) await walk(clientOf(system.url, body.key), asNobody);
    }
  });
});

describe('a token', () => {
  test('of our own making is taken, so the ones below fail for what is wrong with them', async () => {
    expect(await statusOfMe(forge(claimsOf(admin.token), system.jwt_secret))).toBe(200);
  });

  const hour_s = 3600;
  const good = () => claimsOf(admin.token);
  const without = (claim: string) => Object.fromEntries(Object.entries(good()).filter(([name]) => name !== claim));
  const now_s = () => Math.floor(Date.now() / 1000);
  test.each<[string, (secret: string) => string]>([
    ['without a signature (alg none)', () => forge(good(), '', 'none')],
    ['signed with another key', () => forge(good(), 'another-secret-of-more-than-32-letters')],
    ['signed with another algorithm', (secret) => forge(good(), secret, 'HS512')],
    ['of another issuer', (secret) => forge({ ...good(), iss: 'somebody' }, secret)],
    ['without an issuer', (secret) => forge(without('iss'), secret)],
    ['for another audience', (secret) => forge({ ...good(), aud: 'another-api' }, secret)],
    ['without an audience', (secret) => forge(without('aud'), secret)],
    ['that has expired', (secret) => forge({ ...good(), iat: now_s() - 2 * hour_s, exp: now_s() - hour_s }, secret)],
    ['that never expires', (secret) => forge(without('exp'), secret)],
    ['that expires at no number', (secret) => forge({ ...good(), exp: 'never' }, secret)],
    ['that is not valid yet', (secret) => forge({ ...good(), nbf: now_s() + hour_s }, secret)],
    ['without an id', (secret) => forge(without('jti'), secret)],
    ['with an id that is none', (secret) => forge({ ...good(), jti: "' OR 1=1 --" }, secret)],
    ['of nobody', (secret) => forge({ ...good(), sub: 'nobody' }, secret)],
    ['without a name', (secret) => forge(without('sub'), secret)],
    ['of a session that never was', (secret) => forge({ ...good(), jti: randomUUID() }, secret)],
    ['of the session of another', (secret) => forge({ ...good(), sub: 'viewer-1' }, secret)],
    ['whose header holds what nobody here understands', (secret) => forge(good(), secret, 'HS256', { crit: ['exp'] })],
    ['that is cut short', (secret) => forge(good(), secret).slice(0, -2)],
    ['that is no token', () => 'not.a.token'],
    ['that is empty', () => ''],
  ])('%s is refused', async (_what, make) => {
    const answer = await clientOf(system.url, make(system.jwt_secret)).get('/auth/me');
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe('unauthenticated');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  test('says who its user is now, not who they were: a role in it gives nothing', async () => {
    const { username, client } = await newUser('viewer');
    const claims = { ...claimsOf(client.token), role: 'admin' };
    const answer = await clientOf(system.url, forge(claims, system.jwt_secret)).get('/auth/me');
    expect(answer.body).toEqual({ username, role: 'viewer', ledger_roles: [] });
  });

  test('in the address is no token', async () => {
    const response = await fetch(`${system.url}/api/v1/auth/me?access_token=${admin.token}`);
    expect(response.status).toBe(401);
  });

  test('is taken back by signing out, and only that one', async () => {
    const { username, client } = await newUser('staff');
    const other = await login(system.url, { username, password: PASSWORD });
    expect(await statusOfMe(client.token, system.urls[1])).toBe(200);
    expectStatus(await client.post('/auth/logout'), 204);
    expect(await statusOfMe(client.token)).toBe(401);
    await untilRefused(client.token, system.urls[1]!);
    expect(await statusOfMe(other.token)).toBe(200);
  });

  test.each<[string, object]>([
    ['deactivated', { active: false }],
    ['demoted', { role: 'viewer' }],
  ])('of a user who was %s is refused at once here and within seconds elsewhere', async (_what, change) => {
    const { username, client } = await newUser('manager');
    expect(await statusOfMe(client.token)).toBe(200);
    expect(await statusOfMe(client.token, system.urls[1])).toBe(200);
    expectStatus(await admin.patch(`/users/${username}`, change), 200);
    expect(await statusOfMe(client.token)).toBe(401);
    await untilRefused(client.token, system.urls[1]!);
  });

  test('stays refused when a deactivated user is let in again', async () => {
    const { username, client } = await newUser('staff');
    await admin.patch(`/users/${username}`, { active: false });
    const refused = await clientOf(system.url, '').post('/auth/login', { username, password: PASSWORD });
    expect([refused.status, refused.body.code]).toEqual([401, 'invalid_credentials']);
    await admin.patch(`/users/${username}`, { active: true });
    expect(await statusOfMe(client.token)).toBe(401);
    expect(await statusOfMe((await login(system.url, { username, password: PASSWORD })).token)).toBe(200);
  });
});

describe('a password', () => {
  const refused: unknown[] = [];
  test('is changed by who knows it, and every token given before is void', async () => {
    const { username, client } = await newUser('staff');
    const wrong = { current_password: 'not mine', new_password: 'another one' };
    expect((await client.post('/auth/password', wrong)).body.code).toBe('wrong_password');
    const right = { current_password: PASSWORD, new_password: 'another one' };
    expectStatus(await client.post('/auth/password', right), 204);
    expect(await statusOfMe(client.token)).toBe(401);
    expect((await clientOf(system.url, '').post('/auth/login', { username, password: PASSWORD })).status).toBe(401);
    await login(system.url, { username, password: 'another one' });
  });

  test('is reset by an admin', async () => {
    const { username, client } = await newUser('staff');
    expectStatus(await admin.post(`/users/${username}/reset-password`, { password: 'given by admin' }), 200);
    expect(await statusOfMe(client.token)).toBe(401);
    await login(system.url, { username, password: 'given by admin' });
    const { body } = expectStatus(await admin.post(`/users/${username}/reset-password`, {}), 200);
    expect(body.password).toMatch(/^[\w-]{20}$/);
    await login(system.url, { username, password: body.password });
  });

  test.each([
    ['too short', '1234567'],
    ['too long', 'x'.repeat(201)],
    ['no text', 12345678],
    ['empty', ''],
    ['all blanks', ' '.repeat(12)],
    ['one of the commonest', 'Password123'],
    ['the user name', 'Never Made'],
    ["the product's name", 'Factory-Ledger'],
  ])('that is %s makes no user', async (_what, bad) => {
    const username = 'never-made';
    const answer = await admin.post('/users', { username, password: bad, role: 'staff' });
    expect([answer.status, answer.body.code, answer.body.errors[0].path]).toEqual([422, 'validation', 'password']);
    expect((await admin.get(`/users/${username}`)).status).toBe(404);
    if (bad !== 'Never Made') refused.push(bad);
  });

  test('that may make no user is not taken at a change or a reset either', async () => {
    const { username, client } = await newUser('manager');
    for (const new_password of [...refused, username.toUpperCase()]) {
      const changed = await client.post('/auth/password', { current_password: PASSWORD, new_password });
      expect([new_password, changed.status, changed.body.errors?.[0].path]).toEqual([
        new_password,
        422,
        'new_password',
      ]);
      const reset = await admin.post(`/users/${username}/reset-password`, { password: new_password });
      expect([new_password, reset.status, reset.body.errors?.[0].path]).toEqual([new_password, 422, 'password']);
    }
    expect(await statusOfMe(client.token)).toBe(200);
    await login(system.url, { username, password: PASSWORD });
  });

  test('that is changed or reset is another one afterwards', async () => {
    const { username, client } = await newUser('staff');
    const same = { current_password: PASSWORD, new_password: PASSWORD };
    const changed = await client.post('/auth/password', same);
    const errors = (path: string) => [{ path, message: 'must differ from the present password' }];
    expect([changed.status, changed.body.errors]).toEqual([422, errors('new_password')]);
    const reset = await admin.post(`/users/${username}/reset-password`, { password: PASSWORD });
    expect([reset.status, reset.body.errors]).toEqual([422, errors('password')]);
    expect(await statusOfMe(client.token)).toBe(200);
  });

  test('is the same in both spellings of its letters', async () => {
    const composed = 'Käse für Zoë, 7 Stück';
    const decomposed = composed.normalize('NFD');
    for (const [n, first, second] of [
      [1, composed, decomposed],
      [2, decomposed, composed],
    ] as const) {
      const username = `zoe-${n}`;
      expectStatus(
        await admin.post('/users', { username, password: first, password_is_chosen: true, role: 'staff' }),
        201,
      );
      const client = await login(system.url, { username, password: second });
      const unchanged = await client.post('/auth/password', { current_password: first, new_password: second });
      expect([unchanged.status, unchanged.body.code]).toEqual([422, 'validation']);
      expectStatus(await client.post('/auth/password', { current_password: second, new_password: PASSWORD }), 204);
    }
  });

  test('guessed ten times locks the name for a while, even for the right one, and an admin unlocks it', async () => {
    const { username } = await newUser('staff');
    const anyone = clientOf(system.url, '');
    const guess = (wrong: string) => anyone.post('/auth/login', { username, password: wrong });
    const guesses = await Promise.all(Array.from({ length: 14 }, (_, n) => guess(`guess ${n}`)));
    const statuses = guesses.map(({ status }) => status).toSorted();
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    const locked = await guess(PASSWORD);
    expect([locked.status, locked.body.code]).toEqual([429, 'account_locked']);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await admin.get(`/users/${username}`)).body.locked_until).toBe(locked.body.locked_until);
    expectStatus(await admin.post(`/users/${username}/unlock`), 200);
    expectStatus(await guess(PASSWORD), 200);
  });

  test('does not lock out a device that has signed in before, by cookie or by header', async () => {
    const { username } = await newUser('staff');
    const anyone = clientOf(system.url, '');
    const signIn = (password: string, headers = {}) => anyone.post('/auth/login', { username, password }, headers);
    const first = expectStatus(await signIn(PASSWORD), 200);
    const { device_token } = first.body;
    const cookie = first.headers.get('set-cookie') ?? '';
    expect(cookie).toContain(`device=${device_token}; Path=/api/v1/auth;`);
    expect((await clientOf(system.url, device_token).get('/auth/me')).status).toBe(401);
    for (let n = 0; n < 10; n += 1) await signIn(`guess ${n}`);
    expect((await signIn(PASSWORD)).body.code).toBe('account_locked');
    expectStatus(await signIn(PASSWORD, { 'device-token': device_token }), 200);
    expectStatus(await signIn(PASSWORD, { cookie: cookie.split(';')[0] }), 200);
    const other = expectStatus(
      await anyone.post('/auth/login', { username: 'admin', password: system.admin.password }),
      200,
    );
    expect((await signIn(PASSWORD, { 'device-token': other.body.device_token })).body.code).toBe('account_locked');
  });

  test('of a name that nobody has is refused and locked the very same way', async () => {
    const anyone = clientOf(system.url, '');
    const guess = () => anyone.post('/auth/login', { username: 'no-such-user', password: PASSWORD });
    const known = await anyone.post('/auth/login', { username: 'admin', password: 'wrong' });
    const { trace_id: _, ...first } = (await guess()).body;
    expect(known.body).toMatchObject(first);
    for (let n = 0; n < 10; n += 1) await guess();
    expect((await guess()).body.code).toBe('account_locked');
  });
});

describe('users', () => {
  test('are listed page by page, each once', async () => {
    await newUser('viewer');
    const names: string[] = [];
    for (let cursor = ''; ; ) {
      const page = expectStatus(await admin.get(`/users?limit=2${cursor && `&cursor=${cursor}`}`), 200).body;
      names.push(...page.data.map(({ username }: { username: string }) => username));
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(names.toSorted());
    expect(names).toContain('admin');
  });

  test('are found by what they are, in either order, forth and back, and as a table', async () => {
    const { username } = await newUser('staff', 'plant-7');
    await newUser('viewer');
    const found = async (query: string): Promise<{ username: string; role: Role | null; created_at: string }[]> =>
      expectStatus(await admin.get(`/users?limit=1000&${query}`), 200).body.data;
    const names = async (query: string) => (await found(query)).map((user) => user.username);
    expect(await names('ledger_id=plant-7')).toEqual([username]);
    expect(await names('ledger_id=plant-7&role=staff')).toEqual([username]);
    expect(await names('ledger_id=plant-7&role=viewer')).toEqual([]);
    expect(await names(`role=-&q=${username.toUpperCase()}`)).toEqual([username]);
    const viewers = await found('role=viewer');
    expect(new Set(viewers.map(({ role }) => role))).toEqual(new Set(['viewer']));
    expect(await names('active=true&created_by=system&single_sign_on=false')).toEqual(['admin']);
    expect(await names('single_sign_on=true')).toEqual([]);
    const all = await found('');
    expect(await names('sort=-username')).toEqual(all.map((user) => user.username).toReversed());
    const newest = await found('sort=-created_at');
    expect(newest.map(({ created_at }) => created_at)).toEqual(
      all
        .map(({ created_at }) => created_at)
        .toSorted()
        .toReversed(),
    );
    const page = async (more: string) =>
      expectStatus(await admin.get(`/users?sort=-created_at&limit=2${more}`), 200).body;
    const first = await page('');
    const second = await page(`&cursor=${first.next_cursor}`);
    expect([...first.data, ...second.data]).toEqual(newest.slice(0, 4));
    expect(first.prev_cursor).toBeNull();
    expect((await page(`&cursor=${second.prev_cursor}`)).data).toEqual(first.data);
    for (const wrong of ['role=boss', 'active=maybe', 'sort=password', 'ledger_id=*', `cursor=${first.next_cursor}`])
      expect([wrong, (await admin.get(`/users?${wrong}`)).status]).toEqual([wrong, 400]);
    const [names_of_columns, row] = (await admin.get('/users?ledger_id=plant-7&format=csv')).body.split('\r\n');
    expect(names_of_columns).toMatch(/^username,role,ledger_roles_ledger_id,ledger_roles_role,active,/);
    expect(row).toMatch(new RegExp(`^${username},,plant-7,staff,true,`));
    for (const list of ['api-keys', 'ledgers', 'auth/sessions', 'auth/factors', `users/${username}/sessions`]) {
      const { headers, body } = expectStatus(await admin.get(`/${list}?format=csv`), 200);
      expect([list, headers.get('content-type'), body.split(',', 1)[0]]).toEqual([
        list,
        'text/csv; charset=utf-8',
        expect.stringMatching(/_id$/),
      ]);
    }
  });

  test('have names of their own', async () => {
    const answer = await admin.post('/users', { username: 'admin', password: PASSWORD, role: 'staff' });
    expect([answer.status, answer.body.code]).toEqual([409, 'user_exists']);
  });

  test.each([
    'Maria',
    'a',
    'a:b',
    '../etc',
    'x'.repeat(65),
    'system',
    'server',
    'anonymous',
    'm\r\nInjected: 1',
    '１２３',
    '',
  ])('are not called %j', async (username) => {
    const answer = await admin.post('/users', { username, password: PASSWORD, role: 'staff' });
    expect([answer.status, answer.body.errors[0].path]).toEqual([422, 'username']);
  });

  test('always have one active admin', async () => {
    const { data } = (await admin.get('/users?limit=1000')).body;
    for (const { username, role } of data)
      if (role === 'admin' && username !== 'admin') await admin.patch(`/users/${username}`, { active: false });
    for (const change of [{ active: false }, { role: 'manager' }]) {
      const answer = await admin.patch('/users/admin', change);
      expect([answer.status, answer.body.code]).toEqual([409, 'last_admin']);
    }
    expect(await statusOfMe(admin.token)).toBe(200);
  });

  test('that are not there are 404', async () => {
    for (const answer of [
      await admin.get('/users/nobody'),
      await admin.patch('/users/nobody', { active: false }),
      await admin.post('/users/nobody/unlock'),
      await admin.post('/users/nobody/reset-password', { password: PASSWORD }),
      await admin.get("/users/'%20OR%201=1%20--"),
    ])
      expect([answer.status, answer.body.code]).toEqual([404, 'unknown_user']);
  });
});

describe('a request about users and keys that comes twice with one key', () => {
  const key = () => ({ 'idempotency-key': `lost-${randomUUID()}` });
  const instances = () => system.urls.map((url) => clientOf(url, admin.token));

  it.each<[string, (username: string) => [path: string, body: object]]>([
    ['a user with a generated password', () => ['/users', { username: `twin-${randomUUID()}`, role: 'staff' }]],
    ['a generated password', (username) => [`/users/${username}/reset-password`, {}]],
    ['an API key', () => ['/api-keys', { name: 'till', role: 'staff' }]],
  ])('makes %s once and says the same secret again, at any instance, at once and later', async (_what, requestOf) => {
    const { username } = await newUser('staff');
    const [path, body] = requestOf(username);
    const keys = () => admin.get('/api-keys').then((answer) => answer.body.data.length as number);
    const [known, headers] = [await keys(), key()];
    const answers = await Promise.all([0, 1, 0, 1].map((n) => instances()[n]!.post(path, body, headers)));
    answers.push(await admin.post(path, body, headers));
    const [{ status, body: first }] = answers as [Answer];
    expect([200, 201]).toContain(status);
    for (const answer of answers) expect([answer.status, answer.body]).toEqual([status, first]);
    const replayed = answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true');
    expect(replayed).toHaveLength(answers.length - 1);
    if (path === '/api-keys') {
      expect(await keys()).toBe(known + 1);
      for (const url of system.urls) expect(await statusOfMe(first.key, url)).toBe(200);
    } else await login(system.url, { username: first.username, password: first.password });

    const other = await admin.post('/users', { username: `other-${randomUUID()}`, role: 'staff' }, headers);
    expect(other.status).toBe(422);
    expect(other.body).toMatchObject({ code: 'idempotency_key_reused', idempotency_key: headers['idempotency-key'] });
  });

  it('is refused anew where it was refused, and a key of another user is another key', async () => {
    const [headers, username] = [key(), `late-${randomUUID()}`];
    const reset = () => admin.post(`/users/${username}/reset-password`, {}, headers);
    expect((await reset()).status).toBe(404);
    const second = await newUser('admin');
    expectStatus(await second.client.post('/auth/reauthenticate', { password: PASSWORD }), 204);
    expectStatus(await second.client.post('/users', { username, role: 'staff' }, headers), 201);
    expect((await reset()).status).toBe(200);
  });
});

test('the log holds what happened to users, and no secret', async () => {
  const { username } = await newUser('staff');
  await clientOf(system.url, '').post('/auth/login', { username, password: 'my wrong guess' });
  await admin.patch(`/users/${username}`, { role: 'viewer', active: false });
  const wanted = ['UserCreated', 'SignedIn', 'SignInFailed', 'UserRoleChanged', 'UserDeactivated'];

  const store = connectEventStore({ url: system.eventstore_url });
  try {
    let mine: { type: string; data: unknown; metadata: unknown }[] = [];
    for (let tries = 0; mine.length < wanted.length && tries < 100; tries += 1) {
      await sleep(100);
      mine = [];
      for await (const event of store.read('security', 0)) {
        expect(JSON.stringify(event.data)).not.toMatch(/argon2|eyJ|guess|horse/);
        if ((event.data as { username: string }).username === username) mine.push(event);
      }
    }
    expect(mine.map(({ type }) => type)).toEqual(wanted);
    expect(mine[3]).toMatchObject({
      data: { username, from: 'staff', to: 'viewer' },
      metadata: { actor: 'admin', recorded_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) },
    });
  } finally {
    await store.close();
  }
  expect(system.log('api')).not.toMatch(/horse|guess|argon2|eyJ/);
});
