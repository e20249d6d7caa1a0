/**
 * What happened to one key, event by event, with running sums, so that any moment is answered without adding up the past.
 *
 * Nothing is recorded before it happens. So of all rows recorded by an instant T every one happened by T, and the sum as of T, known at
 * position P, is the running sum at the last position recorded by T, plus those rows recorded between there and P that happened by T
 * after all. Such rows are *late* (they happened earlier than they were recorded). A few are added up. For many they carry running sums of
 * their own by blocks of 1, 4, 16 and 64 effective days: what a block gained is the difference of two of these, whatever its size, and at
 * most three blocks of each size lie between a moment and the next larger one. A row on time needs none.
 * Because every sum belongs to a recorded position, a late fact can never be lost between a roll-up and a later one.
 */
import { type RawBuilder, sql } from 'kysely';
import { type AsOf, dayNumber } from '../as-of/as-of.js';
import type { BalanceCache, KnownSums, Sums } from './balance-cache.js';
import { rowsOf } from './bulk.js';
import { bigints, type Cell, type Columns, CopyRows } from './copy-rows.js';
import { type Fact, PoisonEvent } from './incoming-event.js';
import { type Key, keyNumber, LATE_DAYS, lateBlock } from './tables.js';
import type { Writer } from './writer.js';

export interface Series {
  table: 'movements' | 'entries' | 'sales';
  keys: readonly string[];
  measures: readonly string[];
  /** Of these the running sum is never below zero; where it would be, the event is not to be believed. */
  never_negative: readonly string[];
}

/** What one event did to one key. */
export interface Delta {
  fact: Fact;
  key: string[];
  /** Ledger and key in one text; no id holds a line feed. */
  name: string;
  amounts: Sums;
}

/** Adds up what an event's postings did to each key, in the order of the postings. */
export function perKey(fact: Fact, postings: readonly { key: string[]; amounts: Sums }[]): Delta[] {
  const deltas: Delta[] = [];
  const known = new Map<string, Delta>();
  for (const { key, amounts } of postings) {
    let name = fact.ledger;
    for (const text of key) name += `\n${text}`;
    const delta = known.get(name);
    if (delta !== undefined) delta.amounts = plus(delta.amounts, amounts);
    else {
      const added = { fact, key, name, amounts };
      deltas.push(added);
      if (postings.length > 1) known.set(name, added);
    }
  }
  return deltas;
}
export function plus(sums: Sums, amounts: Sums): Sums {
  const result: Sums = [];
  for (let index = 0; index < sums.length; index += 1) result.push(sums[index]! + amounts[index]!);
  return result;
}

// ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Writes the rows, in the order of the deltas, and answers the running sums of every key that they touched, and which was its first. */
export async function appendToSeries(
  writer: Writer,
  series: Series,
  deltas: readonly Delta[],
  heads: BalanceCache,
): Promise<{ ledger: string; key: string[]; sums: Sums; first_position: number }[]> {
  if (deltas.length === 0) return [];
  const late = deltas.filter(({ fact }) => fact.late);
  const [runs, ...blocks] = await Promise.all([
    loadSums(writer, series, deltas, undefined, heads),
    ...LATE_DAYS.map((days) => loadSums(writer, series, late, days, heads)),
  ]);
  const on_time = new CopyRows(series.table, columnsOf(series));
  const belated = new CopyRows(series.table, { ...columnsOf(series), ...lateColumnsOf(series) });
  const touched = new Map<string, Delta>();
  const cells: Cell[] = [];
  for (const delta of deltas) {
    const { fact, key, name, amounts } = delta;
    const sums = runs!.add(name, amounts);
    believe(series, delta, sums);
    if (!touched.has(name)) touched.set(name, delta);
    cells.length = 0;
    cells.push(fact.ledger);
    for (const text of key) cells.push(text);
    cells.push(fact.event.position, fact.effective_ms);
    for (const amount of amounts) cells.push(amount);
    for (const sum of sums) cells.push(sum);
    if (!fact.late) on_time.add(cells);
    else {
      for (const [index, days] of LATE_DAYS.entries())
        cells.push(blockOf(fact.day, days), ...blocks[index]!.add(nameOf(delta, days), amounts));
      belated.add(cells);
    }
  }
  writer.copy(on_time);
  writer.copy(belated);
  return [...touched].map(([name, { fact, key }]) => {
    return { ledger: fact.ledger, key, sums: runs!.get(name)!, first_position: fact.event.position };
  });
}

/** The block of so many days that a day lies in. */
function blockOf(day: string, days: number): number {
  return Math.floor(dayNumber(day) / days);
}
function nameOf({ fact, name }: Delta, days: number | undefined): string {
  return days === undefined ? name : `${name}\n${blockOf(fact.day, days)}`;
}
function believe({ measures, never_negative }: Series, { fact, key }: Delta, sums: Sums): void {
  for (const measure of never_negative) {
    const sum = sums[measures.indexOf(measure)]!;
    if (sum < 0n) throw new PoisonEvent(fact, `it leaves ${sum} as ${measure} of ${key.join(' at ')}`);
  }
}
function columnsOf({ keys, measures }: Series): Columns {
  const columns: Columns = { ledger: 'text' };
  for (const key of keys) columns[key] = 'text';
  const sums = bigints(measures, prefixed('run_', measures));
  return { ...columns, position: 'bigint', effective_at: 'timestamptz', ...sums };
}
function lateColumnsOf({ measures }: Series): Columns {
  const columns: Columns = {};
  for (const days of LATE_DAYS) {
    columns[`late_${days}`] = 'integer';
    Object.assign(columns, bigints(prefixed(`late_${days}_`, measures)));
  }
  return columns;
}
function prefixed(prefix: string, measures: readonly string[]): string[] {
  return measures.map((measure) => `${prefix}${measure}`);
}

/** The last running sums of every key (and block of so many days) that the deltas touch: what is not in memory is looked up. */
async function loadSums(
  writer: Writer,
  { table, keys, measures }: Series,
  deltas: readonly Delta[],
  days: number | undefined,
  heads: BalanceCache,
): Promise<KnownSums> {
  const run = days === undefined ? 'run' : `late_${days}`;
  const sums = heads.of(`${table} ${run}`);
  const wanted = new Map<string, Record<string, string | number>>();
  for (const delta of deltas) {
    if (heads.isWhole(delta.fact.ledger)) continue;
    const name = nameOf(delta, days);
    if (wanted.has(name) || sums.get(name) !== undefined) continue;
    const row: Record<string, string | number> = { name, ledger: delta.fact.ledger };
    if (days !== undefined) row.block = blockOf(delta.fact.day, days);
    for (const [index, key] of keys.entries()) row[key] = delta.key[index]!;
    wanted.set(name, row);
  }
  if (wanted.size === 0) return sums;
  const columns: Columns = { name: 'text', ledger: 'text' };
  if (days !== undefined) columns.block = 'bigint';
  for (const key of keys) columns[key] = 'text';
  const of_key = { ...cellsOf('r', keys), ledger: sql.ref('r.ledger') };
  const same =
    days === undefined ? isOfKey('s', of_key) : sql`${hasTexts('s', of_key)} AND s.${sql.ref(run)} = r.block`;
  const rows = await writer.run(sql<{ name: string } & Record<string, bigint>>`
    SELECT r.name, l.* FROM ${rowsOf(columns, [...wanted.values()])}
    CROSS JOIN LATERAL (SELECT ${sql.join(measures.map((measure) => sql.ref(`s.${run}_${measure}`)))}
      FROM ${sql.table(table)} s WHERE ${same} ORDER BY s.position DESC LIMIT 1) l`);
  for (const row of rows)
    sums.set(
      row.name,
      measures.map((measure) => row[`${run}_${measure}`] as bigint),
    );
  return sums;
}

// ── Asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * For FROM, after a table or subquery `k` with the key columns: a lateral `s` with the sum of each measure at that as-of, and `s.counted`,
 * whether any row of the key counts. `until`, where given, is a position of its own for each row of `k`, above `as_of_position` and at most `at.position`.
 */
export function sumsIn(series: Series, at: AsOf, until?: RawBuilder<unknown>): RawBuilder<unknown> {
  const { measures } = series;
  const base = sql`LEFT JOIN LATERAL (SELECT ${names(measures, 'run_')} FROM ${rowsOfKey(series, at)}
    AND m.position <= ${int8(at.as_of_position)} ORDER BY m.position DESC LIMIT 1) base ON true`;
  const late = at.late
    ? sql`LEFT JOIN LATERAL (${lateSums(series, at, until ?? int8(at.position))}) late ON true`
    : sql``;
  const sums = measures.map((measure) => {
    const run = sql`coalesce(base.${sql.ref(`run_${measure}`)}, 0)`;
    const more = at.late ? sql` + coalesce(late.${sql.ref(measure)}, 0)` : sql``;
    return sql`(${run}${more})::bigint AS ${sql.ref(measure)}`;
  });
  const first = sql.ref(`run_${measures[0]!}`);
  const counted = at.late
    ? sql`(base.${first} IS NOT NULL OR late.${sql.ref(measures[0]!)} IS NOT NULL)`
    : sql`base.${first} IS NOT NULL`;
  return sql`CROSS JOIN LATERAL (SELECT ${sql.join(sums)}, ${counted} AS counted FROM (SELECT) nothing ${base} ${late}) s`;
}

/** Which rows of each key a statement shows. */
export interface Window {
  limit: number;
  /** The last position that may be shown. */
  last?: number;
  from?: string;
  /** More about a row `m`. */
  wanted?: RawBuilder<unknown>;
  /** The first recorded first. */
  oldest_first?: boolean;
}

/**
 * For FROM, as `k`: rows of the series that count at that as-of, at most `limit` of each key in `keys` (a query of the key columns), the last
 * recorded first unless the window says otherwise.
 */
export function lastRows(series: Series, at: AsOf, keys: RawBuilder<unknown>, window: Window): RawBuilder<unknown> {
  const { limit, last = at.position, from, wanted = sql`true`, oldest_first = false } = window;
  const newest = sql`ORDER BY m.position ${sql.raw(oldest_first ? 'ASC' : 'DESC')} LIMIT ${limit}`;
  // Nothing is recorded before it happens, so what happened from `from` on stands after what was recorded before it.
  const since =
    from === undefined ? sql`` : sql`AND m.effective_at >= ${from} AND m.position > ${lastBefore(at, from)}`;
  const as_of_position = sql`SELECT m.* FROM ${rowsOfKey(series, at)} AND ${wanted} ${since}
    AND m.position <= least(${int8(at.as_of_position)}, ${int8(last)}) ${newest}`;
  const found = (of: RawBuilder<unknown>) => sql`(SELECT m.* FROM ${lateRowsOfKey(series, at)} AND ${wanted} ${since}
    AND ${of} AND m.position > ${at.as_of_position} AND m.position <= ${last} ${newest})`;
  const late = at.late && [
    ...at.late.before.map(
      ({ days, blocks }) =>
        sql`SELECT m.* FROM ${each(blocks)} CROSS JOIN LATERAL ${found(sql`m.${sql.ref(`late_${days}`)} = p.block`)} m`,
    ),
    found(onTheDay(at)),
  ];
  const rows = late
    ? sql`SELECT * FROM (${sql.join([sql`(${as_of_position})`, ...late], sql` UNION ALL `)}) m ${newest}`
    : as_of_position;
  return sql`(SELECT m.* FROM (${keys}) k CROSS JOIN LATERAL (${rows}) m) k`;
}

/** The last position that was recorded before an instant, or by it; −1 where none was. */
export function lastBefore({ ledger }: AsOf, instant: string, by = false): RawBuilder<unknown> {
  return sql`coalesce((SELECT e.position FROM events e WHERE e.ledger = ${ledger} AND e.recorded_at ${sql.raw(by ? '<=' : '<')} ${instant}
    ORDER BY e.recorded_at DESC, e.position DESC LIMIT 1), -1)`;
}

/**
 * As a subquery: events or documents `m` that happened by the moment and were recorded behind `as_of_position`, in the order of their
 * positions. They are late, so they stand in `late_1` indexes by blocks of days, whatever else was recorded since.
 */
export function lateRows(
  { late, as_of }: AsOf,
  table: 'events' | 'documents',
  found: LateSearch,
): RawBuilder<unknown>[] {
  const { columns, wanted, order } = found;
  const within = (
    days: number,
    blocks: RawBuilder<unknown>,
    by = sql`true`,
  ) => sql`(SELECT m.* FROM ${blocks} CROSS JOIN LATERAL (
    SELECT ${columns} FROM ${sql.table(table)} m WHERE m.late_1 IS NOT NULL AND ${sql.raw(lateBlock('m.late_1', days))} = p.block
    AND ${wanted} AND ${by} ${order}) m)`;
  if (late === undefined) return [];
  return [
    ...late.before.map(({ days, blocks }) => within(days, each(blocks))),
    within(1, sql`(SELECT ${late.day}::integer) p (block)`, sql`m.effective_at <= ${as_of}`),
  ];
}
interface LateSearch {
  columns: RawBuilder<unknown>;
  wanted: RawBuilder<unknown>;
  /** ORDER BY and LIMIT. */
  order: RawBuilder<unknown>;
}

/** For FROM, after rows `k` of a series: a lateral `s` with the running sums of `k` among the rows that count. */
export function runningSums(series: Series, at: AsOf): RawBuilder<unknown> {
  return sql`CROSS JOIN LATERAL (${sumsAt(series, at)}) s`;
}

/** As a subquery: the running sums of a row `k`, if it is one of those that are wanted. */
function sumsAt(series: Series, at: AsOf, wanted = sql`true`): RawBuilder<unknown> {
  const { measures } = series;
  const own = sql.join(measures.map((measure) => sql`${sql.ref(`k.run_${measure}`)} AS ${sql.ref(measure)}`));
  if (!at.late) return sql`SELECT ${own} WHERE ${wanted}`;
  // Up to `as_of_position` a row carries the sums itself.
  const as_of_position = int8(at.as_of_position);
  return sql`SELECT ${own} WHERE ${wanted} AND k.position <= ${as_of_position} UNION ALL
    SELECT ${sql.join(measures.map((measure) => sql.ref(`s.${measure}`)))} FROM (SELECT) nothing
      ${sumsIn(series, at, sql`k.position`)} WHERE ${wanted} AND k.position > ${as_of_position}`;
}

/**
 * For FROM, as `k`: `rows` (of `lastRows`, as `k`) with the sums after each of them (`now_…`). `gapless`: between two of a key none is left
 * out that counts and changes a sum; then the sums of all follow from those of the newest.
 */
export function withSums(
  series: Series,
  at: AsOf,
  rows: RawBuilder<unknown>,
  { gapless }: { gapless: boolean },
): RawBuilder<unknown> {
  const { keys, measures } = series;
  const sums = (of: (measure: string) => RawBuilder<unknown>) =>
    sql.join(measures.map((measure) => sql`${of(measure)} AS ${sql.ref(`now_${measure}`)}`));
  if (!at.late || !gapless)
    return sql`(SELECT k.*, ${sums((measure) => sql.ref(`s.${measure}`))} FROM ${rows} ${runningSums(series, at)}) k`;
  const newest = sql`PARTITION BY ${sql.join(keys.map((key) => sql.ref(`k.${key}`)))} ORDER BY k.position DESC`;
  const ranked = sql`SELECT k.*, row_number() OVER (${newest}) AS nth FROM ${rows}`;
  const of_newest = sumsAt(series, at, sql`k.nth = 1`);
  const walked = (measure: string) => sql`(first_value(${sql.ref(`s.${measure}`)}) OVER newest
    - coalesce(sum(${sql.ref(`k.${measure}`)}) OVER (newest ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))::bigint`;
  return sql`(SELECT k.*, ${sums(walked)} FROM (${ranked}) k LEFT JOIN LATERAL (${of_newest}) s ON true
    WINDOW newest AS (${newest})) k`;
}

/** For WHERE: whether a row `m` of a series, or of anything else with a position and an effective time, counts at that as-of. */
export function counts({ position, as_of_position, as_of }: AsOf): RawBuilder<unknown> {
  return position === as_of_position
    ? sql`m.position <= ${position}`
    : sql`(m.position <= ${as_of_position} OR (m.position <= ${position} AND m.effective_at <= ${as_of}))`;
}

function rowsOfKey(series: Series, at: AsOf): RawBuilder<unknown> {
  return sql`${sql.table(series.table)} m WHERE ${isOfKey('m', keyIn(series, at))}`;
}
/** The late ones, whose indexes are of the texts. */
function lateRowsOfKey(series: Series, at: AsOf): RawBuilder<unknown> {
  return sql`${sql.table(series.table)} m WHERE ${hasTexts('m', keyIn(series, at))}`;
}
function keyIn({ keys }: Series, { ledger }: AsOf): Key {
  return { ...cellsOf('k', keys), ledger: sql`${ledger}` };
}

export function cellsOf(table: string, keys: readonly string[]): Key {
  return Object.fromEntries(keys.map((key) => [key, sql.ref(`${table}.${key}`)]));
}

/**
 * For WHERE: whether a row of a series is of the key. By its number it is found, by its texts it is known. Postgres takes what it can look
 * into for one more condition that few rows meet, and would then collect and sort all rows of a key instead of going to its last one.
 */
export function isOfKey(row: string, key: Key): RawBuilder<unknown> {
  const number = keyNumber(cellsOf(row, Object.keys(key)));
  return sql`${number} = ${keyNumber(key)} AND CASE WHEN ${hasTexts(row, key)} THEN true ELSE false END`;
}
function hasTexts(row: string, key: Key): RawBuilder<unknown> {
  const same = Object.entries(key).map(([column, text]) => sql`${sql.ref(`${row}.${column}`)} = ${text}`);
  return sql.join(same, sql` AND `);
}
/** A parameter beside another one has no type of its own: Postgres would compare them as text. */
function int8(value: number): RawBuilder<unknown> {
  return sql`${value}::bigint`;
}
function names(measures: readonly string[], prefix: string): RawBuilder<unknown> {
  return sql.join(measures.map((measure) => sql.ref(`m.${prefix}${measure}`)));
}

/** More late rows of a key than these are not added up one by one. */
const few_rows = 64;

/**
 * The late rows that count, recorded from `as_of_position` on up to a position. Most keys have a few, which lie side by side in an index; for the
 * others whole blocks before the moment's day are looked up, and only the rows of that day are added up.
 */
function lateSums(series: Series, at: AsOf, until: RawBuilder<unknown>): RawBuilder<unknown> {
  const { measures } = series;
  const as_of_position = int8(at.as_of_position);
  const late = sql`${lateRowsOfKey(series, at)} AND m.late_1 IS NOT NULL AND m.position > ${as_of_position}`;
  const named = (of: (column: RawBuilder<unknown>) => RawBuilder<unknown>) =>
    sql.join(measures.map((measure) => sql`${of(sql.ref(measure))} AS ${sql.ref(measure)}`));
  const counted = sql`FILTER (WHERE f.effective_at <= ${at.as_of})`;
  const few = sql`SELECT count(*) AS rows, ${named((column) => sql`sum(f.${column}) ${counted}`)} FROM (
    SELECT m.effective_at, ${names(measures, '')} FROM ${late} AND m.position <= least(${until}, ${int8(at.late!.last)})
    ORDER BY m.position LIMIT ${few_rows + 1}) f`;
  const parts = at.late!.before.map(({ days, blocks }) => {
    const last = (recorded: RawBuilder<unknown>) =>
      sql`(SELECT ${names(measures, `late_${days}_`)} FROM ${lateRowsOfKey(series, at)} AND m.${sql.ref(`late_${days}`)} = p.block
        AND ${recorded} ORDER BY m.position DESC LIMIT 1)`;
    const differences = measures.map((measure) => {
      const column = sql.ref(`late_${days}_${measure}`);
      return sql`now.${column} - coalesce(before.${column}, 0)`;
    });
    return sql`SELECT ${sql.join(differences)} FROM ${each(blocks)}
      CROSS JOIN LATERAL ${last(sql`m.position > ${as_of_position} AND m.position <= ${until}`)} now
      LEFT JOIN LATERAL ${last(sql`m.position <= ${as_of_position}`)} before ON true`;
  });
  parts.push(sql`SELECT ${names(measures, '')} FROM ${lateRowsOfKey(series, at)} AND ${onTheDay(at)}
    AND m.position > ${as_of_position} AND m.position <= ${until}`);
  const many = sql`SELECT ${named((column) => sql`sum(parts.${column})`)}
    FROM (${sql.join(parts, sql` UNION ALL `)}) parts (${sql.join(measures.map((measure) => sql.ref(measure)))})
    WHERE few.rows > ${few_rows}`;
  return sql`SELECT ${named((column) => sql`CASE WHEN few.rows > ${few_rows} THEN many.${column} ELSE few.${column} END`)}
    FROM (${few}) few CROSS JOIN LATERAL (${many}) many`;
}

/** Late rows of the moment's own day that happened by then. */
function onTheDay({ late, as_of }: AsOf): RawBuilder<unknown> {
  return sql`m.late_1 = ${late!.day} AND m.effective_at <= ${as_of}`;
}
function each(blocks: readonly number[]): RawBuilder<unknown> {
  return sql`unnest(${blocks}::integer[]) p (block)`;
}
