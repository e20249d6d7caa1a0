/** Listens before it is ready. At a stop it answers what is in flight and writes what was decided. */
import { StartRefused } from '../../libs/process/child.js';
import { announceReady, fail, onStop } from '../../libs/process/lifecycle.js';
import { readSecretFiles } from '../../libs/process/secret-files.js';
import { waitForServices } from '../../libs/process/services.js';
import { startTracing, stopTracing } from '../../libs/tracing/tracing.js';
import { createApp } from './app.js';
import { BadSetting, type Config, readConfig } from './config.js';
import { listenBeside, reservePort, SHARES_PORTS } from './http/listeners.js';
import { reloadTls } from './http/tls.js';
import { logLine } from './log.js';
import { openServices } from './services.js';

const DRAIN_MS_MAX = 5000;
const SWEEP_MS = 20;
/** Beyond it the kernel drops connections, whose clients try again after 1, 3, 7 … seconds. */
const CONNECTIONS_WAITING_MAX = 4096;

async function main(): Promise<void> {
  readSecretFiles(process.env);
  await startTracing('factory-ledger-api', (line) => logLine('warn', line));
  const config = readConfig(process.env);
  const parts = openServices(config, logLine);
  const { app, admission } = await createApp(parts, logLine, config);
  const server = app.getHttpServer();
  const { tls } = config;
  const endReload = tls === undefined ? () => {} : reloadTls(server, tls, logLine);
  let stopping = false;
  let closeListeners = async () => {};
  const closing = new AbortController();
  onStop(async () => {
    stopping = true;
    endReload();
    closing.abort();
    parts.readiness.stopping = true;
    parts.homes.leave();
    // An open stream would keep its connection, and the server with it.
    parts.streams.close();
    await admission.drain();
    // A connection with a request in flight survives close(): closed here as soon as it is idle.
    const sweep = setInterval(() => admission.closeIdle(server), SWEEP_MS);
    const cut_off = setTimeout(() => server.closeAllConnections(), DRAIN_MS_MAX);
    await Promise.all([app.close(), closeListeners()]);
    clearInterval(sweep);
    clearTimeout(cut_off);
    await parts.close();
    await stopTracing();
    logLine('info', 'The API has stopped');
  }, 2 * DRAIN_MS_MAX);
  if (config.pool_process !== undefined) parts.metrics.joinPool(config.pool_process);
  const url =
    config.pool_process === 'writer'
      ? undefined
      : await listen(config, async (asked, host) => {
          // In a pool the primary accepts, which does nothing else.
          const shares = SHARES_PORTS && config.pool_process === undefined;
          const port = shares ? await reservePort({ port: asked, host }) : asked;
          await app.listen({ port, host, backlog: CONNECTIONS_WAITING_MAX, ...(shares && { reusePort: true }) });
          if (shares) closeListeners = await listenBeside(server, { port, host }, CONNECTIONS_WAITING_MAX);
          return server.address();
        });
  if (url !== undefined) logLine('info', 'The API listens', { url });
  await waitForServices(config, (line) => logLine('warn', line), closing.signal).catch((error: unknown) => {
    if (!stopping) throw error;
  });
  const first_admin = await parts.prepare().catch((error: unknown) => {
    if (!stopping) throw error;
    return undefined;
  });
  if (stopping) return;
  logLine('info', 'The API is ready', { url });
  announceReady({ url, first_admin });
}

type Listen = (port: number, host: string) => Promise<string | { port: number } | null>;

async function listen({ host, port, tls }: Config, start: Listen): Promise<string> {
  try {
    const address = await start(port, host);
    const listening = typeof address === 'object' ? address?.port : port;
    return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${listening}`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') return fail(`Port ${port} on ${host} is in use: set PORT to another one.`);
    if (code === 'EACCES') return fail(`Port ${port} may not be used by this user: set PORT to one above 1023.`);
    return fail(`The API cannot listen on ${host}:${port}: ${message}.`);
  }
}

main().catch((error: unknown) => {
  if (error instanceof BadSetting || error instanceof StartRefused) return fail(error.message);
  logLine('error', 'The API did not start', { stack: error instanceof Error ? error.stack : `${error}` });
  process.exit(1);
});
