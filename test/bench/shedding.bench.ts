/**
 * Commands at a steady rate, alone and beside a flood of reports and queries at a multiple of what the system answers:
 * npm run bench -- shedding [--rate 200] [--seconds 20] [--factor 4] [--connections 600]
 */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { allItems, type Factory, itemId, PLENTY, saleOf, startFactory, WARM } from './factory.js';
import { flagsOf } from './flags.js';
import { asked, type Flood, type Flooded } from './flood.js';
import { percentiles, round, runLoad, type Shot } from './load.js';

export const title = 'Reports give way to commands, fsync on';

const ITEMS = 1000;
const COMMAND_CONNECTIONS = 50;
const CAPACITY_REQUESTS = 500;
/** No more than there are places for reports. */
const CAPACITY_CONNECTIONS = 12;
/** Connecting and the first compiling are not measured. */
const LEAD_S = 2;

interface Options {
  rate: number;
  seconds: number;
  factor: number;
  connections: number;
}

export async function run(): Promise<object> {
  const options = flagsOf({ rate: 200, seconds: 20, factor: 4, connections: 600 });
  const factory = await startFactory({ items: allItems(ITEMS), stock: PLENTY });
  try {
    await runLoad({ ...factory, connections: 20, next: (n) => (n < 2000 ? sale(WARM) : undefined) });
    const { per_second } = await runLoad({
      ...{ url: factory.url, token: factory.token, connections: CAPACITY_CONNECTIONS },
      next: (n) => (n < CAPACITY_REQUESTS ? asked(n) : undefined),
    });
    const alone = await commands(factory, options);
    const { url, token } = factory;
    const rate = per_second * options.factor;
    const seconds = options.seconds + 2 * LEAD_S;
    const flood = floodWith({ url, token, rate, seconds, connections: options.connections });
    const beside = await commands(factory, options);
    const { answered, refused } = await flood;
    return {
      commands: { alone, 'beside the flood': beside, ratio: { p99_ms: round(beside.p99_ms / alone.p99_ms) } },
      flood: {
        reports: { 'answered/s': round(answered.report / seconds), 'refused share': share('report') },
        queries: { 'answered/s': round(answered.query / seconds), 'refused share': share('query') },
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

async function commands({ url, token }: Factory, { rate, seconds }: Options) {
  const ms: number[] = [];
  let refused = 0;
  const before = rate * LEAD_S;
  await runLoad({
    ...{ url, token, connections: COMMAND_CONNECTIONS, rate },
    next: (n) => (n < before + rate * seconds ? sale(itemId(n % ITEMS)) : undefined),
    onAnswer(n, status, _body, took_ms) {
      if (n < before) return;
      if (status === 201) ms.push(took_ms);
      else refused += 1;
    },
  });
  const { p50, p99 } = percentiles(ms);
  return { accepted: ms.length, refused, p50_ms: round(p50), p99_ms: round(p99) };
}

async function floodWith(flood: Flood): Promise<Flooded> {
  const [flooded] = await once(
    new Worker(new URL('./flood.js', import.meta.url), { workerData: flood, env: process.env }),
    'message',
  );
  return flooded as Flooded;
}
