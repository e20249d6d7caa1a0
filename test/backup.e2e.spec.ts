/** Backups of a data folder: taken while it is sold from, recovered, tried out, damaged, interrupted; and a copy of its log that is kept beside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { openDataFolder, removeDataFolder } from '../libs/process/data-folder.js';
import { freePort } from '../libs/process/free-port.js';
import { clientOf, expectStatus, login, newUser, stockUp } from './support/http.js';
import { startLoad } from './support/sales-load.js';
import { type System, startSystem } from './support/system.js';
import { touchLog } from './support/touch.js';
import { startReceiver, type WebhookReceiver } from './support/webhook-receiver.js';

const WEBHOOKS_HERE = { WEBHOOK_NETWORKS: '127.0.0.0/8' };

let system: System;
let receiver: WebhookReceiver;
let dir: string;
let folder: string;
let key_file: string;
let recipient: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'backup-'));
  folder = join(dir, 'backups');
  const identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  key_file = join(dir, 'key.txt');
  await writeFile(key_file, `# created by age-keygen\n${identity}\n`);
  receiver = await startReceiver();
  system = await startSystem({ env: WEBHOOKS_HERE });
});
afterAll(async () => {
  await system?.stop();
  receiver?.close();
  for (const recovered of ['new', 'new-2', 'of-copy']) await removeDataFolder(join(dir, recovered));
  await rm(dir, { recursive: true, force: true });
});

function begin(args: string[], env: NodeJS.ProcessEnv = {}) {
  const { EVENTSTORE_URL: _, ...rest } = process.env;
  const child = spawn(process.execPath, ['dist/apps/cli/main.js', ...args], {
    env: { ...rest, DATA_DIR: system.dir, DATABASE_URL: system.database_url, JWT_SECRET: system.jwt_secret, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return { child, closed: once(child, 'close'), output: () => output };
}
async function cli(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; output: string }> {
  const { closed, output } = begin(args, env);
  const [code] = await closed;
  return { code, output: output() };
}

test('one is taken while sales go on, and a drill recovers, verifies and sells from it', async () => {
  const client = clientOf(system.url, (await login(system.url, system.admin)).token);
  await stockUp(client, 10_000);
  const webhook = await client.post('/webhooks', { url: receiver.url, types: ['SaleRecorded'] });
  receiver.secret = expectStatus(webhook, 201).body.secret;
  const load = startLoad(client, 4);
  await load.nextSale();
  await mkdir(join(folder, '2026-01-01T000000Z.unfinished'), { recursive: true });
  const taken = await cli(['backup', folder], { BACKUP_RECIPIENT: recipient });
  await load.stop();
  expect(taken).toEqual({
    code: 0,
    output: expect.stringMatching(/ events of \d+ streams, 1 users, .*, encrypted; copied/),
  });
  const [name, ...others] = await readdir(folder);
  expect(others).toEqual([]);
  expect(await readdir(join(folder, name!))).toEqual([
    ...['audit-key.pem.age', 'events.db.age', 'identity.ndjson.age', 'manifest.json'],
  ]);
  expect((await readFile(join(folder, name!, 'identity.ndjson.age'))).includes(system.admin.username)).toBe(false);

  const of_live = {
    TLS_CERT_FILE: 'test/data/tls/node.crt',
    TLS_KEY_FILE: 'test/data/tls/node.key',
    API_PROCESSES: '2',
  };
  const drilled = await cli(['drill', folder, '--identity', key_file, '--in', dir], of_live);
  expect(drilled).toEqual({ code: 0, output: expect.stringContaining('sold         one piece in 1 of 1 ledgers') });
  expect(drilled.output).toMatch(/^verified {5}main, \d+ events, \d+ rows$/m);
  expect(drilled.output).toMatch(/A recovery takes [\d.]+ s/);
  expect((await readdir(dir)).filter((each) => each.startsWith('factory-ledger-drill'))).toEqual([]);

  const metrics = await (await fetch(`${system.url}/metrics`)).text();
  for (const metric of ['backup_timestamp_seconds', 'drill_timestamp_seconds', 'drill_seconds'])
    expect(metrics).toMatch(new RegExp(`^factory_ledger_${metric} [\\d.]+$`, 'm'));
  expect(metrics).toMatch(/^factory_ledger_drill_failed 0$/m);
});

test('without its key, with another one, or damaged, nothing is recovered', async () => {
  const there = { DATA_DIR: join(dir, 'new'), DATABASE_URL: '' };
  expect(await cli(['recover', folder], there)).toEqual({ code: 2, output: expect.stringContaining('--identity') });
  const another = join(dir, 'another.txt');
  await writeFile(another, `${await generateX25519Identity()}\n`);
  expect(await cli(['recover', folder, '--identity', another], { ...there, DATA_DIR: join(dir, 'new-2') })).toEqual({
    code: 2,
    output: expect.stringContaining('cannot be decrypted with this key'),
  });
  // What is left of both is no data folder.
  for (const left of ['new', 'new-2'])
    await expect(openDataFolder(join(dir, left))).rejects.toThrow('remove the folder');
  const [name] = await readdir(folder);
  await appendFile(join(folder, name!, 'events.db.age'), 'x');
  const damaged = await cli(['drill', folder, '--identity', key_file, '--in', dir], { DATABASE_URL: '' });
  expect(damaged).toEqual({ code: 2, output: expect.stringContaining('events.db.age is damaged') });
  expect(await (await fetch(`${system.url}/metrics`)).text()).toMatch(/^factory_ledger_drill_failed 1$/m);
});

test('never overwrites a data folder, and keeps as many as it is told', async () => {
  for (let n = 0; n < 2; n += 1) expect(await cli(['backup', folder, '--keep', '2'])).toMatchObject({ code: 0 });
  const names = await readdir(folder);
  expect(names).toHaveLength(2);
  expect(await readdir(join(folder, names.at(-1)!))).toContain('events.db');
  expect(await cli(['recover', folder])).toEqual({ code: 2, output: expect.stringContaining('is not empty') });
  expect(await cli(['backup', folder, '--keep', '0'])).toEqual({
    code: 2,
    output: expect.stringContaining('--keep must'),
  });
  expect(await cli(['backup', folder], { BACKUP_RECIPIENT: 'age1nobody' })).toEqual({
    code: 2,
    output: expect.stringContaining('BACKUP_RECIPIENT must be'),
  });
});

describe('a copy of the log', () => {
  let copy: string;
  const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };
  const follow = (env: NodeJS.ProcessEnv = {}) =>
    begin(['follow', copy], { EVENTSTORE_URL: system.eventstore_url, ...env });
  const stateOf = async () =>
    JSON.parse(await readFile(join(copy, 'copy.json'), 'utf8').catch(() => '{}')) as {
      copied_at?: string;
      events?: number;
    };
  async function untilCopied(since: string, { output }: ReturnType<typeof begin>): Promise<void> {
    for (const until_ms = Date.now() + 60_000; !(((await stateOf()).copied_at ?? '') > since); await sleep(50))
      if (Date.now() > until_ms) throw new Error(`nothing is copied: ${output()}`);
  }
  beforeAll(() => {
    copy = join(dir, 'copy');
  });

  test('is kept while sales go on, goes on after a kill, and tells how far behind it is', async () => {
    const client = clientOf(system.url, (await login(system.url, system.admin)).token);
    const load = startLoad(client, 4);
    await load.nextSale();
    const first = follow();
    await untilCopied('', first);
    first.child.kill('SIGKILL');
    await first.closed;
    const { events } = await stateOf();
    await load.stop();
    const now = new Date().toISOString();
    expectStatus(await client.post('/sales', sale), 201);
    const listen = `127.0.0.1:${await freePort()}`;
    const second = follow({ FOLLOW_METRICS_LISTEN: listen });
    await untilCopied(now, second);
    const of_follower = await (await fetch(`http://${listen}/metrics`)).text();
    expect(Number(/^factory_ledger_copy_lag_seconds ([\d.]+)$/m.exec(of_follower)?.[1])).toBeLessThan(10);
    expect(Number(/^factory_ledger_copy_events (\d+)$/m.exec(of_follower)?.[1])).toBeGreaterThan(events!);
    const third = await follow();
    expect(await third.closed).toEqual([2, null]);
    expect(third.output()).toMatch(/in use|opened by|locked/);
    second.child.kill('SIGTERM');
    expect(await second.closed).toEqual([0, null]);
    const metrics = await (await fetch(`${system.url}/metrics`)).text();
    expect(metrics).toMatch(/^factory_ledger_copy_lag_seconds [\d.]+$/m);
    expect(metrics).toMatch(/^factory_ledger_copy_refused 0$/m);
  });

  test('gives a recovery what was sold after the backup, and a user made later is missing by name', async () => {
    const client = clientOf(system.url, (await login(system.url, system.admin)).token);
    await newUser(system.url, client, { username: 'late', role: 'staff' });
    const last = expectStatus(await client.post('/sales', sale), 201);
    const position = Number(last.headers.get('ledger-position'));
    await until(async () => (await client.get('/audit/security-events?limit=20')).body.data.some(isAbout('late')));
    const follower = follow();
    await untilCopied(new Date().toISOString(), follower);
    const drilled = await cli(['drill', folder, '--log', copy, '--in', dir], WEBHOOKS_HERE);
    follower.child.kill('SIGTERM');
    await follower.closed;
    expect(drilled).toEqual({ code: 0, output: expect.stringContaining('users were changed after the backup') });
    expect(drilled.output).toContain(`verified     main, ${position + 1} events`);
    expect(drilled.output).toMatch(/RPO \d+ s\)/);
    await until(async () => {
      const { data } = (await client.get('/audit/security-events?type=BackupDrilled')).body;
      return data.some((event: { data: object }) => JSON.stringify(event.data).includes('"outcome":"passed"'));
    });
    const { sent_position } = (await client.get('/webhooks')).body.data[0];
    expect(receiver.received.length).toBeGreaterThan(50);
    expect(sent_position).toBe(position);
    // A drill sends nothing.
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(receiver.received.length);
    const [noted] = (await client.get('/audit/security-events?type=BackupDrilled&limit=1')).body.data;
    expect(noted).toMatchObject({ actor: 'system', data: { outcome: 'passed', lost_seconds: expect.any(Number) } });
    expect(noted.data.seconds).toBeGreaterThan(0);

    const there = { DATA_DIR: join(dir, 'of-copy'), DATABASE_URL: '' };
    expect(await cli(['recover', copy], there)).toEqual({
      code: 0,
      output: expect.stringContaining('from the log in'),
    });
    expect(await cli(['recover', copy, '--log', folder], { ...there, DATA_DIR: join(dir, 'none') })).toMatchObject({
      code: 2,
    });
  });

  test('stops loudly at an event that the ledger did not write, and never takes it', async () => {
    const touch = touchLog(system.eventstore_url);
    const follower = follow();
    await untilCopied(new Date().toISOString(), follower);
    const { events } = await stateOf();
    await touch.append('ledger-main', 'SaleRecorded', { number: 'SO-1' }, { actor: 'mallory' });
    await touch.close();
    expect(await follower.closed).toEqual([1, null]);
    expect(follower.output()).toMatch(/STOPPED: Position \d+ of ledger main/);
    expect((await stateOf()).events).toBe(events);
    const again = follow();
    expect(await again.closed).toEqual([1, null]);
    expect(await (await fetch(`${system.url}/metrics`)).text()).toMatch(/^factory_ledger_copy_refused 1$/m);
    expect((await readdir(copy)).includes('events.db')).toBe(true);
  });
});

const isAbout = (username: string) => (event: { username: string | null }) => event.username === username;
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const until_ms = Date.now() + 20_000; !(await isSo()); await sleep(100))
    if (Date.now() > until_ms) throw new Error('it never was');
}
