/**
 * Commands at a steady rate, alone and beside a flood of reports and queries at a multiple of what the system answers:
 * npm run bench -- shedding [--rate 200] [--seconds 10] [--factor 4] [--connections 600]
 */
import { allItems, type Factory, itemId, PLENTY, saleOf, startFactory, WARM } from './factory.js';
import { flagsOf } from './flags.js';
import { percentiles, round, runLoad, type Shot } from './load.js';

export const title = 'Reports give way to commands, fsync on';

const ITEMS = 1000;
const COMMAND_CONNECTIONS = 50;
const CAPACITY_REQUESTS = 500;

interface Options {
  rate: number;
  seconds: number;
  factor: number;
  connections: number;
}

export async function run(): Promise<object> {
  const options = flagsOf({ rate: 200, seconds: 10, factor: 4, connections: 600 });
  const factory = await startFactory({ items: allItems(ITEMS), stock: PLENTY });
  try {
    await runLoad({ ...factory, connections: 20, next: (n) => (n < 2000 ? sale(WARM) : undefined) });
    const { per_second } = await runLoad({
      ...factory,
      connections: 20,
      next: (n) => (n < CAPACITY_REQUESTS ? asked(n) : undefined),
    });
    const alone = await commands(factory, options);
    const flood = floodWith(factory, options, per_second * options.factor);
    const beside = await commands(factory, options);
    const { answered, refused } = await flood;
    return {
      commands: { alone, 'beside the flood': beside, ratio: { p99_ms: round(beside.p99_ms / alone.p99_ms) } },
      flood: {
        reports: { 'answered/s': round(answered.report / options.seconds), 'refused share': share('report') },
        queries: { 'answered/s': round(answered.query / options.seconds), 'refused share': share('query') },
      },
    };
    function share(kind: 'report' | 'query'): number {
      return round(refused[kind] / Math.max(1, answered[kind] + refused[kind]));
    }
  } finally {
    await factory.stop();
  }
}

const sale = (item_id: string): Shot => ({
  method: 'POST',
  path: '/api/v1/sales',
  body: JSON.stringify(saleOf(item_id)),
});
/** Two reports for each query. */
const kindOf = (n: number) => (n % 3 === 2 ? 'query' : 'report');
const asked = (n: number): Shot => ({
  method: 'GET',
  path: kindOf(n) === 'query' ? '/api/v1/stock?limit=10' : '/api/v1/reports/profit-loss?group_by=item',
});

async function commands({ url, token }: Factory, { rate, seconds }: Options) {
  const ms: number[] = [];
  let refused = 0;
  await runLoad({
    ...{ url, token, connections: COMMAND_CONNECTIONS, rate },
    next: (n) => (n < rate * seconds ? sale(itemId(n % ITEMS)) : undefined),
    onAnswer: (_n, status, _body, took_ms) => {
      if (status === 201) ms.push(took_ms);
      else refused += 1;
    },
  });
  const { p50, p99 } = percentiles(ms);
  return { accepted: ms.length, refused, p50_ms: round(p50), p99_ms: round(p99) };
}

async function floodWith({ url, token }: Factory, { seconds, connections }: Options, rate: number) {
  const answered = { report: 0, query: 0 };
  const refused = { report: 0, query: 0 };
  await runLoad({
    ...{ url, token, connections, rate },
    next: (n) => (n < rate * seconds ? asked(n) : undefined),
    onAnswer: (n, status) => {
      if (status === 200) answered[kindOf(n)] += 1;
      if (status === 503) refused[kindOf(n)] += 1;
    },
  });
  return { answered, refused };
}
