/**
 * Durable sales beside what teams write instead, on one machine, fsync on. L1 uniform over 10,000 items, L2 Zipf 0.99,
 * L3 one hot item with a fifth of the stock asked for; ours also at 70 % of its L1 rate, in an open loop. The books are
 * checked after each:
 * npm run bench -- sales [--commands 10000] [--connections 200] [--seconds 15] [--seed 7] [--only ours,crud]
 */

import { type Books, numberIn, tally, type Verdict } from './books.js';
import type { Chart } from './chart.js';
import { allItems, type Factory, ITEMS, itemId, PLENTY, saleOf, startFactory, WARM } from './factory.js';
import { flagsOf } from './flags.js';
import { type LoadResult, percentiles, round, runLoad, type Shot, seeded, sleep, zipf } from './load.js';
import { hasPgbench, runPgbench } from './pgbench.js';
import { usageOfChildren } from './processes.js';
import { redisServerProgram } from './redis.js';
import { type Rival, startRedisRival, startRival, startRivalDatabase } from './rivals.js';

export const title = 'Durable sales over HTTP, fsync on, side by side';

interface Figures extends Verdict {
  /** Until the last piece was sold. */
  'sold/s': number;
  'answers/s': number;
  p50_ms: number;
  p99_ms: number;
  'p99.9_ms': number;
  'cpu s/1,000': number;
  refused: number;
  failed: number;
}
type Results = Record<string, Record<string, Figures>>;

interface Options {
  commands: number;
  connections: number;
  seconds: number;
  seed: number;
}
interface Load {
  name: string;
  items: string[];
  stock: number;
  pick: () => string;
}

const L1 = 'L1 uniform';
const L2 = 'L2 zipf';
const L3 = 'L3 hot item';

export async function run(): Promise<object> {
  const { only, ...options } = flagsOf({
    commands: 10_000,
    connections: 200,
    seconds: 15,
    seed: 7,
    only: 'ours,function,crud,redis-always,redis-everysec,pgbench,emmett,echo',
  });
  const { commands, connections, seed } = options;
  console.log(`seed ${seed}, ${commands} commands a load, ${connections} connections`);
  const results: Results = {};
  const open_loop: Record<string, object> = {};
  for (const name of only.split(',')) {
    const measureOne = SYSTEMS[name];
    if (measureOne === undefined) throw new Error(`There is no system ${name}: ${Object.keys(SYSTEMS).join(', ')}`);
    const missing = MISSING[name]?.();
    if (missing !== undefined) {
      console.log(`${name} is skipped: ${missing}`);
      continue;
    }
    for (const load of loads(options)) {
      const figures = await measureOne(load, options, open_loop);
      if (figures === undefined) continue;
      results[load.name] = { ...results[load.name], [name]: figures };
      console.log(load.name, name, JSON.stringify(figures));
    }
  }
  return { ...results, 'ours, open loop': open_loop, ratios: ratiosOf(results) };
}

function loads({ seed, commands }: Options): Load[] {
  const random = seeded(seed);
  const draw = zipf(ITEMS, 0.99, seeded(seed));
  return [
    { name: L1, items: allItems(), stock: PLENTY, pick: () => itemId(Math.floor(random() * ITEMS)) },
    { name: L2, items: allItems(), stock: PLENTY, pick: () => itemId(draw()) },
    { name: L3, items: ['hot'], stock: Math.ceil(commands / 5), pick: () => 'hot' },
  ];
}

/** Answers a second: a refused buyer of a hot item is an answer, too. */
export function chart(results: Results): Chart {
  const groups = Object.entries(results).filter(([load]) => load.startsWith('L'));
  const speeds = (by_system: Record<string, Figures>) =>
    Object.fromEntries(
      Object.entries(by_system).map(([system, figures]) => [NAMES[system] ?? system, figures['answers/s']]),
    );
  return {
    title,
    unit: 'answers/s',
    groups: Object.fromEntries(groups.map(([load, figures]) => [load, speeds(figures)])),
  };
}
const NAMES: Record<string, string> = {
  ours: 'factory-ledger',
  crud: 'A1 row locks',
  function: 'A2 SQL function',
  'redis-always': 'B Redis, always',
  'redis-everysec': 'B Redis, everysec',
  pgbench: 'C pgbench, no HTTP',
  emmett: 'M Emmett',
  echo: 'E HTTP echo',
};

function ratiosOf(results: Results): Record<string, Record<string, number>> {
  const toOurs = (name: string, load: string, figure: 'sold/s' | 'answers/s') => {
    const [ours, theirs] = [results[load]?.ours?.[figure], results[load]?.[name]?.[figure]];
    return ours === undefined || theirs === undefined ? undefined : round(ours / theirs);
  };
  const ratiosTo = (name: string) => ({
    ...Object.fromEntries([L1, L2, L3].map((load) => [load, toOurs(name, load, 'sold/s')])),
    [`${L3}, answers`]: toOurs(name, L3, 'answers/s'),
  });
  const rivals = Object.keys(NAMES).filter((name) => name !== 'ours');
  const rows = rivals.map((name): [string, Record<string, number>] => [
    `ours / ${NAMES[name]}`,
    Object.fromEntries(Object.entries(ratiosTo(name)).filter((row): row is [string, number] => row[1] !== undefined)),
  ]);
  const [hot, even] = [results[L3]?.ours?.['sold/s'], results[L1]?.ours?.['sold/s']];
  if (hot !== undefined && even !== undefined) rows.push(['ours, hot / uniform', { [L3]: round(hot / even) }]);
  return Object.fromEntries(rows.filter(([, ratios]) => Object.keys(ratios).length > 0));
}

type Measure = (load: Load, options: Options, open_loop: Record<string, object>) => Promise<Figures | undefined>;

const SYSTEMS: Record<string, Measure> = {
  ours: measureOurs,
  crud: rivalOf((items, stock) => startRival('crud', items, stock)),
  function: rivalOf((items, stock) => startRival('function', items, stock)),
  emmett: rivalOf((items, stock) => startRival('emmett', items, stock)),
  'redis-always': rivalOf((items, stock) => startRedisRival(redisServerProgram()!, 'always', items, stock)),
  'redis-everysec': rivalOf((items, stock) => startRedisRival(redisServerProgram()!, 'everysec', items, stock)),
  pgbench: measurePgbench,
  echo: measureEcho,
};

const withoutRedis = () =>
  redisServerProgram() === undefined ? 'there is no redis-server (apt-get install redis-server)' : undefined;
const MISSING: Record<string, () => string | undefined> = {
  'redis-always': withoutRedis,
  'redis-everysec': withoutRedis,
  pgbench: () => (hasPgbench() ? undefined : 'there is no pgbench (apt-get install postgresql-contrib)'),
};

function rivalOf(start: (items: string[], stock: number) => Promise<Rival>): Measure {
  return async (load, options) => {
    const rival = await start(load.items, load.stock);
    try {
      return await measure(rival, load, options);
    } finally {
      await rival.stop();
    }
  };
}

async function measureOurs(load: Load, options: Options, open_loop: Record<string, object>) {
  const factory = await startFactory({ items: load.items, stock: load.stock });
  try {
    const figures = await measure(factory, load, options, async () => {
      const { events, seconds } = await factory.caughtUp();
      open_loop[`read models after ${load.name} at full speed`] = {
        'behind, events': events,
        'behind, s': round(seconds),
      };
    });
    if (load.name === L1)
      open_loop['L1 at 70 %'] = await measureOpenLoop(factory, load, options, figures['sold/s'] * 0.7);
    return figures;
  } finally {
    await factory.stop();
  }
}

async function measureEcho(load: Load, { commands, connections }: Options) {
  if (load.name !== L1) return undefined;
  const rival = await startRival('echo', [], 0);
  try {
    await runLoad({ ...rival, connections, next: salesOf(() => WARM, warmUp(commands)) });
    const before = usageOfChildren();
    const result = await runLoad({ ...rival, connections, next: salesOf(load.pick, commands) });
    return figuresOf(result, usageOfChildren().cpu_s - before.cpu_s, {
      oversold: 0,
      undersold: 0,
      duplicate: 0,
      lost: 0,
    });
  } finally {
    await rival.stop();
  }
}

/** With stock for all: a refusal would end pgbench's connection. Its CPU counts with Postgres'. */
async function measurePgbench({ name, items }: Load, { commands, seed }: Options): Promise<Figures | undefined> {
  if (name === L2) return undefined;
  const database = await startRivalDatabase(items, PLENTY);
  try {
    const item = name === L3 ? "'hot'" : "'item-' || :n";
    const calls = { database_url: database.url, clients: 20, seed, item, items: items.length };
    await runPgbench({ ...calls, commands: warmUp(commands) });
    const [before, cpu_before] = [await database.books(), usageOfChildren().cpu_s];
    const { seconds, latency_ms } = await runPgbench({ ...calls, commands });
    const cpu_s = usageOfChildren().cpu_s - cpu_before;
    const after = await database.books();
    const sold = after.numbers.length - before.numbers.length;
    const result = { answers: sold, seconds, per_second: sold / seconds, statuses: { 201: sold }, latency_ms };
    return figuresOf(result, cpu_s, verdictByCounting(before, after, Math.ceil(commands / 20) * 20));
  } finally {
    await database.stop();
  }
}

function verdictByCounting(before: Books, after: Books, calls: number): Verdict {
  const pieces = ({ stock }: Books) => [...stock.values()].reduce((sum, each) => sum + each, 0);
  const gone = pieces(before) - pieces(after);
  const sold = after.numbers.length - before.numbers.length;
  return {
    oversold: Math.max(0, gone - sold),
    undersold: Math.max(0, sold - gone),
    duplicate: after.numbers.length - new Set(after.numbers).size,
    lost: calls - sold,
  };
}

/** Until then the runtime compiles what is hot. */
const warmUp = (commands: number) => Math.ceil(commands / 4);

type Target = Pick<Rival, 'url' | 'token' | 'books'>;

export function salesOf(pick: (n: number) => string, commands: number): (n: number) => Shot | undefined {
  return (n) => {
    if (n >= commands) return undefined;
    return { method: 'POST', path: '/api/v1/sales', body: JSON.stringify(saleOf(pick(n))) };
  };
}

async function measure(
  target: Target,
  load: Load,
  { commands, connections }: Options,
  afterwards = async () => {},
): Promise<Figures> {
  await runLoad({ ...target, connections, next: salesOf(() => WARM, warmUp(commands)) });
  const before = await target.books();
  const cpu_before = usageOfChildren().cpu_s;
  const { result, verdict, sold_out_s } = await sell(target, load, before, { commands, connections });
  const cpu_s = usageOfChildren().cpu_s - cpu_before;
  await afterwards();
  return figuresOf(result, cpu_s, verdict(await target.books()), sold_out_s);
}

async function sell(
  { url, token }: Target,
  { pick }: Load,
  before: Books,
  { commands, connections, rate }: { commands: number; connections: number; rate?: number },
) {
  const { recorded, refused, verdict } = tally(before);
  const picked = new Map<number, string>();
  let last_sale_ms = performance.now();
  const next = salesOf((n) => {
    const item_id = pick();
    picked.set(n, item_id);
    return item_id;
  }, commands);
  const onAnswer = (n: number, status: number, body: string) => {
    const item_id = picked.get(n)!;
    picked.delete(n);
    if (status === 201) {
      last_sale_ms = performance.now();
      recorded(numberIn(body), { [item_id]: -1 });
    }
    if (status === 409) refused(item_id);
  };
  const result = await runLoad({ url, token, connections, next, onAnswer, ...(rate !== undefined && { rate }) });
  return { result, verdict, sold_out_s: result.seconds - (performance.now() - last_sale_ms) / 1000 };
}

/** From the intended time; meanwhile how far the read models are behind. */
async function measureOpenLoop(factory: Factory, load: Load, { connections, seconds }: Options, rate: number) {
  const commands = Math.ceil(rate * seconds);
  const before = await factory.books();
  const selling = sell(factory, load, before, { commands, connections, rate });
  let over = false;
  const lags: number[] = [];
  const watching = (async () => {
    while (!over) {
      lags.push((await factory.get<{ lag_ms: number }>('/projections')).lag_ms);
      await sleep(50);
    }
  })();
  const { result, verdict } = await selling.finally(() => {
    over = true;
  });
  await watching;
  const { p50, p99, p999 } = result.latency_ms;
  const lag = percentiles(lags);
  return {
    'intended/s': round(rate),
    'answers/s': round(result.per_second),
    p50_ms: round(p50),
    p99_ms: round(p99),
    'p99.9_ms': round(p999),
    'lag p50_ms': round(lag.p50),
    'lag p99_ms': round(lag.p99),
    failed: result.answers - (result.statuses['201'] ?? 0),
    ...verdict(await factory.books()),
  };
}

function figuresOf(
  { answers, seconds, statuses, latency_ms }: LoadResult,
  cpu_s: number,
  verdict: Verdict,
  sold_out_s = seconds,
): Figures {
  const [sold, refused] = [statuses['201'] ?? 0, statuses['409'] ?? 0];
  return {
    'sold/s': round(sold / sold_out_s),
    'answers/s': round(answers / seconds),
    p50_ms: round(latency_ms.p50),
    p99_ms: round(latency_ms.p99),
    'p99.9_ms': round(latency_ms.p999),
    'cpu s/1,000': round((cpu_s / answers) * 1000),
    refused,
    failed: answers - sold - refused,
    ...verdict,
  };
}
