import { type RawBuilder, sql } from 'kysely';
import { calendarDay, dayEnd, dayStart, justBefore } from '../../libs/ledger/calendar.js';
import type { Postings } from '../../libs/ledger/events.js';
import { toMajor } from '../../libs/ledger/money.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import { cutAt, type Snapshot } from '../as-of/snapshot.js';
import { columnsOf, type TableOf, table } from '../database/tables.js';
import { sumsIn } from '../engine/as-of-sums.js';
import type { BalanceCache } from '../engine/balance-cache.js';
import { rowsOf } from '../engine/bulk.js';
import { CopyRows } from '../engine/copy-rows.js';
import type { IncomingEvent } from '../engine/incoming-event.js';
import { appendRunningBalances, deltasByKey, plus, runningBalances } from '../engine/running-balances.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';

const MEASURES = ['quantity', 'revenue', 'cost'] as const;
/** `dimension`: whether `id` is an item's or a customer's. */
export const SALES = runningBalances('sales', ['id', 'dimension'], MEASURES);
const sums = MEASURES.map((measure) => `run_${measure}` as const);
/** With running sums (`run_…`) within the day in recorded order: a day at any position is one look-up. */
export const sales_by_day = table(
  'sales_by_day',
  {
    ledger: 'id',
    day: 'date',
    position: 'bigint',
    effective_at: 'timestamptz',
    ...columnsOf([...MEASURES, ...sums], 'bigint'),
  },
  {
    key_indexes: [
      {
        name: 'sales_by_day_pkey',
        create: sql`CREATE UNIQUE INDEX IF NOT EXISTS sales_by_day_pkey ON sales_by_day (ledger, day, position)
          INCLUDE (run_quantity, run_revenue, run_cost)`,
      },
    ],
  },
);
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
  const sold = incoming.flatMap((each) => {
    const { sales = [] } = each.event.data as Postings;
    return sales.length === 0 ? [] : [{ incoming: each, sales: sales.map(saleOf) }];
  });
  const deltas = sold.flatMap(({ incoming, sales }) =>
    deltasByKey(
      incoming,
      sales.flatMap(({ item_id, customer_id, amounts }) => [
        { key: [item_id, 'item'], amounts },
        { key: [customer_id, 'customer'], amounts },
      ]),
    ),
  );
  await Promise.all([appendRunningBalances(writer, SALES, deltas, cache), appendDays(writer, sold, cache)]);
}

function saleOf({ item_id, customer_id, quantity, revenue, cost }: NonNullable<Postings['sales']>[number]) {
  return { item_id, customer_id, amounts: [BigInt(quantity), BigInt(revenue), BigInt(cost)] };
}
interface Sold {
  incoming: IncomingEvent;
  sales: ReturnType<typeof saleOf>[];
}

async function appendDays(writer: TransactionWriter, sold: readonly Sold[], cache: BalanceCache): Promise<void> {
  const sums = cache.of('sales_by_day');
  const days = new Map<string, { ledger: string; day: string }>();
  for (const { incoming } of sold) {
    const { ledger, day } = incoming;
    const name = `${ledger}\n${day}`;
    if (!cache.isComplete(ledger) && sums.get(name) === undefined) days.set(name, { ledger, day });
  }
  const rows =
    days.size === 0
      ? []
      : await writer.run(sql<{ ledger: string; day: string } & Record<string, bigint>>`
    SELECT r.ledger, r.day, l.* FROM ${rowsOf({ ledger: 'text', day: 'date' }, [...days.values()])}
    CROSS JOIN LATERAL (SELECT run_quantity, run_revenue, run_cost FROM sales_by_day s
      WHERE s.ledger = r.ledger AND s.day = r.day ORDER BY s.position DESC LIMIT 1) l`);
  for (const { ledger, day, run_quantity, run_revenue, run_cost } of rows)
    sums.set(`${ledger}\n${day}`, [run_quantity!, run_revenue!, run_cost!]);
  const lines = new CopyRows(sales_by_day.name, sales_by_day.columns);
  for (const { incoming, sales } of sold) {
    const { ledger, day, event, effective_ms } = incoming;
    const amounts = sales.reduce((sum, sale) => plus(sum, sale.amounts), [0n, 0n, 0n]);
    lines.add([ledger, day, event.position, effective_ms, ...amounts, ...sums.add(`${ledger}\n${day}`, amounts)]);
  }
  writer.copy(lines);
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

/** One look-up a day; only `as_of`'s own day is added up row by row. */
export async function inDays(
  snapshot: Snapshot,
  key: RawBuilder<unknown>,
  { from, to }: ProfitFilter,
): Promise<KeyedSums[]> {
  const cut = snapshot.as_of === undefined ? undefined : calendarDay(snapshot.as_of, snapshot.time_zone);
  const last = cut !== undefined && (to === undefined || cut < to) ? cut : to;
  const bounds = [
    ...(from === undefined ? [] : [sql`day >= ${from}::date`]),
    ...(last === undefined ? [] : [sql`day <= ${last}::date`]),
  ];
  const within = bounds.length === 0 ? sql`true` : sql.join(bounds, sql` AND `);
  const edge = (direction: 'ASC' | 'DESC') =>
    sql`(SELECT day FROM sales_by_day WHERE ledger = ${snapshot.ledger} AND ${within} ORDER BY day ${sql.raw(direction)} LIMIT 1)`;
  const partly = cut === undefined ? sql`NULL::date` : sql`${cut}::date`;
  const { rows } = await sql<KeyedSums>`
    SELECT ${key} AS key, sum(s.quantity)::bigint AS quantity, sum(s.revenue)::bigint AS revenue, sum(s.cost)::bigint AS cost
    FROM (SELECT first + n AS day FROM (SELECT ${edge('ASC')} AS first, ${edge('DESC')} AS last) ends, generate_series(0, last - first) n OFFSET 0) d
    CROSS JOIN LATERAL (
      (SELECT run_quantity AS quantity, run_revenue AS revenue, run_cost AS cost FROM sales_by_day m
        WHERE m.ledger = ${snapshot.ledger} AND m.day = d.day AND m.position <= ${snapshot.position} AND d.day IS DISTINCT FROM ${partly}
        ORDER BY m.position DESC LIMIT 1)
      UNION ALL
      (SELECT m.quantity, m.revenue, m.cost FROM sales_by_day m
        WHERE m.ledger = ${snapshot.ledger} AND m.day = d.day AND m.position <= ${snapshot.position} AND d.day = ${partly}
        AND m.effective_at <= ${snapshot.as_of ?? null})) s
    GROUP BY 1 ORDER BY 1`.execute(snapshot.trx);
  return rows;
}

/** Sold by the period's end, less what was sold before its start. */
export async function byItemOrCustomer(
  snapshot: Snapshot,
  { from, to, group_by }: ProfitFilter,
  after: string | undefined,
  count: number,
  ids?: readonly string[],
): Promise<KeyedSums[]> {
  const until = to === undefined ? snapshot : await cutAt(snapshot, dayEnd(to, snapshot.time_zone));
  const before = from === undefined ? undefined : await cutAt(snapshot, justBefore(dayStart(from, snapshot.time_zone)));
  const keys =
    ids === undefined
      ? sql`SELECT id, kind AS dimension FROM masters WHERE ledger = ${snapshot.ledger} AND kind = ${group_by} AND id > ${after ?? ''}`
      : sql`SELECT id COLLATE "C" AS id, ${group_by}::text COLLATE "C" AS dimension FROM unnest(${ids}::text[]) t (id)`;
  const minus =
    before === undefined
      ? sql``
      : sql`CROSS JOIN LATERAL (SELECT s.* FROM (SELECT) nothing ${sumsIn(SALES, before)}) b`;
  const difference = (measure: string) =>
    sql`${sql.ref(`u.${measure}`)} ${before === undefined ? sql`` : sql`- ${sql.ref(`b.${measure}`)}`} AS ${sql.ref(measure)}`;
  const { rows } = await sql<KeyedSums>`
    SELECT * FROM (
      SELECT k.id AS key, ${sql.join(SALES.measures.map(difference))} FROM (${keys}) k
      CROSS JOIN LATERAL (SELECT s.* FROM (SELECT) nothing ${sumsIn(SALES, until)}) u ${minus}) r
    WHERE quantity <> 0 OR revenue <> 0 OR cost <> 0 ORDER BY key LIMIT ${count}`.execute(snapshot.trx);
  return rows;
}

export async function profitOfDay(snapshot: Snapshot, day: string): Promise<ProfitFigures> {
  return figuresOf(total(await inDays(snapshot, sql`'all'`, { from: day, to: day, group_by: 'day' })), snapshot.digits);
}
