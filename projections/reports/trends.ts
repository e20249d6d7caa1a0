import { type RawBuilder, sql } from 'kysely';
import { dayAfter, dayEnd } from '../../libs/ledger/calendar.js';
import { toMajor } from '../../libs/ledger/money.js';
import { LIMIT_DEFAULT, type Page, pageOf, readCursor } from '../as-of/cursor.js';
import { cutAt, type Snapshot } from '../as-of/snapshot.js';
import { zoneForPostgres } from '../as-of/time-zone.js';
import { inDays, type KeyedSums, type ProfitFigures } from '../read-models/profit.js';
import {
  daysWithin,
  type Period,
  type PeriodUnit,
  periodEnd,
  periodOf,
  periodsOf,
} from '../read-models/report-periods.js';
import type { TradeFilter } from './party-spans.js';
import { entriesIn, PAYABLES, PURCHASED, RETURNED } from './purchase-entries.js';

/** Major units. `purchases`: less returns. */
export type TrendFigures = Omit<ProfitFigures, 'quantity'> & { purchases: number; waste: number };
export type TrendRow = Period & TrendFigures;
export type Trends = Page<TrendRow> & { totals: TrendFigures };

type TrendSums = Record<'revenue' | 'cost' | 'purchases' | 'waste', bigint>;

/** Between the first event and the last. The totals are those of all pages. */
export async function trends(
  snapshot: Snapshot,
  { from, to, group_by, limit = LIMIT_DEFAULT, cursor }: TradeFilter & { group_by: PeriodUnit },
): Promise<Trends> {
  const list = JSON.stringify(['trends', snapshot.ledger, from, to, group_by, snapshot.as_of]);
  const after = readCursor(list, cursor, 'text')?.[0];
  const within = await daysWithin(snapshot, { from, to });
  const sums = new Map<string, TrendSums>();
  const totals = noTrend();
  const add = (day: string, amounts: Partial<TrendSums>) => {
    const key = periodOf(day, group_by);
    const of_period = sums.get(key) ?? noTrend();
    sums.set(key, of_period);
    for (const sum of [totals, of_period])
      for (const [name, amount] of Object.entries(amounts)) sum[name as keyof TrendSums] += amount;
  };
  const sold: KeyedSums[] = await inDays(snapshot, sql`d.day::text`, { from, to, group_by: 'day' });
  for (const { key, revenue, cost } of sold) add(key, { revenue, cost });
  const until = to === undefined ? snapshot : await cutAt(snapshot, dayEnd(to, snapshot.time_zone));
  const bought = sql`(${PURCHASED} OR ${RETURNED})`;
  for (const { day, amount } of await entriesByDay(until, from, PAYABLES(snapshot), bought))
    add(day, { purchases: -amount });
  for (const { day, amount } of await entriesByDay(until, from, sql`SELECT 'waste' AS account_id`, sql`true`))
    add(day, { waste: amount });
  // No more periods than the page shows: the first day may be years back.
  const begin = within && startAfter(after, within.from, group_by);
  const rows = begin === undefined ? [] : periodsOf(begin, within!.to, group_by, limit + 1);
  const shape = (period: Period) => ({ ...period, ...trendOf(sums.get(period.key) ?? noTrend(), snapshot.digits) });
  const page = pageOf(rows, limit, snapshot.position, list, ({ key }) => [key], shape);
  return { ...page, totals: trendOf(totals, snapshot.digits) };
}

function startAfter(key: string | undefined, first: string, unit: PeriodUnit): string | undefined {
  if (key === undefined) return first;
  const day = unit === 'month' ? `${key}-01` : key;
  if (Number.isNaN(Date.parse(day))) return undefined;
  const next = dayAfter(periodEnd(day, unit));
  return next > first ? next : first;
}

async function entriesByDay(
  snapshot: Snapshot,
  from: string | undefined,
  keys: RawBuilder<unknown>,
  wanted: RawBuilder<unknown>,
): Promise<{ day: string; amount: bigint }[]> {
  const { rows } = await sql<{ day: string; amount: bigint }>`
    SELECT (k.effective_at AT TIME ZONE ${zoneForPostgres(snapshot.time_zone)})::date::text AS day, sum(k.amount)::bigint AS amount
    FROM ${entriesIn(snapshot, snapshot, from, keys)} WHERE ${wanted} GROUP BY 1 ORDER BY 1`.execute(snapshot.trx);
  return rows;
}

function noTrend(): TrendSums {
  return { revenue: 0n, cost: 0n, purchases: 0n, waste: 0n };
}
function trendOf({ revenue, cost, purchases, waste }: TrendSums, digits: number): TrendFigures {
  return {
    revenue: toMajor(revenue, digits),
    cost: toMajor(cost, digits),
    profit: toMajor(revenue - cost, digits),
    purchases: toMajor(purchases, digits),
    waste: toMajor(waste, digits),
  };
}
