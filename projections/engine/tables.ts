/**
 * The read models' tables: what kysely knows of them, and the SQL that makes them. They all live in one schema, which the connection's
 * search_path names, so that a rebuild can fill a second set beside the live one. There are no migrations: another TABLES_VERSION means
 * that everything is projected anew from the log.
 *
 * Every key begins with `ledger`, but those of the series; the stream `security` is one more ledger in `ledgers`, `events` and `mentions`
 * (security.ts). Money is in minor units. Instants are ISO 8601 UTC. Days are days of the ledger's time zone.
 *
 * Three tables are *series*: `movements`, `entries`, `sales`. A row is what one event did to one key, with the running sums in recorded
 * order after it (`run_…`). A row that happened earlier than it was recorded is *late*; it also carries the running sums of the late rows
 * of the blocks of days that it happened in (`late_…`). running-balances.ts says how any moment is answered from that without adding up the past.
 */
import type { ColumnType, Generated, Insertable, Kysely, Selectable } from 'kysely';
import { type RawBuilder, sql } from 'kysely';

/** Raise it with every change of a table, or of what a projection writes into one. */
export const TABLES_VERSION = 7;

/** Days in a block of late rows: blocks of each size are numbered from 1970 on, and four of them are one of the next. */
export const LATE_DAYS = [1, 4, 16, 64] as const;

/** bigint in Postgres and in memory. */
type Int8 = ColumnType<bigint, bigint | number, bigint | number>;
type Instant = string;
type Day = string;

/** One row. */
export interface MetaTable {
  version: number;
  made_at: Generated<Instant>;
}
/** One row: how far the log has been applied, and how the projector is. */
export interface CheckpointTable {
  commit_position: Int8 | null;
  prepare_position: Int8 | null;
  events: Int8;
  state: string;
  note: string | null;
  /** From the server's writing of the last event to its rows being committed. */
  lag_ms: Int8;
  heartbeat_at: Instant;
}
export interface LedgersTable {
  ledger: string;
  /** Revision of the last event applied. */
  position: Int8;
  recorded_at: Instant | null;
  /** Id of that event, by which another log is told from this one. */
  event_id: string | null;
  currency: string;
  digits: number;
  time_zone: string;
  approval_threshold: Int8;
  /** Set when an event could not be projected: nothing of this ledger is, from that event on. */
  halted_position: Int8 | null;
  halted_reason: string | null;
  halted_at: Instant | null;
}
export interface EventsTable {
  ledger: string;
  position: Int8;
  type: string;
  actor: string;
  recorded_at: Instant;
  effective_at: Instant;
  data: ColumnType<Record<string, unknown>, string, never>;
  metadata: ColumnType<Record<string, unknown>, string, never>;
  /** The day that it happened on, counted from 1970, where that is late. */
  late_1: number | null;
}
/** Which events name a thing again: a document ("SO-251223-0001"; not the event that made it), master data ("item:bottle"; all events). */
export interface MentionsTable {
  ledger: string;
  entity: string;
  position: Int8;
}
/** The days that late rows fell on, with the positions of the first and the last of them. */
export interface LateDaysTable {
  ledger: string;
  day: Day;
  first_position: Int8;
  position: Int8;
}
export interface StockTable {
  ledger: string;
  item_id: string;
  location_id: string;
  on_hand: Int8;
  value: Int8;
  reserved: Int8;
  /** Of the first movement there. */
  first_position: Int8;
}
export interface BalancesTable {
  ledger: string;
  account_id: string;
  /** Debit positive. */
  balance: Int8;
}
export interface SalesByDayTable {
  ledger: string;
  day: Day;
  position: Int8;
  effective_at: Instant;
  quantity: Int8;
  revenue: Int8;
  cost: Int8;
  /** Of this day so far, in recorded order. */
  run_quantity: Int8;
  run_revenue: Int8;
  run_cost: Int8;
}
/** What lists and reports filter by; the document itself is told from its events. */
export interface DocumentsTable {
  ledger: string;
  number: string;
  kind: string;
  /** Of its first and of its last event. */
  position: Int8;
  last_position: Int8;
  status: string;
  payment_status: string | null;
  party_id: string | null;
  created_by: string;
  effective_at: Instant;
  due_day: Day | null;
  total: Int8 | null;
  /** Of a bill: what is still owed. */
  open: Int8 | null;
  /** The day that its first event happened on, counted from 1970, where that is late. */
  late_1: number | null;
}
/** In which months a customer bought or brought back, and in which a supplier's account moved: reports by month visit no others. */
export interface PartyMonthsTable {
  ledger: string;
  kind: string;
  /** The first day. */
  month: Day;
  party_id: string;
  /** Of the first event. */
  position: Int8;
}
export interface MastersTable {
  ledger: string;
  kind: string;
  id: string;
  active: boolean;
  attributes: ColumnType<Record<string, unknown>, string, string>;
  position: Int8;
}

/** See running-balances.ts; kysely knows only what is common to all. */
interface SeriesTable {
  ledger: string;
  position: Int8;
  effective_at: Instant;
}

export interface Tables {
  movements: SeriesTable;
  entries: SeriesTable;
  sales: SeriesTable;
  meta: MetaTable;
  checkpoint: CheckpointTable;
  ledgers: LedgersTable;
  events: EventsTable;
  mentions: MentionsTable;
  late_days: LateDaysTable;
  stock: StockTable;
  balances: BalancesTable;
  sales_by_day: SalesByDayTable;
  documents: DocumentsTable;
  masters: MastersTable;
  party_months: PartyMonthsTable;
}
export type Row<T extends keyof Tables> = Selectable<Tables[T]>;
export type NewRow<T extends keyof Tables> = Insertable<Tables[T]>;

/** A read-model database, or a transaction in one; its connection's search_path is the schema. */
export type Db = Kysely<Tables>;

/**
 * A series: its key, and for each measure what the event did and the running sum, and for late rows those of their blocks. Whether a row is
 * late stands first, where it is found without reading what comes before it: five indexes are made of late rows alone.
 */
function seriesTable(table: string, keys: readonly string[], measures: readonly string[]): string {
  const columns = [
    ...LATE_DAYS.map((days) => `late_${days} integer`),
    `ledger ${ID}`,
    ...keys.map((key) => `${key} ${ID}`),
    'position bigint NOT NULL, effective_at timestamptz NOT NULL',
    ...measures.flatMap((m) => [`${m} bigint NOT NULL`, `run_${m} bigint NOT NULL`]),
    ...LATE_DAYS.flatMap((days) => measures.map((m) => `late_${days}_${m} bigint`)),
  ];
  return `CREATE TABLE ${table} (${columns.join(', ')})`;
}

/**
 * Each is indexed by its key as one number and the position. Numbers are sorted and compared in a fraction of the time that texts take, most
 * of which begin alike. Keys that share a number are told apart by their texts (`isOfKey` in running-balances.ts).
 */
function keyIndex(table: string, keys: readonly string[]): RawBuilder<unknown> {
  const number = keyNumber(Object.fromEntries([...keys, 'ledger'].map((column) => [column, sql.ref(column)])));
  return sql`CREATE UNIQUE INDEX IF NOT EXISTS ${sql.id(`${table}_pkey`)} ON ${sql.id(table)} ((${number}), position)`;
}

/** Of late rows alone. They hold all that a sum needs, so that the rows themselves, which lie far apart, are not read for it. */
function lateIndexes(table: string, keys: readonly string[], measures: readonly string[]): LateIndex[] {
  const texts = [...keys, 'ledger'].join(', ');
  const of = (name: string, block: string, sums: string[], late: string) => ({
    name,
    make: sql.raw(`CREATE INDEX IF NOT EXISTS ${name} ON ${table} (${texts}, ${block}position) INCLUDE (${sums.join(', ')})
      WHERE ${late} IS NOT NULL`),
  });
  const own = ['effective_at', ...measures];
  return [
    of(`${table}_late`, '', own, 'late_1'),
    ...LATE_DAYS.map((days) => {
      const sums = measures.map((m) => `late_${days}_${m}`);
      return of(`${table}_late_${days}`, `late_${days}, `, days === 1 ? [...own, ...sums] : sums, `late_${days}`);
    }),
  ];
}
interface LateIndex {
  name: string;
  make: RawBuilder<unknown>;
}

/** The texts of a key by column, `ledger` among them. */
export type Key = Record<string, RawBuilder<unknown>>;

/** As one number, whatever the order of the columns. */
export function keyNumber(key: Key): RawBuilder<unknown> {
  const columns = Object.keys(key).sort();
  return columns.reduce((seed, column) => sql`hashtextextended(${key[column]}, ${seed})`, sql`0`);
}

/** Ids are compared by their bytes: quicker than by a language's rules, and the same on every server. */
const ID = 'text COLLATE "C" NOT NULL';

const MOVEMENTS = ['movements', ['item_id', 'location_id'], ['quantity', 'value', 'hold']] as const;
const ENTRIES = ['entries', ['account_id'], ['amount']] as const;
const SALES = ['sales', ['id', 'dimension'], ['quantity', 'revenue', 'cost']] as const;

const STATEMENTS = [
  `CREATE TABLE meta (version integer NOT NULL, made_at timestamptz NOT NULL DEFAULT now())`,
  `CREATE TABLE checkpoint (commit_position bigint, prepare_position bigint, events bigint NOT NULL, state text NOT NULL,
     note text, lag_ms bigint NOT NULL, heartbeat_at timestamptz NOT NULL)`,
  `CREATE TABLE ledgers (ledger ${ID} PRIMARY KEY, position bigint NOT NULL, recorded_at timestamptz, event_id text,
     currency text NOT NULL, digits smallint NOT NULL, time_zone text NOT NULL, approval_threshold bigint NOT NULL,
     halted_position bigint, halted_reason text, halted_at timestamptz) WITH (fillfactor = 50)`,

  // json, not jsonb: the text is kept as it came, and strings may hold what jsonb refuses.
  `CREATE TABLE events (ledger ${ID}, position bigint NOT NULL, type ${ID}, actor ${ID}, recorded_at timestamptz NOT NULL,
     effective_at timestamptz NOT NULL, data json NOT NULL, metadata json NOT NULL, late_1 integer, PRIMARY KEY (ledger, position))`,
  `CREATE TABLE mentions (ledger ${ID}, entity ${ID}, position bigint NOT NULL, PRIMARY KEY (ledger, entity, position))`,
  `CREATE TABLE late_days (ledger ${ID}, day date NOT NULL, first_position bigint NOT NULL, position bigint NOT NULL,
     PRIMARY KEY (ledger, day)) WITH (fillfactor = 50)`,

  `CREATE TABLE stock (ledger ${ID}, item_id ${ID}, location_id ${ID}, on_hand bigint NOT NULL, value bigint NOT NULL,
     reserved bigint NOT NULL, first_position bigint NOT NULL, PRIMARY KEY (ledger, item_id, location_id)) WITH (fillfactor = 50)`,
  seriesTable(...MOVEMENTS),

  `CREATE TABLE balances (ledger ${ID}, account_id ${ID}, balance bigint NOT NULL, PRIMARY KEY (ledger, account_id))
     WITH (fillfactor = 50)`,
  seriesTable(...ENTRIES),

  seriesTable(...SALES),
  `CREATE TABLE sales_by_day (ledger ${ID}, day date NOT NULL, position bigint NOT NULL, effective_at timestamptz NOT NULL,
     quantity bigint NOT NULL, revenue bigint NOT NULL, cost bigint NOT NULL,
     run_quantity bigint NOT NULL, run_revenue bigint NOT NULL, run_cost bigint NOT NULL)`,

  `CREATE TABLE documents (ledger ${ID}, number ${ID}, kind ${ID}, position bigint NOT NULL, last_position bigint NOT NULL,
     status text NOT NULL, payment_status text, party_id text COLLATE "C", created_by ${ID}, effective_at timestamptz NOT NULL,
     due_day date, total bigint, open bigint, late_1 integer, PRIMARY KEY (ledger, number)) WITH (fillfactor = 80)`,

  `CREATE TABLE masters (ledger ${ID}, kind ${ID}, id ${ID}, active boolean NOT NULL, attributes json NOT NULL,
     position bigint NOT NULL, PRIMARY KEY (ledger, kind, id))`,

  `CREATE TABLE party_months (ledger ${ID}, kind ${ID}, month date NOT NULL, party_id ${ID}, position bigint NOT NULL,
     PRIMARY KEY (ledger, kind, month, party_id))`,

  `INSERT INTO meta (version) VALUES (${TABLES_VERSION})`,
  `INSERT INTO checkpoint (events, state, lag_ms, heartbeat_at) VALUES (0, 'new', 0, now())`,
];

const LATE_INDEXES = [...lateIndexes(...MOVEMENTS), ...lateIndexes(...ENTRIES), ...lateIndexes(...SALES)];

/** The keys of the series: whoever appends with all sums in memory needs none of them yet. */
const SERIES_KEYS = [
  ...[MOVEMENTS, ENTRIES, SALES].map(([table, keys]) => keyIndex(table, keys)),
  ...LATE_INDEXES.map(({ make }) => make),
  sql`CREATE UNIQUE INDEX IF NOT EXISTS sales_by_day_pkey ON sales_by_day (ledger, day, position)
    INCLUDE (run_quantity, run_revenue, run_cost)`,
];

/**
 * Of late events alone, by blocks of days as those of the series: what happened by a moment and was recorded after it is found without what
 * was recorded on time.
 */
function lateDayIndexes(table: string, keys: string): string[] {
  return LATE_DAYS.map(
    (
      days,
    ) => `CREATE INDEX IF NOT EXISTS ${table}_late_${days} ON ${table} (${keys}, (${lateBlock('late_1', days)}), position)
      WHERE late_1 IS NOT NULL`,
  );
}
/** Days before 1970 are in blocks of their own, too: a shift rounds down. */
export function lateBlock(day: string, days: number): string {
  return `${day} >> ${Math.log2(days)}`;
}

/** Indexes that only queries need: over a full table they are made in a fraction of the time that they cost row by row. */
const LOOKUPS = [
  `CREATE INDEX IF NOT EXISTS events_by_time ON events (ledger, recorded_at, position)`,
  `CREATE INDEX IF NOT EXISTS events_by_actor ON events (actor, ledger, position)`,
  `CREATE INDEX IF NOT EXISTS events_by_type ON events (type, ledger, position)`,
  ...lateDayIndexes('events', 'ledger'),
  `CREATE INDEX IF NOT EXISTS documents_by_kind ON documents (ledger, kind, position)`,
  `CREATE INDEX IF NOT EXISTS documents_by_party ON documents (party_id, ledger, kind, position) WHERE party_id IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS documents_by_author ON documents (ledger, created_by, kind, position)`,
  `CREATE INDEX IF NOT EXISTS documents_by_status ON documents (ledger, status, kind, position)`,
  `CREATE INDEX IF NOT EXISTS documents_by_payment ON documents (ledger, payment_status, kind, position) WHERE payment_status IS NOT NULL`,
  ...lateDayIndexes('documents', 'ledger, kind'),
  `CREATE INDEX IF NOT EXISTS documents_open ON documents (ledger, kind, position) WHERE open <> 0`,
  // Documents that were there at a position and have changed since.
  `CREATE INDEX IF NOT EXISTS documents_changed ON documents USING gist (int8range(position, last_position)) WHERE last_position > position`,
  // Of these an event may come that does not move the party's account.
  `CREATE INDEX IF NOT EXISTS documents_unposted ON documents (party_id, ledger) WHERE kind = 'approval' OR total = 0`,
  `CREATE INDEX IF NOT EXISTS stock_by_location ON stock (ledger, location_id, item_id)`,
  `CREATE INDEX IF NOT EXISTS masters_by_activity ON masters (ledger, kind, active, id)`,
].map((statement) => sql.raw(statement));

/**
 * Makes the schema with empty tables, all or nothing. Without `indexes` the tables are to be filled first: makeLookups comes after. Indexes of
 * late rows are there even so, for as long as there are none: they cost nothing then, and finding that out in full tables does.
 */
export async function createTables(db: Db, schema: string, { indexes = true } = {}): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`CREATE SCHEMA ${sql.id(schema)}`.execute(trx);
    await useSchema(trx, schema);
    for (const statement of STATEMENTS) await sql.raw(statement).execute(trx);
    if (indexes) for (const statement of [...SERIES_KEYS, ...LOOKUPS]) await statement.execute(trx);
    else for (const { make } of LATE_INDEXES) await make.execute(trx);
    // Vacuum would go through tables that are being filled again and again, for nothing: nothing in them is out of date.
    if (!indexes) await alterTables(trx, schema, 'SET (autovacuum_enabled = false)');
  });
}

async function alterTables(db: Db, schema: string, change: string): Promise<void> {
  for (const name of await tablesIn(db, schema))
    await sql`ALTER TABLE ${sql.id(schema, name)} ${sql.raw(change)}`.execute(db);
}
async function tablesIn(db: Db, schema: string): Promise<string[]> {
  const { rows } = await sql<{
    name: string;
  }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = ${schema}`.execute(db);
  return rows.map(({ name }) => name);
}

/** Before late rows come in numbers: row by row their indexes cost far more than at the end. */
export async function dropLateIndexes(db: Db, schema: string): Promise<void> {
  for (const { name } of LATE_INDEXES) await sql`DROP INDEX IF EXISTS ${sql.id(schema, name)}`.execute(db);
}

/** Makes the keys of the series where they are missing. */
export async function makeSeriesKeys(db: Db, schema: string): Promise<void> {
  await inLanes(db, schema, SERIES_KEYS);
}

/** A tenth of Postgres' own: 3,000 rows of a table tell it how keys are spread, and its own time comes as the tables grow. */
const statistics_target = 10;

/** Makes all indexes that are missing, lets Postgres look at what the tables hold, and look after them from now on. */
export async function makeLookups(db: Db, schema: string): Promise<void> {
  await inLanes(db, schema, [...SERIES_KEYS, ...LOOKUPS]);
  const tables = await tablesIn(db, schema);
  const analyze = (name: string) =>
    sql`SET LOCAL default_statistics_target = ${sql.lit(statistics_target)}; ANALYZE ${sql.id(name)}`;
  await inLanes(db, schema, tables.map(analyze));
  await alterTables(db, schema, 'RESET (autovacuum_enabled)');
}

/**
 * Statements on two connections, each as soon as one of them is free: making an index keeps one core busy. Postgres' own way, several workers
 * for one index, takes more of them.
 */
async function inLanes(db: Db, schema: string, statements: readonly RawBuilder<unknown>[]): Promise<void> {
  const waiting = [...statements];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const statement = next;
      await db.transaction().execute(async (trx) => {
        await useSchema(trx, schema);
        await sql`SET LOCAL max_parallel_maintenance_workers = 0`.execute(trx);
        await statement.execute(trx);
      });
    }
  };
  const outcomes = await Promise.allSettled([lane(), lane()]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** For the rest of the transaction, tables are those of this schema. */
export async function useSchema(trx: Db, schema: string): Promise<void> {
  await searchPath(schema).execute(trx);
}
export function searchPath(schema: string): RawBuilder<unknown> {
  return sql`SELECT set_config('search_path', ${sql.lit(schema)}, true)`;
}

/** The version of the schema's tables; undefined where there are none. */
export async function tablesVersion(db: Db, schema: string): Promise<number | undefined> {
  const { rows: found } = await sql`SELECT FROM pg_tables WHERE schemaname = ${schema} AND tablename = 'meta'`.execute(
    db,
  );
  if (found.length === 0) return undefined;
  const { rows } = await sql<{ version: number }>`SELECT version FROM ${sql.id(schema, 'meta')}`.execute(db);
  return rows[0]?.version;
}
