import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { heldTo, readContract } from './support/contract.js';
import { type Client, expectStatus, login } from './support/http.js';
import { type System, startSystem } from './support/system.js';
import { type Touch, touchLog } from './support/touch.js';

let system: System;
let touch: Touch;
let admin: Client;
let dir: string;
const other = { ledger: 'plant-2' };

beforeAll(async () => {
  system = await startSystem({ eventstore_flags: ['--allow-delete'] });
  dir = await mkdtemp(join(tmpdir(), 'touched-'));
  touch = touchLog(system.eventstore_url);
  await signIn();
  expectStatus(await admin.post('/ledgers', { ledger_id: other.ledger, currency: 'EUR' }), 201);
  for (const headers of [{}, other]) await register('first', headers);
}, 120_000);
afterAll(async () => {
  await touch?.close();
  await system?.stop();
  if (dir !== undefined) await rm(dir, { recursive: true });
});

async function signIn(): Promise<void> {
  admin = heldTo(await readContract(system.url), await login(system.url, system.admin));
}
const register = async (location_id: string, headers = {}) =>
  expectStatus(await admin.post('/locations', { location_id, name: location_id }, headers), 201);

const cli = (...args: string[]) =>
  cliWith(
    { EVENTSTORE_URL: system.eventstore_url, DATABASE_URL: system.database_url, DATA_DIR: join(dir, 'none') },
    args,
  );
const cliOver = (data_dir: string, ...args: string[]) =>
  cliWith({ EVENTSTORE_URL: '', DATABASE_URL: '', DATA_DIR: data_dir }, args);
function cliWith(links: NodeJS.ProcessEnv, args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    const program = [resolve('dist/apps/cli/main.js'), ...args];
    const options = { env: { ...process.env, ...links } };
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', ...program],
      options,
      (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}
async function within<T>(seconds: number, ask: () => Promise<T>, wished: (answer: T) => boolean): Promise<T> {
  const until_ms = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (wished(answer) || performance.now() > until_ms) return answer;
    await sleep(100);
  }
}
const ready = async (): Promise<{ status: number; body: { status?: string } }> => {
  const response = await fetch(`${system.url}/health/ready`);
  return { status: response.status, body: (await response.json()) as { status?: string } };
};
async function tampered(ledger: string): Promise<string | undefined> {
  const text = await (await fetch(`${system.url}/metrics`)).text();
  return text.match(new RegExp(`^factory_ledger_tampered\\{ledger="${ledger}"\\} (\\d)`, 'm'))?.[1];
}
async function restart(): Promise<void> {
  for (const program of ['api', 'projector'] as const) {
    await system.terminate(program);
    await system.restart(program);
  }
  await signIn();
}

async function expectHalted(reason: RegExp): Promise<void> {
  const halted = { code: 'ledger_halted', retry: false, ledger_id: 'main', reason: expect.stringMatching(reason) };
  const refused = await within(
    10,
    () => admin.post('/locations', { location_id: `p-${Math.random()}`.slice(0, 20), name: 'x' }),
    ({ status }) => status === 409,
  );
  expect([refused.status, refused.body]).toEqual([409, expect.objectContaining(halted)]);
  expect(refused.headers.get('retry-after')).toBeNull();
  const dry = await admin.post('/locations?dry_run=true', { location_id: 'dry', name: 'x' });
  expect(dry.body).toMatchObject(halted);
  const atomic = await admin.send(
    'POST',
    '/batches?atomic=true',
    `{"type":"locations","body":{"location_id":"a","name":"x"}}\n`,
    {
      'content-type': 'application/x-ndjson',
    },
  );
  expect([atomic.status, atomic.body]).toMatchObject([409, halted]);
  const batch = await admin.send('POST', '/batches', `{"type":"locations","body":{"location_id":"a","name":"x"}}\n`, {
    'content-type': 'application/x-ndjson',
  });
  expect(JSON.parse(String(batch.body))).toMatchObject({ line: 1, status: 409, problem: halted });
  const { status, body } = await within(20, ready, (answer) => answer.body.status === 'degraded');
  expect([status, body]).toMatchObject([
    200,
    {
      status: 'degraded',
      halted: [expect.objectContaining({ ledger_id: 'main', reason: expect.stringMatching(reason) })],
    },
  ]);
  expect(await tampered('main')).toBe('1');
  await register(`p-${performance.now()}`.replace('.', '-').slice(0, 20), other);
  expect(await tampered('plant-2')).not.toBe('1');
  expect(expectStatus(await admin.get('/locations'), 200).body.data.length).toBeGreaterThan(1);
}

describe('a ledger whose stream is deleted', () => {
  const reason = /hides (its )?events.*"cli unhide" brings them back until a scavenge removes them/;

  test('is halted while it runs, and told everywhere with how it is undone', async () => {
    await touch.softDelete('ledger-main');
    await expectHalted(reason);
    for (const path of ['state', 'chain/head', 'checkpoints', 'export'])
      expect([path, (await admin.get(`/audit/${path}`)).body]).toEqual([
        path,
        expect.objectContaining({ code: 'ledger_halted', reason: expect.stringMatching(reason) }),
      ]);
    expect((await admin.get('/stock?min_position=100000')).body.code).toBe('projection_halted');
  }, 60_000);

  test('is told by the command line, which writes no half export', async () => {
    const file = join(dir, 'half.ndjson');
    expect(await cli('export', file)).toEqual({
      code: 1,
      output: expect.stringMatching(/^Ledger main cannot be exported whole: .*"cli unhide"/m),
    });
    const { code, output } = await cli('verify');
    expect([code, output]).toEqual([1, expect.stringMatching(/position 0: hidden: .*"cli unhide"/)]);
    expect(output).toMatch(/ledger {7}plant-2\n.*All is well\.\n.*ledger {7}@security\n.*All is well\./s);
    expect(await cli('rebuild')).toMatchObject({ code: 1, output: expect.stringMatching(/Ledger main is halted/) });
  }, 120_000);

  test('stays so over restarts, keeps no other ledger away, and is not begun anew', async () => {
    await restart();
    await expectHalted(reason);
    expect(await ready()).toMatchObject({ status: 200 });
  }, 120_000);

  test('goes on when it is unhidden, with nothing lost: docs/recovery.md', async () => {
    expect(await cli('unhide')).toMatchObject({
      code: 0,
      output: expect.stringContaining('ledger-main: all events can be read again.'),
    });
    const { status } = await within(
      30,
      () => admin.post('/locations', { location_id: 'after', name: 'x' }),
      (answer) => answer.status !== 409 || answer.body.code !== 'ledger_halted',
    );
    expect(status).toBe(201);
    expect(await within(30, ready, ({ body }) => body.status === 'ok')).toEqual({
      status: 200,
      body: { status: 'ok', instances: { known: 1, alive: 1 }, breakers: { postgres: 'closed' } },
    });
    expect(
      await within(
        60,
        () => tampered('main'),
        (value) => value === '0',
      ),
    ).toBe('0');
    expect(await cli('verify')).toMatchObject({ code: 0 });
    expect(await cli('export', join(dir, 'whole.ndjson'))).toMatchObject({ code: 0 });
  }, 180_000);
});

describe('the stream of security events', () => {
  test('tells of every user: one that was changed by SQL is found', async () => {
    const db = new pg.Client({ connectionString: system.database_url });
    await db.connect();
    expectStatus(
      await admin.post('/users', { username: 'sam', password: 'correct horse battery', role: 'viewer' }),
      201,
    );
    await db.query(`UPDATE identity.user_roles SET role = 'admin' WHERE username = 'sam'`);
    expect(await cli('verify')).toMatchObject({
      code: 1,
      output: expect.stringContaining('users sam: has {"roles":"*: admin"} instead of {"roles":"*: viewer"}'),
    });
    await db.query(`UPDATE identity.user_roles SET role = 'viewer' WHERE username = 'sam'`);
    await db.end();
    expect(await cli('verify', '--ledger', '@security')).toMatchObject({ code: 0 });
  }, 60_000);

  test('is found touched within a minute, and verified', async () => {
    await touch.append(
      'security',
      'UserRoleChanged',
      { username: 'sam', from: 'viewer', to: 'admin' },
      {
        actor: 'admin',
        recorded_at: new Date().toISOString(),
      },
    );
    expect(
      await within(
        60,
        () => tampered('@security'),
        (value) => value === '1',
      ),
    ).toBe('1');
    const { code, output } = await cli('verify', '--ledger', '@security');
    expect([code, output]).toEqual([1, expect.stringMatching(/position \d+: altered: .*\nusers sam: /s)]);
  }, 120_000);
});

describe('an event of somebody else in a ledger', () => {
  test('halts it, is named, and what stands before it is exported', async () => {
    const { position } = (await admin.get('/audit/chain/head')).body;
    await touch.repeatLast('ledger-main');
    await expectHalted(/not linked/);
    expect((await admin.get('/audit/state')).body).toMatchObject({ code: 'log_tampered' });
    expect((await admin.get(`/audit/state?at=${position}`)).status).toBe(200);
    expect((await admin.get('/audit/export')).body.code).toBe('ledger_halted');
    const { code, output } = await cli('verify');
    expect([code, output]).toEqual([1, expect.stringContaining(`position ${position + 1}: altered: `)]);
    const file = join(dir, 'before.ndjson');
    expect(await cli('export', file)).toMatchObject({
      code: 1,
      output: expect.stringContaining(`position ${position + 1}`),
    });
    expect(await cli('export', file, '--until', `${position}`)).toMatchObject({ code: 0 });
    expect(await cli('verify', '--offline', file)).toMatchObject({ code: 0 });
    // docs/recovery.md: with the security events of before the damage.
    const trail = join(dir, 'security.ndjson');
    const { code: whole, output: reason } = await cli('export', trail, '--ledger', '@security');
    const [, first_bad] = /position (\d+): /.exec(reason) ?? [];
    expect([whole, Number(first_bad) > 0]).toEqual([1, true]);
    expect(await cli('export', trail, '--ledger', '@security', '--until', `${Number(first_bad) - 1}`)).toMatchObject({
      code: 0,
    });
    const new_dir = join(dir, 'new');
    for (const each of [file, trail]) expect(await cliOver(new_dir, 'restore', each)).toMatchObject({ code: 0 });
    const again = join(dir, 'again.ndjson');
    expect(await cliOver(new_dir, 'export', again)).toMatchObject({ code: 0 });
    expect(await readFile(again, 'utf8')).toBe(await readFile(file, 'utf8'));
    expect((await cli('rebuild')).code).not.toBe(0);
    await restart();
    await expectHalted(/not linked/);
  }, 240_000);
});

test('a ledger with a tombstone is told, too, and when no ledger is left the system is not ready', async () => {
  await touch.tombstone('ledger-plant-2');
  const { body } = await within(
    10,
    () => admin.post('/locations', { location_id: 'late', name: 'x' }, other),
    ({ status }) => status === 409,
  );
  expect(body).toMatchObject({ code: 'ledger_halted', reason: expect.stringContaining('was deleted for ever') });
  expect((await admin.get('/audit/state', other)).body.code).toBe('ledger_halted');
  expect(await ready()).toMatchObject({
    status: 503,
    body: { code: 'unavailable', missing: ['ledgers'], halted: [{ ledger_id: 'main' }, { ledger_id: 'plant-2' }] },
  });
  const { code, output } = await cli('proof', 'SO-260101-0001', '--ledger', 'plant-2');
  expect([code, output]).toEqual([1, expect.stringContaining('was deleted for ever')]);
}, 60_000);
