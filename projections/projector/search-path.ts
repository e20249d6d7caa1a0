import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../database/tables.js';

export function searchPath(schema: string): RawBuilder<unknown> {
  return sql`SELECT set_config('search_path', ${sql.lit(schema)}, true)`;
}
export async function useSchema(trx: Db, schema: string): Promise<void> {
  await searchPath(schema).execute(trx);
}
