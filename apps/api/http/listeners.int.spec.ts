import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import { listenBeside, reservePort, SHARES_PORTS } from './listeners.js';

const host = '127.0.0.1';
const CLIENTS = 96;
/** Connects, and tells when all are connected, of which the server's thread need know nothing. */
const CLIENT = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { connect } = require('node:net');
  let connected = 0;
  for (let n = 0; n < workerData.clients; n += 1)
    connect(workerData, () => {
      connected += 1;
      Atomics.store(workerData.connected, 0, connected);
      Atomics.notify(workerData.connected, 0);
    });
  parentPort.once('message', () => process.exit());
`;
const linux = SHARES_PORTS ? it : it.skip;

linux('accepts many connections in one iteration of the event loop, and ends when all of them have', async () => {
  const server = createServer((_, response) => response.end());
  const port = await reservePort({ port: 0, host });
  server.listen({ port, host, reusePort: true });
  await once(server, 'listening');
  const close = await listenBeside(server, { port, host }, 100);
  let [accepted, iterations] = [0, 0];
  server.on('connection', () => {
    accepted += 1;
  });
  const connected = new Int32Array(new SharedArrayBuffer(4));
  const clients = new Worker(CLIENT, { eval: true, workerData: { port, host, clients: CLIENTS, connected } });
  await once(clients, 'online');
  while (connected[0]! < CLIENTS) Atomics.wait(connected, 0, connected[0]!, 100);
  while (accepted < CLIENTS) {
    iterations += 1;
    await new Promise((next) => setImmediate(next));
  }
  // One listener needs as many as there are clients; of 32, the one that the kernel gave the most to decides.
  expect(iterations).toBeLessThan(CLIENTS / 3);

  let is_closed = false;
  const closed = close().then(() => {
    is_closed = true;
  });
  server.close();
  await expect(fetch(`http://${host}:${port}/`)).rejects.toThrow('fetch failed');
  expect(is_closed).toBe(false);
  clients.postMessage('end');
  server.closeAllConnections();
  await closed;
  await once(clients, 'exit');
});

it('refuses a port that is in use, also by one that would share it', async () => {
  for (const reusePort of SHARES_PORTS ? [false, true] : [false]) {
    const other = createTcpServer().listen({ port: 0, host, reusePort });
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(reservePort({ port, host })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    other.close();
    expect(await reservePort({ port, host })).toBe(port);
  }
});
