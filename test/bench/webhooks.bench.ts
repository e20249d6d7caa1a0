/**
 * Webhooks of two instances, a fifth of whose receivers never answer, while sales are recorded; one instance is killed in the midst:
 * npm run bench -- webhooks [--webhooks 1000] [--events 100] [--rate 20]
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allItems, type Factory, itemId, PLENTY, saleOf, startFactory } from './factory.js';
import { flagsOf } from './flags.js';
import { percentiles, round, runLoad, sleep } from './load.js';

export const title = 'Webhooks of two instances, a fifth dead, one sender killed, fsync on';

const DEAD_OF = 5;
const CREATED_TOGETHER = 8;
/** Until the other instance has seen that there are webhooks. */
const SEEN_MS = 6000;
const WAIT_S_MAX = 300;

interface Received {
  positions: number[];
  /** Under way now, and at most. */
  now: number;
  together: number;
}

export async function run(): Promise<object> {
  const { webhooks, events, rate } = flagsOf({ webhooks: 1000, events: 100, rate: 20 });
  const factory = await startFactory({
    ...{ apis: 2, items: allItems(10), stock: PLENTY },
    env: { WEBHOOK_NETWORKS: '127.0.0.0/8' },
  });
  const received = Array.from({ length: webhooks }, (): Received => ({ positions: [], now: 0, together: 0 }));
  const isDead = (n: number) => n % DEAD_OF === 0;
  const recorded_at_ms = new Map<number, number>();
  const latencies_ms: number[] = [];
  let taken = 0;
  const server = createServer(async (request, response) => {
    const n = Number(request.url?.slice(1));
    if (isDead(n)) return;
    const of = received[n]!;
    of.now += 1;
    of.together = Math.max(of.together, of.now);
    response.once('close', () => {
      of.now -= 1;
    });
    let text = '';
    for await (const chunk of request) text += chunk;
    const position = Number(/"position":(\d+)/.exec(text)?.[1]);
    of.positions.push(position);
    taken += 1;
    const recorded_ms = recorded_at_ms.get(position);
    if (recorded_ms !== undefined) latencies_ms.push(performance.now() - recorded_ms);
    response.writeHead(204).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const { port } = server.address() as AddressInfo;
    await createAll(factory, webhooks, (n) => `http://127.0.0.1:${port}/${n}`);
    await sleep(SEEN_MS);
    const since_ms = performance.now();
    let killed: Promise<void> | undefined;
    await runLoad({
      ...{ url: factory.url, token: factory.token, connections: 4, rate },
      next: (n) => (n < events ? sale(n) : undefined),
      onAnswer: (n, _status, _body, _ms, head) => {
        recorded_at_ms.set(Number(/ledger-position: (\d+)/i.exec(head)?.[1]), performance.now());
        if (n === Math.floor(events / 2)) killed = factory.system.kill('api_2');
      },
    });
    await killed;
    const [first, last] = [Math.min(...recorded_at_ms.keys()), Math.max(...recorded_at_ms.keys())];
    const alive = received.filter((_, n) => !isDead(n));
    const isDone = ({ positions }: Received) => positions.at(-1) === last;
    for (let waited = 0; waited < WAIT_S_MAX * 10 && !alive.every(isDone); waited += 1) await sleep(100);
    const seconds = (performance.now() - since_ms) / 1000;
    const wanted = last - first + 1;
    const times = percentiles(latencies_ms);
    return {
      webhooks: {
        alive: {
          count: alive.length,
          'lost events': sum(alive.map(({ positions }) => wanted - new Set(positions).size)),
          'out of order': sum(alive.map(({ positions }) => outOfOrder(positions))),
          'sent again': sum(alive.map(({ positions }) => positions.length - new Set(positions).size)),
          'two at a time': alive.filter(({ together }) => together > 1).length,
        },
      },
      delivery: {
        all: {
          'sent a second': round(taken / seconds),
          p50_s: round(times.p50 / 1000),
          p99_s: round(times.p99 / 1000),
          seconds: round(seconds),
        },
      },
    };
  } finally {
    server.closeAllConnections();
    server.close();
    await factory.stop();
  }
}

const sale = (n: number) => ({
  method: 'POST' as const,
  path: '/api/v1/sales',
  body: JSON.stringify(saleOf(itemId(n % 10))),
});
const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);

/** Steps back that do not begin again from an event that was sent before, and steps over one. */
function outOfOrder(positions: number[]): number {
  const seen = new Set<number>();
  let wrong = 0;
  for (const [at, position] of positions.entries()) {
    const before = positions[at - 1];
    if (before !== undefined && position !== before + 1 && !seen.has(position)) wrong += 1;
    seen.add(position);
  }
  return wrong;
}

async function createAll({ url, token }: Factory, count: number, address: (n: number) => string): Promise<void> {
  const { statuses } = await runLoad({
    ...{ url, token, connections: CREATED_TOGETHER },
    next: (n) =>
      n < count
        ? {
            method: 'POST',
            path: '/api/v1/webhooks',
            body: JSON.stringify({ url: address(n), types: ['SaleRecorded'] }),
          }
        : undefined,
  });
  if (statuses[201] !== count) throw new Error(`Webhooks were not made: ${JSON.stringify(statuses)}`);
}
