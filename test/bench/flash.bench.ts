/**
 * A flash sale: buyers, one piece each, come at once over several instances, and are charged at a sandbox gateway; some try twice. Then orders that
 * wait for a payer which starts again. Beside it Redis with a Lua script, which only counts. What was sold, charged and limited is checked:
 * npm run bench -- flash [--buyers 20000] [--pieces 2000] [--connections 10000] [--instances 3] [--waiting 10000] [--declined 0.1]
 *   [--only ours,redis-always,redis-everysec]
 */
import type { ChargeDocument } from '../../libs/payment-process/charge-document.js';
import { login } from '../support/http.js';
import { type System, startSystem } from '../support/system.js';
import { flagsOf } from './flags.js';
import { percentiles, round, runLoad, type Shot, sleep } from './load.js';
import { usageOfChildren } from './processes.js';
import { redisServerProgram } from './redis.js';
import { startRedisRival } from './rivals.js';

export const title = 'A flash sale: held, paid and returned, beside Redis with a Lua script';

interface Options {
  buyers: number;
  pieces: number;
  connections: number;
  instances: number;
  waiting: number;
  declined: number;
}
const ITEM = 'bottle';
/** Of buyers, one in so many tries a second time. */
const TWICE_EVERY = 20;
const LINES_MAX = 1000;
/** Not reached, too many of one address, overloaded: a second later, as `Retry-After` says. */
const AGAIN = [0, 429, 503];
const PAUSE_MS = 1000;
const SETTLE_MS_MAX = 600_000;

export async function run(): Promise<object> {
  const { only, ...options } = flagsOf({
    ...{ buyers: 20_000, pieces: 2000, connections: 10_000, instances: 3, waiting: 10_000, declined: 0.1 },
    only: 'ours,redis-always,redis-everysec',
  });
  const results: Record<string, Record<string, unknown>> = {};
  let waiting = {};
  if (only.includes('ours')) ({ sale: results.ours, waiting } = await ours(options));
  const program = redisServerProgram();
  if (program === undefined) console.log('There is no redis-server: B is skipped.');
  for (const appendfsync of ['always', 'everysec'])
    if (program !== undefined && only.includes(`redis-${appendfsync}`))
      results[`Redis ${appendfsync}`] = await redis(program, appendfsync, options);
  const speed = (name: string) => Number(results[name]?.['answers/s']);
  const ratio = (name: string) => ({ ratio: round(speed('ours') / speed(name)) });
  return {
    [`${options.buyers} buyers of ${options.pieces} pieces over ${options.connections} connections`]: results,
    ...(options.waiting > 0 && only.includes('ours') && { 'a payer starts again': { ours: waiting } }),
    ...(speed('ours') > 0 &&
      speed('Redis always') > 0 && {
        'answers/s, ours to Redis': { always: ratio('Redis always'), everysec: ratio('Redis everysec') },
      }),
  };
}

// ── The rush ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Rush {
  answers: number;
  seconds: number;
  /** From the first sending to the answer that counts. */
  accepted_ms: number[];
  codes: Record<string, number>;
  /** By code: a second later, with the same key, on the same connection. */
  asked_again: Record<string, number>;
  refused_after_sold_out: number;
  sold_out_s: number;
}

/** Over all instances at once; each buyer asks until there is an answer. */
async function rush(targets: { url: string; token: string }[], connections: number, shots: Shot[]): Promise<Rush> {
  const rush: Rush = {
    ...{ answers: 0, seconds: 0, accepted_ms: [], codes: {}, asked_again: {} },
    ...{ refused_after_sold_out: 0, sold_out_s: 0 },
  };
  const began_ms = performance.now();
  let [first_sold_out_ms, last_sold_out_ms] = [0, 0];
  const each = Math.floor(connections / targets.length);
  let at = 0;
  const loads = targets.map(({ url, token }) => {
    const first_sent_ms = new Map<number, number>();
    return runLoad({
      ...{ url, token, connections: each, addresses: each },
      next(n) {
        first_sent_ms.set(n, performance.now());
        return shots[at++];
      },
      again_after_ms: (status) => (AGAIN.includes(status) ? PAUSE_MS : undefined),
      onAnswer(n, status, body) {
        if (AGAIN.includes(status)) {
          const code = status === 503 ? String((JSON.parse(body) as { code?: string }).code) : `${status}`;
          rush.asked_again[code] = (rush.asked_again[code] ?? 0) + 1;
          return;
        }
        const now_ms = performance.now();
        rush.answers += 1;
        const code = status < 300 ? 'accepted' : String((JSON.parse(body) as { code: string }).code);
        rush.codes[code] = (rush.codes[code] ?? 0) + 1;
        if (code === 'accepted') rush.accepted_ms.push(now_ms - first_sent_ms.get(n)!);
        if (code !== 'sold_out' && code !== 'insufficient_stock') return;
        first_sold_out_ms ||= now_ms;
        last_sold_out_ms = now_ms;
        rush.refused_after_sold_out += 1;
      },
    });
  });
  await Promise.all(loads);
  rush.seconds = (performance.now() - began_ms) / 1000;
  rush.sold_out_s = (last_sold_out_ms - first_sold_out_ms) / 1000;
  return rush;
}

function figuresOf({ answers, seconds, accepted_ms, codes, asked_again, ...rush }: Rush) {
  const { p50, p99 } = percentiles(accepted_ms);
  const { accepted = 0, sold_out = 0, insufficient_stock = 0, exceeds_customer_limit = 0, ...others } = codes;
  return {
    'answers/s': round(answers / seconds),
    'accepted p50_ms': round(p50),
    'accepted p99_ms': round(p99),
    'refusals/s after sold out': round(rush.refused_after_sold_out / rush.sold_out_s),
    accepted,
    sold_out: sold_out + insufficient_stock,
    over_limit: exceeds_customer_limit,
    'asked again': Object.entries(asked_again)
      .map(([code, times]) => `${times} × ${code}`)
      .join(', '),
    ...others,
  };
}

function buyersOf(options: Options, path: string, bodyOf: (customer_id: string) => object): Shot[] {
  return Array.from({ length: options.buyers }, (_, n) => n).flatMap((n) => {
    const body = JSON.stringify(bodyOf(`CUST-${n}`));
    const shot = (key: string): Shot => ({ method: 'POST', path, body, headers: { 'idempotency-key': key } });
    return n % TWICE_EVERY === 0 ? [shot(`first-${n}`), shot(`second-${n}`)] : [shot(`first-${n}`)];
  });
}

// ── Ours ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

async function ours(options: Options): Promise<{ sale: Record<string, unknown>; waiting: Record<string, unknown> }> {
  const system = await startSystem({ durable: true, apis: options.instances, payers: 2 });
  try {
    const shop = await shopOf(system);
    await shop.furnish(options);
    const sale = await rushAtOurs(shop, options);
    return { sale, waiting: options.waiting > 0 ? await startAgain(shop, options) : {} };
  } finally {
    await system.stop();
  }
}

type Shop = Awaited<ReturnType<typeof shopOf>>;

async function shopOf(system: System) {
  const { token } = await login(system.url, system.admin);
  /** A question that the read models cannot answer yet is asked again. */
  async function call<T>(path: string, type?: string, body?: string): Promise<T> {
    const headers = { authorization: `Bearer ${token}`, ...(type !== undefined && { 'content-type': type }) };
    for (;;) {
      const answer = await fetch(`${system.url}/api/v1${path}`, { method: body ? 'POST' : 'GET', headers, body });
      const text = await answer.text();
      if (answer.ok) return (type === 'application/x-ndjson' ? text : JSON.parse(text)) as T;
      if (answer.status !== 503 || body !== undefined) throw new Error(`${path}: ${answer.status} ${text}`);
      await sleep(200);
    }
  }
  const post = <T>(path: string, body: object) => call<T>(path, 'application/json', JSON.stringify(body));
  async function give(lines: object[]): Promise<void> {
    for (let at = 0; at < lines.length; at += LINES_MAX) {
      const text = lines.slice(at, at + LINES_MAX).map((line) => JSON.stringify(line));
      const answers = await call<string>('/batches', 'application/x-ndjson', text.join('\n'));
      const bad = answers.split('\n').find((line) => line !== '' && JSON.parse(line).status >= 300);
      if (bad !== undefined) throw new Error(bad);
    }
  }
  async function rows<T>(path: string): Promise<T[]> {
    const all: T[] = [];
    for (let cursor = ''; ; ) {
      const page = await call<{ data: T[]; next_cursor: string | null }>(`${path}limit=1000${cursor}`);
      all.push(...page.data);
      if (page.next_cursor === null) return all;
      cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
  }
  const gateway = async <T>(method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${system.gateway.key}`, 'content-type': 'application/json' };
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    return (await (await fetch(`${system.gateway.url}${path}`, { method, headers, ...given })).json()) as T;
  };
  return {
    ...{ system, token, call, give, rows, gateway },
    async furnish({ buyers, pieces, waiting, declined }: Options) {
      await gateway('PUT', '/faults', { declined_share: declined });
      await post('/items', { item_id: ITEM, name: 'Bottle', kind: 'bottle' });
      await post('/suppliers', { supplier_id: 'SUP', name: 'Supplier' });
      const line_items = [{ item_id: ITEM, quantity: pieces + waiting, unit_price: 1 }];
      await post('/purchases', { supplier_id: 'SUP', line_items });
      const customers = Array.from({ length: buyers }, (_, n) => `CUST-${n}`);
      await give(customers.map((customer_id) => ({ type: 'customers', body: { customer_id, name: customer_id } })));
    },
    async offer(quantity: number, per_customer_max: number) {
      const terms = { item_id: ITEM, quantity, unit_price: 2.5, per_customer_max, hold_seconds: 3600 };
      const opened = { ...terms, ends_at: '2099-12-31' };
      const { flash_sale_id, position } = await post<{ flash_sale_id: string; position: number }>(
        '/flash-sales',
        opened,
      );
      await call(`/flash-sales/${flash_sale_id}?min_position=${position}`);
      return flash_sale_id;
    },
    charges: async () => {
      const all: ChargeDocument[] = [];
      for (;;) {
        const after = all.length === 0 ? '' : `&after=${encodeURIComponent(all.at(-1)!.key)}`;
        const { data } = await gateway<{ data: ChargeDocument[] }>('GET', `/charges?limit=10000${after}`);
        if (data.length === 0) return all;
        all.push(...data);
      }
    },
  };
}

interface Figures {
  remaining: number;
  held: number;
  sold: number;
  returned: number;
}

async function rushAtOurs(shop: Shop, options: Options) {
  const { system, token } = shop;
  const flash_sale_id = await shop.offer(options.pieces, 1);
  const shots = buyersOf(options, '/api/v1/flash-buy', (customer_id) => ({
    customer_id,
    line_items: [{ flash_sale_id, quantity: 1 }],
  }));
  const began_ms = performance.now();
  const cpu_before = usageOfChildren().cpu_s;
  const curve: ({ s: number } & Figures)[] = [];
  let is_over = false;
  const watching = (async () => {
    for (; !is_over; await sleep(500)) {
      const { remaining, held, sold, returned } = await shop.call<Figures>(`/flash-sales/${flash_sale_id}`);
      curve.push({ s: round((performance.now() - began_ms) / 1000), remaining, held, sold, returned });
    }
  })();
  const targets = system.urls.map((url) => ({ url, token }));
  const done = await rush(targets, options.connections, shots);
  await settled(shop);
  const paid_s = (performance.now() - began_ms) / 1000;
  is_over = true;
  await watching;
  console.table(curve);
  const { accepted = 0 } = done.codes;
  return {
    ...figuresOf(done),
    'all settled s': round(paid_s),
    'cpu s/1,000': round(((usageOfChildren().cpu_s - cpu_before) / done.answers) * 1000),
    ...(await verdictOf(shop, flash_sale_id, accepted)),
  };
}

type Order = { order_id: string; customer_id: string; status: string; line_items: { flash_sale_id: string }[] };

async function settled(shop: Shop): Promise<void> {
  const open = async () => {
    for (const status of ['pending', 'paying', 'refund_due'])
      if ((await shop.call<{ data: unknown[] }>(`/orders?limit=1&status=${status}`)).data.length > 0) return true;
    return false;
  };
  for (const until_ms = Date.now() + SETTLE_MS_MAX; await open(); await sleep(100))
    if (Date.now() > until_ms) throw new Error('orders stay open');
}

/** All zero where nothing was sold, charged or given that should not be. */
async function verdictOf(shop: Shop, flash_sale_id: string, accepted: number) {
  const orders = (await shop.rows<Order>('/orders?')).filter(
    (order) => order.line_items[0]!.flash_sale_id === flash_sale_id,
  );
  const confirmed = orders.filter(({ status }) => status === 'confirmed');
  const by_customer = Map.groupBy(confirmed, ({ customer_id }) => customer_id);
  const { quantity, sold } = await shop.call<Figures & { quantity: number }>(`/flash-sales/${flash_sale_id}`);
  const charges = new Map((await shop.charges()).map((charge) => [charge.key, charge.status]));
  const ended = { captured: 'confirmed', refunded: 'refunded', declined: 'released', processing: 'paying' };
  const wrong = orders.filter(({ order_id, status }) => {
    const charge = charges.get(`main/${order_id}`);
    return status !== (charge === undefined ? 'released' : ended[charge]);
  });
  return {
    'share of holds paid': round(confirmed.length / Math.max(1, orders.length)),
    lost: Math.max(0, accepted - orders.length),
    oversold: Math.max(0, sold - quantity, confirmed.length - quantity),
    'over the limit': [...by_customer.values()].filter(({ length }) => length > 1).length,
    'charged without piece or refund': wrong.length,
  };
}

/** Orders that were placed while no payer ran. */
async function startAgain(shop: Shop, { waiting }: Options) {
  const flash_sale_id = await shop.offer(waiting, waiting);
  await shop.system.kill('payments');
  await shop.system.kill('payments_2');
  const body = { customer_id: 'CUST-0', line_items: [{ flash_sale_id, quantity: 1 }] };
  await shop.give(Array.from({ length: waiting }, () => ({ type: 'flash-buy', body })));
  const began_ms = performance.now();
  await shop.system.restart('payments');
  const ready_s = (performance.now() - began_ms) / 1000;
  await settled(shop);
  const seconds = (performance.now() - began_ms) / 1000;
  const { 'over the limit': _, ...verdict } = await verdictOf(shop, flash_sale_id, waiting);
  return {
    'orders waiting': waiting,
    'payer ready s': round(ready_s),
    'all settled s': round(seconds),
    'orders/s': round(waiting / seconds),
    ...verdict,
  };
}

// ── Redis ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

async function redis(program: string, appendfsync: string, options: Options) {
  const rival = await startRedisRival(program, appendfsync, [ITEM], options.pieces, 'redis-flash');
  try {
    const line_items = [{ item_id: ITEM, quantity: 1, unit_price: 2.5 }];
    const shots = buyersOf(options, '/api/v1/sales', (customer_id) => ({ customer_id, line_items }));
    const cpu_before = usageOfChildren().cpu_s;
    const done = await rush([rival], options.connections, shots);
    const { numbers, stock } = await rival.books();
    return {
      ...figuresOf(done),
      'cpu s/1,000': round(((usageOfChildren().cpu_s - cpu_before) / done.answers) * 1000),
      lost: Math.max(0, (done.codes.accepted ?? 0) - numbers.length),
      oversold: Math.max(0, -(stock.get(ITEM) ?? 0)),
    };
  } finally {
    await rival.stop();
  }
}
