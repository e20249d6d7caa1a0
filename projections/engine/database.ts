/** The connection to the read models. */
import { Socket } from 'node:net';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { QueryRefused } from '../as-of/as-of.js';
import { type Db, TABLES_VERSION, type Tables } from './tables.js';

export const READ_SCHEMA = 'read';

export interface DatabaseOptions {
  /** The schema that tables are looked up in. Default `read`. */
  schema?: string;
  connections_max?: number;
  /** A statement that runs longer is cancelled by the server. Default: none is. */
  statement_timeout_ms?: number;
  /** A connection on which nothing comes or goes for so long is given up, unless Postgres says that it still works on its statement. */
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
    connectionTimeoutMillis: connect_ms_max,
    statement_timeout: statement_timeout_ms,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        PARSERS[oid] ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
    onConnect: async (client) => {
      endSilence(url, client, silence_ms_max);
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

const connect_ms_max = 5_000;

/**
 * A broken network says nothing, and neither does a statement that takes minutes. So a silent connection's backend is looked up over a
 * connection made for it: where it is at work, the silence is right. Elsewhere the answer was lost, or there is no Postgres any more.
 */
function endSilence(url: string, client: pg.ClientBase, silence_ms_max: number): void {
  const { processID, connection } = client as unknown as { processID: number; connection: { stream: Socket } };
  const { stream } = connection;
  stream.setTimeout(silence_ms_max);
  stream.on('timeout', () => {
    isAtWork(url, processID).then((at_work) => {
      if (at_work) stream.setTimeout(silence_ms_max);
      else stream.destroy(new Error('connection silent for too long'));
    });
  });
}

async function isAtWork(url: string, backend: number): Promise<boolean> {
  const limits = { connectionTimeoutMillis: connect_ms_max, query_timeout: connect_ms_max };
  const client = new pg.Client({ connectionString: url, ...limits });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query(`SELECT FROM pg_stat_activity WHERE pid = $1 AND state = 'active'`, [backend]);
    return rows.length > 0;
  } catch {
    return false;
  } finally {
    client.end().catch(() => {});
  }
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
  const query = async (text: unknown, values?: unknown[]) => {
    // Of several statements in one message the last one's answer is the answer.
    if (typeof text !== 'string' || !values?.length) return [await client.query(text as string, values)].flat().at(-1)!;
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
export function inReadTransaction<T>(db: Db, read: (trx: Db) => Promise<T>): Promise<T> {
  return inReadTransactionOfAny(db, (trx, version) => {
    if (version !== TABLES_VERSION) throw new QueryRefused('read_models_missing');
    return read(trx);
  });
}

/** The same for whoever wants to know the version. */
export async function inReadTransactionOfAny<T>(db: Db, read: (trx: Db, version: number) => Promise<T>): Promise<T> {
  if (!(await areTablesThere(db))) throw new QueryRefused('read_models_missing');
  return db.connection().execute(async (connection) => {
    try {
      // The snapshot is taken by the first statement that reads, which has the lock already.
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

/** Asked until they are: the projector makes them at its first start, and a rebuild never takes them away. */
export async function areTablesThere(db: Db): Promise<boolean> {
  if (seen.has(db)) return true;
  const there = await isTable(db, 'meta');
  if (there) seen.add(db);
  return there;
}

/** Asking a table that is missing would be an error in Postgres' log each time. `name` as SQL has it. */
export async function isTable(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`SELECT to_regclass(${name}) IS NOT NULL AS there`.execute(db);
  return rows[0]!.there;
}

export async function ping(db: Db): Promise<void> {
  await sql`SELECT 1`.execute(db);
}
