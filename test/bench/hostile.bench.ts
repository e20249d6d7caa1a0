/**
 * What hostile requests (from 127.0.0.1) cost, and how long a good one (from 127.0.0.2) waits beside them:
 * npm run bench -- hostile [--seconds 15]
 */

import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { startFactory } from './factory.js';
import { flagsOf } from './flags.js';
import { percentiles, round, sleep } from './load.js';

export const title = 'Beside hostile requests';

const SLOW_CONNECTIONS = 2010;
const GUESSING_CONNECTIONS = 260;
const PROBE_EVERY_MS = 100;
const PASSWORD = 'gravel-otter-41-lamp';

interface Call {
  url: string;
  path: string;
  body?: string;
  token?: string;
  from?: string;
}
type Answer = { status: number; ms: number };

function call({ url, path, body, token, from = '127.0.0.2' }: Call): Promise<Answer> {
  const started_ms = performance.now();
  return new Promise((resolve) => {
    const done = (status: number) => resolve({ status, ms: performance.now() - started_ms });
    const outgoing = request(
      `${url}${path}`,
      {
        method: body === undefined ? 'GET' : 'POST',
        localAddress: from,
        agent: false,
        timeout: 60_000,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
      },
      (incoming) => {
        incoming.resume();
        incoming.on('end', () => done(incoming.statusCode ?? 0));
        incoming.on('error', () => done(0));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => done(0));
    outgoing.end(body);
  });
}

async function beside<T>(probe: () => Promise<Answer>, attack: () => Promise<T>) {
  const answers: Promise<Answer>[] = [];
  const probing = setInterval(() => answers.push(probe()), PROBE_EVERY_MS);
  const result = await attack();
  clearInterval(probing);
  const settled = await Promise.all(answers);
  const right = settled.filter(({ status }) => status >= 200 && status < 300);
  const { p50, p99 } = percentiles(right.map(({ ms }) => ms));
  return {
    result,
    figures: {
      'right requests': settled.length,
      answered: right.length,
      p50_ms: round(p50),
      p99_ms: round(p99),
      slowest_ms: round(Math.max(0, ...settled.map(({ ms }) => ms))),
    },
  };
}

const zeros = (n: number) => `{"username":"ann","password":1.${'0'.repeat(n)}1}`;
const unknownKeys = (n: number) => `{${Array.from({ length: n }, (_, index) => `"k${index}":0`).join(',')}}`;
const emptyLines = (n: number) => `{"customer_id":"walk-in","line_items":[${'{},'.repeat(n - 1)}{}]}`;

export async function run(): Promise<object> {
  const { seconds } = flagsOf({ seconds: 15 });
  const factory = await startFactory({ items: ['bottle'], stock: 1000 });
  try {
    const { url, token } = factory;
    const health = () => call({ url, path: '/health/live' });
    await call({
      url,
      path: '/api/v1/users',
      token,
      body: JSON.stringify({ username: 'ann', role: 'staff', password: PASSWORD }),
    });
    const signIn = () =>
      call({ url, path: '/api/v1/auth/login', body: JSON.stringify({ username: 'ann', password: PASSWORD }) });

    const single: Record<string, object> = {};
    for (const [name, path, body] of [
      ['a number of 20,000 digits', '/api/v1/auth/login', zeros(20_000)],
      ['a number of 60,000 digits', '/api/v1/auth/login', zeros(60_000)],
      ['60,000 unknown keys', '/api/v1/sales', unknownKeys(60_000)],
      ['60,000 empty lines', '/api/v1/sales', emptyLines(60_000)],
    ] as const) {
      const { result, figures } = await beside(health, async () => {
        await sleep(2 * PROBE_EVERY_MS);
        return call({ url, path, body, token, from: '127.0.0.1' });
      });
      single[name] = { status: result.status, took_ms: round(result.ms), 'others slowest_ms': figures.slowest_ms };
    }

    const signed_in = await beside(signIn, () => guessing(url, seconds));
    const while_slow = await beside(
      () => call({ url, path: '/api/v1/stock', token }),
      () => slowBodies(url, token, seconds),
    );
    return {
      'one request': single,
      'right requests from another address': {
        [`sign-ins while ${GUESSING_CONNECTIONS} connections guess`]: {
          ...signed_in.figures,
          guesses: signed_in.result,
        },
        [`queries while ${SLOW_CONNECTIONS} connections hold back their bodies`]: while_slow.figures,
      },
    };
  } finally {
    await factory.stop();
  }
}

async function guessing(url: string, seconds: number): Promise<number> {
  const until_ms = performance.now() + seconds * 1000;
  let guesses = 0;
  await Promise.all(
    Array.from({ length: GUESSING_CONNECTIONS }, async (_, connection) => {
      for (let n = 0; performance.now() < until_ms; n += 1) {
        const body = JSON.stringify({ username: 'admin', password: `wrong-guess-${connection}-${n}` });
        const { status } = await call({ url, path: '/api/v1/auth/login', body, from: '127.0.0.1' });
        if (status > 0) guesses += 1;
        else await sleep(PROBE_EVERY_MS);
      }
    }),
  );
  return guesses;
}

async function slowBodies(url: string, token: string, seconds: number): Promise<void> {
  const { hostname, port } = new URL(url);
  const head = [
    'POST /api/v1/sales HTTP/1.1',
    `host: ${hostname}`,
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    'content-length: 200',
  ].join('\r\n');
  const sockets: Socket[] = [];
  for (let n = 0; n < SLOW_CONNECTIONS; n += 1) {
    const socket = connect({ host: hostname, port: Number(port), localAddress: '127.0.0.1' });
    socket.on('error', () => {});
    socket.on('connect', () => socket.write(`${head}\r\n\r\n{`));
    socket.resume();
    sockets.push(socket);
  }
  await sleep(seconds * 1000);
  for (const socket of sockets) socket.destroy();
}
