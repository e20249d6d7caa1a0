/** Revenue, cost, purchases and waste, period by period. */
import { sql } from 'kysely';
import { dayAfter } from '../../libs/ledger/calendar.js';
import { toMajor } from '../../libs/ledger/money.js';
import { LIMIT_DEFAULT, type Page, pageOf, readCursor } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { inDays, type ProfitFigures } from '../read-models/profit.js';
import { purchasesOfDays } from '../read-models/purchases.js';
import {
  daysWithin,
  type Period,
  type PeriodUnit,
  periodEnd,
  periodOf,
  periodsOf,
} from '../read-models/report-periods.js';
import type { TradeFilter } from './party-spans.js';

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
  for (const { key, revenue, cost } of await inDays(snapshot, sql`d.day::text`, { from, to }))
    add(key, { revenue, cost });
  for (const { key, purchased, returned, waste } of await purchasesOfDays(snapshot, { from, to }))
    add(key, { purchases: purchased - returned, waste });
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
