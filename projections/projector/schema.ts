import { type RawBuilder, sql } from 'kysely';
import { type Db, meta, TABLES_VERSION, type Table } from '../database/tables.js';
import { balances, ENTRIES } from '../read-models/balances.js';
import { cost_adjustments } from '../read-models/cost-adjustments.js';
import { document_parts, documents } from '../read-models/documents.js';
import { backdated_days, events, mentions } from '../read-models/events.js';
import { ALLOTMENTS } from '../read-models/flash-sales.js';
import { master_words, masters } from '../read-models/master-data.js';
import { party_months } from '../read-models/party-months.js';
import { SALES, sales_by_day } from '../read-models/profit.js';
import { PURCHASES, purchases_by_day } from '../read-models/purchases.js';
import { MOVEMENTS, stock } from '../read-models/stock.js';
import { checkpoint } from './checkpoint.js';
import { ledgers } from './ledgers.js';
import { useSchema } from './search-path.js';

const TABLES: readonly Table[] = [
  ...[meta, checkpoint, ledgers, events, mentions, backdated_days, stock, MOVEMENTS, balances, ENTRIES],
  ...[SALES, sales_by_day, PURCHASES, purchases_by_day, documents, masters, party_months, cost_adjustments],
  ...[ALLOTMENTS, document_parts, master_words],
];
const KEY_INDEXES = TABLES.flatMap(({ key_indexes }) => key_indexes);
const BACKDATED_INDEXES = KEY_INDEXES.filter(({ backdated }) => backdated);
const ALL_INDEXES = [...KEY_INDEXES, ...TABLES.flatMap(({ lookups }) => lookups)];

/** Without `indexes`: fill the tables, then call `makeLookups`. Indexes of backdated rows exist even so. */
export async function createTables(db: Db, schema: string, { indexes = true } = {}): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`CREATE SCHEMA ${sql.id(schema)}`.execute(trx);
    await useSchema(trx, schema);
    for (const { create } of TABLES) await create.execute(trx);
    await trx.insertInto('meta').values({ version: TABLES_VERSION, made_at: sql`now()` }).execute();
    await trx
      .insertInto('checkpoint')
      .values({ events: 0, state: 'new', lag_ms: 0, heartbeat_at: sql`now()` })
      .execute();
    for (const { create } of indexes ? ALL_INDEXES : BACKDATED_INDEXES) await create.execute(trx);
    // Autovacuum would read growing tables again and again.
    if (!indexes) await alterTables(trx, schema, 'SET (autovacuum_enabled = false)');
  });
}

/** Kept up row by row they cost far more than made at the end. */
export async function dropBackdatedIndexes(db: Db, schema: string): Promise<void> {
  for (const { name } of BACKDATED_INDEXES) await sql`DROP INDEX IF EXISTS ${sql.id(schema, name)}`.execute(db);
}

export async function makeKeyIndexes(db: Db, schema: string): Promise<void> {
  await runConcurrently(db, schema, creating(KEY_INDEXES));
}

/** A tenth of the default: 3,000 rows show how keys are spread. */
const STATISTICS_TARGET = 10;

export async function makeLookups(db: Db, schema: string): Promise<void> {
  await runConcurrently(db, schema, creating(ALL_INDEXES));
  const analyze = ({ name }: { name: string }) =>
    sql`SET LOCAL default_statistics_target = ${sql.lit(STATISTICS_TARGET)}; ANALYZE ${sql.id(name)}`;
  await runConcurrently(db, schema, TABLES.map(analyze));
  await alterTables(db, schema, 'RESET (autovacuum_enabled)');
}

const creating = (indexes: typeof ALL_INDEXES) => indexes.map(({ create }) => create);

async function alterTables(db: Db, schema: string, change: string): Promise<void> {
  for (const { name } of TABLES) await sql`ALTER TABLE ${sql.id(schema, name)} ${sql.raw(change)}`.execute(db);
}

const CONNECTIONS = 2;

/** Each index keeps one core busy; Postgres' own parallelism takes more. */
async function runConcurrently(db: Db, schema: string, statements: readonly RawBuilder<unknown>[]): Promise<void> {
  const waiting = [...statements];
  const run = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const statement = next;
      await db.transaction().execute(async (trx) => {
        await useSchema(trx, schema);
        await sql`SET LOCAL max_parallel_maintenance_workers = 0`.execute(trx);
        await statement.execute(trx);
      });
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: CONNECTIONS }, run));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

export async function tablesVersion(db: Db, schema: string): Promise<number | undefined> {
  const { rows: found } = await sql`SELECT FROM pg_tables WHERE schemaname = ${schema} AND tablename = 'meta'`.execute(
    db,
  );
  if (found.length === 0) return undefined;
  const row = await db.withSchema(schema).selectFrom('meta').select('version').executeTakeFirst();
  return row?.version;
}
