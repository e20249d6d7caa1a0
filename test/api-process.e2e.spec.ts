import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../libs/process/free-port.js';
import { type Client, login, stockUp } from './support/http.js';
import { readLedger } from './support/log.js';
import { bareEnvironment } from './support/run-folder.js';
import { type System, startSystem } from './support/system.js';

const program = fileURLToPath(new URL('../dist/apps/api/main.js', import.meta.url));
const SECRET = '8c1f0b7e5d3a49c6a2f1e0d9b8c7a695';

let system: System;
let admin: Client;

beforeAll(async () => {
  system = await startSystem();
  admin = await login(system.url, system.admin);
  await stockUp(admin, 1_000_000);
});
afterAll(() => system?.stop());

async function startAlone(env: Record<string, string>, stop_at?: string) {
  const links = { EVENTSTORE_URL: system.eventstore_url, DATABASE_URL: system.database_url, DATA_DIR: system.dir };
  const child = spawn(process.execPath, [program], {
    env: { ...bareEnvironment(), ...links, JWT_SECRET: SECRET, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    if (stop_at !== undefined && stdout.includes(stop_at)) child.kill('SIGTERM');
  });
  const code = await new Promise<number | null>((ended) => child.on('close', ended));
  return { code, stderr, stdout };
}

test.each<[string, Record<string, string>, string]>([
  ['no secret', { JWT_SECRET: '' }, 'JWT_SECRET is missing'],
  ['a short secret', { JWT_SECRET: 'hunter2-hunter2' }, 'JWT_SECRET is too short'],
  ['a secret from a tutorial', { JWT_SECRET: 'your-256-bit-secret-your-256-bit-secret' }, 'JWT_SECRET is a well-known'],
  ['a port that is none', { PORT: 'http' }, 'PORT must be'],
  ['no database', { DATABASE_URL: '' }, 'DATABASE_URL is missing'],
])('%s: one sentence, and no start', async (_what, env, sentence) => {
  const { code, stderr } = await startAlone(env);
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`^${sentence}.*\\.\n$`));
  expect(stderr).not.toContain(env.JWT_SECRET || 'eyJ');
});

test('ready means that a sign-in works, from the first moment on', async () => {
  const admin = { username: 'first', password: 'a password for the first one' };
  const port = await freePort();
  const starting = startSystem({
    env: { PORT: `${port}`, ADMIN_USERNAME: admin.username, ADMIN_PASSWORD: admin.password },
  });
  const url = `http://127.0.0.1:${port}`;
  let over = false;
  void starting.then(() => (over = true)).catch(() => (over = true));
  const isReady = () =>
    fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  try {
    while (!over && !(await isReady())) await new Promise((later) => setTimeout(later, 1));
    expect((await login(url, admin)).token).not.toBe('');
  } finally {
    await (await starting).stop();
  }
});

test('a port in use: one sentence, and no start', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => other.on('listening', listening));
  const { port } = other.address() as { port: number };
  const { code, stderr } = await startAlone({ PORT: `${port}` });
  other.close();
  expect([code, stderr]).toEqual([1, `Port ${port} on 127.0.0.1 is in use: set PORT to another one.\n`]);
});

test('told to stop while it still starts it stops in order', async () => {
  const away = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' };
  const { code, stdout, stderr } = await startAlone(away, 'Waiting: Nothing listens');
  expect({ code, stderr, stopped: stdout.includes('The API has stopped') }).toEqual({
    code: 0,
    stderr: '',
    stopped: true,
  });
});

test('told to stop under load it answers what has begun, and the rest never happened', async () => {
  const answered: string[] = [];
  const cut_off: string[] = [];
  const seller = async (name: string) => {
    for (let n = 0; ; n += 1) {
      const key = `${name}-${n}`;
      const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };
      try {
        const { status } = await admin.post('/sales', sale, { 'idempotency-key': key });
        expect(status).toBe(201);
        answered.push(key);
      } catch {
        cut_off.push(key);
        return;
      }
    }
  };
  const sellers = Array.from({ length: 20 }, (_, n) => seller(`seller-${n}`));
  while (answered.length < 200) await new Promise((later) => setTimeout(later, 5));
  await system.terminate('api');
  await Promise.all(sellers);
  expect(system.log('api')).toContain('The API has stopped');
  expect(cut_off).toHaveLength(20);

  const { events } = await readLedger(system.eventstore_url);
  const sold = events.filter(({ type }) => type === 'SaleRecorded').map(({ metadata }) => metadata.idempotency_key);
  expect(sold.toSorted()).toEqual(answered.map((key) => `admin:${key}`).toSorted());
});

test('started again it finds its users, its tokens and its books, and makes no second admin', async () => {
  await system.restart('api');
  expect((await admin.get('/auth/me')).body).toEqual({ username: 'admin', role: 'admin', ledger_roles: [] });
  await login(system.url, system.admin);
  expect(system.log('api')).toMatch(/snapshot at [1-9]/);
});
