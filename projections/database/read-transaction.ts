import { sql } from 'kysely';
import { isTable } from './database.js';
import { QueryRefused } from './query-refused.js';
import { type Db, TABLES_VERSION } from './tables.js';

const UNDEFINED_TABLE = '42P01';
const UNDEFINED_COLUMN = '42703';
const FEATURE_NOT_SUPPORTED = '0A000';
const OTHER_TABLES = new Set([UNDEFINED_TABLE, UNDEFINED_COLUMN, FEATURE_NOT_SUPPORTED]);

/** Its lock keeps a rebuild from replacing the tables meanwhile. @throws QueryRefused read_models_missing */
export function inReadTransaction<T>(db: Db, read: (trx: Db) => Promise<T>): Promise<T> {
  return inReadTransactionOfAny(db, (trx, version) => {
    if (version !== TABLES_VERSION) throw new QueryRefused('read_models_missing');
    return read(trx);
  });
}

export async function inReadTransactionOfAny<T>(db: Db, read: (trx: Db, version: number) => Promise<T>): Promise<T> {
  if (!(await areTablesThere(db))) throw new QueryRefused('read_models_missing');
  return db.connection().execute(async (connection) => {
    try {
      // The first statement that reads takes the snapshot, after the lock.
      const { rows } = await sql<{ version: number }>`START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
        LOCK TABLE meta IN ACCESS SHARE MODE; SELECT version FROM meta`.execute(connection);
      const answer = await read(connection, rows[0]!.version);
      await sql`COMMIT`.execute(connection);
      return answer;
    } catch (error) {
      await sql`ROLLBACK`.execute(connection).catch(() => {});
      const code = error instanceof Error && 'code' in error ? `${error.code}` : '';
      if (OTHER_TABLES.has(code)) throw new QueryRefused('read_models_missing');
      throw error;
    }
  });
}

const seen = new WeakSet<Db>();

/** A rebuild never takes them away. */
export async function areTablesThere(db: Db): Promise<boolean> {
  if (seen.has(db)) return true;
  const there = await isTable(db, 'meta');
  if (there) seen.add(db);
  return there;
}
