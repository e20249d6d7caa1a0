/** Streams over real sockets: who is slow, who comes back, whose token no longer holds. The feed is ours. */
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { Problem } from '../http/problem.js';
import { send, toProblem } from '../http/problem-filter.js';
import type { ApiRequest, Principal } from '../http/request.js';
import type { Feed } from './feed.js';
import { frameOf } from './frames.js';
import { LiveStreams } from './live-streams.js';

const PADDING = 'x'.repeat(100_000);
/** Every number up to its position, each 100 kB. */
class Numbers implements Feed {
  position = -1;
  constructor(readonly ledger: string) {}
  async advance(latest: number): Promise<void> {
    this.position = latest;
  }
}

let fastify: FastifyInstance;
let streams: LiveStreams;
let sockets: Socket[];
let position: number;
let principals: Map<string, Principal>;
let authenticated: boolean[];
/** Up to where the feed had read when a stream began. */
let began_at: number[];
/** While a request was on its way. */
let recorded_meanwhile: number;

beforeEach(async () => {
  position = 0;
  sockets = [];
  authenticated = [];
  began_at = [];
  recorded_meanwhile = 0;
  principals = new Map(['ann', 'bob'].map((username) => [username, held(username, 'viewer')]));
  streams = new LiveStreams(
    {
      positions: async () => new Map([['main', { position }]]),
      tokens: {
        authenticate: (request, is_use) => {
          authenticated.push(is_use ?? true);
          const found = principals.get(request.headers.authorization ?? '');
          if (found === undefined) throw new Problem('unauthenticated');
          return found;
        },
      },
      log: () => {},
    },
    { per_user_max: 3, look_every_ms: 5, pace_ms: 10, heartbeat_ms: 100, slow_ms_max: 1000, check_every_ms: 20 },
  );
  fastify = Fastify({ forceCloseConnections: true });
  fastify.setErrorHandler((error, request, reply) => send(reply, toProblem(error), request.id));
  fastify.get('/stream', async (request: ApiRequest, reply) => {
    const principal = principals.get(request.headers.authorization ?? '')!;
    request.principal = principal;
    request.user = { username: principal.username, role: 'viewer' };
    const last = request.headers['last-event-id'];
    const from = last === undefined ? undefined : Number(last);
    position += recorded_meanwhile;
    let known = from ?? position;
    await streams.begin(request, reply, {
      name: 'numbers',
      permit: 'signed_in',
      from,
      make: (ledger) => new Numbers(ledger),
      follow: (feed) => {
        began_at.push(feed.position);
        return {
          next: () =>
            known < feed.position ? frameOf({ event: 'number', id: ++known, data: `${known} ${PADDING}` }) : undefined,
        };
      },
    });
    return reply;
  });
  await fastify.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(async () => {
  streams.close();
  for (const socket of sockets) socket.destroy();
  await fastify.close();
});

function held(username: string, role: 'viewer' | 'admin'): Principal {
  return { username, roles: new Map([['*', role]]) };
}

function open(username: string, { last = '', pause = false } = {}) {
  const socket = connect({ port: (fastify.server.address() as AddressInfo).port, host: '127.0.0.1' });
  sockets.push(socket);
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  if (pause) socket.pause();
  const resume = last === '' ? '' : `last-event-id: ${last}\r\n`;
  socket.write(`GET /stream HTTP/1.1\r\nhost: x\r\nauthorization: ${username}\r\n${resume}\r\n`);
  return {
    socket,
    closed: once(socket, 'close'),
    text: () => text,
    numbers: () => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)),
  };
}
async function until(done: () => boolean): Promise<void> {
  for (const give_up_at_ms = Date.now() + 10_000; !done(); await sleep(5))
    if (Date.now() > give_up_at_ms) throw new Error(`It did not come to pass: ${done}`);
}
const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);

test('a client that knows more than was read here begins at what it knows, and others hear of it, too', async () => {
  position = 1;
  const first = open('ann', { last: '0' });
  await until(() => first.numbers().length === 1);
  recorded_meanwhile = 4;
  for (const last of [5, 9]) {
    const next = open('bob', { last: `${last}` });
    await until(() => next.text().includes('retry'));
    next.socket.destroy();
  }
  recorded_meanwhile = 0;
  await until(() => first.numbers().length === 9);
  open('bob', { last: '1000' });
  await until(() => began_at.length === 4);
  expect(began_at).toEqual([1, 5, 9, 9]);
});

test('a client is told how to come back, then what is new, and between that it is alive', async () => {
  const stream = open('ann');
  await until(() => /\nretry: [1-5]\d{3}\n\n/.test(stream.text()));
  expect(stream.text()).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  expect(stream.text()).toMatch(/content-type: text\/event-stream/);
  position = 3;
  await until(() => stream.numbers().length === 3);
  expect(stream.text()).not.toContain('\n:\n');
  await until(() => stream.text().endsWith('\n\n:\n\n'));
});

test('a client that takes nothing is cut off, costs one frame of memory, and misses nothing when it comes back', async () => {
  const slow = open('ann', { pause: true });
  await until(() => streams.open().get('numbers') === 1);
  for (; position < 200; position += 1) await sleep(1);
  await until(() => streams.ended.get('slow') === 1);
  slow.socket.resume();
  await slow.closed;
  /** Whole ones. */
  const takenBy = (client: ReturnType<typeof open>) => {
    const whole = client.text().split('\n\n').slice(1, -1).join('\n\n');
    return [...whole.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  };
  const taken = takenBy(slow);
  expect(taken.length).toBeLessThan(200);
  while (taken.at(-1) !== 200) {
    const again = open('ann', { last: `${taken.at(-1) ?? 0}` });
    // On a busy machine it may be slow again.
    await Promise.race([again.closed, until(() => again.numbers().at(-1) === 200 && again.text().endsWith('\n\n'))]);
    again.socket.destroy();
    taken.push(...takenBy(again));
  }
  expect(taken).toEqual(from(1, 200));
});

test('a token that no longer holds ends its streams alone, and looking at it is no use of it', async () => {
  const gone = open('ann');
  const stays = open('bob');
  await until(() => streams.open().get('numbers') === 2);
  principals.delete('ann');
  await gone.closed;
  expect(gone.text()).toContain('event: end\ndata: {"code":"unauthenticated"}\n\n');
  expect(streams.open().get('numbers')).toBe(1);
  expect(new Set(authenticated)).toEqual(new Set([false]));
  principals.set('bob', held('bob', 'viewer'));
  position = 1;
  await until(() => stays.numbers().length === 1);
});

test.each<[string, Principal]>([
  ['that is another one', held('ann', 'admin')],
  ['that is gone', { username: 'ann', roles: new Map() }],
  ['in another ledger', { username: 'ann', roles: new Map([['plant-2', 'viewer']]) }],
  ['once a step is asked for', { ...held('ann', 'viewer'), step: 'new_password' }],
])('a role %s ends the stream', async (_what, principal) => {
  const stream = open('ann');
  await until(() => streams.open().get('numbers') === 1);
  principals.set('ann', principal);
  await stream.closed;
  expect(stream.text()).toContain('event: end\ndata: {"code":"forbidden"}\n\n');
});

test('a user has so many and no more, until one of them ends', async () => {
  const three = [open('ann'), open('ann'), open('ann')];
  await until(() => streams.open().get('numbers') === 3);
  const refused = open('ann');
  await until(() => refused.text().includes('too_many_streams'));
  expect(refused.text()).toMatch(/^HTTP\/1.1 429 /);
  open('bob');
  await until(() => streams.open().get('numbers') === 4);
  three[0]!.socket.destroy();
  await until(() => streams.ended.get('client') === 1);
  open('ann');
  await until(() => streams.open().get('numbers') === 4);
});

test('at a stop all are told, also who is slow, and no more are taken', async () => {
  const stream = open('ann');
  const slow = open('bob', { pause: true });
  await until(() => streams.open().get('numbers') === 2);
  for (; position < 100; position += 1) await sleep(1);
  await until(() => stream.numbers().length === 100);
  streams.close();
  await stream.closed;
  expect(stream.text()).toContain('event: end\ndata: {"code":"stopping"}\n\n');
  slow.socket.resume();
  await slow.closed;
  const late = open('ann');
  await until(() => late.text().includes('"code":"unavailable"'));
  expect(late.text()).toMatch(/^HTTP\/1.1 503 .*retry-after: 1/s);
});
