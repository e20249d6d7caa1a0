import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fastifyAdapter } from './adapter.js';
import { answerClientErrors, requireHost } from './client-errors.js';

let server: Server;
beforeEach(async () => {
  const fastify = fastifyAdapter().getInstance();
  requireHost(fastify);
  fastify.setErrorHandler((error, _request, reply) => reply.status(400).send((error as { code?: string }).code));
  fastify.get('/slow', async (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'transfer-encoding': 'chunked' });
    reply.raw.write('a part');
  });
  fastify.post('/body', async () => 'ok');
  await fastify.ready();
  server = fastify.server;
  server.headersTimeout = 300;
  answerClientErrors(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

/** All that is answered until the server ends the connection. `more` is sent when some of it is there. */
async function answerTo(bytes: string, more?: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  let answer = '';
  socket.on('data', (chunk) => {
    if (answer === '' && more !== undefined) socket.write(more);
    answer += chunk;
  });
  socket.write(bytes);
  await Promise.race([once(socket, 'end'), once(socket, 'close')]);
  socket.destroy();
  return answer;
}

it.each([
  ['no HTTP', 'hello\r\n\r\n', 400, 'malformed_request'],
  ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'malformed_request'],
  [
    'two lengths',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    400,
    'malformed_request',
  ],
  [
    'a body that is cut wrong',
    'POST /body HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    400,
    'malformed_request',
  ],
  ['headers too large', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ['headers that do not end', 'GET / HTTP/1.1\r\nhost: x\r\nx: ', 408, 'request_timeout'],
])('answers %s with a problem document, and ends the connection', async (_, bytes, status, code) => {
  const answer = await answerTo(bytes);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
  expect(head).toMatch(/^content-type: application\/problem\+json$/im);
  expect(head).toMatch(/^connection: close$/im);
  expect(head).toMatch(/^cache-control: no-store$/im);
  expect(head).toMatch(new RegExp(`^content-length: ${Buffer.byteLength(body)}$`, 'im'));
  expect(JSON.parse(body)).toMatchObject({
    ...{ type: `/docs/problems#${code}`, code, status, retry: status === 408 },
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
});

it('refuses a request without a Host, and ends the connection', async () => {
  expect(await answerTo('GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*connection: close/is);
});

it('writes nothing that could be taken for the answer to the request before', async () => {
  const slow = 'GET /slow HTTP/1.1\r\nhost: x\r\n\r\n';
  expect(await answerTo(`${slow}hello\r\n\r\n`)).toBe('');
  const answer = await answerTo(slow, 'hello\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 200 .*a part/s);
  expect(answer).not.toContain('malformed_request');
});

it('survives what is no HTTP, and a client that leaves, behind a request that was answered', async () => {
  const post = 'POST /body HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 0\r\n\r\n';
  for (const rest of ['hello\r\n\r\n', 'POST /body HTTP/1.1\r\nhost:']) {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(post);
    await once(socket, 'data');
    // Until the answer is whole for the server, too.
    await sleep(20);
    socket.end(rest);
    socket.resume();
    await once(socket, 'close');
  }
  expect(await answerTo(`${post.replace('host: x', 'host: x\r\nconnection: close')}`)).toContain(' 200 ');
});
