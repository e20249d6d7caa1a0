import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { boundRequests, type Crowd } from './crowd.js';

let server: Server;
let crowd: Crowd;
let inside: ServerResponse[];

beforeEach(async () => {
  inside = [];
  server = createServer((request, response) => {
    if (request.url === '/health/live') response.end('ok');
    else inside.push(response);
  });
  crowd = boundRequests(server, 2);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const ask = (path = '/api/v1/sales', signal?: AbortSignal) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { method: 'POST', body: '{}', signal });
async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
}

it('turns away who finds the house full, at once and in the words of every refusal', async () => {
  const both = [ask(), ask()];
  await until(() => inside.length === 2);
  const third = await ask();
  expect(third.status).toBe(503);
  expect(third.headers.get('retry-after')).toBe('1');
  expect(third.headers.get('content-type')).toBe('application/problem+json');
  expect(third.headers.get('cache-control')).toBe('no-store');
  expect(third.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await third.json()).toMatchObject({ code: 'overloaded', status: 503, retry: true });
  expect(crowd).toEqual({ inside: 2, turned_away: 1 });
  for (const response of inside) response.end();
  expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
});

it('has room again when one was answered or has gone away', async () => {
  const leaving = new AbortController();
  const gone = ask('/', leaving.signal).catch(() => 'gone');
  const answered = ask();
  await until(() => inside.length === 2);
  leaving.abort();
  await until(() => crowd.inside === 1);
  inside[1]!.end();
  await Promise.all([gone, answered]);
  await until(() => crowd.inside === 0);
  const next = ask();
  await until(() => inside.length === 3);
  inside[2]!.end();
  expect((await next).status).toBe(200);
  expect(crowd.turned_away).toBe(0);
});

it('is watched also when it is full', async () => {
  const both = [ask(), ask()];
  await until(() => inside.length === 2);
  expect((await ask('/health/live')).status).toBe(200);
  for (const response of inside) response.end();
  await Promise.all(both);
});
