import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { Addresses } from './address.js';
import { AdmissionControl, PLACES } from './admission-control.js';

let fastify: FastifyInstance;
let server: Server;
let admission: AdmissionControl;
let open_responses: ServerResponse[];
let sockets: Socket[];
const STREAMS_MAX = 5;

beforeEach(() => start(2));

async function start(in_flight_max: number): Promise<void> {
  open_responses = [];
  sockets = [];
  fastify = Fastify({ forceCloseConnections: true });
  server = fastify.server;
  admission = new AdmissionControl(new Addresses(), {
    in_flight_max,
    places: {
      ...PLACES,
      stream: { ...PLACES.stream, max: STREAMS_MAX },
      // However busy this thread is. The rest is in at-once.unit.spec.ts.
      report: { max: PLACES.report.max, share: PLACES.report.share },
    },
    arriving_per_address_max: 3,
    arriving_max: 10,
    body_ms_max: 300,
    batch_silence_ms_max: 300,
    check_every_ms: 20,
  });
  admission.admitArrived(fastify);
  fastify.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
  fastify.get('/health/live', async () => 'ok');
  fastify.all('*', (request, reply) => {
    reply.hijack();
    open_responses.push(reply.raw);
    const body = request.body as { resume?: () => void } | undefined;
    body?.resume?.();
  });
  await fastify.ready();
  admission.protect(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
}
async function stop(): Promise<void> {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
}
afterEach(stop);

const port = () => (server.address() as AddressInfo).port;
const json = { 'content-type': 'application/json' };
const ask = (path = '/api/v1/sales', signal?: AbortSignal) =>
  fetch(`http://127.0.0.1:${port()}${path}`, { method: 'POST', body: '{}', headers: json, signal });
async function until(done: () => boolean): Promise<void> {
  for (const give_up_at_ms = Date.now() + 10_000; !done(); await new Promise((resolve) => setTimeout(resolve, 5)))
    if (Date.now() > give_up_at_ms) throw new Error(`It did not come to pass: ${done}`);
}

function slowly(body: string, { type = 'application/json', length = 100, from = '127.0.0.1' } = {}) {
  const socket = connect({ port: port(), host: '127.0.0.1', localAddress: from });
  sockets.push(socket);
  socket.on('error', () => {});
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(`POST /x HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n${body}`);
  return { socket, answer: once(socket, 'close').then(() => answer), said: () => answer };
}

it('rejects requests beyond its limit at once, with a problem document like any other', async () => {
  const both = [ask(), ask()];
  await until(() => open_responses.length === 2);
  const third = await ask();
  expect(third.status).toBe(503);
  expect(third.headers.get('retry-after')).toBe('1');
  expect(third.headers.get('content-type')).toBe('application/problem+json');
  expect(third.headers.get('cache-control')).toBe('no-store');
  expect(third.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await third.json()).toMatchObject({ code: 'overloaded', status: 503, retry: true });
  expect([admission.in_flight, admission.rejected]).toEqual([2, 1]);
  for (const response of open_responses) response.end();
  expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
});

it('admits again when a request was answered or its client has gone', async () => {
  const leaving = new AbortController();
  const gone = ask('/', leaving.signal).catch(() => 'gone');
  const answered = ask();
  await until(() => open_responses.length === 2);
  leaving.abort();
  await until(() => admission.in_flight === 1);
  for (const response of open_responses) response.end();
  await Promise.all([gone, answered]);
  await until(() => admission.in_flight === 0);
  const next = ask();
  await until(() => open_responses.length === 3);
  open_responses[2]!.end();
  expect((await next).status).toBe(200);
  expect(admission.rejected).toBe(0);
});

it('gives streams places of their own, of which there are so many', async () => {
  const stream = () => fetch(`http://127.0.0.1:${port()}/api/v1/stream/stock`).then(({ status }) => status);
  const open = Array.from({ length: STREAMS_MAX }, stream);
  await until(() => admission.in_flight_of.stream === STREAMS_MAX);
  expect(admission.in_flight).toBe(0);
  expect(await stream()).toBe(503);
  const both = [ask(), ask()];
  await until(() => admission.in_flight === 2);
  for (const response of open_responses) response.end();
  await Promise.all([...open, ...both]);
  await until(() => admission.in_flight === 0 && admission.in_flight_of.stream === 0);
  expect(admission.rejected_of).toMatchObject({ stream: 1, command: 0 });
});

it('answers health checks beyond its limit', async () => {
  const both = [ask(), ask()];
  await until(() => open_responses.length === 2);
  expect((await fetch(`http://127.0.0.1:${port()}/health/live`)).status).toBe(200);
  for (const response of open_responses) response.end();
  await Promise.all(both);
});

it('lets exports and reports give way first, then queries, then commands, and health never', async () => {
  await stop();
  await start(8);
  const paths = {
    export: '/api/v1/audit/export',
    report: '/api/v1/reports/aging',
    query: '/api/v1/sales',
    command: '/x',
  };
  const held: Promise<unknown>[] = [];
  const seen: Record<number, unknown> = {};
  for (const in_flight of [0, 2, 4, 8]) {
    while (held.length < in_flight) {
      held.push(ask('/held'));
      await until(() => open_responses.length === held.length);
    }
    const answers: Record<string, unknown> = { health: (await fetch(`http://127.0.0.1:${port()}/health/live`)).status };
    for (const [load_class, path] of Object.entries(paths)) {
      const leaving = new AbortController();
      const method = load_class === 'command' ? 'POST' : 'GET';
      const asked = fetch(`http://127.0.0.1:${port()}${path}`, { method, signal: leaving.signal }).then(
        ({ status }) => status,
        () => 'in',
      );
      const rejected = admission.rejected;
      await until(() => admission.in_flight > in_flight || admission.rejected > rejected);
      if (admission.in_flight > in_flight) leaving.abort();
      answers[load_class] = await asked;
      await until(() => admission.in_flight === in_flight);
      open_responses.length = in_flight;
    }
    seen[in_flight] = answers;
  }
  expect(seen).toEqual({
    0: { health: 200, export: 'in', report: 'in', query: 'in', command: 'in' },
    2: { health: 200, export: 503, report: 503, query: 'in', command: 'in' },
    4: { health: 200, export: 503, report: 503, query: 503, command: 'in' },
    8: { health: 200, export: 503, report: 503, query: 503, command: 503 },
  });
  expect(admission.rejected_of).toEqual({ operations: 0, export: 3, report: 3, query: 2, stream: 0, command: 1 });
  for (const response of open_responses) response.end();
  await Promise.all(held);
});

it('takes no more reports and exports at a time than their own places, whatever room there is', async () => {
  await stop();
  await start(1000);
  const reports = Array.from({ length: 70 }, () => fetch(`http://127.0.0.1:${port()}/api/v1/reports/aging`));
  await until(() => open_responses.length === 16 && admission.rejected === 54);
  expect(admission.rejected_of.report).toBe(54);
  const sale = ask();
  await until(() => open_responses.length === 17);
  for (const response of open_responses) response.end();
  expect((await sale).status).toBe(200);
  expect((await Promise.all(reports)).filter(({ status }) => status === 503)).toHaveLength(54);
});

it('begins a few of many requests that come together in each iteration of the event loop', async () => {
  await stop();
  await start(1000);
  const together = 500;
  const seen = [0];
  let looking = setImmediate(function look() {
    seen.push(open_responses.length);
    looking = setImmediate(look);
  });
  const socket = connect({ port: port(), host: '127.0.0.1' });
  sockets.push(socket);
  socket.write('POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'.repeat(together));
  await until(() => open_responses.length === together);
  clearImmediate(looking);
  const begun = seen.slice(1).map((count, n) => count - seen[n]!);
  // 32 where they arrive, and 32 of those that waited.
  expect(Math.max(...begun)).toBeLessThanOrEqual(64);
  for (const response of open_responses) response.end();
});

it('ends the connection of a rejected request whose body has not arrived', async () => {
  const both = [ask(), ask()];
  await until(() => open_responses.length === 2);
  expect(await slowly('{').answer).toMatch(/^HTTP\/1.1 503 /);
  for (const response of open_responses) response.end();
  await Promise.all(both);
});

it('counts a request as in flight when its body has arrived: slow ones keep no other out', async () => {
  for (let n = 0; n < 2; n += 1) slowly('{');
  await new Promise((later) => setTimeout(later, 50));
  expect(admission.in_flight).toBe(0);
  const both = [ask(), ask()];
  await until(() => open_responses.length === 2);
  for (const response of open_responses) response.end();
  expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
});

it('rejects a request whose body arrives when the limit has been reached meanwhile', async () => {
  const slow = slowly('{');
  const both = [ask(), ask()];
  await until(() => open_responses.length === 2);
  slow.socket.write(`"a":1}${' '.repeat(93)}`);
  await until(() => slow.said().includes('overloaded'));
  expect(slow.said()).toMatch(/^HTTP\/1.1 503 /);
  for (const response of open_responses) response.end();
  await Promise.all(both);
});

it('answers 408 to a body that does not arrive in time, however it drips', async () => {
  const drip = slowly('{');
  const dripping = setInterval(() => drip.socket.write(' '), 20);
  const answer = await drip.answer;
  clearInterval(dripping);
  expect(answer).toMatch(/^HTTP\/1.1 408 .*"code":"request_timeout"/s);
  expect(admission.in_flight).toBe(0);
});

it('lets a batch arrive for as long as it moves, and ends it when it stands still', async () => {
  const batch = slowly('{}\n', { type: 'application/x-ndjson', length: 1000 });
  await until(() => open_responses.length === 1);
  for (let n = 0; n < 15; n += 1) {
    batch.socket.write('{}\n');
    await new Promise((later) => setTimeout(later, 50));
  }
  expect(batch.socket.destroyed).toBe(false);
  await batch.answer;
  await until(() => admission.in_flight === 0);
});

it('limits arriving requests per address, and other addresses are not affected', async () => {
  for (let n = 0; n < 3; n += 1) slowly('{', { from: '127.0.0.2' });
  await new Promise((later) => setTimeout(later, 50));
  const fourth = await slowly('{', { from: '127.0.0.2' }).answer;
  expect(fourth).toMatch(/^HTTP\/1.1 429 .*retry-after: 1.*"code":"too_many_requests"/is);
  const other = ask();
  await until(() => open_responses.length === 1);
  open_responses[0]!.end();
  expect((await other).status).toBe(200);
});

it('closes a connection on which nothing was asked, but for one that has only just come, and leaves those in use', async () => {
  const unused = connect({ port: port(), host: '127.0.0.1' });
  const asking = ask();
  await until(() => open_responses.length === 1);
  await new Promise((later) => setTimeout(later, 300));
  const just_come = connect({ port: port(), host: '127.0.0.1' });
  sockets.push(unused, just_come);
  await once(just_come, 'connect');
  await until(() => Reflect.get(admission, 'unused').size === 2);
  admission.closeIdle(server);
  await once(unused, 'close');
  expect(just_come.destroyed).toBe(false);
  open_responses[0]!.end();
  expect((await asking).status).toBe(200);
});

it('ends each connection with its next answer while it drains', async () => {
  const before = await fetch(`http://127.0.0.1:${port()}/health/live`);
  expect(before.headers.get('connection')).toBe('keep-alive');
  const drained = admission.drain();
  const during = await fetch(`http://127.0.0.1:${port()}/health/live`);
  expect([during.status, during.headers.get('connection')]).toEqual([200, 'close']);
  await drained;
});
