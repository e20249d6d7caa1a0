import type { Socket } from 'node:net';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Db, Tables } from './tables.js';

export const READ_SCHEMA = 'read';

export interface DatabaseOptions {
  schema?: string;
  connections_max?: number;
  statement_timeout_ms?: number;
  /** Then the connection is closed, unless Postgres still works on its statement. */
  silence_ms_max?: number;
  /** What asks of it goes through the answer. */
  around?: (pool: pg.Pool) => pg.Pool;
  log?: (line: string) => void;
}

const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;
/** bigint stays exact; days are text; instants are ISO 8601 UTC. */
const PARSERS: Record<number, (text: string) => unknown> = {
  [INT8]: BigInt,
  [DATE]: (text) => text,
  [TIMESTAMPTZ]: (text) => new Date(text).toISOString(),
};

export function openDatabase(url: string, options: DatabaseOptions = {}): Db {
  const { schema = READ_SCHEMA, connections_max = 10, statement_timeout_ms, silence_ms_max = 60_000 } = options;
  const { log = () => {}, around = (pool) => pool } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: connections_max,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: statement_timeout_ms,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        PARSERS[oid] ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
    onConnect: async (client) => {
      closeWhenSilent(url, client, silence_ms_max);
      await client.query(`SET search_path = ${client.escapeIdentifier(schema)}; SET timezone = 'UTC'`);
    },
  });
  // Without listeners a lost connection would end the process.
  pool.on('error', (error) => log(`postgres: ${error.message}`));
  pool.on('connect', (client) => client.on('error', () => {}));
  const asked = around(pool);
  const prepared = {
    connect: async () => preparing(await asked.connect()),
    end: () => pool.end(),
  } as unknown as pg.Pool;
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: prepared }) });
  pools.set(db, pool);
  return db;
}

const CONNECT_MS_MAX = 5_000;

/** A broken network is as silent as a long statement: a second connection asks whether the backend is at work. */
function closeWhenSilent(url: string, client: pg.ClientBase, silence_ms_max: number): void {
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
  const limits = { connectionTimeoutMillis: CONNECT_MS_MAX, query_timeout: CONNECT_MS_MAX };
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
const NAMES_MAX = 200;
/** Begins a statement that is not prepared under a name. */
export const UNNAMED = '/* once */';

/** Prepares each statement once: parsing and planning take as long as running it. */
export function preparing(client: pg.PoolClient): pg.PoolClient {
  const query = async (text: unknown, values?: unknown[]) => {
    if (typeof text !== 'string' || !values?.length) return [await client.query(text as string, values)].flat().at(-1)!;
    if (text.startsWith(UNNAMED)) return client.query({ text, values });
    const name = names.get(text) ?? (names.size < NAMES_MAX ? `s${names.size}` : undefined);
    if (name !== undefined) names.set(text, name);
    return client.query({ name, text, values });
  };
  return { query, release: (error?: Error) => client.release(error) } as unknown as pg.PoolClient;
}

export function poolOf(db: Db): pg.Pool {
  const pool = pools.get(db);
  if (pool === undefined) throw new Error('this is a transaction, not a database');
  return pool;
}

/** `name` as SQL writes it. Querying a missing table would log an error in Postgres. */
export async function isTable(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`SELECT to_regclass(${name}) IS NOT NULL AS there`.execute(db);
  return rows[0]!.there;
}

export async function ping(db: Db): Promise<void> {
  await sql`SELECT 1`.execute(db);
}
