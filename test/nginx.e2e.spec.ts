/** deploy/nginx.conf before two instances; skipped where there is no nginx. Reliability asks for RESTARTS=10. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SecureVersion } from 'node:tls';
import { freePort } from '../libs/process/free-port.js';
import { type Client, clientOf, expectStatus, login, stockUp } from './support/http.js';
import { type System, startSystem } from './support/system.js';

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'].find(
  (path) => spawnSync(path, ['-v']).status === 0,
);
const withNginx = nginx === undefined ? describe.skip : describe;
const restarts = Number(process.env.RESTARTS ?? 1);
/** nginx avoids an absent instance for so long. */
const AWAY_MS = 2500;
const PAUSE_MS = 20;
if (nginx === undefined)
  console.warn('nginx is not installed: the load balancer is not tested here (Debian: apt-get install nginx-light)');

async function startNginx(system: System): Promise<{ url: string; tls_port: number; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  const port = await freePort();
  const tls_port = await freePort();
  for (const kind of ['crt', 'key']) await copyFile(`test/data/tls/node.${kind}`, join(folder, `server.${kind}`));
  const [one, two] = system.urls.map((url) => new URL(url).port);
  const shipped = await readFile('deploy/nginx.conf', 'utf8');
  const config = shipped
    .replace('127.0.0.1:8080', `127.0.0.1:${port}`)
    .replace('127.0.0.1:8443', `127.0.0.1:${tls_port}`)
    .replace('127.0.0.1:3000', `127.0.0.1:${one}`)
    .replace('127.0.0.1:3001', `127.0.0.1:${two}`);
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off;\n${process.getuid?.() === 0 ? 'user root;\n' : ''}${config}`,
  );
  // A line for each redirected request: too much for a run's output.
  const log = openSync(join(folder, 'nginx.log'), 'a');
  const child = spawn(nginx!, ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', log] });
  closeSync(log);
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries += 1) {
    if (
      await fetch(`${url}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    if (child.exitCode !== null) throw new Error(`nginx ended: ${await readFile(join(folder, 'nginx.log'), 'utf8')}`);
    await sleep(50);
  }
  return {
    url,
    tls_port,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGQUIT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

withNginx('two instances behind one address', () => {
  let system: System;
  let balancer: Awaited<ReturnType<typeof startNginx>>;
  let client: Client;
  const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };
  const purchase = (quantity: number) => ({
    supplier_id: 'SUP',
    line_items: [{ item_id: 'bottle', quantity, unit_price: 3.5 }],
  });
  beforeAll(async () => {
    system = await startSystem({ apis: 2, homes: true });
    balancer = await startNginx(system);
    client = await login(balancer.url, system.admin);
    await stockUp(client, 300);
  }, 120_000);
  afterAll(async () => {
    await balancer?.stop();
    await system?.stop();
  });

  it('sell each piece once, and go on when one of them is killed', async () => {
    const direct: Client[] = system.urls.map((url) => clientOf(url, client.token));
    const buy = (through: Client, key: string) => through.post('/sales', sale, { 'idempotency-key': key });

    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, n) => buy([client, ...direct][n % 3]!, `first-${n}`)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.bill_number)).size).toBe(300);
    expectStatus(await buy(client, 'one-too-many'), 409);

    expectStatus(await client.post('/purchases', purchase(100)), 201);
    await system.kill('api');
    const sold = new Set<string>();
    for (let n = 0; n < 100; n += 1) {
      for (let tries = 0; tries < 100 && !sold.has(`second-${n}`); tries += 1) {
        const { status } = await buy(client, `second-${n}`).catch(() => ({ status: 0 }));
        if (status === 201) sold.add(`second-${n}`);
        else await sleep(50);
      }
    }
    expect(sold.size).toBe(100);
    expectStatus(await buy(client, 'still-too-many'), 409);
    await system.restart('api');
  }, 180_000);

  it('are restarted under load, told to stop as an operator does, and not one request fails', async () => {
    let over = false;
    const failed: string[] = [];
    let answered = 0;
    expectStatus(await client.post('/purchases', purchase(1_000_000)), 201);
    await sleep(AWAY_MS);
    const seller = async (name: string) => {
      for (let n = 0; !over; n += 1) {
        const asks = n % 5 === 4;
        const answer = await (asks
          ? client.get('/stock')
          : client.post('/sales', sale, { 'idempotency-key': `${name}-${n}` })
        ).catch((error: Error) => ({ status: 0, body: { code: `${error.cause ?? error}` } }));
        answered += 1;
        if (answer.status !== (asks ? 200 : 201)) failed.push(`${asks} ${answer.status} ${answer.body?.code}`);
        await sleep(PAUSE_MS);
      }
    };
    const sellers = Array.from({ length: 16 }, (_, n) => seller(`seller-${n}`));
    const during: number[] = [];
    for (let n = 0; n < restarts; n += 1) {
      const name = n % 2 === 0 ? 'api' : 'api_2';
      const before = answered;
      await system.terminate(name);
      await system.restart(name);
      during.push(answered - before);
      await sleep(AWAY_MS);
    }
    over = true;
    await Promise.all(sellers);
    expect(failed).toEqual([]);
    expect(Math.min(...during)).toBeGreaterThanOrEqual(sellers.length);
  }, 400_000);

  it('are reached by TLS, and browsers are told to stay with it', async () => {
    const ask = async (version: SecureVersion) => {
      const ca = await readFile('test/data/tls/ca.crt');
      const where = { host: '127.0.0.1', port: balancer.tls_port, path: '/health/live', ca, agent: false as const };
      const asked = request({
        ...where,
        minVersion: version,
        maxVersion: version,
        ciphers: 'DEFAULT:@SECLEVEL=0',
      }).end();
      const [{ statusCode, headers }] = await once(asked, 'response');
      return [statusCode, headers['strict-transport-security']];
    };
    const post = async (path: string, body: string) => {
      const ca = await readFile('test/data/tls/ca.crt');
      const headers = { authorization: `Bearer ${client.token}`, 'content-type': 'application/json' };
      const where = { host: '127.0.0.1', port: balancer.tls_port, path, ca, agent: false as const };
      const asked = request({ ...where, method: 'POST', headers }).end(body);
      const [answer] = await once(asked, 'response');
      const text = Buffer.concat(await answer.toArray()).toString();
      const { statusCode: status, headers: answered } = answer;
      return { status, body: JSON.parse(text), hsts: answered['strict-transport-security'] };
    };
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
      expect(await ask(version)).toEqual([200, 'max-age=31536000']);
    for (const version of ['TLSv1', 'TLSv1.1'] as const) await expect(ask(version)).rejects.toThrow(/alert|version/i);
    const sold = await post('/api/v1/sales', JSON.stringify(sale));
    expect([sold.status, sold.body.code]).toEqual([201, undefined]);
    const too_large = await post('/api/v1/items', JSON.stringify({ name: 'x'.repeat(1_200_000) }));
    expect([too_large.status, too_large.body.code, too_large.hsts]).toEqual([
      413,
      'payload_too_large',
      'max-age=31536000',
    ]);
    const plain = await fetch(`${balancer.url}/health/live`);
    expect(plain.headers.has('strict-transport-security')).toBe(false);
    expect((await fetch(`${balancer.url}/metrics`)).status).toBe(401);
  });

  it('refuse a body too large in the words of the API', async () => {
    const too_large = await client.post('/items', { name: 'x'.repeat(1_200_000) });
    expect([too_large.status, too_large.body.code]).toEqual([413, 'payload_too_large']);
    expect(too_large.headers.get('content-type')).toBe('application/problem+json');
  });
});
