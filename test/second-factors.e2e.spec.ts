/** A system that demands a second factor of admins, as it does by default beside services of one's own; two instances. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import pg from 'pg';
import { Authenticator } from './support/authenticator.js';
import { type Answer, type Client, clientOf, expectStatus, login } from './support/http.js';
import { PERMITTED_ROUTES } from './support/route-matrix.js';
import { type System, startSystem } from './support/system.js';

const PASSWORD = 'correct horse battery';
const STEP_MS = 30_000;
const ORIGIN = 'https://ledger.example';

let system: System;
let admin: Client;
let database: pg.Client;

interface Enrolled {
  username: string;
  client: Client;
  recovery_codes: string[];
  /** Of the present step, or one of so many steps from it. */
  code(steps?: number): string;
}

beforeAll(async () => {
  system = await startSystem({
    apis: 2,
    env: { MFA_REQUIRED_FOR: 'admin,manager,auditor', REAUTHENTICATION_MINUTES: '', PUBLIC_URL: ORIGIN },
  });
  database = new pg.Client({ connectionString: system.database_url });
  await database.connect();
  const first = await enrolled(system.admin.username, await login(system.url, system.admin));
  admin = first.client;
});
afterAll(async () => {
  await database?.end();
  await system?.stop();
});

const anyone = (url = system.url) => clientOf(url, '');
const codeOf = ({ status, body }: Answer) => [status, body?.code];

async function newUser(username: string, role: string): Promise<Client> {
  const user = { username, password: PASSWORD, password_is_chosen: true, role };
  expectStatus(await admin.post('/users', user), 201);
  return login(system.url, user);
}

/** Confirms with the code of the step before, which is good, too, so that the present one is left. */
async function enrolled(username: string, waiting: Client): Promise<Enrolled> {
  const { secret } = expectStatus(await waiting.post('/auth/factors/totp'), 201).body;
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  const code = (steps = 0) => totp.generate({ timestamp: Date.now() + steps * STEP_MS });
  await midStep();
  const { body } = expectStatus(await waiting.post('/auth/factors/totp/confirm', { code: code(-1) }), 200);
  const { recovery_codes, access_token } = body;
  return { username, client: clientOf(system.url, access_token), recovery_codes, code };
}

/** Far enough from the end of a step for what follows to stay in it. */
async function midStep(): Promise<void> {
  const left_ms = STEP_MS - (Date.now() % STEP_MS);
  if (left_ms < 8000) await sleep(left_ms + 50);
}

const begin = async (username: string, url = system.url) =>
  expectStatus(await anyone(url).post('/auth/login', { username, password: PASSWORD }), 200).body;
const give = (token: string, code: string, url = system.url) =>
  clientOf(url, token).post('/auth/second-factor', { code });
/** As if the steps were taken long ago. */
const rewind = (username: string) =>
  database.query('UPDATE identity.totp_factors SET last_step = 1 WHERE username = $1', [username]);
const grow = (username: string) =>
  database.query("UPDATE identity.sessions SET authenticated_at = now() - interval '301 s' WHERE username = $1", [
    username,
  ]);

async function told(type: string, username: string, least = 1): Promise<Record<string, unknown>[]> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { data } = expectStatus(await admin.get(`/audit/security-events?type=${type}&limit=1000`), 200).body;
    const found = data.filter((event: { username: string }) => event.username === username);
    if (found.length >= least) return found.map((event: { data: object }) => event.data);
    await sleep(100);
  }
  throw new Error(`No ${type} of ${username}.`);
}

describe('a user whose role demands a second factor', () => {
  test('gets a session that may enrol one, and nothing else', async () => {
    const waiting = await newUser('ann', 'manager');
    const answers: [string, boolean, boolean][] = [];
    // One after the other: there are more reports than an instance lets in at a time.
    for (const { method, path, roles, during } of PERMITTED_ROUTES) {
      if (path === '/auth/logout' || roles === 'public') continue;
      const body = method === 'GET' || method === 'DELETE' ? undefined : '{}';
      const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await waiting.send(method, path.replaceAll(/:\w+/g, 'nobody-7'), body, headers);
      const is_in = answer.body?.code !== 'enrolment_required';
      answers.push([`${method} ${path}`, is_in, during.includes('enrol_factor')]);
    }
    expect(answers.filter(([, is_in, is_open]) => is_in !== is_open)).toEqual([]);
    expect(answers.filter(([, is_in]) => is_in).length).toBe(8);
  });

  test('enrols an app by QR code, and then needs it to sign in', async () => {
    const waiting = await newUser('bob', 'auditor');
    const begun = expectStatus(await waiting.post('/auth/factors/totp'), 201).body;
    expect(begun.qr_svg).toMatch(/^<svg .*<\/svg>$/s);
    expect(begun.uri).toBe(
      `otpauth://totp/factory-ledger:bob?issuer=factory-ledger&secret=${begun.secret}&algorithm=SHA1&digits=6&period=30`,
    );
    const bob = await enrolled('bob', waiting);
    expect((await waiting.get('/auth/me')).status).toBe(401);
    expectStatus(await bob.client.get('/items'), 200);
    expect(bob.recovery_codes).toHaveLength(10);
    expect(new Set(bob.recovery_codes).size).toBe(10);
    for (const code of bob.recovery_codes) expect(code).toMatch(/^([a-z2-7]{4}-){5}[a-z2-7]{4}$/);

    const first = await begin('bob');
    expect(first).toMatchObject({ next_step: 'second_factor', second_factors: ['totp', 'recovery_code'] });
    expect(first.expires_in).toBeLessThanOrEqual(300);
    const session = clientOf(system.url, first.access_token);
    expect(codeOf(await session.get('/items'))).toEqual([403, 'second_factor_required']);
    expect(codeOf(await session.post('/auth/factors/totp'))).toEqual([403, 'second_factor_required']);
    const signed_in = expectStatus(await give(first.access_token, bob.code()), 200).body;
    expect(signed_in.next_step).toBeUndefined();
    expectStatus(await clientOf(system.urls[1]!, signed_in.access_token).get('/items'), 200);
    // The token of the first step was good for one right code.
    expect((await give(first.access_token, bob.recovery_codes[0]!)).status).toBe(401);
    expect((await give(signed_in.access_token, bob.recovery_codes[0]!)).status).toBe(401);
    expect(await told('SignedIn', 'bob', 2)).toEqual(
      expect.arrayContaining([expect.objectContaining({ factor: 'totp' })]),
    );
    expect(await told('FactorEnrolled', 'bob')).toMatchObject([{ kind: 'totp', address: '127.0.0.1' }]);
  });

  test('may have none in a role that demands none, and may enrol one all the same', async () => {
    const cleo = await newUser('cleo', 'staff');
    expectStatus(await cleo.get('/items'), 200);
    const with_factor = await enrolled('cleo', cleo);
    expect((await begin('cleo')).next_step).toBe('second_factor');
    const [{ factor_id }] = (await with_factor.client.get('/auth/factors')).body.data;
    expectStatus(await with_factor.client.delete(`/auth/factors/${factor_id}`), 204);
    expect((await begin('cleo')).next_step).toBeUndefined();
    expect((await with_factor.client.get('/auth/factors')).body).toEqual({ data: [], recovery_codes_left: 0 });
    expect(await told('FactorRemoved', 'cleo')).toEqual([{ username: 'cleo', factor_id, kind: 'totp' }]);
    expect(codeOf(await with_factor.client.delete(`/auth/factors/${factor_id}`))).toEqual([404, 'unknown_record']);
    expect(codeOf(await with_factor.client.delete("/auth/factors/'--"))).toEqual([404, 'unknown_record']);
  });
});

describe('a code', () => {
  test('is good once, through whichever instance', async () => {
    const dan = await enrolled('dan', await newUser('dan', 'manager'));
    await midStep();
    const code = dan.code();
    const tokens = await Promise.all(Array.from({ length: 6 }, () => begin('dan')));
    const answers = await Promise.all(
      tokens.map(({ access_token }, n) => give(access_token, code, system.urls[n % 2])),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 403, 403, 403, 403, 403]);
    // The step before was taken, too, and one that is yet to come is none.
    const { access_token } = await begin('dan');
    expect(codeOf(await give(access_token, dan.code(-1)))).toEqual([403, 'wrong_factor']);
    await rewind('dan');
    expect(codeOf(await give(access_token, dan.code(1)))).toEqual([403, 'wrong_factor']);
    expect(codeOf(await give(access_token, dan.code(-2)))).toEqual([403, 'wrong_factor']);
    expectStatus(await give(access_token, dan.code(-1)), 200);
  });

  test('for recovery is good once, however it is typed', async () => {
    const eve = await enrolled('eve', await newUser('eve', 'manager'));
    const [first = '', second = ''] = eve.recovery_codes;
    const tokens = await Promise.all([begin('eve'), begin('eve', system.urls[1])]);
    const both = await Promise.all(tokens.map(({ access_token }, n) => give(access_token, first, system.urls[n])));
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 403]);
    expectStatus(await give((await begin('eve')).access_token, ` ${second.replaceAll('-', '').toUpperCase()}`), 200);
    expect((await eve.client.get('/auth/factors')).body.recovery_codes_left).toBe(8);
    expect((await told('RecoveryCodeUsed', 'eve', 2)).map(({ left }) => left).toSorted()).toEqual([8, 9]);
    const renew = () => eve.client.post('/auth/factors/recovery-codes', {}, { 'idempotency-key': 'new codes' });
    const renewed = expectStatus(await renew(), 201).body.recovery_codes;
    expect((await renew()).body.recovery_codes).toEqual(renewed);
    const { access_token } = await begin('eve');
    expect(codeOf(await give(access_token, eve.recovery_codes[2]!))).toEqual([403, 'wrong_factor']);
    expectStatus(await give(access_token, renewed[0]), 200);
  });

  test('of any other kind gets one and the same answer, and is asked for after the right password only', async () => {
    const fay = await enrolled('fay', await newUser('fay', 'manager'));
    const { access_token } = await begin('fay');
    const taken = fay.recovery_codes[0]!;
    expectStatus(await give((await begin('fay')).access_token, taken), 200);
    const answers = [];
    for (const code of [
      '000000',
      'no such code',
      taken,
      fay.code(-1),
      'ÄÖÜ'.normalize('NFKD').replace(/\P{ASCII}/gu, ''),
    ])
      answers.push(await give(access_token, code));
    const seen = answers.map(({ status, body: { trace_id: _, instance: __, ...body } }) =>
      JSON.stringify({ status, body }),
    );
    expect([...new Set(seen)]).toHaveLength(1);
    expect(codeOf(answers[0]!)).toEqual([403, 'wrong_factor']);
    for (const bad of ['', 'x'.repeat(65), 7, null])
      expect((await clientOf(system.url, access_token).post('/auth/second-factor', { code: bad })).status).toBe(422);
    const of_known = await anyone().post('/auth/login', { username: 'fay', password: 'wrong' });
    const of_unknown = await anyone().post('/auth/login', { username: 'nobody', password: 'wrong' });
    expect(Object.keys(of_known.body)).toEqual(Object.keys(of_unknown.body));
    expect([codeOf(of_known), codeOf(of_unknown)]).toEqual(Array(2).fill([401, 'invalid_credentials']));
  });

  test('guessed ten times, through any instance, is asked for no more for a while', async () => {
    const gil = await enrolled('gil', await newUser('gil', 'manager'));
    const { access_token } = await begin('gil');
    const guesses = await Promise.all(
      Array.from({ length: 14 }, (_, n) => give(access_token, `${100_000 + n}`, system.urls[n % 2])),
    );
    expect(guesses.filter(({ status }) => status === 403)).toHaveLength(10);
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(4);
    await rewind('gil');
    const locked = await give(access_token, gil.code());
    expect(codeOf(locked)).toEqual([429, 'account_locked']);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(800);
    expect(await told('SecondFactorFailed', 'gil', 10)).toHaveLength(10);
    expect(await told('SignInLocked', 'gil')).toHaveLength(1);
    expectStatus(await admin.post('/users/gil/unlock'), 200);
    expectStatus(await give(access_token, gil.code()), 200);
  });

  test('has a seed that the database does not tell, and that is of no use to another user', async () => {
    const hal = await newUser('hal', 'manager');
    const { secret } = expectStatus(await hal.post('/auth/factors/totp'), 201).body;
    const { rows } = await database.query("SELECT seed FROM identity.totp_factors WHERE username = 'hal'");
    const seed = Buffer.from(Secret.fromBase32(secret).bytes);
    expect(rows[0].seed.includes(seed)).toBe(false);
    expect(rows[0].seed.length).toBe(12 + 16 + 20);
    const mallory = await newUser('mallory', 'manager');
    expectStatus(await mallory.post('/auth/factors/totp'), 201);
    await database.query("UPDATE identity.totp_factors SET seed = $1 WHERE username = 'mallory'", [rows[0].seed]);
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    expect(codeOf(await mallory.post('/auth/factors/totp/confirm', { code }))).toEqual([403, 'wrong_factor']);
    const { rows: codes } = await database.query('SELECT code_hash FROM identity.recovery_codes');
    expect(codes.every(({ code_hash }) => code_hash.length === 32)).toBe(true);
  });
});

describe('a passkey', () => {
  const optionsOf = async (token: string) =>
    expectStatus(await clientOf(system.url, token).post('/auth/factors/passkeys/challenge'), 200).body;
  const answer = (token: string, passkey: object, url = system.url) =>
    clientOf(url, token).post('/auth/second-factor', { passkey });
  async function added(client: Client, device: Authenticator) {
    const options = expectStatus(await client.post('/auth/factors/passkeys'), 201).body;
    const passkey = device.create(options);
    return {
      passkey,
      answer: await client.post('/auth/factors/passkeys/confirm', { passkey, name: 'key on my ring' }),
    };
  }

  test('is added with recovery codes, is a second factor of its own, and is asked for again', async () => {
    const device = new Authenticator(ORIGIN);
    const waiting = await newUser('nora', 'manager');
    const { body } = expectStatus((await added(waiting, device)).answer, 200);
    expect(body.next_step).toBeUndefined();
    expect(body.recovery_codes).toHaveLength(10);
    expect((await waiting.get('/auth/me')).status).toBe(401);
    const nora = clientOf(system.url, body.access_token);
    const [{ factor_id }, ...others] = (await nora.get('/auth/factors')).body.data;
    expect(others).toEqual([]);

    const first = await begin('nora');
    expect(first).toMatchObject({ next_step: 'second_factor', second_factors: ['passkey', 'recovery_code'] });
    const options = await optionsOf(first.access_token);
    expect(options).toMatchObject({ rpId: 'ledger.example', allowCredentials: [{ type: 'public-key' }] });
    const signed_in = expectStatus(await answer(first.access_token, device.get(options), system.urls[1]), 200).body;
    expectStatus(await clientOf(system.url, signed_in.access_token).get('/items'), 200);

    await grow('nora');
    expect(codeOf(await nora.post('/auth/factors/recovery-codes'))).toEqual([403, 'reauthentication_required']);
    const again = { password: PASSWORD, passkey: device.get(await optionsOf(nora.token)) };
    expectStatus(await nora.post('/auth/reauthenticate', again), 204);
    expect(codeOf(await nora.delete(`/auth/factors/${factor_id}`))).toEqual([409, 'last_factor']);
    const second = expectStatus((await added(nora, new Authenticator(ORIGIN))).answer, 200).body;
    expect(second.recovery_codes).toEqual([]);
    const renewed = clientOf(system.url, second.access_token);
    expectStatus(await renewed.delete(`/auth/factors/${factor_id}`), 204);
    expect((await renewed.get('/auth/factors')).body.data).toMatchObject([{ kind: 'passkey', name: 'key on my ring' }]);
  });

  test('answers one challenge once, for our origin only, and signs more often each time', async () => {
    const device = new Authenticator(ORIGIN);
    const { body } = expectStatus((await added(await newUser('olaf', 'manager'), device)).answer, 200);
    const olaf = clientOf(system.url, body.access_token);
    const { access_token } = await begin('olaf');
    const refused = async (passkey: object, token = access_token) =>
      expect(codeOf(await answer(token, passkey))).toEqual([403, 'wrong_factor']);
    const get = async (other: Partial<Record<'origin' | 'rp_id', string>>) =>
      Object.assign(Object.create(device), other).get(await optionsOf(access_token));

    await refused(device.get({ challenge: 'bm90IGFza2Vk' }));
    await refused(await get({ origin: 'https://ledger.example.evil.test' }));
    await refused(await get({ rp_id: 'evil.test' }));
    await refused(new Authenticator(ORIGIN).get(await optionsOf(access_token)));
    for (const malformed of [
      {},
      { id: 7 },
      { id: 'nobody', response: null },
      { ...(await get({})), response: { signature: 'x' } },
    ])
      await refused(malformed);
    expectStatus(await admin.post('/users/olaf/unlock'), 200);

    const options = await optionsOf(access_token);
    const good = device.get(options);
    const spoilt = {
      ...good,
      response: { ...good.response, signature: device.get(await optionsOf(access_token)).response.signature },
    };
    await refused(spoilt);
    // The challenge was taken by a wrong answer, so the right one comes too late.
    await refused(good);
    const used = device.get(await optionsOf(access_token));
    expectStatus(await answer(access_token, used), 200);
    const next = await begin('olaf');
    await refused(used, next.access_token);
    await optionsOf(next.access_token);
    await refused(used, next.access_token);
    device.counter -= 2;
    await refused(device.get(await optionsOf(next.access_token)), next.access_token);
    expect(await told('PasskeyCopied', 'olaf')).toHaveLength(1);
    device.counter += 5;
    expectStatus(await answer(next.access_token, device.get(await optionsOf(next.access_token))), 200);
    // A registration is bound to its challenge and origin, too.
    const elsewhere = await added(olaf, new Authenticator('https://evil.test', 'ledger.example'));
    expect(codeOf(elsewhere.answer)).toEqual([403, 'wrong_factor']);
    const replayed = { passkey: elsewhere.passkey, name: 'again' };
    expect(codeOf(await olaf.post('/auth/factors/passkeys/confirm', replayed))).toEqual([403, 'wrong_factor']);
  });

  test('of another user is of no use', async () => {
    const device = new Authenticator(ORIGIN);
    expectStatus((await added(await newUser('pia', 'manager'), device)).answer, 200);
    expectStatus((await added(await newUser('quinn', 'manager'), new Authenticator(ORIGIN))).answer, 200);
    const { access_token } = await begin('quinn');
    expect(codeOf(await answer(access_token, device.get(await optionsOf(access_token))))).toEqual([
      403,
      'wrong_factor',
    ]);
    const taken = await added(await newUser('rosa', 'manager'), device);
    expect(codeOf(taken.answer)).toEqual([403, 'wrong_factor']);
    const neither = await clientOf(system.url, access_token).post('/auth/second-factor', {});
    expect([neither.status, neither.body.errors[0].path]).toEqual([422, 'code']);
  });
});

describe('a lost factor', () => {
  test('is reset by another admin, not by oneself, and the password stays', async () => {
    const ida = await enrolled('ida', await newUser('ida', 'admin'));
    expect(codeOf(await ida.client.delete('/users/ida/factors'))).toEqual([403, 'second_admin_required']);
    const [{ factor_id }] = (await ida.client.get('/auth/factors')).body.data;
    expect(codeOf(await ida.client.delete(`/auth/factors/${factor_id}`))).toEqual([409, 'last_factor']);
    expect((await ida.client.get('/auth/factors')).body.data).toHaveLength(1);
    expectStatus(await admin.delete('/users/ida/factors'), 204);
    expect((await ida.client.get('/auth/me')).status).toBe(401);
    expect((await begin('ida')).next_step).toBe('enrol_factor');
    expect(await told('FactorsReset', 'ida')).toEqual([{ username: 'ida' }]);
    expect(codeOf(await admin.delete('/users/nobody/factors'))).toEqual([404, 'unknown_user']);
  });

  test('is reset from the command line, too; a new password, from there or from an admin, does not do it', async () => {
    await enrolled('joe', await newUser('joe', 'manager'));
    const cli = async (...args: string[]) => {
      const env = { ...process.env, DATABASE_URL: system.database_url };
      const program = spawn(process.execPath, ['dist/apps/cli/main.js', 'users', ...args], { env });
      let said = '';
      program.stdout.on('data', (chunk) => {
        said += chunk;
      });
      const [code] = await once(program, 'close');
      return { code, said };
    };
    const { said } = await cli('reset-password', 'joe');
    const signIn = async (password: string) => (await anyone().post('/auth/login', { username: 'joe', password })).body;
    expect((await signIn(said.split('  ')[1]!)).next_step).toBe('second_factor');
    const { password } = expectStatus(await admin.post('/users/joe/reset-password', {}), 200).body;
    expect((await signIn(password)).next_step).toBe('second_factor');
    expect(await cli('reset-factors', 'joe')).toEqual({ code: 0, said: 'joe has no second factor any more.\n' });
    expect((await signIn(password)).next_step).toBe('new_password');
    expect((await cli('reset-factors', 'nobody')).code).toBe(2);
    expect((await cli('constructor', 'joe')).code).toBe(2);
  });
});

describe('password and second factor are asked for again', () => {
  test('where they were given more than five minutes ago, before factors, passwords or roles change', async () => {
    const kim = await enrolled('kim', await newUser('kim', 'admin'));
    await newUser('lee', 'staff');
    const changes: [string, string, string?][] = [
      ['POST', '/auth/factors/totp', '{}'],
      ['POST', '/auth/factors/recovery-codes', '{}'],
      ['POST', '/auth/password', JSON.stringify({ current_password: PASSWORD, new_password: 'chosen by kim' })],
      ['PATCH', '/users/lee', '{"role":"viewer"}'],
      ['POST', '/users/lee/reset-password', '{}'],
      ['DELETE', '/users/lee/factors'],
    ];
    const tryAll = async () => {
      const codes = new Set<string>();
      for (const [method, path, body] of changes)
        codes.add(
          (await kim.client.send(method, path, body, body ? { 'content-type': 'application/json' } : {})).body.code,
        );
      return [...codes];
    };
    await grow('kim');
    expect(await tryAll()).toEqual(['reauthentication_required']);
    expectStatus(await kim.client.get('/users/lee'), 200);
    const again = (password: string, code?: string) => kim.client.post('/auth/reauthenticate', { password, code });
    await midStep();
    expect(codeOf(await again('wrong', kim.code()))).toEqual([403, 'wrong_password']);
    expect(codeOf(await again(PASSWORD))).toEqual([403, 'wrong_factor']);
    expect(codeOf(await again(PASSWORD, kim.code(-1)))).toEqual([403, 'wrong_factor']);
    expect(await tryAll()).toEqual(['reauthentication_required']);
    expectStatus(await again(PASSWORD, kim.code()), 204);
    expectStatus(await kim.client.patch('/users/lee', { role: 'viewer' }), 200);
    expect(await told('Reauthenticated', 'kim')).toHaveLength(1);
  });

  test('a new app takes the place of the old, with new recovery codes, and ends all other sessions', async () => {
    const old = await enrolled('mia', await newUser('mia', 'manager'));
    const other = (await give((await begin('mia')).access_token, old.recovery_codes[0]!)).body.access_token;
    expectStatus(await clientOf(system.urls[1]!, other).get('/items'), 200);
    const renewed = await enrolled('mia', old.client);
    expect((await renewed.client.get('/auth/factors')).body.data).toHaveLength(1);
    for (let status = 200; status !== 401; await sleep(50))
      ({ status } = await clientOf(system.urls[1]!, other).get('/auth/me'));
    const { access_token } = await begin('mia');
    expect(codeOf(await give(access_token, old.code()))).toEqual([403, 'wrong_factor']);
    expect(codeOf(await give(access_token, old.recovery_codes[1]!))).toEqual([403, 'wrong_factor']);
    expectStatus(await give(access_token, renewed.code()), 200);
  });

  test('not of a key, which no second factor changes', async () => {
    const { key } = expectStatus(await admin.post('/api-keys', { name: 'shop', role: 'manager' }), 201).body;
    expectStatus(await clientOf(system.url, key).get('/items'), 200);
    expect((await clientOf(system.url, key).post('/auth/factors/totp')).status).toBe(403);
  });
});
