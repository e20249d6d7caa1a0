/**
 * The API: takes orders and answers questions over HTTP.
 *
 * It listens first and becomes ready when event store, Postgres and read models are; until then /health/ready says 503.
 * Told to stop, it ends each connection with its next answer, stops listening, answers what has begun, writes what was decided, and ends.
 */
import { StartRefused } from '../../libs/process/child.js';
import { announceReady, fail, onStop } from '../../libs/process/lifecycle.js';
import { waitForServices } from '../../libs/process/services.js';
import { createApp } from './app.js';
import { BadSetting, type Config, readConfig } from './config.js';
import { logLine } from './log.js';
import { openParts } from './parts.js';

/** Requests that go on for longer, such as streams of stock, are cut off when we stop. */
const drain_ms_max = 5000;
const sweep_ms = 20;
/** Connections that the system keeps while we have not taken them; of more it drops some, who then try again after one, three, seven … seconds. */
const connections_waiting_max = 4096;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const parts = openParts(config, logLine);
  const { app, admission } = await createApp(parts, logLine);
  const server = app.getHttpServer();
  let stopping = false;
  const closing = new AbortController();
  onStop(async () => {
    stopping = true;
    closing.abort();
    parts.readiness.stopping = true;
    await admission.drain();
    // Whoever was being answered when we began to close keeps the connection; it is closed as soon as it is idle.
    const sweep = setInterval(() => server.closeIdleConnections(), sweep_ms);
    const cut_off = setTimeout(() => server.closeAllConnections(), drain_ms_max);
    await app.close();
    clearInterval(sweep);
    clearTimeout(cut_off);
    await parts.close();
    logLine('info', 'The API has stopped');
  }, 2 * drain_ms_max);
  const url = await listen(config, (port, host) =>
    app.listen({ port, host, backlog: connections_waiting_max }).then(() => server.address()),
  );
  logLine('info', 'The API listens', { url });
  await waitForServices(config, (line) => logLine('warn', line), closing.signal).catch((error: unknown) => {
    if (!stopping) throw error;
  });
  const first_admin = await parts.prepare().catch((error: unknown) => {
    if (!stopping) throw error;
    return undefined;
  });
  // What was begun while we started is still to be written, a snapshot above all: the stop that is under way ends the process.
  if (stopping) return;
  logLine('info', 'The API is ready', { url });
  announceReady({ url, first_admin });
}

type Listen = (port: number, host: string) => Promise<string | { port: number } | null>;

async function listen({ host, port }: Config, start: Listen): Promise<string> {
  try {
    const address = await start(port, host);
    const listening = typeof address === 'object' ? address?.port : port;
    return `http://${host.includes(':') ? `[${host}]` : host}:${listening}`;
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
