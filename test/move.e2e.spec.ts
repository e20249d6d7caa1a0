/** A second embedded store stands for an EventStoreDB of one's own; it speaks the same protocol. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startChild } from '../libs/process/child.js';
import { eventStoreProgram } from '../libs/process/programs.js';
import { type Client, clientOf, expectStatus, login, stockUp } from './support/http.js';
import { startPostgres } from './support/postgres.js';
import { bareEnvironment } from './support/run-folder.js';

const programs = { start: resolve('dist/apps/start/main.js'), cli: resolve('dist/apps/cli/main.js') };
const admin = { username: 'ada', password: 'correct horse battery staple 9' };

let folder: string;
let data_dir: string;
/** By the first case, for the others to move. */
let running: Running;
const ends: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'factory-ledger-move-'));
  await chmod(folder, 0o755);
  data_dir = join(folder, 'data');
});
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
  await rm(folder, { recursive: true, force: true });
});

/** Ada signs in more often here than in a minute of hers. */
const environment = (env: NodeJS.ProcessEnv) => ({
  ...bareEnvironment(),
  ...{ DATA_DIR: data_dir, PORT: '0', LIMIT_SIGN_IN_NAME: 'none' },
  ...env,
});

async function cli(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; said: string }> {
  return new Promise((answer) => {
    execFile(process.execPath, [programs.cli, ...args], { env: environment(env) }, (error, stdout, stderr) =>
      answer({ code: Number(error?.code ?? 0), said: stderr + stdout }),
    );
  });
}

interface Running {
  url: string;
  stop(): Promise<void>;
}
async function start(env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const child = spawn(process.execPath, [programs.start], {
    env: environment({ ADMIN_USERNAME: admin.username, ADMIN_PASSWORD: admin.password, ...env }),
  });
  const ended = once(child, 'exit');
  let said = '';
  const up = new Promise<string>((isUp, isDown) => {
    for (const output of [child.stdout, child.stderr])
      output.on('data', (chunk) => {
        said += chunk;
        const [, url] = /address +(\S+)/.exec(said) ?? [];
        if (url !== undefined && said.includes('Ctrl-C')) isUp(url);
      });
    void ended.then(() => isDown(new Error(said)));
  });
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
  };
  ends.push(stop);
  return { url: await up, stop };
}

/** With moments and positions, so that one event more or less shows. */
async function answersOf(client: Client): Promise<unknown[]> {
  const paths = [
    '/sales',
    '/purchases',
    '/stock',
    '/trial-balance',
    '/reports/profit-loss?group_by=customer',
    '/audit/events',
    '/audit/chain/head',
    '/users',
  ];
  const answers: unknown[] = [];
  for (const path of paths) answers.push({ path, body: expectStatus(await client.get(path), 200).body });
  return answers;
}

describe('a lost password', () => {
  it('is replaced by who holds the folder, whether the system runs or not, and ends the sessions', async () => {
    running = await start();
    const client = await login(running.url, admin);
    const reset = async () => {
      const { code, said } = await cli(['users', 'reset-password', 'ada']);
      expect({ code, said }).toEqual({
        code: 0,
        said: expect.stringMatching(/^ada signs in with {2}\S{20} {2}within 24 hours, and must then change it\.\n$/),
      });
      return { username: 'ada', password: said.split('  ')[1]! };
    };
    const while_running = await login(running.url, await reset());
    await expect(login(running.url, admin)).rejects.toThrow('401');
    for (let status = 200; status !== 401; ) ({ status } = await client.get('/auth/me'));
    await running.stop();
    const stopped = await reset();
    running = await start();
    const waiting = await login(running.url, stopped);
    expect((await waiting.get('/users')).body.code).toBe('password_change_required');
    const change = { current_password: stopped.password, new_password: 'ada chose this one' };
    expectStatus(await waiting.post('/auth/password', change), 204);
    admin.password = change.new_password;
    const back = await login(running.url, admin);
    expectStatus(await back.get('/auth/me'), 200);
    expect((await clientOf(running.url, while_running.token).get('/auth/me')).status).toBe(401);
    for (let types: string[] = []; types.filter((type) => type === 'PasswordReset').length < 2; ) {
      const { body } = expectStatus(await back.get('/audit/security-events'), 200);
      types = body.data.map(({ type }: { type: string }) => type);
    }
    expect(await cli(['users', 'reset-password', 'nemo'])).toEqual({
      code: 2,
      said: 'There is no user nemo. There are: ada.\n',
    });
  }, 120_000);
});

describe('the move to services of one’s own', () => {
  let before: unknown[];
  let token: string;
  let sale: { status: number; body: unknown };
  const ours = { Ledger: 'main', 'idempotency-key': 'first-sale' };
  const order = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 3, unit_price: 4 }] };
  let services: { EVENTSTORE_URL: string; DATABASE_URL: string };

  beforeAll(async () => {
    const client = await login(running.url, admin);
    token = client.token;
    await stockUp(client, 10);
    sale = await client.post('/sales', order, ours);
    expectStatus(
      await client.post('/users', {
        username: 'mia',
        password: 'a quiet place 77',
        password_is_chosen: true,
        role: 'manager',
      }),
      201,
    );
    const { position } = sale.body as { position: number };
    await client.get('/stock', { 'ledger-position': `${position}` });
    before = await answersOf(client);
    await running.stop();

    const place = { dist: new URL('../dist/', import.meta.url), log_dir: folder };
    const store = startChild(eventStoreProgram(place, 0, join(folder, 'services')));
    ends.push(() => store.stop());
    const postgres = await startPostgres();
    ends.push(() => postgres.stop());
    services = { EVENTSTORE_URL: (await store.ready).url!, DATABASE_URL: postgres.url };
  }, 120_000);

  it('is refused where it is not told where to', async () => {
    const { code, said } = await cli(['migrate'], { DATABASE_URL: services.DATABASE_URL });
    expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining('EVENTSTORE_URL and DATABASE_URL') });
  });

  it('is refused where the other event store does not answer', async () => {
    const { code, said } = await cli(['migrate'], { ...services, EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' });
    expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining('Nothing listens at 127.0.0.1:1') });
  });

  it('copies everything, compares it, and may be asked for again after an interruption', async () => {
    const { code, said } = await cli(['migrate'], services);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/compared byte by byte[\s\S]*2 users/) });
    const secrets = join(data_dir, 'services.env');
    expect((await stat(secrets)).mode & 0o077).toBe(0);
    expect(await readFile(secrets, 'utf8')).toMatch(/^JWT_SECRET=\S{32,}\nAUDIT_KEY=\S{44}\n$/);
    // Interrupted before the mark: the same command finds everything there.
    await rm(join(data_dir, 'moved.json'));
    const again = await cli(['migrate'], services);
    expect({ code: again.code, said: again.said }).toMatchObject({ code: 0, said: expect.stringContaining('before)') });
  });

  it('leaves a folder from which nothing is served or read by accident', async () => {
    await expect(start()).rejects.toThrow(/The books of .* moved to/);
    for (const args of [['export', join(folder, 'old.ndjson')], ['backup', join(folder, 'old.db')], ['migrate']]) {
      const { code, said } = await cli(args, args[0] === 'migrate' ? services : {});
      expect({ args, code, said }).toEqual({ args, code: 2, said: expect.stringContaining('moved to') });
    }
    const backup = await cli(['backup', join(folder, 'old.db')], services);
    expect(backup).toEqual({ code: 2, said: expect.stringContaining('but EVENTSTORE_URL names') });
  });

  it('gives the same answers, to the same users, sessions and keys', async () => {
    const secrets = Object.fromEntries(
      (await readFile(join(data_dir, 'services.env'), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const running = await start({ ...services, ...secrets });
    const { position } = sale.body as { position: number };
    const client = clientOf(running.url, token);
    expectStatus(await client.get('/stock', { 'ledger-position': `${position}` }), 200);
    expect(await answersOf(client)).toEqual(before);
    const replayed = await client.post('/sales', order, ours);
    expect(replayed.headers.get('idempotency-replayed')).toBe('true');
    expect(replayed.body).toEqual(sale.body);
    await login(running.url, { username: 'mia', password: 'a quiet place 77' });
    const verified = await cli(['verify'], services);
    expect(verified).toMatchObject({ code: 0 });
    const exported = await cli(['export', join(folder, 'new.ndjson')], services);
    expect(exported).toEqual({ code: 0, said: expect.stringMatching(/^Log: esdb:\/\/127\.0\.0\.1:\d+\n/) });
    await running.stop();
  });

  it('is refused where the other services hold something else', async () => {
    await rm(join(data_dir, 'moved.json'));
    const { code, said } = await cli(['migrate'], services);
    expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining('has read models already') });
    const empty = await startPostgres();
    const elsewhere = await cli(['migrate'], { ...services, DATABASE_URL: empty.url });
    await empty.stop();
    expect(elsewhere).toEqual({ code: 2, said: expect.stringContaining('The other log holds something else') });
  });
});
