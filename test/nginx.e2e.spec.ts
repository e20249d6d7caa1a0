/** deploy/nginx.conf before two instances, with the nginx of this machine; skipped, saying so, where there is none. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, clientOf, expectStatus, login, stockUp } from './support/http.js';
import { type System, startSystem } from './support/system.js';

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'].find(
  (path) => spawnSync(path, ['-v']).status === 0,
);
const withNginx = nginx === undefined ? it.skip : it;
if (nginx === undefined)
  console.warn('nginx is not installed: the load balancer is not tested here (Debian: apt-get install nginx-light)');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function startNginx(system: System): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  const port = await freePort();
  const [one, two] = system.urls.map((url) => new URL(url).port);
  const shipped = await readFile('deploy/nginx.conf', 'utf8');
  const config = shipped
    .replace('127.0.0.1:8080', `127.0.0.1:${port}`)
    .replace('127.0.0.1:3000', `127.0.0.1:${one}`)
    .replace('127.0.0.1:3001', `127.0.0.1:${two}`);
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off;\n${process.getuid?.() === 0 ? 'user root;\n' : ''}${config}`,
  );
  const child = spawn(nginx!, ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries += 1) {
    if (
      await fetch(`${url}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    await sleep(50);
  }
  return {
    url,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGQUIT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

withNginx(
  'two instances behind one address sell each piece once, and go on when one of them is killed',
  async () => {
    const system = await startSystem({ apis: 2 });
    const balancer = await startNginx(system);
    try {
      const client = await login(balancer.url, system.admin);
      await stockUp(client, 300);
      const direct: Client[] = system.urls.map((url) => clientOf(url, client.token));
      const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };
      const buy = (through: Client, key: string) => through.post('/sales', sale, { 'idempotency-key': key });

      const answers = await Promise.all(
        Array.from({ length: 300 }, (_, n) => buy([client, ...direct][n % 3]!, `first-${n}`)),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      expect(new Set(answers.map(({ body }) => body.bill_number)).size).toBe(300);
      expectStatus(await buy(client, 'one-too-many'), 409);

      expectStatus(
        await client.post('/purchases', {
          supplier_id: 'SUP',
          line_items: [{ item_id: 'bottle', quantity: 100, unit_price: 3.5 }],
        }),
        201,
      );
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
    } finally {
      await balancer.stop();
      await system.stop();
    }
  },
  180_000,
);
