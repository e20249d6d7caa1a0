/**
 * Clients that watch all stock, while sales are recorded at a steady rate; what commands keep beside them; and a restart, after which all
 * come back: npm run bench -- live [--clients 10000] [--rate 200] [--seconds 20] [--items 100]
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { allItems, type Factory, itemId, PLENTY, saleOf, startFactory } from './factory.js';
import { flagsOf } from './flags.js';
import { percentiles, round, runLoad, sleep } from './load.js';

export const title = 'Streams of stock beside sales, fsync on';

/** Of whose messages every latency is counted. */
const COUNTED_OF = 20;
const CONNECTING_MAX = 200;
const COMMAND_CONNECTIONS = 50;
const SETTLED_MS = 2000;
const ASK_AGAIN_MS = 1000;

export async function run(): Promise<object> {
  const options = flagsOf({ clients: 10_000, rate: 200, seconds: 20, items: 100 });
  const { clients, rate, seconds, items } = options;
  const factory = await startFactory({ items: allItems(items), stock: PLENTY, env: { STREAMS_PER_USER: '10000' } });
  try {
    const alone = await closedLoop(factory, items, seconds);
    const before_kb = memoryOf(factory);
    const watchers = Array.from({ length: clients }, (_, n) => new Watcher(factory, n % COUNTED_OF === 0));
    const opened_ms = await openAll(watchers);
    const memory = {
      kb_a_client: round((memoryOf(factory) - before_kb) / clients),
      opened_a_second: round((clients / opened_ms) * 1000),
      refused_at_first: refusedOf(watchers),
    };
    const recorded_at_ms = new Map<number, number>();
    for (const watcher of watchers) watcher.recorded_at_ms = recorded_at_ms;
    const steady = await runLoad({
      ...{ url: factory.url, token: factory.token, connections: COMMAND_CONNECTIONS, rate },
      next: (n) => (n < rate * seconds ? sale(n, items) : undefined),
      onAnswer: (_n, _status, _body, _ms, head) =>
        recorded_at_ms.set(Number(/ledger-position: (\d+)/i.exec(head)?.[1]), performance.now()),
    });
    const head = Math.max(...recorded_at_ms.keys());
    const late = await untilAllAt(watchers, head);
    const latency = percentiles(watchers.flatMap(({ latencies_ms }) => latencies_ms));
    const beside = await closedLoop(factory, items, seconds);
    const storm = await comeBack(factory, watchers);
    return {
      streams: {
        'recorded → received': { p50_ms: round(latency.p50), p99_ms: round(latency.p99), max_ms: round(latency.max) },
        'not at the last position': { clients: late, of: clients, facts_a_second: round(steady.per_second) },
      },
      'memory of the API': { streams: memory },
      'sales a second': { alone, 'beside the streams': beside, kept: round(beside / alone) },
      'after a restart': { streams: storm },
    };
  } finally {
    await factory.stop();
  }
}

const sale = (n: number, items: number) => ({
  method: 'POST' as const,
  path: '/api/v1/sales',
  body: JSON.stringify(saleOf(itemId(n % items))),
});

async function closedLoop({ url, token }: Factory, items: number, seconds: number): Promise<number> {
  const until_ms = performance.now() + seconds * 1000;
  const { per_second } = await runLoad({
    ...{ url, token, connections: COMMAND_CONNECTIONS },
    next: (n) => (performance.now() < until_ms ? sale(n, items) : undefined),
  });
  return round(per_second);
}

/** Resident, in kB. */
function memoryOf({ system }: Factory): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${system.pid('api')}/status`, 'utf8'))?.[1]);
}

/** One client, which parses no more than ids. */
class Watcher {
  id = -1;
  whole_states = 0;
  refused = 0;
  recorded_at_ms: ReadonlyMap<number, number> = new Map();
  readonly latencies_ms: number[] = [];
  private socket: Socket | undefined;
  private tail = '';

  constructor(
    private readonly factory: Factory,
    private readonly is_counted: boolean,
  ) {}

  /** Comes back when refused, as the browser's EventSource or our client would. */
  async open(): Promise<void> {
    while ((await this.ask()) !== 200) {
      this.refused += 1;
      await sleep(ASK_AGAIN_MS);
    }
  }

  /** @returns the status, once there is a first message; 0: lost the connection */
  private ask(): Promise<number> {
    this.socket?.destroy();
    const { hostname, port, host } = new URL(this.factory.url);
    const { promise, resolve } = Promise.withResolvers<number>();
    const socket = connect({ host: hostname, port: Number(port) });
    this.socket = socket;
    this.tail = '';
    socket.setEncoding('latin1');
    let status = 0;
    socket.on('data', (chunk: string) => {
      status ||= Number(chunk.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
      if (status === 200) this.read(chunk);
      if (this.id >= 0 || status !== 200) resolve(status);
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(0));
    const resumed = this.id < 0 ? '' : `last-event-id: ${this.id}\r\n`;
    socket.write(
      `GET /api/v1/stream/stock HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${this.factory.token}\r\n${resumed}\r\n`,
    );
    return promise;
  }

  get is_open(): boolean {
    return this.socket?.readyState === 'open';
  }

  private read(chunk: string): void {
    const text = this.tail + chunk;
    const at = text.lastIndexOf('\nid: ');
    this.whole_states += chunk.includes('event: state') ? 1 : 0;
    this.tail = text.slice(-40);
    if (at < 0) return;
    const id = Number.parseInt(text.slice(at + 5, at + 25), 10);
    if (this.is_counted) {
      const now_ms = performance.now();
      for (let position = this.id + 1; position <= id; position += 1) {
        const recorded_ms = this.recorded_at_ms.get(position);
        if (recorded_ms !== undefined) this.latencies_ms.push(now_ms - recorded_ms);
      }
    }
    this.id = id;
  }
}

const refusedOf = (watchers: readonly Watcher[]) => watchers.reduce((sum, { refused }) => sum + refused, 0);

async function openAll(watchers: readonly Watcher[]): Promise<number> {
  const since_ms = performance.now();
  for (let n = 0; n < watchers.length; n += CONNECTING_MAX)
    await Promise.all(watchers.slice(n, n + CONNECTING_MAX).map((each) => each.open()));
  return performance.now() - since_ms;
}

/** @returns how many are not */
async function untilAllAt(watchers: readonly Watcher[], position: number): Promise<number> {
  const late = () => watchers.filter(({ id }) => id < position).length;
  for (const give_up_at_ms = performance.now() + 20_000; late() > 0 && performance.now() < give_up_at_ms; )
    await sleep(20);
  return late();
}

/** All lose their streams by a restart and come back with their last id. */
async function comeBack(factory: Factory, watchers: readonly Watcher[]) {
  await sleep(SETTLED_MS);
  for (const watcher of watchers) [watcher.whole_states, watcher.refused] = [0, 0];
  await factory.system.restart('api');
  const since_ms = performance.now();
  await openAll(watchers);
  await factory.give([{ type: 'sales', body: saleOf(itemId(0)) }]);
  const { position } = await factory.get<{ position: number }>('/stock?limit=1');
  const late = await untilAllAt(watchers, position);
  return {
    seconds: round((performance.now() - since_ms) / 1000),
    open: watchers.filter(({ is_open }) => is_open).length,
    'missed the last change': late,
    'refused at first': refusedOf(watchers),
    'sent whole again': watchers.filter(({ whole_states }) => whole_states > 0).length,
  };
}
