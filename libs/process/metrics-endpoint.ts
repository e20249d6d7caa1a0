/** `GET /metrics` for Prometheus, of programs that serve nothing else over HTTP. The API has its own (apps/api/metrics.ts). */
import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { isIP } from 'node:net';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { StartRefused } from './child.js';

const LOOPBACK = /^(127(\.\d+){3}|::1|localhost)$/;
const REQUEST_MS_MAX = 10_000;

/**
 * `listen`: host:port, of the setting `name`. Without it nothing listens. With a token, a caller must show it as a bearer token.
 * @throws StartRefused
 */
export async function openMetricsEndpoint(
  registry: Registry,
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<Server | undefined> {
  const [listen, token] = [env[name] || undefined, env.METRICS_TOKEN || undefined];
  if (listen === undefined) return undefined;
  const { host, port } = addressIn(name, listen);
  if (token === undefined && !LOOPBACK.test(host))
    throw new StartRefused(`${name} is ${listen}, which other machines reach: set METRICS_TOKEN, too.`);
  const server = createServer({ requestTimeout: REQUEST_MS_MAX }, async (request, response) => {
    const status = request.url !== '/metrics' ? 404 : isAllowed(request, token) ? 200 : 401;
    response.writeHead(status, { 'content-type': status === 200 ? registry.contentType : 'text/plain' });
    response.end(status === 200 ? await readMetrics(registry) : '');
  });
  // A scrape must not hold up the end of the process.
  server.unref();
  server.listen(port, host);
  await once(server, 'listening').catch(({ message }: Error) => {
    throw new StartRefused(`The metrics cannot be served at ${listen}: ${message}.`);
  });
  return server;
}

function addressIn(name: string, listen: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(listen) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6))
    throw new StartRefused(`${name} must be an address and a port such as 127.0.0.1:9464, not ${listen}.`);
  return { host, port: Number(port) };
}

function isAllowed({ headers }: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return true;
  const [shown, wanted] = [Buffer.from(headers.authorization ?? ''), Buffer.from(`Bearer ${token}`)];
  return shown.length === wanted.length && timingSafeEqual(shown, wanted);
}

/** What is known of the process itself is among them: observed from the first reading on, since that wakes it a hundred times a second. */
export function readMetrics(registry: Registry): Promise<string> {
  observeProcess(registry);
  return registry.metrics();
}

const observed = new WeakSet<Registry>();
export function observeProcess(registry: Registry): void {
  if (observed.has(registry)) return;
  observed.add(registry);
  collectDefaultMetrics({ register: registry });
}

/** Of the disk that a folder is on. */
export function showDisk(registry: Registry, folder: string): void {
  const gauge = (name: string, help: string, of: (disk: { bavail: number; blocks: number }) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const disk = await statfs(folder).catch(() => undefined);
        if (disk === undefined) this.remove();
        else this.set(of(disk) * disk.bsize);
      },
    });
  gauge('factory_ledger_disk_free_bytes', 'Free on the disk of the data folder.', ({ bavail }) => bavail);
  gauge('factory_ledger_disk_size_bytes', 'Size of the disk of the data folder.', ({ blocks }) => blocks);
}
