/** One side of compare.bench: the system of the checkout in argv, under the load that its parent asks for. */
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import type { Turn, Work } from './compare.bench.js';
import { type Shot, seeded } from './load.js';

const ITEMS = 1000;
const BATCH_LINES = 100;
const checkout = pathToFileURL(`${process.argv[2]}/dist/test/bench/`);
const { startFactory, allItems, itemId, saleOf, PLENTY } = (await import(
  `${checkout}factory.js`
)) as typeof import('./factory.js');
const { runLoad } = (await import(`${checkout}load.js`)) as typeof import('./load.js');
const { given, A_FACTORY, purchase, sale } = (await import(
  new URL('../support/given.js', checkout).href
)) as typeof import('../support/given.js');
const { usageOfChildren } = (await import(`${checkout}processes.js`)) as typeof import('./processes.js');

const anySale = (random: () => number) => saleOf(itemId(Math.floor(random() * ITEMS)));
const post = (body: object): Shot => ({ method: 'POST', path: '/api/v1/sales', body: JSON.stringify(body) });
const SHOTS: Record<Exclude<Work, 'batches' | 'rules'>, (random: () => number) => Shot> = {
  sales: (random) => post(anySale(random)),
  refused: () => post(saleOf('none')),
  'as-of': (random) => ({
    method: 'GET',
    path: `/api/v1/stock?limit=20&position=${100 + Math.floor(random() * 1000)}`,
  }),
};

const RULES_FACTOR = 10;
const books = given(...A_FACTORY, purchase([['preform', 100_000_000, '0.01']]));
const factory = await startFactory({ items: [...allItems(ITEMS)], stock: PLENTY });
process.send!('ready');
for (;;) {
  const [turn] = (await once(process, 'message')) as [Turn | 'stop'];
  if (turn === 'stop') break;
  process.send!(await cpuOf(turn));
}
await factory.stop();
process.exit();

/** Seconds of all processes of the system, until the read models have followed. */
async function cpuOf({ work, commands, connections, seed }: Turn): Promise<number> {
  const random = seeded(seed);
  if (work === 'rules') return cpuOfRules(commands);
  const before = usageOfChildren().cpu_s;
  if (work === 'batches')
    for (let n = 0; n < commands; n += BATCH_LINES)
      await factory.give(Array.from({ length: BATCH_LINES }, () => ({ type: 'sales', body: anySale(random) })));
  else {
    const next = (n: number) => (n < commands ? SHOTS[work](random) : undefined);
    const { statuses } = await runLoad({ url: factory.url, token: factory.token, connections, next });
    const bad = Object.keys(statuses).filter((status) => !['200', '201', '404'].includes(status));
    if (bad.length > 0) throw new Error(`${work}: answers ${bad.join(', ')}`);
  }
  await factory.caughtUp();
  return usageOfChildren().cpu_s - before;
}

/** A tenth of what it takes, since so many more are decided. */
function cpuOfRules(commands: number): number {
  const before = process.cpuUsage();
  for (let n = 0; n < commands * RULES_FACTOR; n += 1) books.and(sale([['preform', 1, '0.02']]));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000 / RULES_FACTOR;
}
