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
const load = (path: string) => import(new URL(path, checkout).href);
const { given, A_FACTORY, openLedger, item, party, purchase, sale } = (await load(
  '../support/given.js',
)) as typeof import('../support/given.js');
const { memoryLog } = (await load('../support/memory-log.js')) as typeof import('../support/memory-log.js');
const { openWriter } = (await load(
  '../../libs/ledger-writer/writer.js',
)) as typeof import('../../libs/ledger-writer/writer.js');
const { usageOfChildren } = (await import(`${checkout}processes.js`)) as typeof import('./processes.js');

const anySale = (random: () => number) => saleOf(itemId(Math.floor(random() * ITEMS)));
const post = (body: object): Shot => ({ method: 'POST', path: '/api/v1/sales', body: JSON.stringify(body) });
const SHOTS: Record<Exclude<Work, 'batches' | 'rules' | 'writer'>, (random: () => number) => Shot> = {
  sales: (random) => post(anySale(random)),
  refused: () => post(saleOf('none')),
  'as-of': (random) => ({
    method: 'GET',
    path: `/api/v1/stock?limit=20&position=${100 + Math.floor(random() * 1000)}`,
  }),
};

const RULES_FACTOR = 10;
const TOGETHER = 50;
const books = given(...A_FACTORY, purchase([['preform', 100_000_000, '0.01']]));
const submitSale = await writerOfSales();
let factory: Awaited<ReturnType<typeof startFactory>> | undefined;
process.send!('ready');
for (;;) {
  const [turn] = (await once(process, 'message')) as [Turn | 'stop'];
  if (turn === 'stop') break;
  process.send!(await cpuOf(turn));
}
await factory?.stop();
process.exit();

/** Seconds of all processes of the system, until the read models have followed. */
async function cpuOf({ work, commands, connections, seed }: Turn): Promise<number> {
  const random = seeded(seed);
  if (work === 'rules') return cpuOfRules(commands);
  if (work === 'writer') return cpuOfWriter(commands);
  factory ??= await startFactory({ items: [...allItems(ITEMS)], stock: PLENTY });
  const { give, url, token, caughtUp } = factory;
  await caughtUp();
  const before = usageOfChildren().cpu_s;
  if (work === 'batches')
    for (let n = 0; n < commands; n += BATCH_LINES)
      await give(Array.from({ length: BATCH_LINES }, () => ({ type: 'sales', body: anySale(random) })));
  else {
    const next = (n: number) => (n < commands ? SHOTS[work](random) : undefined);
    const { statuses } = await runLoad({ url, token, connections, next });
    const bad = Object.keys(statuses).filter((status) => !['200', '201', '404'].includes(status));
    if (bad.length > 0) throw new Error(`${work}: answers ${bad.join(', ')}`);
  }
  await caughtUp();
  return usageOfChildren().cpu_s - before;
}

/** A tenth of what it takes, since so many more are decided. */
function cpuOfRules(commands: number): number {
  const before = process.cpuUsage();
  for (let n = 0; n < commands * RULES_FACTOR; n += 1) books.and(sale([['preform', 1, '0.02']]));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000 / RULES_FACTOR;
}

/** A ledger whose log takes everything and keeps nothing, so that what is left is deciding, applying, hashing and encoding. */
async function writerOfSales(): Promise<() => Promise<unknown>> {
  const log = memoryLog();
  const append: typeof log.append = async (stream, expected, events) => {
    if (stream === 'clock') return log.append(stream, expected, events);
    for (const { json } of events) if (json !== undefined) Buffer.from(json.data + json.metadata);
    return { outcome: 'appended', revision: expected + events.length };
  };
  const writer = openWriter({ store: { ...log, append }, ledger_id: 'main', watch_ms: 1_000_000_000 });
  let n = 0;
  const submit = async (command: Parameters<typeof writer.submit>[0]['command']) => {
    n += 1;
    const now = new Date().toISOString();
    const { outcome } = await writer.submit({
      command,
      envelope: { actor: 'ada', role: 'admin', now, idempotency_key: `key-${n}`, request_hash: `${n}` },
    });
    if (outcome !== 'recorded') throw new Error(`${command.type}: ${outcome}`);
  };
  await submit(openLedger());
  for (const id of ['SUP-001', 'CUST-001']) await submit(party(id.startsWith('SUP') ? 'supplier' : 'customer', id));
  for (let index = 0; index < ITEMS; index += 1) {
    await submit(item(itemId(index)));
    await submit(purchase([[itemId(index), 100_000_000, '0.01']]));
  }
  return () => submit(sale([[itemId((n * 7919) % ITEMS), 1, '0.02']]));
}
async function cpuOfWriter(commands: number): Promise<number> {
  const before = process.cpuUsage();
  for (let n = 0; n < commands * RULES_FACTOR; n += TOGETHER)
    await Promise.all(Array.from({ length: TOGETHER }, submitSale));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000 / RULES_FACTOR;
}
