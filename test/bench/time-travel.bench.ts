import { EventStoreDBClient } from '@eventstore/db-client';
import { sql } from 'kysely';
import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { inSnapshot, type Snapshot, snapshotAt } from '../../projections/as-of/snapshot.js';
import { openDatabase } from '../../projections/database/database.js';
import type { Db } from '../../projections/database/tables.js';
import { applyEvents } from '../../projections/projector/projector.js';
import { rebuild } from '../../projections/projector/rebuild.js';
import { createTables } from '../../projections/projector/schema.js';
import { listEntries, trialBalance } from '../../projections/read-models/balances.js';
import { listMovements } from '../../projections/read-models/movements.js';
import { profit } from '../../projections/read-models/profit.js';
import { listStock, stockOfItem } from '../../projections/read-models/stock.js';
import { verifyLedger } from '../../projections/verification/verify.js';
import { startEventStoreProcess } from '../support/event-store.js';
import { bytesOf, LedgerHistory, logOf } from '../support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../support/postgres.js';
import { type Chance, chanceOf, seedOf } from '../support/random.js';
import { flagsOf } from './flags.js';
import { fill } from './recovery.bench.js';

/**
 * The same queries at random moments, by both times, over ever more movements, one in twenty backdated; then how
 * quickly a log is projected and verified, beside how quickly the client reads it:
 * npm run bench -- time-travel [--sizes 10000,100000,1000000,10000000] [--asks 200] [--events 100000]
 */
export const title = 'Time travel: questions about the past, rebuilds and verifications';

const ITEMS = 1000;
const CUSTOMERS = 500;
const LINES = 10;
const BATCH_EVENTS = 1000;
const start_ms = Date.parse('2024-01-01T00:00:00.000Z');
const GAP_MS = 60_000;
const BACKDATED_PERCENT = 5;
const DAY_MS = 86_400_000;

export async function run(): Promise<object> {
  const flags = flagsOf({ sizes: '10000,100000', asks: 200, events: 100_000 });
  const seed = seedOf();
  console.log(`SEED=${seed}`);
  const postgres = await startPostgres({ durable: true });
  const sizes = flags.sizes.split(',').map(Number);
  try {
    const past = await questions(postgres, sizes, flags.asks, chanceOf(seed));
    const log = await logSpeeds(await createDatabase(postgres), flags.events);
    return { ...past, [`a log of ${flags.events} events`]: log };
  } finally {
    await postgres.stop();
  }
}

const YEAR = { from: '2024-01-01', to: '2024-12-31' };

/** Pages that small histories fill too: what counts is how deep an answer lies. */
type Question = (snapshot: Snapshot, chance: Chance) => Promise<unknown>;
const QUESTIONS: Record<string, Question> = {
  'stock of an item': (snapshot, chance) => stockOfItem(snapshot, itemId(chance.whole(0, ITEMS - 1))),
  'stock, 100 places': (snapshot) => listStock(snapshot, { limit: 100 }),
  'movements of an item, 20': (snapshot, chance) =>
    listMovements(snapshot, { item_id: itemId(chance.whole(0, ITEMS - 1)), limit: 20 }),
  [`trial balance, ${CUSTOMERS} customers`]: (snapshot) => trialBalance(snapshot),
  'statement of a customer, 10': (snapshot, chance) =>
    listEntries(snapshot, { account_id: `receivable:${customerId(chance.whole(0, CUSTOMERS - 1))}`, limit: 10 }),
  'statement of inventory, 100': (snapshot) => listEntries(snapshot, { account_id: 'inventory', limit: 100 }),
  'profit of a week by day': (snapshot) => profit(snapshot, { ...weekBefore(snapshot.as_of!), group_by: 'day' }),
  'profit of a year by month, as of now': async (snapshot) =>
    profit(await snapshotAt(snapshot, {}), { ...YEAR, group_by: 'month' }),
};

function weekBefore(as_of: string): { from: string; to: string } {
  const day = (back: number) => new Date(Date.parse(as_of) - back * DAY_MS).toISOString().slice(0, 10);
  return { from: day(6), to: day(0) };
}

interface Past {
  name: string;
  db: Db;
  factory: SyntheticFactory;
}

/** Rounds over all histories share a slow minute. The first half of all asks warms up. */
const ROUNDS = 10;

async function questions(postgres: PostgresServer, sizes: readonly number[], asks: number, chance: Chance) {
  const pasts: Past[] = [];
  const took = new Map(Object.keys(QUESTIONS).map((name) => [name, new Map<string, number[]>()]));
  try {
    for (const size of sizes) pasts.push(await makePast(await createDatabase(postgres), size, chance));
    for (const { db } of pasts) await intoMemory(db);
    for (let round = 0; round < 2 * ROUNDS; round += 1)
      for (const [name, question] of Object.entries(QUESTIONS))
        for (const past of pasts) {
          const times = await ask(past, question, Math.ceil(asks / ROUNDS), chance);
          const known = took.get(name)!.get(past.name) ?? [];
          if (round >= ROUNDS) took.get(name)!.set(past.name, [...known, ...times]);
        }
  } finally {
    for (const { db } of pasts) await db.destroy();
  }
  const figures = (all: Map<string, number[]>) =>
    Object.fromEntries([...all].map(([name, times]) => [name, percentiles(times)]));
  return Object.fromEntries([...took].map(([name, all]) => [`${name} (ms)`, figures(all)]));
}

async function makePast(url: string, size: number, chance: Chance): Promise<Past> {
  const db = openDatabase(url);
  await createTables(db, 'read');
  const factory = new SyntheticFactory(chance);
  await applyEvents(db, factory.opening());
  const since_ms = performance.now();
  while (factory.movements < size) await applyEvents(db, factory.sales(BATCH_EVENTS));
  const rate = (factory.movements / (performance.now() - since_ms)) * 1000;
  console.log(`${size} movements; projected ${Math.round(rate)}/s`);
  await sql`VACUUM ANALYZE`.execute(db);
  await sql`CHECKPOINT`.execute(db);
  return { name: `${size} movements`, db, factory };
}

async function intoMemory(db: Db): Promise<void> {
  await sql`CREATE EXTENSION pg_prewarm SCHEMA public`.execute(db);
  await sql`SELECT public.pg_prewarm(oid) FROM pg_class WHERE relnamespace = 'read'::regnamespace AND relkind IN ('r', 'i')
    AND (relname !~ '^(sales|documents)' OR relname ~ '^sales_by_day')`.execute(db);
}

/** Milliseconds each, every other as known at a random position. */
async function ask({ db, factory }: Past, question: Question, asks: number, chance: Chance): Promise<number[]> {
  const took: number[] = [];
  for (let asked = 0; asked < asks; asked += 1) {
    const as_of = new Date(chance.whole(start_ms, factory.now_ms)).toISOString();
    const position = asked % 2 === 0 ? undefined : chance.whole(0, factory.position);
    const since_ms = performance.now();
    await inSnapshot(db, { ledger: 'main', as_of, position }, (snapshot) => question(snapshot, chance));
    took.push(performance.now() - since_ms);
  }
  return took;
}

function percentiles(took: readonly number[]): object {
  const sorted = [...took].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)]! * 100) / 100;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

async function logSpeeds(url: string, events: number): Promise<object> {
  const server = await startEventStoreProcess();
  const store = connectEventStore({ url: server.url });
  const db = openDatabase(url);
  const speeds: Record<string, object> = {};
  const timed = async (name: string, work: () => Promise<unknown>) => {
    const since_ms = performance.now();
    await work();
    const seconds = (performance.now() - since_ms) / 1000;
    speeds[name] = { seconds: Math.round(seconds * 10) / 10, events_per_s: Math.round(events / seconds) };
    console.log(`${name}: ${Math.round(events / seconds)} events/s`);
  };
  try {
    await fill(store, events);
    const official = EventStoreDBClient.connectionString(server.url);
    await timed('read by the client', async () => {
      let read = 0;
      for await (const { event } of official.readAll()) read += Number(event?.streamId === 'ledger-main');
      if (read !== events) throw new Error(`the client read ${read} events`);
    });
    await official.dispose();
    await timed('rebuilt', () => rebuild(db, store));
    await timed('verified', async () => {
      const { findings, rows_different } = await verifyLedger(db, store, 'main');
      if (findings.length + rows_different > 0) throw new Error('the read models are not what the log says');
    });
    return speeds;
  } finally {
    await db.destroy();
    await store.close();
    await server.stop();
  }
}

const itemId = (n: number) => `item-${n}`;
const customerId = (n: number) => `CUST-${n}`;

/** Ten lines a minute apart, bought at 0.10 for ever. */
class SyntheticFactory {
  movements = 0;
  position = -1;
  now_ms = start_ms;
  private readonly numbers = new Map<string, number>();

  constructor(private readonly chance: Chance) {}

  opening(): StoredEvent[] {
    const history = new LedgerHistory('main', new Date(start_ms).toISOString());
    for (let n = 0; n < CUSTOMERS; n += 1)
      history.give({ type: 'register', kind: 'customer', id: customerId(n), attributes: { name: `Customer ${n}` } });
    history.give({ type: 'register', kind: 'supplier', id: 'SUP', attributes: { name: 'Supplier' } });
    for (let n = 0; n < ITEMS; n += 1) {
      const item_id = itemId(n);
      history.give({ type: 'register', kind: 'item', id: item_id, attributes: { name: item_id, kind: 'bottle' } });
      const line_items = [{ item_id, quantity: 1_000_000_000, unit_price: '0.1' }];
      history.give({ type: 'record_purchase', supplier_id: 'SUP', line_items });
    }
    this.position = history.events.length - 1;
    this.movements = ITEMS;
    return logOf(history);
  }

  sales(count: number): StoredEvent[] {
    return Array.from({ length: count }, () => this.sale());
  }

  private sale(): StoredEvent {
    const { chance } = this;
    this.now_ms += GAP_MS;
    this.position += 1;
    this.movements += LINES;
    const recorded_at = new Date(this.now_ms).toISOString();
    const back_ms = chance.percent(BACKDATED_PERCENT)
      ? chance.whole(1, Math.min(30 * DAY_MS, this.now_ms - start_ms))
      : 0;
    const effective_at = new Date(this.now_ms - back_ms).toISOString();
    const metadata = { actor: 'ann', recorded_at, effective_at, idempotency_key: `${this.position}` };
    const first_item = chance.whole(0, ITEMS - 1);
    const lines = Array.from({ length: LINES }, (_, n) => ({
      item_id: itemId((first_item + n * 37) % ITEMS),
      quantity: 1 + ((this.position + n) % 5),
    }));
    const data = saleOf(this.numberAt(recorded_at), customerId(chance.whole(0, CUSTOMERS - 1)), lines);
    const place = BigInt(this.position + 1_000_000);
    return {
      id: `00000000-0000-4000-8000-${this.position.toString(16).padStart(12, '0')}`,
      stream: 'ledger-main',
      revision: this.position,
      log_position: { commit: place, prepare: place },
      type: 'SaleRecorded',
      data,
      metadata,
      bytes: bytesOf({ data, metadata }),
      created_ms: this.now_ms,
    };
  }

  private numberAt(recorded_at: string): string {
    const day = recorded_at.slice(2, 10).replaceAll('-', '');
    const sequence = (this.numbers.get(day) ?? 0) + 1;
    this.numbers.set(day, sequence);
    return `SO-${day}-${String(sequence).padStart(4, '0')}`;
  }
}

function saleOf(number: string, customer_id: string, lines: readonly { item_id: string; quantity: number }[]) {
  const line_items = lines.map(({ item_id, quantity }) => {
    const [price, cost] = [quantity * 25, quantity * 10];
    const money = { total_price: `${price}`, cost: `${cost}`, profit: `${price - cost}` };
    return { item_id, quantity, unit_price: '0.25', ...money };
  });
  const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const [total_price, total_cost] = [pieces * 25, pieces * 10];
  return {
    number,
    customer_id,
    location_id: 'main',
    line_items,
    total_price: `${total_price}`,
    total_cost: `${total_cost}`,
    total_profit: `${total_price - total_cost}`,
    stock: line_items.map(({ item_id, quantity, cost }) => ({
      item_id,
      location_id: 'main',
      quantity: -quantity,
      value: `-${cost}`,
    })),
    journal: [
      { account_id: `receivable:${customer_id}`, amount: `${total_price}` },
      { account_id: 'revenue', amount: `-${total_price}` },
      { account_id: 'cogs', amount: `${total_cost}` },
      { account_id: 'inventory', amount: `-${total_cost}` },
    ],
    sales: line_items.map(({ item_id, quantity, total_price: revenue, cost }) => ({
      item_id,
      customer_id,
      quantity,
      revenue,
      cost,
    })),
  };
}
