/**
 * A read model says its tables once; row types, DDL, COPY and upserts follow. All live in one schema (search_path), so
 * that a rebuild can fill a second set. Money is in minor units, days are the ledger's.
 */
import { type ColumnType, type Insertable, type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';

/** Raise it with every change of a table, or of what a projection writes into one. */
export const TABLES_VERSION = 15;

interface Kinds {
  /** Text compared by bytes: quick, and the same on every server. */
  id: string;
  text: string;
  /** Not jsonb, which refuses some strings. */
  json: ColumnType<Record<string, unknown>, string, string>;
  smallint: number;
  integer: number;
  bigint: ColumnType<bigint, bigint | number, bigint | number>;
  boolean: boolean;
  date: string;
  timestamptz: string;
}
type Kind = keyof Kinds;
export type Column = Kind | `${Kind}?`;
export type Columns = Record<string, Column>;

type ValueOf<C extends Column> = C extends `${infer K extends Kind}?`
  ? Kinds[K] | null
  : C extends Kind
    ? Kinds[C]
    : never;
export type TableOf<T extends { columns: Columns }> = { [K in keyof T['columns']]: ValueOf<T['columns'][K]> };
export type RowOf<T extends { columns: Columns }> = Selectable<TableOf<T>>;
export type NewRowOf<T extends { columns: Columns }> = Insertable<TableOf<T>>;

export interface Tables {
  meta: TableOf<typeof meta>;
}
export type Db = Kysely<Tables>;

export interface Table<C extends Columns = Columns> {
  name: string;
  columns: C;
  key: readonly string[];
  create: RawBuilder<unknown>;
  /** Made with the table, or by a rebuild once it looks rows up. */
  key_indexes: readonly Index[];
  /** For queries alone; made over a full table at a fraction of their cost row by row. */
  lookups: readonly Index[];
}
export interface Index {
  name: string;
  create: RawBuilder<unknown>;
  backdated?: boolean;
}
interface TableOptions<C extends Columns> {
  key?: readonly (keyof C & string)[];
  fillfactor?: number;
  /** New rows that are vacuumed, as a share of all: an index alone answers for no others. */
  vacuumed_share?: number;
  key_indexes?: readonly Index[];
  /** Numbers that Postgres makes of the columns: an index alone answers for no expressions. */
  generated?: Record<string, string>;
  /** Name → what follows ON the table; the index is `<table>_<name>`. */
  lookups?: Record<string, string>;
}

export function table<const C extends Columns>(
  name: string,
  columns: C,
  { key = [], fillfactor, vacuumed_share, key_indexes = [], generated = {}, lookups = {} }: TableOptions<C> = {},
): Table<C> {
  const definitions = Object.entries(columns).map(([column, kind]) => `${column} ${sqlOf(kind)}`);
  for (const [column, made] of Object.entries(generated))
    definitions.push(`${column} bigint NOT NULL GENERATED ALWAYS AS (${made}) STORED`);
  if (key.length > 0) definitions.push(`PRIMARY KEY (${key.join(', ')})`);
  const storage = Object.entries({ fillfactor, autovacuum_vacuum_insert_scale_factor: vacuumed_share })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} = ${value}`);
  return {
    name,
    columns,
    key,
    create: sql.raw(
      `CREATE TABLE ${name} (${definitions.join(', ')})${storage.length === 0 ? '' : ` WITH (${storage.join(', ')})`}`,
    ),
    key_indexes,
    lookups: Object.entries(lookups).map(([suffix, on]) => index(`${name}_${suffix}`, name, on)),
  };
}

export function index(name: string, table: string, on: string): Index {
  return { name, create: sql.raw(`CREATE INDEX IF NOT EXISTS ${name} ON ${table} ${on}`) };
}

function sqlOf(column: Column): string {
  const type = column.startsWith('id') ? 'text COLLATE "C"' : typeOf(column);
  return column.endsWith('?') ? type : `${type} NOT NULL`;
}

export function typeOf(column: Column): Exclude<Kind, 'id'> {
  const kind = (column.endsWith('?') ? column.slice(0, -1) : column) as Kind;
  return kind === 'id' ? 'text' : kind;
}

export function columnsOf<N extends string, K extends Column>(names: readonly N[], kind: K): Record<N, K> {
  return Object.fromEntries(names.map((name) => [name, kind])) as Record<N, K>;
}

/** One row. `made_at` tells this set of tables from a rebuild's. */
export const meta = table('meta', { version: 'integer', made_at: 'timestamptz' });
