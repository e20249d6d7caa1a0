/**
 * Durable sales over HTTP beside what teams write instead, in one run on one machine, each behind the same HTTP shell, fsync on:
 *
 *     npm run bench -- sales [--commands 10000] [--connections 200] [--seed 7] [--only ours,crud]
 *
 * L1 uniform over 10,000 items, L2 Zipf 0.99, L3 one hot item with a fifth of the stock that is asked for. After each load the books are
 * checked: nothing oversold, nothing undersold, no number twice or missing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { type Child, startChild } from '../../libs/process/child.js';
import { forge, goodClaims } from '../support/jwt.js';
import { startPostgres } from '../support/postgres.js';
import { startSystem } from '../support/system.js';
import type { Chart } from './chart.js';
import { type LoadResult, runLoad, type Shot, seeded, zipf } from './load.js';
import { usageOfChildren } from './processes.js';
import { RIVAL_TABLES } from './rival-tables.js';

export const title = 'Durable sales over HTTP, fsync on, side by side';

const ITEMS = 10_000;
const PLENTY = 1_000_000;

interface Rival {
  url: string;
  token: string;
  /** Of the last answer that named one: what the read models must have reached. */
  position: number;
  /** Pieces of one item. */
  onHand(item_id: string): Promise<number>;
  /** Numbers of all sales. */
  numbers(): Promise<string[]>;
  stop(): Promise<void>;
}

interface Figures {
  'sold/s': number;
  'answers/s': number;
  p50_ms: number;
  p99_ms: number;
  'p99.9_ms': number;
  'cpu s/1,000': number;
  refused: number;
  failed: number;
  wrong: string;
}

/** What is bought to warm a system up. */
const WARM = 'warm';
const itemId = (n: number) => `item-${n}`;

export async function run(): Promise<object> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: {
      commands: { type: 'string', default: '10000' },
      connections: { type: 'string', default: '200' },
      seed: { type: 'string', default: '7' },
      only: { type: 'string', default: 'ours,function,crud,echo' },
    },
  });
  const [commands, connections, seed] = [Number(values.commands), Number(values.connections), Number(values.seed)];
  console.log(`seed ${seed}, ${commands} commands a load, ${connections} connections`);
  const results: Record<string, Record<string, Figures>> = {};
  for (const name of values.only.split(',')) {
    const loads: [string, (n: number) => string, number][] = [
      ['L1 uniform', uniform(seed), PLENTY],
      ['L2 zipf', skewed(seed), PLENTY],
      ['L3 hot item', () => 'hot', Math.ceil(commands / 5)],
    ];
    for (const [load, pick, stock] of name === 'echo' ? loads.slice(0, 1) : loads) {
      const rival = await STARTERS[name]!(load === 'L3 hot item' ? ['hot'] : allItems(), stock);
      try {
        await measure(rival, () => WARM, Math.min(2000, commands), connections);
        const figures = await measure(
          rival,
          pick,
          commands,
          connections,
          name === 'echo' ? undefined : { load, stock },
        );
        results[load] = { ...results[load], [name]: figures };
        console.log(load, name, JSON.stringify(figures));
      } finally {
        await rival.stop();
      }
    }
  }
  return { ...results, ratios: ratiosOf(results) };
}

/** What each system did in the same run, answers a second: a refused buyer of a hot item is an answer, too. */
export function chart(results: Record<string, Record<string, Figures>>): Chart {
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
  echo: 'E HTTP echo',
};

function allItems(): string[] {
  return Array.from({ length: ITEMS }, (_, n) => itemId(n));
}
function uniform(seed: number): (n: number) => string {
  const random = seeded(seed);
  return () => itemId(Math.floor(random() * ITEMS));
}
function skewed(seed: number): (n: number) => string {
  const draw = zipf(ITEMS, 0.99, seeded(seed));
  return () => itemId(draw());
}

function ratiosOf(results: Record<string, Record<string, Figures>>): Record<string, Record<string, number>> {
  const ratio = (load: string, rival: string, figure: 'sold/s' | 'answers/s' = 'sold/s') => {
    const [ours, theirs] = [results[load]?.ours?.[figure], results[load]?.[rival]?.[figure]];
    return ours === undefined || theirs === undefined ? Number.NaN : Math.round((ours / theirs) * 100) / 100;
  };
  const hot = results['L3 hot item']?.ours?.['answers/s'] ?? Number.NaN;
  const even = results['L1 uniform']?.ours?.['answers/s'] ?? Number.NaN;
  return {
    'ours / A1 crud': {
      L1: ratio('L1 uniform', 'crud'),
      L2: ratio('L2 zipf', 'crud'),
      L3: ratio('L3 hot item', 'crud', 'answers/s'),
    },
    'ours / A2 function': {
      L1: ratio('L1 uniform', 'function'),
      L2: ratio('L2 zipf', 'function'),
      L3: ratio('L3 hot item', 'function', 'answers/s'),
    },
    'ours / E echo': { L1: ratio('L1 uniform', 'echo') },
    'hot / uniform': { ours: Math.round((hot / even) * 100) / 100 },
  };
}

// ── One load ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

async function measure(
  rival: Rival,
  pick: (n: number) => string,
  commands: number,
  connections: number,
  check?: { load: string; stock: number },
): Promise<Figures> {
  const before = usageOfChildren();
  const known = check === undefined ? new Set<string>() : new Set(await rival.numbers());
  const next = (n: number): Shot | undefined => {
    if (n >= commands) return undefined;
    const line_items = [{ item_id: pick(n), quantity: 1, unit_price: 4 }];
    return { method: 'POST', path: '/api/v1/sales', body: JSON.stringify({ customer_id: 'CUST', line_items }) };
  };
  const onAnswer = (_n: number, _status: number, body: string) => {
    rival.position = Math.max(rival.position, Number(/"position":(\d+)\}$/.exec(body)?.[1] ?? -1));
  };
  const result = await runLoad({ url: rival.url, token: rival.token, connections, next, onAnswer });
  const cpu_s = usageOfChildren().cpu_s - before.cpu_s;
  const wrong = check === undefined ? '' : await wrongAfter(rival, result, known, check);
  return figuresOf(result, cpu_s, wrong);
}

function figuresOf({ answers, seconds, statuses, latency_ms }: LoadResult, cpu_s: number, wrong: string): Figures {
  const round = (value: number, digits = 1) => Number(value.toFixed(digits));
  const [sold, refused] = [statuses['201'] ?? 0, statuses['409'] ?? 0];
  return {
    'sold/s': Math.round(sold / seconds),
    'answers/s': Math.round(answers / seconds),
    p50_ms: round(latency_ms.p50),
    p99_ms: round(latency_ms.p99),
    'p99.9_ms': round(latency_ms.p999),
    'cpu s/1,000': round((cpu_s / answers) * 1000, 2),
    refused,
    failed: answers - sold - refused,
    wrong,
  };
}

/** Empty when all is right: as many numbers as were sold, without a gap; of the hot item nothing too many and nothing left that was refused. */
async function wrongAfter(
  rival: Rival,
  { statuses }: LoadResult,
  known: ReadonlySet<string>,
  { load, stock }: { load: string; stock: number },
): Promise<string> {
  const sold = statuses['201'] ?? 0;
  const all = await rival.numbers();
  const fresh = new Set(all.filter((number) => !known.has(number)));
  const sequences = all.map((number) => Number(number.split('-')[2])).sort((a, b) => a - b);
  const gaps = sequences.filter((sequence, index) => sequence !== index + 1).length;
  const findings = [
    fresh.size === sold ? '' : `${sold} answers, ${fresh.size} sales`,
    gaps === 0 ? '' : `${gaps} numbers out of order`,
  ];
  if (load === 'L3 hot item') {
    const left = await rival.onHand('hot');
    if (left + sold !== stock) findings.push(`${stock} − ${sold} sold leaves ${left}`);
    if ((statuses['409'] ?? 0) > 0 && left > 0) findings.push(`refused with ${left} left`);
  }
  return findings.filter((finding) => finding !== '').join('; ');
}

// ── The systems ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

type Starter = (items: string[], stock: number) => Promise<Rival>;
const STARTERS: Record<string, Starter> = {
  ours: startOurs,
  crud: (items, stock) => startRival('crud', items, stock),
  function: (items, stock) => startRival('function', items, stock),
  echo: (items, stock) => startRival('echo', items, stock),
};

async function startOurs(items: string[], stock: number): Promise<Rival> {
  const system = await startSystem({ durable: true });
  const token = forge(goodClaims('admin'), system.jwt_secret);
  const headers = { authorization: `Bearer ${token}` };
  const call = async (path: string, body?: string, type = 'application/json') => {
    const options =
      body === undefined ? { headers } : { method: 'POST', headers: { ...headers, 'content-type': type }, body };
    const response = await fetch(`${system.url}/api/v1${path}`, options);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  };
  const lines = [
    { type: 'suppliers', body: { supplier_id: 'SUP', name: 'Supplier' } },
    { type: 'customers', body: { customer_id: 'CUST', name: 'Customer' } },
    ...items.map((item_id) => ({ type: 'items', body: { item_id, name: item_id, kind: 'bottle' } })),
    ...chunks(items, 100).map((part) => ({
      type: 'purchases',
      body: { supplier_id: 'SUP', line_items: part.map((item_id) => ({ item_id, quantity: stock, unit_price: 3.5 })) },
    })),
    { type: 'items', body: { item_id: WARM, name: WARM, kind: 'bottle' } },
    {
      type: 'purchases',
      body: { supplier_id: 'SUP', line_items: [{ item_id: WARM, quantity: PLENTY, unit_price: 3.5 }] },
    },
  ];
  const answers = (await call('/batches', lines.map((line) => JSON.stringify(line)).join('\n'), 'application/x-ndjson'))
    .trim()
    .split('\n');
  const bad = answers.map((line) => JSON.parse(line)).find(({ status }) => status !== 201);
  if (bad !== undefined) throw new Error(`setting up: ${JSON.stringify(bad)}`);
  const rival: Rival = {
    url: system.url,
    token,
    position: JSON.parse(answers.at(-1)!).body.position,
    async onHand(item_id) {
      return JSON.parse(await call(`/stock/${item_id}`)).on_hand;
    },
    async numbers() {
      await waitFor(async () => JSON.parse(await call('/stock?limit=1')).position >= rival.position);
      const found: string[] = [];
      for (let cursor = ''; ; ) {
        const page = JSON.parse(await call(`/sales?limit=1000${cursor}`));
        found.push(...page.data.map(({ number }: { number: string }) => number));
        if (page.next_cursor === null) return found;
        cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
      }
    },
    stop: () => system.stop(),
  };
  return rival;
}

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1200; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the read models did not catch up');
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size));
}

async function startRival(mode: string, items: string[], stock: number): Promise<Rival> {
  const postgres = await startPostgres({ durable: true });
  const folder = await mkdtemp(join(tmpdir(), 'rival-'));
  const pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
  pool.on('error', () => {});
  await pool.query(RIVAL_TABLES);
  await pool.query('INSERT INTO items SELECT id, $2::bigint, $2::bigint * 350 FROM unnest($1::text[]) id', [
    items,
    stock,
  ]);
  await pool.query('INSERT INTO items VALUES ($1, $2, $3)', [WARM, PLENTY, PLENTY * 350]);
  const jwt_secret = 'a secret of the bench, which lives for a minute';
  const child: Child = startChild({
    name: `The rival ${mode}`,
    module: new URL('./rival.js', import.meta.url),
    args: ['--mode', mode],
    env: { ...process.env, DATABASE_URL: postgres.url, JWT_SECRET: jwt_secret },
    log_file: join(folder, 'rival.log'),
  });
  const { url } = await child.ready;
  return {
    url: url!,
    position: -1,
    token: forge(goodClaims('admin'), jwt_secret),
    async onHand(item_id) {
      const { rows } = await pool.query('SELECT on_hand FROM items WHERE item_id = $1', [item_id]);
      return Number(rows[0].on_hand);
    },
    async numbers() {
      return (await pool.query('SELECT number FROM sales')).rows.map(({ number }) => number as string);
    },
    async stop() {
      await child.stop();
      await pool.end();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
