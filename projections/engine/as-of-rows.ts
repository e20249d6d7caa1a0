import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { AsOf } from '../as-of/as-of.js';
import { BLOCK_DAYS } from '../as-of/blocks.js';
import { cellsOf, hasTexts, isOfKey, type Key } from './keys.js';
import type { RunningBalances } from './running-balances.js';

export function isIncluded({ position, as_of_position, as_of }: AsOf): RawBuilder<SqlBool> {
  return position === as_of_position
    ? sql<SqlBool>`m.position <= ${position}`
    : sql<SqlBool>`(m.position <= ${as_of_position} OR (m.position <= ${position} AND m.effective_at <= ${as_of}))`;
}

/** −1 where nothing was recorded before. */
export function lastBefore({ ledger }: AsOf, instant: string, by: '<' | '<=' = '<'): RawBuilder<unknown> {
  return sql`coalesce((SELECT e.position FROM events e WHERE e.ledger = ${ledger} AND e.recorded_at ${sql.raw(by)} ${instant}
    ORDER BY e.recorded_at DESC, e.position DESC LIMIT 1), -1)`;
}

export interface Window {
  limit: number;
  last?: number;
  from?: string;
  wanted?: RawBuilder<unknown>;
  oldest_first?: boolean;
}

/** For FROM, as `k`: rows that count, at most `limit` for each of `keys`. */
export function lastRows(
  balances: RunningBalances,
  at: AsOf,
  keys: RawBuilder<unknown>,
  window: Window,
): RawBuilder<unknown> {
  const { limit, last = at.position, from, wanted = sql`true`, oldest_first = false } = window;
  const newest = sql`ORDER BY ${newestFirst('m', oldest_first)} LIMIT ${limit}`;
  // Nothing is recorded before it happens.
  const since =
    from === undefined ? sql`` : sql`AND m.effective_at >= ${from} AND m.position > ${lastBefore(at, from)}`;
  const on_time = sql`SELECT m.* FROM ${rowsOfKey(balances, at)} AND ${wanted} ${since}
    AND m.position <= least(${int8(at.as_of_position)}, ${int8(last)}) ${newest}`;
  const found = (
    of: RawBuilder<unknown>,
  ) => sql`(SELECT m.* FROM ${backdatedRowsOfKey(balances, at)} AND ${wanted} ${since}
    AND ${of} AND m.position > ${at.as_of_position} AND m.position <= ${last} ${newest})`;
  const backdated = at.backdated && [
    ...at.backdated.before.map(
      ({ days, blocks }) =>
        sql`SELECT m.* FROM ${each(blocks)} CROSS JOIN LATERAL ${found(sql`m.${sql.ref(`backdated_${days}`)} = p.block`)} m`,
    ),
    found(onTheDay(at)),
  ];
  const rows = backdated
    ? sql`SELECT * FROM (${sql.join([sql`(${on_time})`, ...backdated], sql` UNION ALL `)}) m ${newest}`
    : on_time;
  return sql`(SELECT m.* FROM (${keys}) k CROSS JOIN LATERAL (${rows}) m) k`;
}

/** For ORDER BY: of one event what it adjusts, the last adjusted first, and then what it posts itself. */
export function newestFirst(row: string, oldest_first = false): RawBuilder<unknown> {
  const [position, of_position] = [sql.ref(`${row}.position`), sql.ref(`${row}.of_position`)];
  return oldest_first
    ? sql`${position} ASC, ${of_position} ASC NULLS FIRST`
    : sql`${position} DESC, ${of_position} DESC NULLS LAST`;
}

export function rowsOfKey(balances: RunningBalances, at: AsOf): RawBuilder<unknown> {
  return sql`${sql.table(balances.name)} m WHERE ${isOfKey('m', keyIn(balances, at))}`;
}
export function backdatedRowsOfKey(balances: RunningBalances, at: AsOf): RawBuilder<unknown> {
  return sql`${sql.table(balances.name)} m WHERE ${hasTexts('m', keyIn(balances, at))}`;
}
function keyIn({ keys }: RunningBalances, { ledger }: AsOf): Key {
  return { ...cellsOf('k', keys), ledger: sql`${ledger}` };
}

export function onTheDay({ backdated, as_of }: AsOf): RawBuilder<unknown> {
  return sql`m.backdated_1 = ${backdated!.day} AND m.effective_at <= ${as_of}`;
}
export function each(blocks: readonly number[]): RawBuilder<unknown> {
  return sql`unnest(${blocks}::integer[]) p (block)`;
}
/** A parameter beside another has no type: Postgres would compare them as text. */
export function int8(value: number): RawBuilder<unknown> {
  return sql`${value}::bigint`;
}

export function backdatedDayLookups(keys: string): Record<string, string> {
  return Object.fromEntries(
    BLOCK_DAYS.map((days) => [
      `backdated_${days}`,
      `(${keys}, (${blockIn('backdated_day', days)}), position) WHERE backdated_day IS NOT NULL`,
    ]),
  );
}
/** A shift rounds down, also before 1970. */
function blockIn(day: string, days: number): string {
  return `${day} >> ${Math.log2(days)}`;
}

interface BackdatedSearch {
  columns: RawBuilder<unknown>;
  wanted: RawBuilder<unknown>;
  order: RawBuilder<unknown>;
}

/** Subqueries: backdated `m` that happened by the moment, recorded behind `as_of_position`. */
export function backdatedRows(
  { backdated, as_of }: AsOf,
  table: 'events' | 'documents',
  { columns, wanted, order }: BackdatedSearch,
): RawBuilder<unknown>[] {
  const within = (
    days: number,
    blocks: RawBuilder<unknown>,
    by = sql`true`,
  ) => sql`(SELECT m.* FROM ${blocks} CROSS JOIN LATERAL (
    SELECT ${columns} FROM ${sql.table(table)} m WHERE m.backdated_day IS NOT NULL
    AND ${sql.raw(blockIn('m.backdated_day', days))} = p.block AND ${wanted} AND ${by} ${order}) m)`;
  if (backdated === undefined) return [];
  return [
    ...backdated.before.map(({ days, blocks }) => within(days, each(blocks))),
    within(1, sql`(SELECT ${backdated.day}::integer) p (block)`, sql`m.effective_at <= ${as_of}`),
  ];
}
