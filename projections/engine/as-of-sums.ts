import { type RawBuilder, sql } from 'kysely';
import type { AsOf } from '../as-of/as-of.js';
import { backdatedRowsOfKey, each, int8, onTheDay, rowsOfKey } from './as-of-rows.js';
import type { RunningBalances } from './running-balances.js';

/** For FROM: a lateral `s` with each measure's sum, and `s.included`: whether any row of the key `k` counts. */
export function sumsIn(balances: RunningBalances, at: AsOf, until?: RawBuilder<unknown>): RawBuilder<unknown> {
  const { measures } = balances;
  const base = sql`LEFT JOIN LATERAL (SELECT ${names(measures, 'run_')} FROM ${rowsOfKey(balances, at)}
    AND m.position <= ${int8(at.as_of_position)} ORDER BY m.position DESC LIMIT 1) base ON true`;
  const backdated = at.backdated
    ? sql`LEFT JOIN LATERAL (${backdatedSums(balances, at, until ?? int8(at.position))}) backdated ON true`
    : sql``;
  const sums = measures.map((measure) => {
    const run = sql`coalesce(base.${sql.ref(`run_${measure}`)}, 0)`;
    const more = at.backdated ? sql` + coalesce(backdated.${sql.ref(measure)}, 0)` : sql``;
    return sql`(${run}${more})::bigint AS ${sql.ref(measure)}`;
  });
  const first = sql.ref(`run_${measures[0]!}`);
  const counted = at.backdated
    ? sql`(base.${first} IS NOT NULL OR backdated.${sql.ref(measures[0]!)} IS NOT NULL)`
    : sql`base.${first} IS NOT NULL`;
  return sql`CROSS JOIN LATERAL (SELECT ${sql.join(sums)}, ${counted} AS included FROM (SELECT) nothing ${base} ${backdated}) s`;
}

export interface Ends {
  until: AsOf;
  before: AsOf | undefined;
}

/** For FROM: `keys` (a query of the key columns) with what each measure gained in the period. */
export function sumsBetween(
  balances: RunningBalances,
  { until, before }: Ends,
  keys: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const sums = (at: AsOf) => sql`CROSS JOIN LATERAL (SELECT s.* FROM (SELECT) nothing ${sumsIn(balances, at)})`;
  const gained = balances.measures.map((measure) => {
    const minus = before === undefined ? sql`` : sql` - ${sql.ref(`b.${measure}`)}`;
    return sql`${sql.ref(`u.${measure}`)}${minus} AS ${sql.ref(measure)}`;
  });
  return sql`(SELECT k.*, ${sql.join(gained)} FROM (${keys}) k ${sums(until)} u
    ${before === undefined ? sql`` : sql`${sums(before)} b`})`;
}

export function runningSums(balances: RunningBalances, at: AsOf): RawBuilder<unknown> {
  return sql`CROSS JOIN LATERAL (${sumsAt(balances, at)}) s`;
}

function sumsAt(balances: RunningBalances, at: AsOf, wanted = sql`true`): RawBuilder<unknown> {
  const { measures } = balances;
  const own = sql.join(measures.map((measure) => sql`${sql.ref(`k.run_${measure}`)} AS ${sql.ref(measure)}`));
  if (!at.backdated) return sql`SELECT ${own} WHERE ${wanted}`;
  // Up to here a row carries the sums itself.
  const as_of_position = int8(at.as_of_position);
  return sql`SELECT ${own} WHERE ${wanted} AND k.position <= ${as_of_position} UNION ALL
    SELECT ${sql.join(measures.map((measure) => sql.ref(`s.${measure}`)))} FROM (SELECT) nothing
      ${sumsIn(balances, at, sql`k.position`)} WHERE ${wanted} AND k.position > ${as_of_position}`;
}

/** For FROM, as `k`: the rows with the sums after each (`now_…`). `gapless`: no row that changes a sum is left out. */
export function withSums(
  balances: RunningBalances,
  at: AsOf,
  rows: RawBuilder<unknown>,
  { gapless }: { gapless: boolean },
): RawBuilder<unknown> {
  const { keys, measures } = balances;
  const sums = (of: (measure: string) => RawBuilder<unknown>) =>
    sql.join(measures.map((measure) => sql`${of(measure)} AS ${sql.ref(`now_${measure}`)}`));
  if (!at.backdated || !gapless)
    return sql`(SELECT k.*, ${sums((measure) => sql.ref(`s.${measure}`))} FROM ${rows} ${runningSums(balances, at)}) k`;
  const newest = sql`PARTITION BY ${sql.join(keys.map((key) => sql.ref(`k.${key}`)))} ORDER BY k.position DESC`;
  const ranked = sql`SELECT k.*, row_number() OVER (${newest}) AS nth FROM ${rows}`;
  const of_newest = sumsAt(balances, at, sql`k.nth = 1`);
  // Rows of one event have the same sums, which are those after it: GROUPS takes them together.
  const back = (measure: string) => sql`(first_value(${sql.ref(`s.${measure}`)}) OVER newest
    - coalesce(sum(${sql.ref(`k.${measure}`)}) OVER (newest GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))::bigint`;
  return sql`(SELECT k.*, ${sums(back)} FROM (${ranked}) k LEFT JOIN LATERAL (${of_newest}) s ON true
    WINDOW newest AS (${newest})) k`;
}

const FEW_ROWS = 64;

/** Most keys have few, side by side in an index. For others whole blocks are looked up, and one day's rows added. */
function backdatedSums(balances: RunningBalances, at: AsOf, until: RawBuilder<unknown>): RawBuilder<unknown> {
  const { measures } = balances;
  const as_of_position = int8(at.as_of_position);
  const rows = sql`${backdatedRowsOfKey(balances, at)} AND m.backdated_1 IS NOT NULL AND m.position > ${as_of_position}`;
  const named = (of: (column: RawBuilder<unknown>) => RawBuilder<unknown>) =>
    sql.join(measures.map((measure) => sql`${of(sql.ref(measure))} AS ${sql.ref(measure)}`));
  const counted = sql`FILTER (WHERE f.effective_at <= ${at.as_of})`;
  const few = sql`SELECT count(*) AS rows, ${named((column) => sql`sum(f.${column}) ${counted}`)} FROM (
    SELECT m.effective_at, ${names(measures, '')} FROM ${rows} AND m.position <= least(${until}, ${int8(at.backdated!.last)})
    ORDER BY m.position LIMIT ${FEW_ROWS + 1}) f`;
  const parts = at.backdated!.before.map(({ days, blocks }) => {
    const block = `backdated_${days}`;
    const last = (recorded: RawBuilder<unknown>) =>
      sql`(SELECT ${names(measures, `${block}_`)} FROM ${backdatedRowsOfKey(balances, at)} AND m.${sql.ref(block)} = p.block
        AND ${recorded} ORDER BY m.position DESC LIMIT 1)`;
    const differences = measures.map((measure) => {
      const column = sql.ref(`${block}_${measure}`);
      return sql`now.${column} - coalesce(before.${column}, 0)`;
    });
    return sql`SELECT ${sql.join(differences)} FROM ${each(blocks)}
      CROSS JOIN LATERAL ${last(sql`m.position > ${as_of_position} AND m.position <= ${until}`)} now
      LEFT JOIN LATERAL ${last(sql`m.position <= ${as_of_position}`)} before ON true`;
  });
  parts.push(sql`SELECT ${names(measures, '')} FROM ${backdatedRowsOfKey(balances, at)} AND ${onTheDay(at)}
    AND m.position > ${as_of_position} AND m.position <= ${until}`);
  const many = sql`SELECT ${named((column) => sql`sum(parts.${column})`)}
    FROM (${sql.join(parts, sql` UNION ALL `)}) parts (${sql.join(measures.map((measure) => sql.ref(measure)))})
    WHERE few.rows > ${FEW_ROWS}`;
  return sql`SELECT ${named((column) => sql`CASE WHEN few.rows > ${FEW_ROWS} THEN many.${column} ELSE few.${column} END`)}
    FROM (${few}) few CROSS JOIN LATERAL (${many}) many`;
}

function names(measures: readonly string[], prefix: string): RawBuilder<unknown> {
  return sql.join(measures.map((measure) => sql.ref(`m.${prefix}${measure}`)));
}
