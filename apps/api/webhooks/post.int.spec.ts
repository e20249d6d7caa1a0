/** Attempts against real receivers: what is followed, read and waited for. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  BlockList,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Poster, type PostOptions } from './post.js';

const tls = (file: string) => readFileSync(new URL(`../../../test/data/tls/${file}`, import.meta.url));
const HERE = new BlockList();
HERE.addSubnet('127.0.0.0', 8, 'ipv4');

let servers: TcpServer[];
let posters: Poster[];
let sockets: Socket[];
beforeEach(() => {
  servers = [];
  sockets = [];
  posters = [];
});
afterEach(async () => {
  for (const poster of posters) poster.close();
  for (const socket of sockets) socket.destroy();
  for (const server of servers) {
    (server as Server).closeAllConnections?.();
    server.close();
  }
});

async function listening<S extends TcpServer>(server: S): Promise<number> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}
function tcp(answer: (socket: Socket) => void): Promise<number> {
  return listening(
    createTcpServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      answer(socket);
    }),
  );
}
const receiver = (answer: RequestListener) => listening(createServer(answer));
function poster(options: Partial<PostOptions> = {}): Poster {
  const made = new Poster({ allowed: HERE, attempt_ms_max: 500, ...options });
  posters.push(made);
  return made;
}
const post = (url: string, options: Partial<PostOptions> = {}, body = '{}') => poster(options).post(url, {}, body);

test('sends what it is given, and says what was answered', async () => {
  let seen: unknown;
  const port = await receiver(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { host, connection: _, ...headers } = request.headers;
    seen = { method: request.method, url: request.url, headers, body, is_host: host === `127.0.0.1:${port}` };
    response.writeHead(204).end();
  });
  const sent = await poster().post(`http://127.0.0.1:${port}/hook?a=b`, { 'webhook-id': 'one' }, '{"é":1}');
  expect(sent).toEqual({ status: 204, error: null, retry_after_s: 0, duration_ms: expect.any(Number) });
  expect(seen).toEqual({
    method: 'POST',
    url: '/hook?a=b',
    headers: {
      'webhook-id': 'one',
      'content-type': 'application/json',
      'content-length': '8',
      'user-agent': 'factory-ledger',
    },
    body: '{"é":1}',
    is_host: true,
  });
});

test('a redirect is an answer like any other, and not followed', async () => {
  let inside = 0;
  const secret = await receiver((_request, response) => {
    inside += 1;
    response.end('secret');
  });
  for (const status of [301, 302, 303, 307, 308]) {
    const port = await receiver((_request, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${secret}/` }).end();
    });
    expect((await post(`http://127.0.0.1:${port}/`)).status).toBe(status);
  }
  expect(inside).toBe(0);
});

test('a name is looked up for each attempt: once it leads elsewhere, nothing is sent there', async () => {
  let hits = 0;
  const port = await receiver((_request, response) => {
    hits += 1;
    response.end();
  });
  const leads = ['127.0.0.1', '127.0.0.1', '10.0.0.1'];
  const sender = poster({ lookUp: async () => [{ address: leads.shift()!, family: 4 }] });
  const attempts = [];
  for (let n = 0; n < 3; n += 1) attempts.push(await sender.post(`http://rebinds.example:${port}/`, {}, '{}'));
  expect(attempts.map(({ status, error }) => [status, error])).toEqual([
    [200, null],
    [200, null],
    [null, 'address_refused'],
  ]);
  expect(hits).toBe(2);
});

test('an address that is not allowed is not connected to, whatever listens there', async () => {
  let connections = 0;
  const port = await tcp(() => (connections += 1));
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]', '0x7f.1'])
    for (const scheme of ['http', 'https'])
      expect(await post(`${scheme}://${host}:${port}/`, { allowed: new BlockList() })).toMatchObject({
        status: null,
        error: 'address_refused',
      });
  await sleep(50);
  expect(connections).toBe(0);
});

test('a receiver that never answers is given up', async () => {
  const silent = await receiver(() => {});
  const deaf = await tcp(() => {});
  for (const port of [silent, deaf]) {
    const { error, duration_ms } = await post(`http://127.0.0.1:${port}/`);
    expect(error).toBe('timeout');
    expect(duration_ms).toBeGreaterThanOrEqual(490);
    expect(duration_ms).toBeLessThan(3000);
  }
});

test('the status decides: what follows it is read up to 64 KiB and not waited for', async () => {
  let written = 0;
  const endless = await receiver((_request, response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536))) written += 65_536;
    };
    response.on('drain', more);
    more();
  });
  const hanging = await receiver((_request, response) => void response.writeHead(202).write('x'));
  const large = await receiver((_request, response) => void response.end('x'.repeat(1024 * 1024)));
  for (const [port, status] of [
    [endless, 200],
    [hanging, 202],
    [large, 200],
  ]) {
    const attempt = await post(`http://127.0.0.1:${port}/`, { attempt_ms_max: 2000 });
    expect(attempt).toMatchObject({ status, error: null });
    expect(attempt.duration_ms).toBeLessThan(1000);
  }
  await sleep(100);
  const before = written;
  await sleep(100);
  expect(written).toBe(before);
});

test.each<[string, () => Promise<number>]>([
  ['nobody listens', async () => 1],
  ['the connection is closed', () => tcp((socket) => socket.destroy())],
  ['no HTTP is spoken', () => tcp((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))],
  ['the headers never end', () => tcp((socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}`))],
])('where %s the answer is the same', async (_what, port) => {
  expect(await post(`http://127.0.0.1:${await port()}/`)).toMatchObject({ status: null, error: 'connection_failed' });
});

test('a body of a mebibyte arrives whole', async () => {
  let bytes = 0;
  const port = await receiver(async (request, response) => {
    for await (const chunk of request) bytes += chunk.length;
    response.end();
  });
  expect((await post(`http://127.0.0.1:${port}/`, { attempt_ms_max: 5000 }, 'x'.repeat(1024 * 1024))).status).toBe(200);
  expect(bytes).toBe(1024 * 1024);
});

test('a receiver that has just closed an idle connection gets it over another one', async () => {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.end();
  });
  server.keepAliveTimeout = 100_000;
  const port = await listening(server);
  const sender = poster();
  const url = `http://127.0.0.1:${port}/`;
  expect((await sender.post(url, {}, '{}')).status).toBe(200);
  const again = sender.post(url, {}, '{}');
  server.closeAllConnections();
  expect(await again).toMatchObject({ status: 200, error: null });
  expect(requests).toBe(2);
});

test('TLS is checked: authority, name and date', async () => {
  const serve = (cert: string) =>
    listening(createTlsServer({ cert: tls(cert), key: tls('node.key') }, (_request, response) => void response.end()));
  const lookUp = async () => [{ address: '127.0.0.1', family: 4 }];
  const ca = tls('ca.crt').toString();
  const to = async (cert: string, options: Partial<PostOptions>) =>
    (await post(`https://localhost:${await serve(cert)}/`, { lookUp, ...options })).status;
  expect(await to('node.crt', { ca })).toBe(200);
  expect(await to('node.crt', {})).toBeNull();
  expect(await to('elsewhere.crt', { ca })).toBeNull();
  expect(await to('expired.crt', { ca })).toBeNull();
});

test('settings of a proxy in the environment count for nothing', async () => {
  let proxied = 0;
  const proxy = await receiver((_request, response) => {
    proxied += 1;
    response.end();
  });
  const port = await receiver((_request, response) => void response.writeHead(201).end());
  const before = { ...process.env };
  for (const name of ['HTTP_PROXY', 'http_proxy', 'NODE_USE_ENV_PROXY'])
    process.env[name] = `http://127.0.0.1:${proxy}`;
  process.env.NODE_USE_ENV_PROXY = '1';
  try {
    expect((await post(`http://127.0.0.1:${port}/`)).status).toBe(201);
  } finally {
    process.env = before;
  }
  expect(proxied).toBe(0);
});

test('what the receiver asks to wait is told', async () => {
  const port = await receiver((_request, response) => void response.writeHead(503, { 'retry-after': '120' }).end());
  expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 503, error: null, retry_after_s: 120 });
});
