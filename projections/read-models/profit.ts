import { type RawBuilder, sql } from 'kysely';
import type { Postings } from '../../libs/ledger/events.js';
import { toMajor } from '../../libs/ledger/money.js';
import { LIMIT_DEFAULT, type Page, type Paging, type PeriodFilter, pageOf, readCursor } from '../as-of/cursor.js';
import { endsOf, type Snapshot } from '../as-of/snapshot.js';
import type { TableOf } from '../database/tables.js';
import { sumsBetween } from '../engine/as-of-sums.js';
import type { BalanceCache } from '../engine/balance-cache.js';
import { appendDaySums, daySums, sumsOfDays } from '../engine/day-sums.js';
import { type IncomingEvent, momentsOf } from '../engine/incoming-event.js';
import { appendRunningBalances, deltasByKey, plus, runningBalances } from '../engine/running-balances.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';

const MEASURES = ['quantity', 'revenue', 'cost'] as const;
/** `dimension`: whether `id` is an item's or a customer's. */
export const SALES = runningBalances('sales', ['id', 'dimension'], MEASURES);
export const sales_by_day = daySums('sales_by_day', MEASURES);
declare module '../database/tables.js' {
  interface Tables {
    sales: TableOf<typeof SALES>;
    sales_by_day: TableOf<typeof sales_by_day>;
  }
}

export async function projectProfit(
  writer: TransactionWriter,
  incoming: readonly IncomingEvent[],
  cache: BalanceCache,
): Promise<void> {
  const sold = incoming.flatMap(momentsOf).flatMap((each) => {
    const { sales = [] } = each.postings;
    return sales.length === 0 ? [] : [{ incoming: each, sales: sales.map(saleOf) }];
  });
  const of_days = sold.map(({ incoming, sales }) => ({
    incoming,
    amounts: sales.reduce((sum, sale) => plus(sum, sale.amounts), [0n, 0n, 0n]),
  }));
  const deltas = sold.flatMap(({ incoming, sales }) =>
    deltasByKey(
      incoming,
      sales.flatMap(({ item_id, customer_id, amounts }) => [
        { key: [item_id, 'item'], amounts },
        ...(customer_id === undefined ? [] : [{ key: [customer_id, 'customer'], amounts }]),
      ]),
    ),
  );
  await Promise.all([
    appendRunningBalances(writer, SALES, deltas, cache),
    appendDaySums(writer, sales_by_day, of_days, cache),
  ]);
}

function saleOf({ item_id, customer_id, quantity, revenue, cost }: NonNullable<Postings['sales']>[number]) {
  return { item_id, customer_id, amounts: [BigInt(quantity), BigInt(revenue), BigInt(cost)] };
}
/** Major units. */
export interface ProfitFigures {
  quantity: number;
  revenue: number;
  cost: number;
  profit: number;
}
export const PROFIT_GROUPS = ['day', 'month', 'item', 'customer'] as const;
export type ProfitGroup = (typeof PROFIT_GROUPS)[number];
export type ProfitRow = ProfitFigures & { key: string };

export interface ProfitFilter extends Paging {
  from?: string;
  to?: string;
  group_by: ProfitGroup;
}
export type ProfitReport = Page<ProfitRow> & { totals: ProfitFigures };

export interface Sums {
  quantity: bigint;
  revenue: bigint;
  cost: bigint;
}
export type KeyedSums = Sums & { key: string };

/** The totals are the whole period's, not the page's. */
export async function profit(snapshot: Snapshot, filter: ProfitFilter): Promise<ProfitReport> {
  const { from, to, group_by, limit = LIMIT_DEFAULT, cursor } = filter;
  const list = JSON.stringify(['profit', snapshot.ledger, from, to, group_by, snapshot.as_of]);
  const after = readCursor(list, cursor, 'text')?.[0];
  const [rows, totals] =
    group_by === 'item' || group_by === 'customer'
      ? [await byItemOrCustomer(snapshot, filter, after, limit + 1), await inDays(snapshot, sql`'all'`, filter)]
      : await inPeriods(snapshot, filter, after, limit + 1);
  const page = pageOf(
    rows,
    limit,
    snapshot.position,
    list,
    ({ key }) => [key],
    ({ key, ...sums }) => ({
      key,
      ...figuresOf(sums, snapshot.digits),
    }),
  );
  return { ...page, totals: figuresOf(total(totals), snapshot.digits) };
}

export function figuresOf({ quantity, revenue, cost }: Sums, digits: number): ProfitFigures {
  return {
    quantity: Number(quantity),
    revenue: toMajor(revenue, digits),
    cost: toMajor(cost, digits),
    profit: toMajor(revenue - cost, digits),
  };
}
export function total(rows: readonly Sums[]): Sums {
  const sum = { quantity: 0n, revenue: 0n, cost: 0n };
  for (const { quantity, revenue, cost } of rows) {
    sum.quantity += quantity;
    sum.revenue += revenue;
    sum.cost += cost;
  }
  return sum;
}

async function inPeriods(snapshot: Snapshot, filter: ProfitFilter, after: string | undefined, count: number) {
  const key = filter.group_by === 'month' ? sql`to_char(d.day, 'YYYY-MM')` : sql`d.day::text`;
  const all = await inDays(snapshot, key, filter);
  return [all.filter((row) => after === undefined || row.key > after).slice(0, count), all] as const;
}

/** `key`: an expression of `d.day`. */
export function inDays(snapshot: Snapshot, key: RawBuilder<unknown>, days: PeriodFilter): Promise<KeyedSums[]> {
  return sumsOfDays(snapshot, sales_by_day, key, days);
}

/** Sold by the period's end, less what was sold before its start. */
export async function byItemOrCustomer(
  snapshot: Snapshot,
  { from, to, group_by }: ProfitFilter,
  after: string | undefined,
  count: number,
  ids?: readonly string[],
): Promise<KeyedSums[]> {
  const keys =
    ids === undefined
      ? sql`SELECT id, kind AS dimension FROM masters WHERE ledger = ${snapshot.ledger} AND kind = ${group_by} AND id > ${after ?? ''}`
      : sql`SELECT id COLLATE "C" AS id, ${group_by}::text COLLATE "C" AS dimension FROM unnest(${ids}::text[]) t (id)`;
  const sums = await sumsBetween(SALES, await endsOf(snapshot, { from, to }), keys);
  const { rows } = await sql<KeyedSums>`SELECT id AS key, quantity, revenue, cost FROM ${sums} r
    WHERE quantity <> 0 OR revenue <> 0 OR cost <> 0 ORDER BY id LIMIT ${count}`.execute(snapshot.trx);
  return rows;
}

export async function profitOfDay(snapshot: Snapshot, day: string): Promise<ProfitFigures> {
  return figuresOf(total(await inDays(snapshot, sql`'all'`, { from: day, to: day })), snapshot.digits);
}
