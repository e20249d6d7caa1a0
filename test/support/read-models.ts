import { sql } from 'kysely';
import type { AsOfQuery } from '../../projections/as-of/as-of.js';
import { inSnapshot, type Snapshot } from '../../projections/as-of/snapshot.js';
import type { Db, Tables } from '../../projections/database/tables.js';

const VARYING: Partial<Record<keyof Tables, string[]>> = {
  meta: ['made_at'],
  checkpoint: ['state', 'note', 'lag_ms', 'heartbeat_at'],
  ledgers: ['halted_at'],
};

/** As text, in order, without when it was written: equal for equal read models. */
export async function tableContents(db: Db): Promise<Record<string, string[]>> {
  const { rows: tables } = await sql<{ name: keyof Tables }>`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1`.execute(db);
  const contents: Record<string, string[]> = {};
  for (const { name } of tables) {
    const varying = VARYING[name] ?? [];
    const { rows } = await sql<{ row: string }>`
      SELECT (to_jsonb(t) - ${varying}::text[])::text AS row FROM ${sql.table(name)} t ORDER BY 1`.execute(db);
    contents[name] = rows.map(({ row }) => row);
  }
  return contents;
}

export function ask<T, Rest extends unknown[]>(
  db: Db,
  as_of: AsOfQuery,
  query: (snapshot: Snapshot, ...rest: Rest) => Promise<T>,
  ...rest: Rest
): Promise<T> {
  return inSnapshot(db, as_of, (snapshot) => query(snapshot, ...rest));
}
