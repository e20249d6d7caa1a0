/** What was sold, for how much, at what cost: by day, month, item and customer, of any period, at any moment. */
import { type RawBuilder, sql } from 'kysely';
import { calendarDay, dayEnd, dayStart, justBefore } from '../../libs/ledger/calendar.js';
import type { Postings } from '../../libs/ledger/events.js';
import { toMajor } from '../../libs/ledger/money.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import { cutAt, type Snapshot } from '../as-of/snapshot.js';
import type { BalanceCache } from '../engine/balance-cache.js';
import { rowsOf } from '../engine/bulk.js';
import { bigints, type Columns, CopyRows } from '../engine/copy-rows.js';
import type { Fact } from '../engine/incoming-event.js';
import { appendToSeries, perKey, plus, type Series, sumsIn } from '../engine/running-balances.js';
import type { Writer } from '../engine/writer.js';

export const SALES: Series = {
  table: 'sales',
  keys: ['id', 'dimension'],
  measures: ['quantity', 'revenue', 'cost'],
  never_negative: [],
};

export async function projectProfit(writer: Writer, facts: readonly Fact[], heads: BalanceCache): Promise<void> {
  const sold = facts.flatMap((fact) => {
    const { sales = [] } = fact.event.data as Postings;
    return sales.length === 0 ? [] : [{ fact, sales: sales.map(saleOf) }];
  });
  const deltas = sold.flatMap(({ fact, sales }) =>
    perKey(
      fact,
      sales.flatMap(({ item_id, customer_id, amounts }) => [
        { key: [item_id, 'item'], amounts },
        { key: [customer_id, 'customer'], amounts },
      ]),
    ),
  );
  await Promise.all([appendToSeries(writer, SALES, deltas, heads), appendDays(writer, sold, heads)]);
}

function saleOf({ item_id, customer_id, quantity, revenue, cost }: NonNullable<Postings['sales']>[number]) {
  return { item_id, customer_id, amounts: [BigInt(quantity), BigInt(revenue), BigInt(cost)] };
}
interface Sold {
  fact: Fact;
  sales: ReturnType<typeof saleOf>[];
}

const DAY_COLUMNS = {
  ledger: 'text',
  day: 'date',
  position: 'bigint',
  effective_at: 'timestamptz',
  ...bigints(
    SALES.measures,
    SALES.measures.map((m) => `run_${m}`),
  ),
} as const satisfies Columns;

/** Of each day the sales so far, in recorded order: a day known at any position is one look-up. */
async function appendDays(writer: Writer, sold: readonly Sold[], heads: BalanceCache): Promise<void> {
  const sums = heads.of('sales_by_day');
  const days = new Map<string, { ledger: string; day: string }>();
  for (const { fact } of sold) {
    const { ledger, day } = fact;
    const name = `${ledger}\n${day}`;
    if (!heads.isWhole(ledger) && sums.get(name) === undefined) days.set(name, { ledger, day });
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
  const lines = new CopyRows('sales_by_day', DAY_COLUMNS);
  for (const { fact, sales } of sold) {
    const { ledger, day, event, effective_ms } = fact;
    const amounts = sales.reduce((sum, sale) => plus(sum, sale.amounts), [0n, 0n, 0n]);
    lines.add([ledger, day, event.position, effective_ms, ...amounts, ...sums.add(`${ledger}\n${day}`, amounts)]);
  }
  writer.copy(lines);
}

// ── Queries ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Money in major units. */
export interface ProfitFigures {
  quantity: number;
  revenue: number;
  cost: number;
  profit: number;
}
export const PROFIT_GROUPS = ['day', 'month', 'item', 'customer'] as const;
export type ProfitGroup = (typeof PROFIT_GROUPS)[number];
/** `key`: the day, the month (yyyy-mm), the item's or the customer's id. */
export type ProfitRow = ProfitFigures & { key: string };

/** Days of the ledger's time zone, both included; without them, all. */
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

/** The groups that something was sold in, by key; the totals are those of the whole period, not of the page. */
export async function profit(snapshot: Snapshot, filter: ProfitFilter): Promise<ProfitReport> {
  const { from, to, group_by, limit = LIMIT_DEFAULT, cursor } = filter;
  const list = JSON.stringify(['profit', snapshot.ledger, from, to, group_by, snapshot.as_of]);
  const after = readCursor(list, cursor, 'text')?.[0];
  const [rows, totals] =
    group_by === 'item' || group_by === 'customer'
      ? [await byParty(snapshot, filter, after, limit + 1), await inDays(snapshot, sql`'all'`, filter)]
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

/** One look-up a day; only the day in which `as_of` falls is added up row by row. */
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

/** What was sold by the period's end less what was sold before its start, for each item or customer, or some of them. */
export async function byParty(
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

/** Of one day of the ledger's time zone. */
export async function profitOfDay(snapshot: Snapshot, day: string): Promise<ProfitFigures> {
  return figuresOf(total(await inDays(snapshot, sql`'all'`, { from: day, to: day, group_by: 'day' })), snapshot.digits);
}
