/** Users, sessions, webhooks and pending security events: all or nothing. */
import { sql } from 'kysely';
import { migrateIdentity } from './migrations.js';
import type { IdentityDb } from './tables.js';

export class IdentityDiffers extends Error {}

const ROWS_MAX = 1000;
/** Of this moment and these processes; attempts may be more than memory holds. */
const PASSING = ['rate_limits', 'api_instances', 'webhook_attempts', 'answered_requests'];

export async function copyIdentity(from: IdentityDb, to: IdentityDb): Promise<Record<string, number>> {
  for (const db of [from, to]) await migrateIdentity(db);
  const [ours, theirs] = [await contentOf(from), await contentOf(to)];
  if (!same(ours, theirs)) {
    const [taken] = Object.entries(theirs).filter(([, { rows }]) => rows > 0);
    if (taken !== undefined)
      throw new IdentityDiffers(`The other database has ${taken[1].rows} rows in identity.${taken[0]} already.`);
    await copyRows(from, to, Object.keys(ours));
    if (!same(ours, await contentOf(to))) throw new IdentityDiffers('The rows in the other database are not ours.');
  }
  return Object.fromEntries(Object.entries(ours).map(([table, { rows }]) => [table, rows]));
}

type Content = Record<string, { rows: number; hash: string | null }>;

function same(ours: Content, theirs: Content): boolean {
  return JSON.stringify(ours) === JSON.stringify(theirs);
}

async function contentOf(db: IdentityDb): Promise<Content> {
  return db.transaction().execute(async (trx) => {
    await sql`SET LOCAL timezone = 'UTC'`.execute(trx);
    const content: Content = {};
    for (const name of await tablesOf(trx)) {
      const { rows } = await sql<{ rows: number; hash: string | null }>`
        SELECT count(*)::int AS rows, md5(string_agg(row, E'\n' ORDER BY row COLLATE "C")) AS hash
        FROM (SELECT row_to_json(t)::text AS row FROM ${sql.table(name)} AS t) AS texts`.execute(trx);
      content[name] = rows[0]!;
    }
    return content;
  });
}

export async function tablesOf(db: IdentityDb): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_name NOT LIKE 'kysely%' AND table_name <> ALL (${PASSING}) ORDER BY table_name`.execute(
    db,
  );
  return rows.map(({ name }) => name);
}

async function copyRows(from: IdentityDb, to: IdentityDb, tables: string[]): Promise<void> {
  await to.transaction().execute(async (trx) => {
    await sql`SET LOCAL timezone = 'UTC'`.execute(trx);
    for (const table of tables) {
      await insertRows(trx, table, await rowsOf(from, table));
      await advanceSequences(trx, table);
    }
  });
}

/** `rows`: each an object in JSON. */
export async function insertRows(db: IdentityDb, table: string, rows: readonly string[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_MAX)
    await sql`
      INSERT INTO ${sql.table(table)} OVERRIDING SYSTEM VALUE
      SELECT * FROM json_populate_recordset(NULL::${sql.table(table)}, ${`[${rows.slice(at, at + ROWS_MAX).join()}]`}::json)`.execute(
      db,
    );
}

export async function rowsOf(db: IdentityDb, table: string): Promise<string[]> {
  const { rows } = await sql<{ row: string }>`SELECT row_to_json(t)::text AS row FROM ${sql.table(table)} AS t`.execute(
    db,
  );
  return rows.map(({ row }) => row);
}

/** Inserting rows with their numbers does not advance the sequence behind them. */
export async function advanceSequences(db: IdentityDb, table: string): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    SELECT column_name AS name FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = ${table} AND is_identity = 'YES'`.execute(db);
  for (const { name } of rows)
    await sql`
      SELECT setval(pg_get_serial_sequence(${table}, ${name}), max(${sql.ref(name)})) FROM ${sql.table(table)}
      HAVING max(${sql.ref(name)}) IS NOT NULL`.execute(db);
}
