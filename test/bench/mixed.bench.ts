/**
 * L4 mixed commands and reads, L5 reservations of which three in ten expire, L8 as-of and report reads during sales.
 * --minutes: also L4 at half its rate, for so long, with every program's memory:
 * npm run bench -- mixed [--commands 10000] [--connections 100] [--minutes 0] [--seed 7] [--only L4,L5,L8]
 */

import { numberIn, type Tally, tally } from './books.js';
import { allItems, type Factory, itemId, PLENTY, startFactory, WARM } from './factory.js';
import { flagsOf } from './flags.js';
import { type LoadResult, percentiles, round, runLoad, type Shot, seeded, sleep } from './load.js';
import { memoryOfPrograms, usageOfChildren } from './processes.js';

export const title = 'Mixed loads: commands, reads, reservations and reports, fsync on';

const ITEMS = 1000;
type Moves = Record<string, number>;
interface Step {
  kind: string;
  shot: Shot;
  moves?: Moves;
}
interface Options {
  commands: number;
  connections: number;
  minutes: number;
  seed: number;
}

export async function run(): Promise<object> {
  const options = flagsOf({ commands: 10_000, connections: 100, minutes: 0, seed: 7, only: 'L4,L5,L8' });
  console.log(`seed ${options.seed}, ${options.commands} requests a load, ${options.connections} connections`);
  const results: Record<string, object> = {};
  for (const name of options.only.split(',')) {
    const factory = await startFactory({ items: allItems(ITEMS), stock: PLENTY });
    try {
      await runLoad({ ...factory, connections: 20, next: (n) => (n < 1000 ? sale(WARM, 1) : undefined) });
      Object.assign(results, await LOADS[name]!(factory, options));
    } finally {
      await factory.stop();
    }
  }
  return results;
}
const LOADS: Record<string, (factory: Factory, options: Options) => Promise<Record<string, object>>> = {
  L4: measureMixed,
  L5: measureReservations,
  L8: measureReadsMeanwhile,
};

const post = (path: string, body: object): Shot => ({
  method: 'POST',
  path: `/api/v1${path}`,
  body: JSON.stringify(body),
});
const read = (path: string): Shot => ({ method: 'GET', path: `/api/v1${path}` });
const sale = (item_id: string, quantity: number) =>
  post('/sales', { customer_id: 'CUST', line_items: [{ item_id, quantity, unit_price: 4 }] });

// L4: 60 sale, 15 purchase, 10 transfer, 5 blow and waste, 10 reads.

export function mixedSteps(seed: number): () => Step {
  const random = seeded(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const transfer = (item_id: string): Step =>
    random() < 0.5
      ? {
          kind: 'transfer',
          shot: post('/transfers', { from_account_id: 'equity', to_account_id: 'cash', amount: 1.25 }),
        }
      : {
          kind: 'transfer',
          shot: post('/stock-transfers', {
            from_location_id: 'main',
            to_location_id: 'store',
            line_items: [{ item_id, quantity: 1 }],
          }),
        };
  const reads = [(id: string) => `/stock/${id}`, () => '/sales?limit=20', () => '/dashboard', () => '/trial-balance'];
  return () => {
    const item_id = itemId(whole(ITEMS));
    const quantity = 1 + whole(3);
    const lot = random() * 100;
    if (lot < 60) return { kind: 'sale', shot: sale(item_id, quantity), moves: { [item_id]: -quantity } };
    if (lot < 75) {
      const line_items = [{ item_id, quantity, unit_price: 3.5 }];
      return {
        kind: 'purchase',
        shot: post('/purchases', { supplier_id: 'SUP', line_items }),
        moves: { [item_id]: quantity },
      };
    }
    if (lot < 85) return transfer(item_id);
    if (lot < 87.5) {
      const made = itemId((Number(item_id.slice('item-'.length)) + 1) % ITEMS);
      const [inputs, outputs] = [[{ item_id, quantity }], [{ item_id: made, quantity }]];
      return {
        kind: 'blow',
        shot: post('/blows', { inputs, outputs }),
        moves: { [item_id]: -quantity, [made]: quantity },
      };
    }
    if (lot < 90) {
      const line_items = [{ item_id, quantity: 1 }];
      return { kind: 'waste', shot: post('/wastes', { line_items, reason: 'broken' }), moves: { [item_id]: -1 } };
    }
    return { kind: 'read', shot: read(reads[whole(reads.length)]!(item_id)) };
  };
}

async function measureMixed(factory: Factory, options: Options): Promise<Record<string, object>> {
  const counted = tally(await factory.books());
  const steps = mixedSteps(options.seed);
  const full = await drive(factory, counted, steps, options.commands, options);
  const behind = await factory.caughtUp();
  const results: Record<string, object> = {
    'L4 mixed': { ...full.kinds, all: full.all },
    'L4 read models at the end': { behind: { events: behind.events, s: round(behind.seconds) } },
  };
  if (options.minutes > 0) {
    const rate = full.all['answers/s'] / 2;
    const requests = Math.ceil(rate * options.minutes * 60);
    const { samples, stop } = sampleMemory();
    const half = await drive(factory, counted, steps, requests, { ...options, rate });
    stop();
    results[`L4 at half load for ${options.minutes} minutes`] = { ...half.kinds, all: half.all };
    results['memory in MiB, each 10 s'] = flatness(await samples);
  }
  return { ...results, 'L4 correctness': { L4: counted.verdict(await factory.books()) } };
}

async function drive(
  factory: Factory,
  { recorded }: Tally,
  steps: () => Step,
  requests: number,
  { connections, rate }: { connections: number; rate?: number },
) {
  const given = new Map<number, Step>();
  const latencies = new Map<string, number[]>();
  const failures = new Map<string, number>();
  const next = (n: number) => {
    if (n >= requests) return undefined;
    const step = steps();
    given.set(n, step);
    return step.shot;
  };
  const onAnswer = (n: number, status: number, body: string, ms: number) => {
    const { kind, moves = {}, shot } = given.get(n)!;
    given.delete(n);
    latencies.set(kind, latencies.get(kind) ?? []);
    latencies.get(kind)!.push(ms);
    if (status === 201) recorded(numberIn(body), moves);
    else if (shot.method === 'POST' || status !== 200) failures.set(kind, (failures.get(kind) ?? 0) + 1);
  };
  const lag = watchLag(factory);
  const cpu_before = usageOfChildren().cpu_s;
  const { url, token } = factory;
  const result = await runLoad({ url, token, connections, next, onAnswer, ...(rate !== undefined && { rate }) });
  const cpu_s = usageOfChildren().cpu_s - cpu_before;
  const lags = await lag.stop();
  const kinds = [...latencies].map(([kind, values]) => [
    kind,
    { ...inMs(percentiles(values)), answers: values.length, failed: failures.get(kind) ?? 0 },
  ]);
  const all = {
    'answers/s': round(result.per_second),
    ...inMs(result.latency_ms),
    answers: result.answers,
    failed: [...failures.values()].reduce((sum, count) => sum + count, 0),
    'cpu s/1,000': round((cpu_s / result.answers) * 1000),
    'memory MiB': round(Object.values(memoryOfPrograms()).reduce((sum, mib) => sum + mib, 0)),
    'lag p50_ms': round(lags.p50),
    'lag p99_ms': round(lags.p99),
  };
  return { all, kinds: Object.fromEntries(kinds) as Record<string, object> };
}

function inMs({ p50, p99, p999 }: LoadResult['latency_ms']) {
  return { p50_ms: round(p50), p99_ms: round(p99), 'p99.9_ms': round(p999) };
}

function watchLag(factory: Factory) {
  let over = false;
  const watching = (async () => {
    const lags: number[] = [];
    while (!over) {
      lags.push((await factory.get<{ lag_ms: number }>('/projections')).lag_ms);
      await sleep(50);
    }
    return percentiles(lags);
  })();
  return {
    stop() {
      over = true;
      return watching;
    },
  };
}

const SAMPLE_EVERY_MS = 10_000;

function sampleMemory() {
  const done = new AbortController();
  const samples = (async () => {
    const taken: Record<string, number>[] = [];
    while (!done.signal.aborted) {
      taken.push(memoryOfPrograms());
      await Promise.race([
        sleep(SAMPLE_EVERY_MS),
        new Promise((resolve) => done.signal.addEventListener('abort', resolve)),
      ]);
    }
    return taken;
  })();
  return { samples, stop: () => done.abort() };
}

function flatness(samples: readonly Record<string, number>[]): Record<string, object> {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const mean = (part: readonly Record<string, number>[], name: string) =>
    part.reduce((sum, sample) => sum + (sample[name] ?? 0), 0) / part.length;
  const rows = Object.keys(samples.at(-1) ?? {}).map((name) => {
    const [first, last] = [mean(samples.slice(0, quarter), name), mean(samples.slice(-quarter), name)];
    const most = Math.max(...samples.map((sample) => sample[name] ?? 0));
    const figures = { 'first quarter': round(first), 'last quarter': round(last), most: round(most) };
    return [name, { ...figures, 'last / first': round(last / first), samples: samples.length }];
  });
  return Object.fromEntries(rows);
}

const SHORT_S = 2;
const LONG_S = 600;
const RUN_OUT_S_MAX = 60;

async function measureReservations(factory: Factory, options: Options): Promise<Record<string, object>> {
  const random = seeded(options.seed);
  const { recorded, verdict } = tally(await factory.books());
  const reserved: { id: string; item_id: string }[] = [];
  const given = new Map<number, { item_id: string; kind: 'reserve' | 'reserve for a moment' | 'check out' }>();
  const latencies = new Map<string, number[]>();
  let [reservations, failed, short_lived] = [0, 0, 0];
  const next = (n: number) => {
    const due = reserved.shift();
    if (due !== undefined) {
      given.set(n, { item_id: due.item_id, kind: 'check out' });
      const line_items = [{ item_id: due.item_id, unit_price: 4 }];
      return post(`/reservations/${due.id}/checkout`, { customer_id: 'CUST', line_items });
    }
    if (reservations >= options.commands / 2) return undefined;
    reservations += 1;
    const item_id = itemId(Math.floor(random() * ITEMS));
    const short = random() < 0.3;
    given.set(n, { item_id, kind: short ? 'reserve for a moment' : 'reserve' });
    return post('/reservations', { line_items: [{ item_id, quantity: 2 }], ttl_seconds: short ? SHORT_S : LONG_S });
  };
  const onAnswer = (n: number, status: number, body: string, ms: number) => {
    const { item_id, kind } = given.get(n)!;
    given.delete(n);
    latencies.set(kind, latencies.get(kind) ?? []);
    latencies.get(kind)!.push(ms);
    if (status !== 201) {
      failed += 1;
      return;
    }
    recorded(numberIn(body), kind === 'check out' ? { [item_id]: -2 } : {});
    if (kind === 'reserve') reserved.push({ id: numberIn(body), item_id });
    if (kind === 'reserve for a moment') short_lived += 1;
  };
  const cpu_before = usageOfChildren().cpu_s;
  const { url, token } = factory;
  const result = await runLoad({ url, token, connections: options.connections, next, onAnswer });
  const { seconds: ended_s, still_reserved } = await untilRunOut(factory);
  const cpu_s = usageOfChildren().cpu_s - cpu_before;
  const found = verdict(await factory.books());
  const rows = [...latencies].map(([kind, values]) => [kind, { ...inMs(percentiles(values)), answers: values.length }]);
  return {
    'L5 reservations': {
      ...Object.fromEntries(rows),
      all: {
        'answers/s': round(result.per_second),
        ...inMs(result.latency_ms),
        answers: result.answers,
        failed,
        'cpu s/1,000': round((cpu_s / result.answers) * 1000),
      },
    },
    'L5 what ran out': {
      reservations: { reservations, 'for a moment': short_lived, 'all ended after, s': round(ended_s) },
    },
    // Reserved pieces cannot be sold.
    'L5 correctness': { L5: { ...found, undersold: found.undersold + still_reserved } },
  };
}

async function untilRunOut(factory: Factory): Promise<{ seconds: number; still_reserved: number }> {
  const began_ms = performance.now();
  for (;;) {
    const { data } = await factory.get<{ data: { reserved: number }[] }>('/stock?limit=1000');
    const still_reserved = data.reduce((sum, { reserved }) => sum + reserved, 0);
    const seconds = (performance.now() - began_ms) / 1000;
    if (still_reserved === 0 || seconds > RUN_OUT_S_MAX) return { seconds, still_reserved };
    await sleep(100);
  }
}

const READERS = 4;

async function measureReadsMeanwhile(factory: Factory, options: Options): Promise<Record<string, object>> {
  const counted = tally(await factory.books());
  const random = seeded(options.seed);
  const sales = (): Step => {
    const item_id = itemId(Math.floor(random() * ITEMS));
    return { kind: 'sale', shot: sale(item_id, 1), moves: { [item_id]: -1 } };
  };
  const alone = await drive(factory, counted, sales, options.commands, options);
  const { stop } = startReading(factory, seeded(options.seed + 1));
  const together = await drive(factory, counted, sales, options.commands, options);
  const reads = await stop();
  return {
    'L8 sales': { 'without reads': alone.all, [`with ${READERS} readers`]: together.all },
    'L8 reads meanwhile': reads,
    'L8 correctness': { L8: counted.verdict(await factory.books()) },
  };
}

function startReading({ url, token }: Factory, random: () => number) {
  const began = new Date().toISOString();
  const today = began.slice(0, 10);
  const item = () => itemId(Math.floor(random() * ITEMS));
  const questions: Record<string, () => string> = {
    'stock as of': () => `/stock/${item()}?as_of=${began}`,
    'stock as known at': () => `/stock/${item()}?known_at=${began}`,
    'all stock as of': () => `/stock?limit=100&as_of=${began}`,
    'trial balance as of': () => `/trial-balance?as_of=${began}`,
    'profit by day': () => `/reports/profit-loss?from=${today}&to=${today}&group_by=day`,
    'profit by item': () => `/reports/profit-loss?from=${today}&to=${today}&group_by=item`,
    movements: () => `/stock/${item()}/movements?limit=20`,
    dashboard: () => '/dashboard',
  };
  const names = Object.keys(questions);
  const latencies = new Map<string, number[]>(names.map((name) => [name, []]));
  let over = false;
  let failed = 0;
  const nameOf = (n: number) => names[n % names.length]!;
  const next = (n: number) => (over ? undefined : read(questions[nameOf(n)]!()));
  const onAnswer = (n: number, status: number, _body: string, ms: number) => {
    latencies.get(nameOf(n))!.push(ms);
    if (status !== 200) failed += 1;
  };
  const reading = runLoad({ url, token, connections: READERS, next, onAnswer });
  return {
    async stop() {
      over = true;
      const { per_second, answers } = await reading;
      const rows = [...latencies].map(([name, values]) => [
        name,
        { ...inMs(percentiles(values)), answers: values.length },
      ]);
      return { ...Object.fromEntries(rows), all: { 'answers/s': round(per_second), answers, failed } };
    },
  };
}
