import type { QueryBus } from '@nestjs/cqrs';
import { sql } from 'kysely';
import { openDatabase } from '../../../projections/database/database.js';
import type { Db } from '../../../projections/database/tables.js';
import { applyEvents } from '../../../projections/projector/projector.js';
import { createTables } from '../../../projections/projector/schema.js';
import { LedgerHistory, logOf } from '../../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../../test/support/postgres.js';
import type { Exchange } from '../http/exchange.js';
import { ReadModels } from '../read-models.js';
import { type GetStockValuation, GetStockValuationHandler } from './get-stock-valuation.query.js';
import { ReportsController } from './reports.controller.js';
import type { ValuationParameters } from './reports.parameters.js';

const ITEMS = 2500;

let postgres: PostgresServer;
let db: Db;
beforeAll(async () => {
  postgres = await startPostgres();
  db = openDatabase(await createDatabase(postgres), { connections_max: 1 });
  await createTables(db, 'read');
  const history = new LedgerHistory('main', '2026-01-01T00:00:00.000Z');
  history.give({ type: 'register', kind: 'supplier', id: 'SUP', attributes: { name: 'Supplier' } });
  const ids = Array.from({ length: ITEMS }, (_, n) => `item-${String(n).padStart(4, '0')}`);
  for (const id of ids) history.give({ type: 'register', kind: 'item', id, attributes: { name: id, kind: 'other' } });
  for (let from = 0; from < ITEMS; from += 100) {
    const line_items = ids.slice(from, from + 100).map((item_id) => ({ item_id, quantity: 1, unit_price: '1.00' }));
    history.give({ type: 'record_purchase', supplier_id: 'SUP', line_items });
  }
  await applyEvents(db, logOf(history));
  await sql`VACUUM ANALYZE`.execute(db);
}, 60_000);
afterAll(async () => {
  await db?.destroy();
  await postgres?.stop();
});

it('computes a report once for a table of all rows', async () => {
  const handler = new GetStockValuationHandler(new ReadModels(db));
  const queries = { execute: (query: GetStockValuation) => handler.execute(query) } as unknown as QueryBus;
  const exchange = { request: { headers: {} }, reply: { header: () => {} } } as unknown as Exchange;
  const ask = (query: ValuationParameters) => new ReportsController(queries).stockValuation(exchange, query);
  const rowsReadFor = async (query: ValuationParameters) => {
    const count = async () => {
      await sql`SELECT pg_stat_force_next_flush()`.execute(db);
      const { rows } = await sql<{ rows: bigint }>`SELECT sum(seq_tup_read + idx_tup_fetch)::bigint AS rows
        FROM pg_stat_user_tables WHERE relname IN ('stock', 'movements')`.execute(db);
      return Number(rows[0]!.rows);
    };
    const before = await count();
    const answer = await ask(query);
    return { answer, read: (await count()) - before };
  };
  const page = await rowsReadFor({ limit: 1000 });
  const table = await rowsReadFor({ format: 'csv' });
  expect(`${table.answer}`.trimEnd().split('\r\n')).toHaveLength(1 + ITEMS);
  expect(page.read).toBeGreaterThanOrEqual(ITEMS);
  expect(table.read).toBeLessThan(1.5 * page.read);
});
