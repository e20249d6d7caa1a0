/**
 * A waiting queue: customers take tickets over several instances while the flash sale begins, in the midst of the rush. Whether the draw can be made again,
 * no number is missing or double, and nobody who asked after another one's answer has a smaller number; then passes, and orders with them:
 * npm run bench -- queue [--customers 50000] [--seconds 10] [--connections 3000] [--instances 3] [--pieces 2000]
 */
import { drawn, seedHash } from '../../libs/waiting-queue/draw.js';
import { openStream } from '../support/event-stream.js';
import { login } from '../support/http.js';
import { type System, startSystem } from '../support/system.js';
import { flagsOf } from './flags.js';
import { percentiles, round, runLoad, type Shot, sleep } from './load.js';
import { usageOfChildren } from './processes.js';

export const title = 'A waiting queue: tickets, the draw, passes';

const ITEM = 'bottle';
const LINES_MAX = 1000;
/** Of the rush: then the sale begins. */
const BEGINS_AT = 0.5;
/** Between the opening and the rush. */
const AHEAD_MS = 5000;
const PER_MINUTE_MAX = 1_000_000;
const WAIT_MS_MAX = 120_000;

interface Joined {
  customer_id: string;
  /** null: to be drawn. */
  number: number | null;
  sent_ms: number;
  answered_ms: number;
}
interface Figures {
  status: string;
  serving: number;
  last_number: number;
  drawn: number;
  seed: string;
  settings: { draw: { seed_hash: string } };
  passes_used: number;
}

export async function run(): Promise<object> {
  const options = flagsOf({ customers: 50_000, seconds: 10, connections: 3000, instances: 3, pieces: 2000 });
  const system = await startSystem({ durable: true, apis: options.instances, homes: true });
  try {
    const shop = await shopOf(system);
    await shop.furnish(options.customers, options.pieces);
    const { rush, flash_sale_id, joined } = await rushOf(shop, options);
    const queue = await verdictOf(shop, flash_sale_id, joined);
    const passes = await ordersOf(shop, flash_sale_id, options.pieces);
    return {
      [`${options.customers} tickets in ${options.seconds} s over ${options.instances} instances`]: { ours: rush },
      'numbers and draw': { ours: queue },
      'passes, each used twice, and orders without': { ours: passes },
    };
  } finally {
    await system.stop();
  }
}

type Shop = Awaited<ReturnType<typeof shopOf>>;

async function shopOf(system: System) {
  const client = await login(system.url, system.admin);
  const { token } = client;
  async function post<T>(path: string, body: object, expected = 201): Promise<T> {
    const answer = await client.post(path, body);
    if (answer.status !== expected) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }
  async function get<T>(path: string, headers = {}): Promise<T> {
    for (const give_up_at_ms = Date.now() + WAIT_MS_MAX; ; await sleep(200)) {
      const answer = await client.get(path, headers);
      if (answer.status === 200) return answer.body as T;
      if (answer.status !== 503 || Date.now() > give_up_at_ms)
        throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
  }
  async function furnish(customers: number, pieces: number): Promise<void> {
    await post('/items', { item_id: ITEM, name: 'Bottle', kind: 'bottle' });
    await post('/suppliers', { supplier_id: 'SUP', name: 'Supplier' });
    await post('/purchases', { supplier_id: 'SUP', line_items: [{ item_id: ITEM, quantity: pieces, unit_price: 1 }] });
    for (let from = 0; from < customers; from += LINES_MAX) {
      const ids = Array.from({ length: Math.min(LINES_MAX, customers - from) }, (_, n) => `CUST-${from + n}`);
      const lines = ids.map((customer_id) =>
        JSON.stringify({ type: 'customers', body: { customer_id, name: customer_id } }),
      );
      const type = { 'content-type': 'application/x-ndjson' };
      const answer = await client.send('POST', '/batches', lines.join('\n'), type);
      if (answer.status !== 200 || `${answer.body}`.includes('"problem"')) throw new Error(`${answer.body}`);
    }
  }
  return { system, client, token, post, get, furnish };
}

async function rushOf(
  { system, client, token, post, get }: Shop,
  {
    customers,
    seconds,
    connections,
    pieces,
  }: { customers: number; seconds: number; connections: number; pieces: number },
) {
  const began_at_ms = Date.now() + AHEAD_MS;
  const starts_at = new Date(began_at_ms + seconds * 1000 * BEGINS_AT).toISOString();
  const terms = { item_id: ITEM, quantity: pieces, unit_price: 2.5, per_customer_max: 1, hold_seconds: 3600 };
  const opened = await post<{ flash_sale_id: string; position: number }>('/flash-sales', {
    ...{ ...terms, starts_at, ends_at: '2099-12-31', queue_per_minute: 1 },
  });
  const { flash_sale_id } = opened;
  await get(`/flash-sales/${flash_sale_id}`, { 'ledger-position': `${opened.position}` });
  const stream = await openStream(system.url, client, `/stream/queue?flash_sale_id=${flash_sale_id}`);
  await sleep(began_at_ms - Date.now());

  const joined: Joined[] = [];
  const statuses: Record<number, number> = {};
  const latencies: number[] = [];
  const path = `/api/v1/flash-sales/${flash_sale_id}/queue/tickets`;
  const { urls } = system;
  const cpu_before = usageOfChildren().cpu_s;
  const since_ms = performance.now();
  await Promise.all(
    urls.map((url, instance) => {
      const customerOf = (n: number) => `CUST-${n * urls.length + instance}`;
      const count = Math.ceil((customers - instance) / urls.length);
      const each = Math.floor(connections / urls.length);
      return runLoad({
        ...{ url, token, connections: each, addresses: each, rate: count / seconds },
        next: (n): Shot | undefined =>
          n >= count ? undefined : { method: 'POST', path, body: JSON.stringify({ customer_id: customerOf(n) }) },
        onAnswer(n, status, body, ms) {
          statuses[status] = (statuses[status] ?? 0) + 1;
          const answered_ms = performance.now();
          latencies.push(ms);
          if (status !== 201) return;
          const { number } = JSON.parse(body) as { number: number | null };
          joined.push({ customer_id: customerOf(n), number, sent_ms: answered_ms - ms, answered_ms });
        },
      });
    }),
  );
  const took_s = (performance.now() - since_ms) / 1000;
  const told = stream.messages.map(({ data }) => JSON.stringify(data).length);
  stream.close();
  const { p50, p99, max } = percentiles(latencies);
  const rush = {
    'tickets/s': round(joined.length / took_s),
    'p50 ms': round(p50),
    'p99 ms': round(p99),
    'max ms': round(max),
    'not given': customers - joined.length,
    statuses: JSON.stringify(statuses),
    'cpu s/1,000': round(((usageOfChildren().cpu_s - cpu_before) / joined.length) * 1000),
    'bytes/s to one who waits': round(told.reduce((sum, each) => sum + each, 0) / took_s),
  };
  return { rush, flash_sale_id, joined };
}

/** All zero and true where the queue is right. */
async function verdictOf({ get }: Shop, flash_sale_id: string, joined: readonly Joined[]) {
  const path = `/flash-sales/${flash_sale_id}/queue`;
  let figures = await get<Figures>(path);
  for (; figures.status !== 'open'; figures = await get<Figures>(path)) await sleep(200);
  const early = joined.filter(({ number }) => number === null);
  const late = joined.filter((each): each is Joined & { number: number } => each.number !== null);
  const told: { number: number; customer_id: string }[] = [];
  for (let cursor = ''; ; ) {
    const page = await get<{ data: typeof told; next_cursor: string | null }>(`${path}/draw?limit=1000${cursor}`);
    told.push(...page.data);
    if (page.next_cursor === null) break;
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
  const again = drawn(
    figures.seed,
    early.map(({ customer_id }) => customer_id),
  );
  const differs = again.filter((customer_id, index) => told[index]?.customer_id !== customer_id).length;
  const numbers = new Set([...told, ...late].map(({ number }) => number));
  return {
    'before the start': early.length,
    'drawn otherwise by the seed': differs + Math.abs(told.length - again.length),
    'seed is the announced one': seedHash(figures.seed) === figures.settings.draw.seed_hash,
    'numbers missing or double': joined.length - numbers.size + Math.abs(figures.last_number - joined.length),
    'displacement after the start': displacement(late),
  };
}

/** The most places by which somebody stands ahead of one whose answer they knew when they asked. */
function displacement(late: readonly { number: number; sent_ms: number; answered_ms: number }[]): number {
  const by_sending = late.toSorted((a, b) => a.sent_ms - b.sent_ms);
  const by_answer = late.toSorted((a, b) => a.answered_ms - b.answered_ms);
  let [answered, highest, most] = [0, 0, 0];
  for (const { number, sent_ms } of by_sending) {
    for (; answered < by_answer.length && by_answer[answered]!.answered_ms < sent_ms; answered += 1)
      highest = Math.max(highest, by_answer[answered]!.number);
    most = Math.max(most, highest - number);
  }
  return most;
}

async function ordersOf({ system, client, token, get }: Shop, flash_sale_id: string, pieces: number) {
  const path = `/flash-sales/${flash_sale_id}/queue`;
  const since_ms = performance.now();
  const changed = await client.patch(path, { per_minute: PER_MINUTE_MAX, pass_seconds: 3600 });
  if (changed.status !== 200) throw new Error(JSON.stringify(changed.body));
  while ((await get<Figures>(path)).serving < pieces) await sleep(100);
  const let_in_s = (performance.now() - since_ms) / 1000;
  const first = await get<{ data: { customer_id: string }[] }>(`${path}/draw?limit=${Math.min(1000, pieces)}`);
  const passes: { customer_id: string; pass?: string }[] = [];
  for (const { customer_id } of first.data) passes.push(await get(`${path}/tickets/${customer_id}`));
  // Each twice, and some without.
  const bodies = passes.flatMap(({ customer_id, pass }) =>
    [pass, pass, undefined].map((each) => ({
      customer_id,
      line_items: [{ flash_sale_id, quantity: 1, ...(each && { pass: each }) }],
    })),
  );
  const codes: Record<string, number> = {};
  let at = 0;
  await Promise.all(
    system.urls.map((url) =>
      runLoad({
        ...{ url, token, connections: 50 },
        next(): Shot | undefined {
          const body = bodies[at++];
          return body && { method: 'POST', path: '/api/v1/flash-buy', body: JSON.stringify(body) };
        },
        onAnswer(_n, status, body) {
          const code = status < 300 ? 'accepted' : String((JSON.parse(body) as { code: string }).code);
          codes[code] = (codes[code] ?? 0) + 1;
        },
      }),
    ),
  );
  for (const give_up_at_ms = Date.now() + WAIT_MS_MAX; Date.now() < give_up_at_ms; await sleep(100))
    if ((await get<Figures>(path)).passes_used >= passes.length) break;
  const { passes_used } = await get<Figures>(path);
  return {
    'let in s': round(let_in_s),
    ...codes,
    'passes used': passes_used,
    'used otherwise than accepted': passes_used - (codes.accepted ?? 0),
  };
}
