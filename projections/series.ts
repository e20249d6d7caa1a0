/**
 * What happened to one key, event by event, with running sums, so that any moment is answered without adding up the past.
 *
 * Nothing is recorded before it happens. So of all rows recorded by an instant T every one happened by T, and the sum as of T, known at
 * position P, is the running sum at the last position recorded by T, plus those rows recorded between there and P that happened by T
 * after all. Such rows are *late* (they happened earlier than they were recorded), and late rows carry running sums of their own by
 * effective month and day: a month is the difference of two of these, whatever its size. A row on time needs none.
 * Because every sum belongs to a recorded position, a late fact can never be lost between a roll-up and a later one.
 */
import { type RawBuilder, sql } from 'kysely';
import { calendarDay } from '../libs/ledger/calendar.js';
import { type Columns, rowsOf } from './bulk.js';
import { type Fact, PoisonEvent } from './fact.js';
import type { Heads, KnownSums, Sums } from './heads.js';
import type { View } from './scope.js';
import { copyLine, type Writer } from './writer.js';

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
    const name = `${fact.ledger}\n${key.join('\n')}`;
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

/** Writes the rows, in the order of the deltas, and answers the running sums of every key that they touched. */
export async function appendToSeries(
  writer: Writer,
  series: Series,
  deltas: readonly Delta[],
  heads: Heads,
): Promise<{ ledger: string; key: string[]; sums: Sums }[]> {
  if (deltas.length === 0) return [];
  const late = deltas.filter(({ fact }) => fact.late);
  const [runs, months, days] = await Promise.all([
    loadSums(writer, series, deltas, 'run', heads),
    loadSums(writer, series, late, 'month', heads),
    loadSums(writer, series, late, 'day', heads),
  ]);
  const lines: string[] = [];
  const late_lines: string[] = [];
  for (const delta of deltas) {
    const { fact, key, name, amounts } = delta;
    const { position, metadata } = fact.event;
    const sums = add(runs, name, amounts);
    believe(series, delta, sums);
    const cells = [fact.ledger, ...key, position, metadata.effective_at, ...amounts, ...sums];
    if (!fact.late) lines.push(copyLine(cells));
    else {
      const of_month = add(months, nameOf(delta, 'month'), amounts);
      const of_day = add(days, nameOf(delta, 'day'), amounts);
      late_lines.push(copyLine([...cells, monthStart(fact.day), fact.day, ...of_month, ...of_day]));
    }
  }
  const columns = ['ledger', ...series.keys, 'position', 'effective_at', ...columnsOf(series, '', 'run_')];
  writer.copy(series.table, columns, lines);
  writer.copy(series.table, [...columns, 'late_month', 'late_day', ...columnsOf(series, 'month_', 'day_')], late_lines);
  const touched = new Map(deltas.map((delta) => [delta.name, delta]));
  return [...touched].map(([name, { fact, key }]) => ({ ledger: fact.ledger, key, sums: runs.get(name)! }));
}

type Run = 'run' | 'month' | 'day';

function nameOf({ fact, name }: Delta, run: Run): string {
  return run === 'run' ? name : `${name}\n${run === 'month' ? monthStart(fact.day) : fact.day}`;
}
function monthStart(day: string): string {
  return `${day.slice(0, 7)}-01`;
}
function add(sums: KnownSums, name: string, amounts: Sums): Sums {
  const before = sums.get(name);
  const after = before === undefined ? amounts : plus(before, amounts);
  sums.set(name, after);
  return after;
}
function believe({ measures, never_negative }: Series, { fact, key }: Delta, sums: Sums): void {
  for (const measure of never_negative) {
    const sum = sums[measures.indexOf(measure)]!;
    if (sum < 0n) throw new PoisonEvent(fact, `it leaves ${sum} as ${measure} of ${key.join(' at ')}`);
  }
}
function columnsOf({ measures }: Series, ...prefixes: string[]): string[] {
  return prefixes.flatMap((prefix) => measures.map((measure) => `${prefix}${measure}`));
}

/** The last running sums of every key (and period) that the deltas touch: what is not in memory is looked up. */
async function loadSums(
  writer: Writer,
  { table, keys, measures }: Series,
  deltas: readonly Delta[],
  run: Run,
  heads: Heads,
): Promise<KnownSums> {
  const sums = heads.of(`${table} ${run}`);
  const wanted = new Map<string, Record<string, string>>();
  for (const delta of deltas) {
    if (heads.isWhole(delta.fact.ledger)) continue;
    const name = nameOf(delta, run);
    if (wanted.has(name) || sums.get(name) !== undefined) continue;
    const row: Record<string, string> = { name, ledger: delta.fact.ledger, period: delta.fact.day };
    if (run === 'month') row.period = monthStart(delta.fact.day);
    for (const [index, key] of keys.entries()) row[key] = delta.key[index]!;
    wanted.set(name, row);
  }
  if (wanted.size === 0) return sums;
  const columns: Columns = { name: 'text', ledger: 'text', period: 'date' };
  for (const key of keys) columns[key] = 'text';
  const same = ['ledger', ...keys].map((key) => sql`s.${sql.ref(key)} = r.${sql.ref(key)}`);
  if (run !== 'run') same.push(sql`s.${sql.ref(`late_${run}`)} = r.period`);
  const rows = await writer.run(sql<{ name: string } & Record<string, bigint>>`
    SELECT r.name, l.* FROM ${rowsOf(columns, [...wanted.values()])}
    CROSS JOIN LATERAL (SELECT ${sql.join(measures.map((measure) => sql.ref(`s.${run}_${measure}`)))}
      FROM ${sql.table(table)} s WHERE ${sql.join(same, sql` AND `)} ORDER BY s.position DESC LIMIT 1) l`);
  for (const row of rows)
    sums.set(
      row.name,
      measures.map((measure) => row[`${run}_${measure}`] as bigint),
    );
  return sums;
}

// ── Asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * For FROM, after a table or subquery `k` with the key columns: a lateral `s` with the sum of each measure in the view, and `s.counted`,
 * whether any row of the key counts. `until`, where given, is a position of its own for each row of `k`, at most the view's.
 */
export function sumsIn(series: Series, view: View, until?: RawBuilder<unknown>): RawBuilder<unknown> {
  const { measures } = series;
  const settled = until === undefined ? int8(view.settled) : sql`least(${until}, ${int8(view.settled)})`;
  const base = sql`LEFT JOIN LATERAL (SELECT ${names(measures, 'run_')} FROM ${rowsOfKey(series, view)}
    AND m.position <= ${settled} ORDER BY m.position DESC LIMIT 1) base ON true`;
  const late = view.late
    ? sql`LEFT JOIN LATERAL (${lateSums(series, view, until ?? int8(view.position))}) late ON true`
    : sql``;
  const sums = measures.map((measure) => {
    const run = sql`coalesce(base.${sql.ref(`run_${measure}`)}, 0)`;
    const more = view.late ? sql` + coalesce(late.${sql.ref(measure)}, 0)` : sql``;
    return sql`(${run}${more})::bigint AS ${sql.ref(measure)}`;
  });
  const first = sql.ref(`run_${measures[0]!}`);
  const counted = view.late
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
}

/**
 * For FROM, as `k`: rows of the series that count in the view, at most `limit` of each key in `keys` (a query of the key columns), the last
 * recorded first.
 */
export function lastRows(series: Series, view: View, keys: RawBuilder<unknown>, window: Window): RawBuilder<unknown> {
  const { limit, last = view.position, from, wanted = sql`true` } = window;
  const newest = sql`ORDER BY m.position DESC LIMIT ${limit}`;
  // Nothing is recorded before it happens, so what happened from `from` on stands after what was recorded before it.
  const since =
    from === undefined ? sql`` : sql`AND m.effective_at >= ${from} AND m.position > ${lastBefore(view, from)}`;
  const settled = sql`SELECT m.* FROM ${rowsOfKey(series, view)} AND ${wanted} ${since}
    AND m.position <= least(${int8(view.settled)}, ${int8(last)}) ${newest}`;
  const late = sql`SELECT m.* FROM late_days d CROSS JOIN LATERAL (SELECT m.* FROM ${rowsOfKey(series, view)} AND ${wanted} ${since}
      AND m.late_day = d.day AND m.effective_at <= ${view.as_of ?? null}
      AND m.position > ${view.settled} AND m.position <= ${last} ${newest}) m
    WHERE d.ledger = ${view.ledger} AND d.position > ${view.settled} AND d.day <= ${dayOf(view)}::date ${newest}`;
  const rows = view.late ? sql`SELECT * FROM ((${settled}) UNION ALL (${late})) m ${newest}` : settled;
  return sql`(SELECT m.* FROM (${keys}) k CROSS JOIN LATERAL (${rows}) m) k`;
}

/** The last position that was recorded before an instant; −1 where none was. */
export function lastBefore({ ledger }: View, instant: string): RawBuilder<unknown> {
  return sql`coalesce((SELECT e.position FROM events e WHERE e.ledger = ${ledger} AND e.recorded_at < ${instant}
    ORDER BY e.recorded_at DESC, e.position DESC LIMIT 1), -1)`;
}
function dayOf({ as_of, time_zone }: View): string | null {
  return as_of === undefined ? null : calendarDay(as_of, time_zone);
}

/** For FROM, after `lastRows`: a lateral `s` with the running sums of `k` among the rows that count. */
export function runningSums(series: Series, view: View): RawBuilder<unknown> {
  if (view.late) return sumsIn(series, view, sql`k.position`);
  const sums = series.measures.map((measure) => sql`${sql.ref(`k.run_${measure}`)} AS ${sql.ref(measure)}`);
  return sql`CROSS JOIN LATERAL (SELECT ${sql.join(sums)}) s`;
}

/** For WHERE: whether a row `m` of a series, or of anything else with a position and an effective time, counts in the view. */
export function counts({ position, settled, as_of }: View): RawBuilder<unknown> {
  return position === settled
    ? sql`m.position <= ${position}`
    : sql`(m.position <= ${settled} OR (m.position <= ${position} AND m.effective_at <= ${as_of}))`;
}

function rowsOfKey(series: Series, view: View): RawBuilder<unknown> {
  return sql`${sql.table(series.table)} m WHERE ${isOfKey(series, view)}`;
}
function isOfKey({ keys }: Series, { ledger }: View): RawBuilder<unknown> {
  const same = keys.map((key) => sql`m.${sql.ref(key)} = k.${sql.ref(key)}`);
  return sql`m.ledger = ${ledger} AND ${sql.join(same, sql` AND `)}`;
}
/** A parameter beside another one has no type of its own: Postgres would compare them as text. */
function int8(value: number): RawBuilder<unknown> {
  return sql`${value}::bigint`;
}
function names(measures: readonly string[], prefix: string): RawBuilder<unknown> {
  return sql.join(measures.map((measure) => sql.ref(`m.${prefix}${measure}`)));
}

/** Whole months before the moment's month, whole days before its day, and the rows of its day one by one. */
function lateSums(series: Series, view: View, until: RawBuilder<unknown>): RawBuilder<unknown> {
  const { measures } = series;
  const day = calendarDay(view.as_of!, view.time_zone);
  const month = monthStart(day);
  const touched = sql`FROM late_days WHERE ledger = ${view.ledger} AND position > ${view.settled}`;
  const months = sql`SELECT DISTINCT date_trunc('month', day)::date AS period ${touched} AND day < ${month}::date`;
  const days = sql`SELECT day AS period ${touched} AND day >= ${month}::date AND day < ${day}::date`;
  const since = (run: 'month' | 'day', periods: RawBuilder<unknown>) => {
    const last = (position: RawBuilder<unknown>) =>
      sql`(SELECT ${names(measures, `${run}_`)} FROM ${rowsOfKey(series, view)} AND m.${sql.ref(`late_${run}`)} = p.period
        AND m.position <= ${position} ORDER BY m.position DESC LIMIT 1)`;
    const difference = measures.map((measure) => {
      const column = sql.ref(`${run}_${measure}`);
      return sql`now.${column} - coalesce(before.${column}, 0)`;
    });
    return sql`SELECT ${sql.join(difference)} FROM (${periods}) p
      CROSS JOIN LATERAL ${last(until)} now LEFT JOIN LATERAL ${last(int8(view.settled))} before ON true
      WHERE ${until} > ${int8(view.settled)}`;
  };
  const rows = sql`SELECT ${names(measures, '')} FROM ${rowsOfKey(series, view)} AND m.late_day = ${day}::date
    AND m.effective_at <= ${view.as_of} AND m.position > ${view.settled} AND m.position <= ${until}`;
  const sums = measures.map((measure) => sql`sum(parts.${sql.ref(measure)}) AS ${sql.ref(measure)}`);
  return sql`SELECT ${sql.join(sums)} FROM (${since('month', months)} UNION ALL ${since('day', days)} UNION ALL ${rows})
    parts (${sql.join(measures.map((measure) => sql.ref(measure)))})`;
}
