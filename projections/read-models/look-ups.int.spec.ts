import { sql } from 'kysely';
import { LedgerHistory, logOf } from '../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { ask } from '../../test/support/read-models.js';
import { openDatabase } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { applyEvents } from '../projector/projector.js';
import { createTables } from '../projector/schema.js';
import { listEntries, trialBalance } from './balances.js';
import { listMovements } from './movements.js';
import { profit } from './profit.js';
import { listStock, stockOfItem } from './stock.js';

const ITEMS = 100;
const SALES = 600;
const LINES = 10;
const rows_of_item = (SALES * LINES) / ITEMS;
const start_ms = Date.parse('2026-01-01T00:00:00.000Z');
const minute = (n: number) => new Date(start_ms + n * 60_000).toISOString();

const item = (n: number) => `item-${n % ITEMS}`;

let postgres: PostgresServer;
let db: Db;
const history = new LedgerHistory('main', minute(0));

beforeAll(async () => {
  postgres = await startPostgres();
  db = openDatabase(await createDatabase(postgres), { connections_max: 1 });
  await createTables(db, 'read');
  history.give({ type: 'register', kind: 'supplier', id: 'SUP', attributes: { name: 'Supplier' } });
  history.give({ type: 'register', kind: 'customer', id: 'CUST', attributes: { name: 'Customer' } });
  for (let n = 0; n < ITEMS; n += 1) {
    history.give({ type: 'register', kind: 'item', id: item(n), attributes: { name: item(n), kind: 'bottle' } });
    const bought = [{ item_id: item(n), quantity: 1_000_000, unit_price: '0.10' }];
    history.give({ type: 'record_purchase', supplier_id: 'SUP', line_items: bought });
  }
  for (let n = 1; n <= SALES; n += 1) sell(n);
  const log = logOf(history);
  for (let from = 0; from < log.length; from += 500) await applyEvents(db, log.slice(from, from + 500));
  await sql`VACUUM ANALYZE`.execute(db);
}, 60_000);
afterAll(async () => {
  await db?.destroy();
  await postgres?.stop();
});

function sell(n: number): void {
  history.now = minute(n + 60);
  const effective_at = minute(n % 20 === 0 ? n : n + 60);
  const line_items = Array.from({ length: LINES }, (_, line) => ({
    item_id: item(n * LINES + line),
    quantity: 1,
    unit_price: '0.25',
  }));
  history.give({ type: 'record_sale', customer_id: 'CUST', effective_at, line_items });
}

async function rowsReadFor(work: () => Promise<unknown>): Promise<number> {
  const count = async () => {
    await sql`SELECT pg_stat_force_next_flush()`.execute(db);
    const { rows } = await sql<{ rows: bigint }>`SELECT sum(seq_tup_read + idx_tup_fetch)::bigint AS rows
      FROM pg_stat_user_tables WHERE relname IN ('movements', 'entries', 'sales')`.execute(db);
    return Number(rows[0]!.rows);
  };
  const before = await count();
  await work();
  return (await count()) - before;
}

const middle = { ledger: 'main', as_of: minute(SALES / 2) };
const DAY = '2026-01-01';
const questions: [string, rows: number, () => Promise<unknown>][] = [
  ['the stock of an item', rows_of_item / 2, () => ask(db, middle, stockOfItem, item(7))],
  ['five movements', rows_of_item / 2, () => ask(db, middle, listMovements, { item_id: item(7), limit: 5 })],
  ['five entries of an account', SALES / 2, () => ask(db, middle, listEntries, { account_id: 'inventory', limit: 5 })],
  ['a trial balance', SALES / 2, () => ask(db, middle, trialBalance)],
  ['all stock', ITEMS * 10, () => ask(db, middle, listStock, { limit: ITEMS })],
  ['the profit of each item', ITEMS * 10, () => ask(db, middle, profit, { group_by: 'item', from: DAY, to: DAY })],
  ['one more sale, by a projector that knows no sums', rows_of_item * 5, sellOneMore],
];

async function sellOneMore(): Promise<void> {
  const before = history.events.length;
  sell(history.events.length);
  const { halted } = await applyEvents(db, logOf(history).slice(before));
  expect(halted).toEqual([]);
}

it.each(questions)('%s does not read all rows of a key', async (_, rows, question) => {
  expect(await rowsReadFor(question)).toBeLessThan(rows);
});
