/** From an identity provider's sign-in to a session of ours and its end, through two instances. */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Client, clientOf, expectStatus, login, newUser, stockUp } from './support/http.js';
import { type Browser, CLIENT, LOGOUT_EVENT, type OidcIssuer, startIssuer } from './support/oidc-issuer.js';
import { type System, startSystem } from './support/system.js';

const PUBLIC_URL = 'http://127.0.0.1:9';
let issuer: OidcIssuer;
let system: System;
let admin: Client;
let database: pg.Client;

beforeAll(async () => {
  issuer = await startIssuer();
  system = await startSystem({
    apis: 2,
    env: {
      ...{
        OIDC_ISSUER: issuer.url,
        OIDC_CLIENT_ID: CLIENT.client_id,
        OIDC_CLIENT_SECRET: CLIENT.client_secret,
        PUBLIC_URL,
      },
      OIDC_ROLES: 'accounting=main:manager;warehouse=*:staff;bosses=*:admin',
    },
  });
  await issuer.serve(PUBLIC_URL, system.url);
  admin = await login(system.url, system.admin);
  await stockUp(admin, 10);
  database = new pg.Client({ connectionString: system.database_url });
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  await system?.stop();
  await issuer?.stop();
});

const anyone = (url = system.url) => clientOf(url, '');

/** `redirect: manual`, as a browser that shows where it is sent. */
async function visit(path: string, cookie = '', url = system.url) {
  const response = await fetch(`${url}${path}`, { redirect: 'manual', headers: { ...(cookie && { cookie }) } });
  const text = await response.text();
  const set = response.headers.getSetCookie().find((each) => each.startsWith('__Host-single-sign-on='));
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    set,
    cookie: set?.split(';', 1)[0] ?? '',
    body: text === '' ? undefined : JSON.parse(text),
    headers: response.headers,
  };
}

/** Until the browser is sent back. */
async function begin(browser: Browser, query = '', url = system.url) {
  const start = await visit(`/api/v1/auth/oidc/start${query}`, '', url);
  expect(start.status).toBe(302);
  const back = await browser.signIn(start.location);
  return { ...start, back: back.pathname + back.search };
}

async function signOn(browser: Browser, url = system.url) {
  const { back, cookie } = await begin(browser, '', url);
  return visit(back, cookie, url);
}

async function clientFor(username: string, groups: string[], browser = issuer.browser(username)) {
  issuer.groups.set(username, groups);
  const { status, body } = await signOn(browser);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return { ...clientOf(system.url, body.access_token), browser, username: body.username as string };
}

async function refusedElsewhereAfter({ token }: { token: string }): Promise<number> {
  const since_ms = performance.now();
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await clientOf(system.urls[1]!, token).get('/auth/me')).status === 401) return performance.now() - since_ms;
    await sleep(20);
  }
  throw new Error('The token still holds.');
}

async function told(type: string, about: object): Promise<{ actor: string; data: Record<string, unknown> }[]> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { data } = expectStatus(await admin.get(`/audit/security-events?type=${type}&limit=1000`), 200).body;
    const found = data.filter((event: { data: Record<string, unknown> }) =>
      Object.entries(about).every(([name, value]) => event.data[name] === value),
    );
    if (found.length > 0) return found;
    await sleep(100);
  }
  throw new Error(`No ${type} is told of ${JSON.stringify(about)}.`);
}

describe('a sign-in', () => {
  test('makes a user with the roles of their groups, whom every instance knows', async () => {
    issuer.names.set('maria', 'Maria Ä');
    issuer.groups.set('maria', ['accounting', 'unknown', 'warehouse']);
    const { status, body, headers, set } = await signOn(issuer.browser('maria'));
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(set).toMatch(/^__Host-single-sign-on=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: expect.any(Number),
      username: expect.stringMatching(/^sso~[\w-]{22}$/),
    });
    for (const url of system.urls)
      expect((await clientOf(url, body.access_token).get('/auth/me')).body).toEqual({
        username: body.username,
        role: 'staff',
        ledger_roles: [{ ledger_id: 'main', role: 'manager' }],
      });
    const maria = clientOf(system.url, body.access_token);
    expectStatus(await maria.post('/items', { item_id: 'cap', name: 'Cap', kind: 'other' }), 201);
    expect((await maria.get('/users')).status).toBe(403);
    expect((await admin.get(`/users/${body.username}`)).body).toMatchObject({
      active: true,
      created_by: 'identity-provider',
      single_sign_on: { issuer: `${issuer.url}/`, subject: 'maria', display_name: 'Maria Ä' },
    });
    const [made] = await told('UserCreated', { username: body.username });
    expect(made).toMatchObject({
      actor: 'identity-provider',
      data: { subject: 'maria', role: 'manager', ledger: 'main' },
    });
    const [signed_in] = await told('SignedIn', { username: body.username });
    expect(signed_in?.data).toMatchObject({ by: 'single sign-on', address: '127.0.0.1', display_name: 'Maria Ä' });
  });

  test('is the same user under another name, and takes the roles anew', async () => {
    const first = await clientFor('nora', ['accounting']);
    const again = await clientFor('nora', ['accounting']);
    expect(again.username).toBe(first.username);
    // Nothing has changed, so both sessions hold.
    expect((await first.get('/auth/me')).status).toBe(200);
    issuer.names.set('nora', 'nora-married');
    const third = await clientFor('nora', ['warehouse']);
    expect(third.username).toBe(first.username);
    expect((await third.get('/auth/me')).body).toMatchObject({ role: 'staff', ledger_roles: [] });
    expect((await admin.get(`/users/${third.username}`)).body.single_sign_on.display_name).toBe('nora-married');
    // Those of before have ended with their roles.
    expect((await first.get('/auth/me')).status).toBe(401);
    expect(await refusedElsewhereAfter(again)).toBeLessThan(1500);
  });

  test('of who has lost all groups is refused, and ends what they had', async () => {
    const otto = await clientFor('otto', ['bosses']);
    expectStatus(await otto.get('/users'), 200);
    issuer.groups.set('otto', ['accountin', 'ACCOUNTING', 'accounting=main:manager']);
    const refused = await signOn(otto.browser);
    expect([refused.status, refused.body.code]).toEqual([403, 'no_access']);
    expect((await otto.get('/auth/me')).status).toBe(401);
    expect((await admin.get(`/users/${otto.username}`)).body).toMatchObject({ role: null, ledger_roles: [] });
    const [event] = await told('SingleSignOnRefused', { username: otto.username });
    expect(event?.data).toMatchObject({ subject: 'otto', why: 'no role for any group' });
    expect((await clientFor('otto', ['warehouse'])).username).toBe(otto.username);
  });

  test('of who never had a group makes no user', async () => {
    for (const groups of [[], ['unknown'], undefined as never, ['sso~', '*']]) {
      issuer.groups.set('paul', groups);
      expect((await signOn(issuer.browser('paul'))).body.code).toBe('no_access');
    }
    const { data } = (await admin.get('/users?limit=1000')).body;
    expect(
      data.filter((user: { single_sign_on?: { subject: string } }) => user.single_sign_on?.subject === 'paul'),
    ).toEqual([]);
  });

  test('takes over no user of ours, by no name', async () => {
    await newUser(system.url, admin, { username: 'quinn', role: 'admin' });
    for (const subject of ['quinn', system.admin.username]) {
      const taken = await clientFor(subject, ['accounting']);
      expect(taken.username).toMatch(/^sso~/);
      expect((await taken.get('/auth/me')).body.role).toBeNull();
    }
    expect((await admin.get('/users/quinn')).body).toMatchObject({ role: 'admin', single_sign_on: null });
    for (const username of ['sso~abcdefghijklmnopqrstuv', 'identity-provider'])
      expect((await admin.post('/users', { username, role: 'staff' })).status).toBe(422);
  });

  test('of a user whom an admin has deactivated is refused', async () => {
    const rosa = await clientFor('rosa', ['warehouse']);
    expectStatus(await admin.patch(`/users/${rosa.username}`, { active: false }), 200);
    expect((await rosa.get('/auth/me')).status).toBe(401);
    expect((await signOn(rosa.browser)).body.code).toBe('no_access');
    await told('SingleSignOnRefused', { username: rosa.username, why: 'deactivated' });
    expectStatus(await admin.patch(`/users/${rosa.username}`, { active: true }), 200);
    expect((await signOn(rosa.browser)).status).toBe(200);
  });

  test('begun by many at once makes one user and a session each', async () => {
    issuer.groups.set('sven', ['accounting']);
    const signed = await Promise.all(
      Array.from({ length: 6 }, (_, n) => signOn(issuer.browser('sven'), system.urls[n % 2])),
    );
    expect(signed.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(new Set(signed.map(({ body }) => body.username)).size).toBe(1);
    const me = clientOf(system.url, signed[0]!.body.access_token);
    expect((await me.get('/auth/sessions')).body.data).toHaveLength(6);
  });
});

describe('the way back', () => {
  const refused = async (way: { back: string; cookie?: string }) => {
    const { status, body, set } = await visit(way.back, way.cookie);
    expect([status, body.code]).toEqual([400, 'sign_in_failed']);
    expect(set).toContain('Max-Age=0');
  };
  const changed = (back: string, change: (query: URLSearchParams) => void) => {
    const url = new URL(back, PUBLIC_URL);
    change(url.searchParams);
    return url.pathname + url.search;
  };

  test('holds once, through any instance', async () => {
    const { back, cookie } = await begin(issuer.browser('maria'));
    expect((await visit(back, cookie, system.urls[1])).status).toBe(200);
    await refused({ back, cookie });
  });

  test('is good for the browser that began, and for what it began', async () => {
    const one = await begin(issuer.browser('maria'));
    const two = await begin(issuer.browser('otto'));
    await refused({ back: one.back });
    await refused({ back: one.back, cookie: two.cookie });
    await refused({ back: one.back, cookie: `${one.cookie.slice(0, -3)}AAA` });
    await refused({ back: one.back, cookie: '__Host-single-sign-on=x' });
    await refused({ back: changed(one.back, (query) => query.set('state', 'x')), cookie: one.cookie });
    await refused({ back: changed(one.back, (query) => query.set('iss', 'https://evil.example')), cookie: one.cookie });
    await refused({ back: changed(one.back, (query) => query.set('code', 'x')), cookie: one.cookie });
    await refused({ back: one.back.split('?', 1)[0]!, cookie: one.cookie });
    expect((await visit(two.back, two.cookie)).status).toBe(200);
    await told('AccessRefused', { route: 'GET /api/v1/auth/oidc/callback', status: 400 });
  });

  test('with what the issuer gave for another nonce, client or verifier is refused', async () => {
    for (const [name, value] of Object.entries({ nonce: 'x', client_id: 'other', code_challenge: 'x'.repeat(43) })) {
      const { location, cookie } = await visit('/api/v1/auth/oidc/start');
      const url = new URL(location);
      url.searchParams.set(name, value);
      const back = await issuer.browser('maria').signIn(url.href);
      await refused({ back: back.pathname + back.search, cookie });
    }
  });
});

describe('a page', () => {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const query = (return_to: string) => `?return_to=${encodeURIComponent(return_to)}&code_challenge=${challenge}`;

  test('gets a code that only it can use, once, and no token in an address', async () => {
    const { back, cookie } = await begin(issuer.browser('maria'), query(`${PUBLIC_URL}/app?x=1`));
    const { status, location, body } = await visit(back, cookie);
    expect([status, body]).toEqual([303, undefined]);
    const page = new URL(location);
    expect([page.origin, page.pathname, page.searchParams.get('x')]).toEqual([PUBLIC_URL, '/app', '1']);
    const code = page.searchParams.get('code')!;
    const take = (code_verifier: string, url?: string) => anyone(url).post('/auth/oidc/token', { code, code_verifier });
    expect((await clientOf(system.url, code).get('/auth/me')).status).toBe(401);
    expect((await take(randomBytes(32).toString('base64url'))).body.code).toBe('sign_in_failed');
    const taken = expectStatus(await take(verifier, system.urls[1]), 200).body;
    expect((await clientOf(system.url, taken.access_token).get('/auth/me')).body.username).toBe(taken.username);
    expect((await take(verifier)).body.code).toBe('sign_in_failed');
  });

  test.each([
    'https://evil.example/',
    `${PUBLIC_URL}.evil.example/`,
    'http://127.0.0.1:9@evil.example/',
    'javascript:alert(1)//http://',
    '//evil.example',
    `${PUBLIC_URL}/#there`,
  ])('at %s gets nothing', async (return_to) => {
    const { status, body } = await visit(`/api/v1/auth/oidc/start${query(return_to)}`);
    expect([status, body.code]).toEqual([400, 'invalid_parameter']);
  });

  test('without a challenge gets nothing', async () => {
    const { status } = await visit(`/api/v1/auth/oidc/start?return_to=${encodeURIComponent(PUBLIC_URL)}`);
    expect(status).toBe(400);
  });
});

describe('a logout at the issuer', () => {
  const form = (logout_token: string, url = system.url) =>
    clientOf(url, '').send('POST', '/auth/oidc/backchannel-logout', new URLSearchParams({ logout_token }));
  const now_s = () => Math.floor(Date.now() / 1000);
  const claims = (more: object) => ({
    ...{
      iss: issuer.url,
      aud: CLIENT.client_id,
      iat: now_s(),
      exp: now_s() + 120,
      jti: randomBytes(8).toString('hex'),
    },
    ...{ events: LOGOUT_EVENT, ...more },
  });

  test('ends the session that it began, and no other, within a second everywhere', async () => {
    const tess = await clientFor('tess', ['accounting']);
    const elsewhere = await clientFor('tess', ['accounting']);
    const uma = await clientFor('uma', ['accounting']);
    expect((await clientOf(system.urls[1]!, tess.token).get('/auth/me')).status).toBe(200);
    await tess.browser.signOut();
    for (let tries = 0; (await tess.get('/auth/me')).status !== 401; tries += 1) {
      if (tries > 100) throw new Error('The session goes on.');
      await sleep(20);
    }
    expect(await refusedElsewhereAfter(tess)).toBeLessThan(1500);
    expect([(await elsewhere.get('/auth/me')).status, (await uma.get('/auth/me')).status]).toEqual([200, 200]);
    const [event] = await told('SessionEnded', { username: tess.username });
    expect(event?.actor).toBe('identity-provider');
  });

  test('of a user ends all of theirs, and of nobody is well', async () => {
    const one = await clientFor('vera', ['accounting']);
    const two = await clientFor('vera', ['accounting']);
    expectStatus(await form(await issuer.sign(claims({ sub: 'vera' })), system.urls[1]), 204);
    for (const each of [one, two]) expect(await refusedElsewhereAfter(each)).toBeLessThan(1500);
    expectStatus(await form(await issuer.sign(claims({ sub: 'nobody', sid: 'none' }))), 204);
    expectStatus(await form(await issuer.sign(claims({ sub: system.admin.username }))), 204);
    expect((await admin.get('/auth/me')).status).toBe(200);
    expect((await clientFor('vera', ['accounting'])).username).toBe(one.username);
  });

  test('while the user is on the way back ends that, too', async () => {
    issuer.groups.set('will', ['accounting']);
    const { back, cookie } = await begin(issuer.browser('will'));
    expectStatus(await form(await issuer.sign(claims({ sub: 'will' }))), 204);
    expect((await visit(back, cookie)).body.code).toBe('sign_in_failed');
    expect((await signOn(issuer.browser('will'))).status).toBe(200);
  });

  test('with a token that is not right ends nothing', async () => {
    const xena = await clientFor('xena', ['accounting']);
    const right = claims({ sub: 'xena' });
    const signed = await issuer.sign(right);
    const [, payload] = signed.split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const bad = [
      none,
      await issuer.sign({ ...right, aud: 'other' }),
      await issuer.sign({ ...right, iat: 1 }),
      `${signed}A`,
    ];
    for (const token of [...bad, 'x']) {
      const { status, body } = await form(token);
      expect([status, body.code]).toEqual([400, 'invalid_logout_token']);
    }
    expect((await form('a b')).status).toBe(422);
    expect((await form('x'.repeat(1024 * 1024))).status).toBe(413);
    expect(
      (await anyone().send('POST', '/auth/oidc/backchannel-logout', 'x', { 'content-type': 'text/plain' })).status,
    ).toBe(415);
    const json = await anyone().send('POST', '/auth/login', new URLSearchParams({ username: 'a', password: 'b' }));
    expect(json.status).toBe(415);
    expect((await xena.get('/auth/me')).status).toBe(200);
    expectStatus(await form(signed), 204);
    expect((await form(signed)).body.code).toBe('invalid_logout_token');
    expect((await form(signed, system.urls[1])).body.code).toBe('invalid_logout_token');
    expect((await xena.get('/auth/me')).status).toBe(401);
    await told('AccessRefused', { route: 'POST /api/v1/auth/oidc/backchannel-logout', status: 400 });
  });
});

test('a user of the issuer has no password, and no role that an admin gives', async () => {
  const yara = await clientFor('yara', ['bosses']);
  const path = `/users/${yara.username}`;
  const change = { current_password: 'x', new_password: 'correct horse' };
  expect((await yara.post('/auth/password', change)).body.code).toBe('managed_by_issuer');
  expect((await admin.post(`${path}/reset-password`, {})).body.code).toBe('managed_by_issuer');
  expect((await admin.post(`${path}/reset-password`, { password: 'correct horse' })).body.code).toBe(
    'managed_by_issuer',
  );
  expect((await admin.patch(path, { role: 'viewer' })).body.code).toBe('managed_by_issuer');
  for (const password of ['', 'x', 'null', 'correct horse'])
    expect([401, 422]).toContain((await anyone().post('/auth/login', { username: yara.username, password })).status);
  // An admin of the issuer does not count as the last one.
  const others = (await admin.get('/users?limit=1000')).body.data.filter(
    (user: { role: string; single_sign_on: object; username: string }) =>
      user.role === 'admin' && user.single_sign_on === null && user.username !== system.admin.username,
  );
  for (const { username } of others) expectStatus(await admin.patch(`/users/${username}`, { active: false }), 200);
  expect((await yara.patch(`/users/${system.admin.username}`, { active: false })).body.code).toBe('last_admin');
  expect((await yara.patch(`/users/${system.admin.username}`, { role: 'viewer' })).body.code).toBe('last_admin');
});

test('nothing secret is logged, answered or told', async () => {
  const { back, cookie } = await begin(issuer.browser('maria'));
  const query = new URL(back, PUBLIC_URL).searchParams;
  const wrong = await visit(back.replace('state=', 'state=x'), cookie);
  const right = await visit(back, cookie);
  await told('SignedIn', { username: right.body.username });
  const events = (await admin.get('/audit/security-events?limit=1000')).body;
  const said = [system.log('api'), system.log('api_2'), JSON.stringify(wrong.body), JSON.stringify(events)].join('\n');
  const secrets = [
    query.get('code')!,
    query.get('state')!,
    cookie.split('=')[1]!,
    right.body.access_token,
    CLIENT.client_secret,
  ];
  for (const secret of secrets) expect(said).not.toContain(secret);
});

test('while the issuer is away, single sign-on is, and a user of ours signs in', async () => {
  const zoe = await clientFor('zoe', ['accounting']);
  const begun = await begin(issuer.browser('zoe'));
  issuer.state = 'silent';
  const since_ms = performance.now();
  const { status, body, headers } = await visit(begun.back, begun.cookie);
  expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'issuer_unavailable', '5']);
  expect(performance.now() - since_ms).toBeLessThan(5000);
  issuer.state = 'failing';
  // The breaker is open after three.
  for (let n = 0; n < 4; n += 1) {
    const way = await visit(begun.back, begun.cookie);
    expect(way.body.code).toBe('issuer_unavailable');
  }
  await login(system.url, system.admin);
  expect((await zoe.get('/auth/me')).status).toBe(200);
  issuer.state = 'well';
  await sleep(5100);
  expect((await signOn(zoe.browser)).status).toBe(200);
  for (const name of ['api', 'api_2'] as const) expect(system.log(name)).not.toMatch(/"level":"error"/);
});

test('verification finds every user of the issuer told of, and one that SQL made', async () => {
  const verify = async () => {
    const { verification_id } = (await admin.post('/audit/verifications')).body;
    for (let tries = 0; tries < 200; tries += 1) {
      const { body } = await admin.get(`/audit/verifications/${verification_id}`);
      if (body.status !== 'running') return body;
      await sleep(100);
    }
    throw new Error('The verification does not end.');
  };
  expect(await verify()).toMatchObject({ status: 'passed' });
  await database.query(`INSERT INTO identity.user_roles
    SELECT username, 'plant-9', 'admin' FROM identity.users WHERE subject = 'maria'`);
  expect(await verify()).toMatchObject({ status: 'failed' });
});
