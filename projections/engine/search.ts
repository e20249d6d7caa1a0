/**
 * Lists in any order by any filters. No index has them all, so rows are read either in the list's order, or all that
 * have one of the filters, at most ROWS_READ_MAX; what takes more is refused. Of some filters an index holds, with each
 * row's position, what lists are ordered by: they are sorted as such keys, and only the rows of the page are read.
 */
import { type RawBuilder, sql } from 'kysely';
import { UNNAMED } from '../database/database.js';
import { QueryRefused } from '../database/query-refused.js';
import type { Db } from '../database/tables.js';

/** So many combinations are not worth a prepared statement each, and a plan is best for the values. */
const once = sql.raw(UNNAMED);

/** On a row `m`. */
export interface SearchFilter {
  wanted: RawBuilder<unknown>;
  /** The rows that have it, by index: FROM what, WHERE what; `m` among them. */
  from?: RawBuilder<unknown>;
  /** They can be counted without `m`. */
  counted?: RawBuilder<unknown>;
  /** The column that it bounds: read in this order, no other rows are seen. */
  on?: string;
  /** Keys of the rows that have it, perhaps of others as well, by an index alone: FROM what, WHERE what; `m` has `position` and the cells of all orders. */
  keys?: RawBuilder<unknown>;
  /** Holds for a key `m` wherever `wanted` holds for its row. */
  on_keys?: RawBuilder<unknown>;
}
export interface SearchOrder {
  /** The last one is unique. */
  columns: readonly { name: string; type: 'bigint' | 'date' | 'text' | 'timestamptz' }[];
  descending: boolean;
  /** All rows of the list, by index in this order: FROM what, WHERE what. */
  from: RawBuilder<unknown>;
  /** false: no index has this order, so all rows of a filter are sorted. */
  is_indexed?: boolean;
  /** Its rows lie far apart: few rows of another filter are sorted rather. */
  is_scattered?: boolean;
}
export interface Search {
  columns: RawBuilder<unknown>;
  filters: readonly SearchFilter[];
  order: SearchOrder;
  /** Of a key `k`, the row `m`: FROM what, WHERE what. Without it no keys are read. */
  row?: RawBuilder<unknown>;
  /** Behind the row with these cells, as text. */
  after?: readonly string[];
  limit: number;
}

/** Some 20 ms of Postgres' time. */
export const ROWS_READ_MAX = 10_000;
/** They lie side by side, so it takes no longer. */
export const KEYS_READ_MAX = 20_000;
/** Most filters have a page among so many rows for each of it, and then nothing need be counted. */
const READ_FIRST = 10;
/** A long page is worth more. */
const READ_FOR_EACH_ROW = 100;

/** In the list's order, at most `limit`, each with the cells that it is ordered by as `key`. @throws QueryRefused list_too_broad */
export async function searchRows<R extends object>(db: Db, search: Search): Promise<(R & { key: string[] })[]> {
  return byIndex(db, async () => {
    const keyed = await fewestKeys(db, search);
    if (keyed !== undefined) return sorted<R>(db, search, keyed);
    const { is_indexed = true, is_scattered = false } = search.order;
    const others = is_scattered ? search.filters.filter(({ keys }) => keys === undefined) : [];
    const few = await narrowestOf(db, others, 2 * READ_FIRST * search.limit);
    if (few !== undefined) return sorted<R>(db, search, few);
    const soon = is_indexed ? await walked<R>(db, search, READ_FIRST * search.limit) : undefined;
    if (soon?.is_all) return soon.rows;
    const narrowest = await narrowestOf(db, search.filters);
    if (soon === undefined) {
      if (narrowest === undefined) throw new QueryRefused('list_too_broad', { rows_max: ROWS_READ_MAX });
      return sorted<R>(db, search, narrowest);
    }
    const read_max = Math.max(ROWS_READ_MAX, READ_FOR_EACH_ROW * search.limit);
    // As long as the rows to come are like the first.
    const expected = (READ_FIRST * search.limit * search.limit) / (soon.rows.length + 1);
    if (narrowest !== undefined && narrowest.count <= Math.max(ROWS_READ_MAX / 10, expected))
      return sorted<R>(db, search, narrowest);
    const found = await walked<R>(db, search, read_max);
    if (found.is_all) return found.rows;
    if (narrowest !== undefined) return sorted<R>(db, search, narrowest);
    throw new QueryRefused('list_too_broad', { rows_max: read_max });
  });
}

/** Of what was asked before in this transaction and comes after, Postgres may think as it likes. */
async function byIndex<T>(db: Db, ask: () => Promise<T>): Promise<T> {
  const set = (value: 'off' | 'DEFAULT') =>
    sql.raw(['seqscan', 'hashjoin', 'mergejoin', 'sort'].map((way) => `SET LOCAL enable_${way} TO ${value}`).join(';'));
  await sql`${set('off')}`.execute(db);
  const answer = await ask();
  await sql`${set('DEFAULT')}`.execute(db);
  return answer;
}

/** Of the filters that have an index, if any has few enough rows. */
async function narrowestOf(
  db: Db,
  filters: readonly SearchFilter[],
  read_max = ROWS_READ_MAX,
): Promise<Narrowest | undefined> {
  const indexed = filters.filter((filter) => filter.from !== undefined);
  if (indexed.length === 0) return undefined;
  const counts = indexed.map(
    ({ from, counted = from }, at) =>
      sql`(SELECT count(*) FROM (SELECT FROM ${counted} LIMIT ${sql.lit(read_max + 1)}) m) AS ${sql.ref(`of_${at}`)}`,
  );
  const { rows } = await sql<Record<string, bigint>>`${once} SELECT ${sql.join(counts)}`.execute(db);
  const found = indexed.map((filter, at) => ({ filter, from: filter.from!, count: Number(rows[0]![`of_${at}`]) }));
  const narrowest = found.sort((a, b) => a.count - b.count)[0]!;
  return narrowest.count > read_max ? undefined : narrowest;
}
interface Narrowest {
  filter: SearchFilter;
  from: RawBuilder<unknown>;
  count: number;
}

/** Where keys say of all filters whether a row has them. */
async function fewestKeys(db: Db, { filters, row }: Search): Promise<Narrowest | undefined> {
  if (row === undefined || filters.some(({ on_keys }) => on_keys === undefined)) return undefined;
  return narrowestOf(
    db,
    filters.filter(({ keys }) => keys !== undefined),
    KEYS_READ_MAX,
  );
}

async function sorted<R>(db: Db, search: Search, { filter, from }: Narrowest): Promise<(R & { key: string[] })[]> {
  const { columns, filters, order, limit, row } = search;
  if (filter.keys !== undefined && row !== undefined) return sortedKeys<R>(db, search, filter);
  const wanted = [...filters.map((filter) => filter.wanted), ...behind(search)];
  const { rows } = await sql<R & { key: string[] }>`${once} WITH found AS MATERIALIZED (SELECT m.* FROM ${from})
    SELECT ${columns}, ${keyOf(order)} AS key FROM found m WHERE ${every(wanted)} ${inOrder(order)} LIMIT ${limit}`.execute(
    db,
  );
  return rows;
}

/** Both OFFSET 0 keep Postgres from joining before it sorts. */
async function sortedKeys<R>(
  db: Db,
  search: Search,
  { keys, ...of }: SearchFilter,
): Promise<(R & { key: string[] })[]> {
  const { columns, filters, order, limit, row } = search;
  const others = filters.flatMap(({ wanted, on_keys }) => (wanted === of.wanted || !on_keys ? [] : [on_keys]));
  const wanted = every(filters.map((filter) => filter.wanted));
  const cells = [...new Set(['position', ...order.columns.map(({ name }) => name)])];
  const { rows } = await sql<R & { key: string[] }>`${once}
    SELECT ${columns}, ${keyOf(order, 'k')} AS key
    FROM (SELECT ${sql.join(cells.map((name) => sql.ref(`m.${name}`)))} FROM ${keys}
      AND ${every([...others, ...behind(search)])} ${inOrder(order)} OFFSET 0) k
    CROSS JOIN LATERAL (SELECT m.* FROM ${row} AND ${wanted} OFFSET 0) m
    ${inOrder(order, 'k')} LIMIT ${limit}`.execute(db);
  return rows;
}

/** Not `is_all`: there may be more, but `read_max` rows were read. */
async function walked<R>(
  db: Db,
  search: Search,
  read_max: number,
): Promise<{ rows: (R & { key: string[] })[]; is_all: boolean }> {
  const { columns, filters, order, limit } = search;
  const bounds = filters.filter(({ on }) => on === order.columns[0]!.name).map(({ wanted }) => wanted);
  const wanted = every(filters.map((filter) => filter.wanted));
  const { rows } = await sql<R & { key: string[]; fits: boolean; is_last: boolean }>`${once}
    SELECT ${columns}, ${keyOf(order)} AS key, (m.read < ${sql.lit(read_max)} OR ${wanted}) AS fits, m.read = ${sql.lit(read_max)} AS is_last
    FROM (SELECT m.*, row_number() OVER (${inOrder(order)}) AS read FROM ${order.from}
      AND ${every([...bounds, ...behind(search)])} ${inOrder(order)} LIMIT ${sql.lit(read_max)}) m
    WHERE ${wanted} OR m.read = ${sql.lit(read_max)} ${inOrder(order)} LIMIT ${limit}`.execute(db);
  const found = rows.filter(({ fits }) => fits);
  const is_cut = rows.some(({ is_last }) => is_last);
  return {
    rows: found.map(({ fits: _, is_last: __, ...row }) => row as unknown as R & { key: string[] }),
    is_all: !is_cut || found.length === limit,
  };
}

export interface Totals {
  /** false: only of the rows that were read. */
  complete: boolean;
  count: number;
}
export const TOTALS_READ_MAX = 100_000;

/** `sums`: over rows `m`. */
export async function searchTotals<S extends string>(
  db: Db,
  { filters, order }: Pick<Search, 'filters' | 'order'>,
  sums: Record<S, RawBuilder<unknown>>,
): Promise<Totals & Record<S, bigint>> {
  return byIndex(db, async () => {
    const narrowest = await narrowestOf(db, filters);
    const from = narrowest?.from ?? filters.find((filter) => filter.from !== undefined)?.from ?? order.from;
    const wanted = every(filters.map((filter) => filter.wanted));
    const figures = Object.entries<RawBuilder<unknown>>(sums).map(
      ([name, sum]) => sql`coalesce(sum(${sum}) FILTER (WHERE ${wanted}), 0)::bigint AS ${sql.ref(name)}`,
    );
    const { rows } = await sql<Record<S | 'found' | 'read', bigint>>`${once}
      SELECT ${sql.join([sql`count(*) AS read`, sql`count(*) FILTER (WHERE ${wanted}) AS found`, ...figures])}
      FROM (SELECT m.* FROM ${from} LIMIT ${sql.lit(TOTALS_READ_MAX + 1)}) m`.execute(db);
    const { read, found, ...figures_found } = rows[0]!;
    return {
      ...(figures_found as unknown as Record<S, bigint>),
      complete: Number(read) <= TOTALS_READ_MAX,
      count: Number(found),
    };
  });
}

function every(conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` AND `)})`;
}
function cells({ columns }: SearchOrder): RawBuilder<unknown> {
  return sql.join(columns.map(({ name }) => sql.ref(`m.${name}`)));
}
function keyOf({ columns }: SearchOrder, row = 'm'): RawBuilder<unknown> {
  return sql`ARRAY[${sql.join(columns.map(({ name }) => sql`${sql.ref(`${row}.${name}`)}::text`))}]`;
}
function inOrder({ columns, descending }: SearchOrder, row = 'm'): RawBuilder<unknown> {
  const way = sql.raw(descending ? 'DESC' : 'ASC');
  return sql`ORDER BY ${sql.join(columns.map(({ name }) => sql`${sql.ref(`${row}.${name}`)} ${way}`))}`;
}
function behind({ order, after }: Search): RawBuilder<unknown>[] {
  if (after === undefined) return [];
  const given = order.columns.map(({ type }, at) => sql`${after[at]}::${sql.raw(type)}`);
  return [sql`(${cells(order)}) ${sql.raw(order.descending ? '<' : '>')} (${sql.join(given)})`];
}

/** Of a column that is compared by bytes. */
export function startsWith(column: string, text: string): RawBuilder<unknown> {
  return sql`${sql.ref(column)} >= ${text} AND ${sql.ref(column)} < ${`${text}\u{10ffff}`}`;
}
