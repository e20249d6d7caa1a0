/**
 * What a table is. Each read model says its tables once, by `table`, in its own file; the row types, the DDL, COPY and upserts follow from that.
 *
 * All tables live in one schema, which the connection's search_path names, so that a rebuild can fill a second set beside the live one.
 * There are no migrations: another TABLES_VERSION means that everything is projected anew from the log.
 *
 * Money is in minor units, instants are ISO 8601 UTC, days are days of the ledger's time zone. The stream `security` is one more ledger in
 * `ledgers`, `events` and `mentions`.
 */
import { type ColumnType, type Insertable, type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';

/** Raise it with every change of a table, or of what a projection writes into one. */
export const TABLES_VERSION = 8;

interface Kinds {
  /** Text compared by its bytes: quicker than by a language's rules, and the same on every server. */
  id: string;
  text: string;
  /** Not jsonb: the text is kept as it came, and strings may hold what jsonb refuses. */
  json: ColumnType<Record<string, unknown>, string, string>;
  smallint: number;
  integer: number;
  bigint: ColumnType<bigint, bigint | number, bigint | number>;
  boolean: boolean;
  /** yyyy-mm-dd */
  date: string;
  timestamptz: string;
}
type Kind = keyof Kinds;
/** `?`: may be null. */
export type Column = Kind | `${Kind}?`;
export type Columns = Record<string, Column>;

type ValueOf<C extends Column> = C extends `${infer K extends Kind}?`
  ? Kinds[K] | null
  : C extends Kind
    ? Kinds[C]
    : never;
/** A table as kysely sees it. */
export type TableOf<T extends { columns: Columns }> = { [K in keyof T['columns']]: ValueOf<T['columns'][K]> };
export type RowOf<T extends { columns: Columns }> = Selectable<TableOf<T>>;
export type NewRowOf<T extends { columns: Columns }> = Insertable<TableOf<T>>;

/** Every read model adds its own tables (`declare module`). */
export interface Tables {
  meta: TableOf<typeof meta>;
}
/** A read-model database, or a transaction in one. */
export type Db = Kysely<Tables>;

export interface Table<C extends Columns = Columns> {
  name: string;
  columns: C;
  key: readonly string[];
  create: RawBuilder<unknown>;
  /** Made with the table, or by a rebuild when it begins to look rows up. */
  key_indexes: readonly Index[];
  /** For queries alone: over a full table they are made in a fraction of the time that they cost row by row. */
  lookups: readonly Index[];
}
export interface Index {
  name: string;
  create: RawBuilder<unknown>;
  /** Holds backdated rows alone. */
  backdated?: boolean;
}
interface TableOptions<C extends Columns> {
  /** The primary key; none where `key_indexes` has a unique index in its place. */
  key?: readonly (keyof C & string)[];
  fillfactor?: number;
  key_indexes?: readonly Index[];
  /** Name → what follows ON the table, as SQL. The index is called `<table>_<name>`. */
  lookups?: Record<string, string>;
}

export function table<const C extends Columns>(
  name: string,
  columns: C,
  { key = [], fillfactor, key_indexes = [], lookups = {} }: TableOptions<C> = {},
): Table<C> {
  const definitions = Object.entries(columns).map(([column, kind]) => `${column} ${sqlOf(kind)}`);
  if (key.length > 0) definitions.push(`PRIMARY KEY (${key.join(', ')})`);
  const storage = fillfactor === undefined ? '' : ` WITH (fillfactor = ${fillfactor})`;
  return {
    name,
    columns,
    key,
    create: sql.raw(`CREATE TABLE ${name} (${definitions.join(', ')})${storage}`),
    key_indexes,
    lookups: Object.entries(lookups).map(([suffix, on]) => index(`${name}_${suffix}`, name, on)),
  };
}

/** `on`: what follows `ON table`. */
export function index(name: string, table: string, on: string): Index {
  return { name, create: sql.raw(`CREATE INDEX IF NOT EXISTS ${name} ON ${table} ${on}`) };
}

function sqlOf(column: Column): string {
  const type = column.startsWith('id') ? 'text COLLATE "C"' : typeOf(column);
  return column.endsWith('?') ? type : `${type} NOT NULL`;
}

/** The name of the type in Postgres. */
export function typeOf(column: Column): Exclude<Kind, 'id'> {
  const kind = (column.endsWith('?') ? column.slice(0, -1) : column) as Kind;
  return kind === 'id' ? 'text' : kind;
}

/** Columns of one kind. */
export function columnsOf<N extends string, K extends Column>(names: readonly N[], kind: K): Record<N, K> {
  return Object.fromEntries(names.map((name) => [name, kind])) as Record<N, K>;
}

/** One row. `made_at` tells this set of tables from the one that a rebuild makes. */
export const meta = table('meta', { version: 'integer', made_at: 'timestamptz' });
