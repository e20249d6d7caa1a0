/** The connection to the read models. */
import { Socket } from 'node:net';
import { Kysely, PostgresDialect, type RawBuilder, sql } from 'kysely';
import pg from 'pg';
import { QueryRefused, type View } from './scope.js';
import type { Db, Tables } from './tables.js';

export const READ_SCHEMA = 'read';

export interface DatabaseOptions {
  /** The schema that tables are looked up in. Default `read`. */
  schema?: string;
  connections_max?: number;
  /** A statement that runs longer is cancelled by the server. Default: none is. */
  statement_timeout_ms?: number;
  /** A connection on which nothing comes or goes for so long is given up, for a broken network says nothing. */
  silence_ms_max?: number;
  /** Told of connections that broke while nobody used them. */
  log?: (line: string) => void;
}

const UNDEFINED_TABLE = '42P01';
const UNDEFINED_COLUMN = '42703';
/** Of a prepared statement whose tables are others now. */
const FEATURE_NOT_SUPPORTED = '0A000';
/** What tables of another version are met with. */
const OTHER_TABLES = new Set([UNDEFINED_TABLE, UNDEFINED_COLUMN, FEATURE_NOT_SUPPORTED]);

const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;
/** bigint stays exact, days are their text, instants are ISO 8601 UTC as in the events. */
const PARSERS: Record<number, (text: string) => unknown> = {
  [INT8]: BigInt,
  [DATE]: (text) => text,
  [TIMESTAMPTZ]: (text) => new Date(text).toISOString(),
};

/** A pool that connects when first used. `db.destroy()` ends it. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Db {
  const { schema = READ_SCHEMA, connections_max = 10, statement_timeout_ms, silence_ms_max = 60_000 } = options;
  const { log = () => {} } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: connections_max,
    connectionTimeoutMillis: 5_000,
    statement_timeout: statement_timeout_ms,
    stream: () => {
      const socket = new Socket();
      return socket.setTimeout(silence_ms_max, () => socket.destroy(new Error('connection silent for too long')));
    },
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        PARSERS[oid] ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
    onConnect: async (client) => {
      await client.query(`SET search_path = ${client.escapeIdentifier(schema)}; SET timezone = 'UTC'`);
    },
  });
  // Without listeners the end of a connection would end the process: the pool's for idle ones, the client's for those in use.
  pool.on('error', (error) => log(`postgres: ${error.message}`));
  pool.on('connect', (client) => client.on('error', () => {}));
  const prepared = {
    connect: async () => preparing(await pool.connect()),
    end: () => pool.end(),
  } as unknown as pg.Pool;
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: prepared }) });
  pools.set(db, pool);
  return db;
}

const pools = new WeakMap<Db, pg.Pool>();

const names = new Map<string, string>();
/** About what this program has. Each is kept by every connection with its plan, so what would make new ones without end is not. */
const names_max = 200;

/**
 * A connection that prepares each statement once: parsing and planning one takes as long as carrying it out, and Postgres plans it anew
 * itself where its tables or values call for it.
 */
export function preparing(client: pg.PoolClient): pg.PoolClient {
  const query = (text: unknown, values?: unknown[]) => {
    if (typeof text !== 'string' || !values?.length) return client.query(text as string, values);
    const name = names.get(text) ?? (names.size < names_max ? `s${names.size}` : undefined);
    if (name !== undefined) names.set(text, name);
    return client.query({ name, text, values });
  };
  return { query, release: (error?: Error) => client.release(error) } as unknown as pg.PoolClient;
}

/** The connections below `db`, for what kysely has no words for. */
export function poolOf(db: Db): pg.Pool {
  const pool = pools.get(db);
  if (pool === undefined) throw new Error('this is a transaction, not a database');
  return pool;
}

/**
 * Runs `read` on one state of the read models: all figures of an answer agree. Nothing can be written in it. The lock keeps a rebuilt set
 * of tables from taking the place of this one meanwhile.
 * @throws QueryRefused read_models_missing where the tables are not there, or are those of another version.
 */
export function inSnapshot<T>(db: Db, read: (trx: Db) => Promise<T>): Promise<T> {
  return db.connection().execute(async (connection) => {
    try {
      await sql`START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE meta IN ACCESS SHARE MODE`.execute(
        connection,
      );
      const answer = await read(connection);
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

/**
 * Answers the rows of a statement that looks up keys one by one, whatever it is asked for. Within a transaction Postgres plans it once for all
 * values. Left to itself it plans most of these anew each time, because it takes an array whose length it does not know for a long one, and
 * that takes longer than the answer. Without late rows in the view there is no such array.
 */
export async function lookUp<R>(trx: Db, view: View, statement: RawBuilder<R>): Promise<R[]> {
  if (!view.late) return (await statement.execute(trx)).rows;
  const plan = (mode: string) => sql`SET LOCAL plan_cache_mode TO ${sql.raw(mode)}`.execute(trx);
  const [, { rows }] = await Promise.all([plan('force_generic_plan'), statement.execute(trx), plan('DEFAULT')]);
  return rows;
}

export async function ping(db: Db): Promise<void> {
  await sql`SELECT 1`.execute(db);
}
