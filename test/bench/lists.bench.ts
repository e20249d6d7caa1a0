import { sql } from 'kysely';
import type { Snapshot } from '../../projections/as-of/snapshot.js';
import { openDatabase } from '../../projections/database/database.js';
import { QueryRefused } from '../../projections/database/query-refused.js';
import type { Db } from '../../projections/database/tables.js';
import { applyEvents } from '../../projections/projector/projector.js';
import { createTables } from '../../projections/projector/schema.js';
import { type DocumentFilter, documentTotals, listDocuments } from '../../projections/read-models/list-documents.js';
import { DOCUMENT_ORDERS } from '../../projections/read-models/search-documents.js';
import { LedgerHistory, logOf } from '../support/ledger-history.js';
import { createDatabase, startPostgres } from '../support/postgres.js';
import { type Chance, chanceOf, seedOf } from '../support/random.js';
import { ask } from '../support/read-models.js';
import { flagsOf } from './flags.js';

/**
 * Pages of each filter in each order, of ever other values, and their totals:
 * npm run bench -- lists [--documents 1000000] [--asks 100]
 */
export const title = 'Lists: any filter, in any order';

const CUSTOMERS = 2000;
const ITEMS = 500;
const FIRST = 1000;
const LIMIT = 100;

export async function run(): Promise<object> {
  const { documents, asks } = flagsOf({ documents: 1_000_000, asks: 100 });
  const seed = seedOf();
  console.log(`SEED=${seed}`);
  const chance = chanceOf(seed);
  const postgres = await startPostgres({ durable: true });
  const db = openDatabase(await createDatabase(postgres));
  try {
    await createTables(db, 'read');
    await applyEvents(db, logOf(new LedgerHistory('main', '2024-01-01T00:00:00.000Z')));
    await fill(db, documents);
    const pages: Record<string, object> = {};
    for (const [name, filter] of Object.entries(FILTERS))
      for (const by of DOCUMENT_ORDERS)
        for (const descending of [true, false])
          pages[`${name}, ${descending ? '-' : ''}${by}`] = await measure(asks, async () => {
            const asked: DocumentFilter = {
              ...filter(chance, documents),
              kinds: ['sale'],
              sort: { by, descending },
              limit: LIMIT,
            };
            await ask(db, { ledger: 'main' }, listDocuments, asked);
          });
    const totals: Record<string, object> = {};
    for (const [name, filter] of Object.entries(FILTERS))
      totals[name] = await measure(Math.ceil(asks / 10), () =>
        ask(db, { ledger: 'main' }, (snapshot: Snapshot) =>
          documentTotals(snapshot, { ...filter(chance, documents), kinds: ['sale'] }),
        ),
      );
    return { [`pages of ${LIMIT} of ${documents} sales (ms)`]: pages, 'totals (ms)': totals };
  } finally {
    await db.destroy();
    await postgres.stop();
  }
}

const day = (n: number) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10);
const anyDay = (chance: Chance, documents: number) => chance.whole(0, Math.floor(documents / 2000) - 8);

const FILTERS: Record<string, (chance: Chance, documents: number) => DocumentFilter> = {
  all: () => ({}),
  'of a customer': (chance) => ({ party_id: `CUST-${chance.whole(0, CUSTOMERS - 1)}` }),
  'of an item': (chance) => ({ item_id: `ITEM-${chance.whole(0, ITEMS - 1)}` }),
  'of a location that few have': () => ({ location_id: 'yard' }),
  'of a location that most have': () => ({ location_id: 'main' }),
  'of an author that few have': () => ({ created_by: 'bob' }),
  'of an author that most have': () => ({ created_by: 'ann' }),
  void: () => ({ status: 'void' }),
  confirmed: () => ({ status: 'confirmed' }),
  'not paid': () => ({ payment_status: 'pending' }),
  'above an amount': (chance) => ({ total: { least: `${chance.whole(0, 9000)}` } }),
  'between two amounts': (chance) => {
    const least = chance.whole(0, 9000);
    return { total: { least: `${least}`, most: `${least + 10}` } };
  },
  'with something open': () => ({ open: { least: '0.01' } }),
  'due within a week': (chance, documents) => {
    const first = anyDay(chance, documents);
    return { due_day: { least: day(first), most: day(first + 6) } };
  },
  'of a week': (chance, documents) => {
    const first = anyDay(chance, documents);
    return { from: `${day(first)}T00:00:00.000Z`, to: `${day(first + 6)}T23:59:59.999Z` };
  },
  'of a number': (chance, documents) => ({
    q: `SO-${day(anyDay(chance, documents)).slice(2).replaceAll('-', '')}-0${chance.whole(0, 9)}`,
  }),
  'of a customer and item': (chance) => ({
    party_id: `CUST-${chance.whole(0, CUSTOMERS - 1)}`,
    item_id: `ITEM-${chance.whole(0, ITEMS - 1)}`,
  }),
  'of an item, not paid, by an author that few have': (chance) => ({
    ...{ item_id: `ITEM-${chance.whole(0, ITEMS - 1)}`, payment_status: 'pending', created_by: 'bob' },
  }),
};

async function measure(asks: number, work: () => Promise<unknown>): Promise<object> {
  const times: number[] = [];
  let refused = 0;
  for (let n = -Math.ceil(asks / 10); n < asks; n += 1) {
    const since_ms = performance.now();
    try {
      await work();
    } catch (error) {
      if (!(error instanceof QueryRefused)) throw error;
      refused += 1;
    }
    if (n >= 0) times.push(performance.now() - since_ms);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => Number(times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(1));
  return { p50: at(0.5), p99: at(0.99), refused };
}

/** 2,000 sales a day, each of two items, with the event that makes it; as the projector writes them. */
async function fill(db: Db, count: number): Promise<void> {
  const since_ms = performance.now();
  await sql`CREATE TABLE made AS SELECT n, ${sql.lit(FIRST)} + n AS position,
      'SO-' || to_char(TIMESTAMPTZ '2024-01-01' + n / 2000 * INTERVAL '1 day', 'YYMMDD') || '-' || lpad((n % 2000 + 1)::text, 4, '0') AS number,
      CASE WHEN random() < 0.002 THEN 'void' ELSE 'confirmed' END AS status, random() < 0.1 AS is_open,
      'CUST-' || floor(random() * ${sql.lit(CUSTOMERS)}) AS party_id, CASE WHEN random() < 0.01 THEN 'bob' ELSE 'ann' END AS created_by,
      TIMESTAMPTZ '2024-01-01' + n * INTERVAL '43.2 s' AS effective_at, DATE '2024-01-01' + n / 2000 + 30 AS due_day,
      floor(random() * 1000000)::bigint AS total, floor(random() * ${sql.lit(ITEMS)}) AS one, floor(random() * ${sql.lit(ITEMS)}) AS other, random() < 0.01 AS is_yard
    FROM generate_series(0, ${sql.lit(count - 1)}::int) n`.execute(db);
  await sql`INSERT INTO documents (ledger, number, kind, position, last_position, status, payment_status, party_id, created_by, effective_at, due_day, total, open)
    SELECT 'main', number, 'sale', position, position, status, CASE WHEN is_open THEN 'pending' ELSE 'paid' END, party_id, created_by,
      effective_at, due_day, total, CASE WHEN is_open THEN total ELSE 0 END FROM made`.execute(db);
  await sql`INSERT INTO document_parts SELECT 'main', 'sale', part, position, effective_at, total, due_day, number FROM made, LATERAL (VALUES ('item:ITEM-' || one),
      ('item:ITEM-' || CASE WHEN other = one THEN ${sql.lit(ITEMS)}::float ELSE other END), ('location:' || CASE WHEN is_yard THEN 'yard' ELSE 'main' END)) p (part)`.execute(
    db,
  );
  await sql`INSERT INTO events (ledger, position, type, actor, recorded_at, effective_at, data, metadata)
    SELECT 'main', position, 'SaleRecorded', created_by, effective_at, effective_at,
      json_build_object('number', number, 'customer_id', party_id, 'location_id', 'main', 'total_price', total::text, 'total_cost', '0', 'total_profit', total::text,
        'line_items', json_build_array(json_build_object('item_id', 'ITEM-' || one, 'quantity', 1, 'unit_price', '1', 'total_price', total::text, 'cost', '0', 'profit', total::text))),
      json_build_object('actor', created_by, 'recorded_at', effective_at, 'effective_at', effective_at) FROM made`.execute(
    db,
  );
  await sql`UPDATE ledgers SET position = ${FIRST + count - 1} WHERE ledger = 'main'`.execute(db);
  await sql`DROP TABLE made`.execute(db);
  await sql`VACUUM ANALYZE`.execute(db);
  console.log(`${count} sales in ${Math.round((performance.now() - since_ms) / 1000)} s`);
}
