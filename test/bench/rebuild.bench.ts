/**
 * A rebuild beside the live tables while clients sell and read: how long, what they feel, whether the tables are right:
 * npm run bench -- rebuild [--events 200000] [--rate 300] [--seed 7]
 */

import { allItems, type Factory, itemId, PLENTY, saleOf, startFactory } from './factory.js';
import { flagsOf } from './flags.js';
import { mixed } from './histories.js';
import { percentiles, round, runLoad, type Shot, seeded, sleep } from './load.js';
import { fill } from './start.bench.js';

export const title = 'A rebuild under load, fsync on';

const ITEMS = 1000;
const READ_EVERY_MS = 50;
const CALM_S = 10;

interface Rebuild {
  status: 'requested' | 'running' | 'done' | 'failed';
  progress: { events: number; of: number };
}
interface Verification {
  verification_id: string;
  status: 'running' | 'passed' | 'failed';
  rows_compared: number;
  differences: unknown[];
}

export async function run(): Promise<object> {
  const flags = flagsOf({ events: 200_000, rate: 300, seed: 7 });
  console.log(`seed ${flags.seed}`);
  const factory = await startFactory({ items: allItems(ITEMS), stock: PLENTY });
  try {
    const filling = await fill(factory.system, flags.events, mixed());
    console.log('filled', JSON.stringify(filling));
    // The API reads what was appended beside it before the next sale.
    await factory.give([{ type: 'sales', body: saleOf(itemId(0)) }]);
    const load = { rate: flags.rate, random: seeded(flags.seed) };
    const before = await during(factory, load, () => sleep(CALM_S * 1000));
    const { took, ...meanwhile } = await during(factory, load, () => rebuilt(factory));
    await factory.caughtUp();
    return {
      filling,
      'sales and reads': { before: before.felt, 'during the rebuild': meanwhile.felt },
      rebuild: { [`${took!.events} events`]: took! },
      'compared with the log': { verification: await verified(factory) },
    };
  } finally {
    await factory.stop();
  }
}

async function during<T>(
  factory: Factory,
  { rate, random }: { rate: number; random: () => number },
  work: () => Promise<T>,
): Promise<{ felt: object; took: T }> {
  const item_id = () => itemId(Math.floor(random() * ITEMS));
  let over = false;
  const shot = (): Shot => ({ method: 'POST', path: '/api/v1/sales', body: JSON.stringify(saleOf(item_id())) });
  const { url, token } = factory;
  const pieces = async () => {
    const stock = await factory.stock();
    return allItems(ITEMS).reduce((sum, each) => sum + stock.get(each)!, 0);
  };
  const pieces_before = await pieces();
  const selling = runLoad({ url, token, connections: 50, rate, next: () => (over ? undefined : shot()) });
  const reads_ms: number[] = [];
  let unanswered = 0;
  const reading = (async () => {
    while (!over) {
      const since_ms = performance.now();
      await factory.get(`/stock/${item_id()}`).catch(() => {
        unanswered += 1;
      });
      reads_ms.push(performance.now() - since_ms);
      await sleep(READ_EVERY_MS);
    }
  })();
  const took = await work().finally(() => {
    over = true;
  });
  const { statuses, latency_ms } = await selling;
  await reading;
  const sold = statuses['201'] ?? 0;
  const felt = {
    sales: sold,
    'not sold': Object.entries(statuses).reduce((sum, [status, count]) => sum + (status === '201' ? 0 : count), 0),
    'sale p50_ms': round(latency_ms.p50),
    'sale p99_ms': round(latency_ms.p99),
    reads: reads_ms.length,
    'reads without an answer': unanswered,
    'read p99_ms': round(percentiles(reads_ms).p99),
    'pieces astray': pieces_before - sold - (await pieces()),
  };
  return { felt, took };
}

async function rebuilt(factory: Factory) {
  const began_ms = performance.now();
  await factory.post('/projections/rebuild');
  for (;;) {
    const { rebuild } = await factory.get<{ rebuild: Rebuild }>('/projections');
    const { events } = rebuild.progress;
    const seconds = (performance.now() - began_ms) / 1000;
    if (rebuild.status === 'done') return { events, seconds: round(seconds), 'events/s': Math.round(events / seconds) };
    if (rebuild.status === 'failed') throw new Error(`the rebuild failed: ${JSON.stringify(rebuild)}`);
    await sleep(200);
  }
}

async function verified(factory: Factory) {
  const { verification_id } = await factory.post<Verification>('/audit/verifications');
  for (;;) {
    const { status, rows_compared, differences } = await factory.get<Verification>(
      `/audit/verifications/${verification_id}`,
    );
    if (status !== 'running') return { status, 'rows compared': rows_compared, differences: differences.length };
    await sleep(500);
  }
}
