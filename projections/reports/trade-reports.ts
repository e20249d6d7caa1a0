/** What customers bought, what suppliers cost, and how both went on from day to day. */

import { type RawBuilder, sql } from 'kysely';
import { dayAfter, dayEnd, dayStart } from '../../libs/ledger/calendar.js';
import { toMajor } from '../../libs/ledger/money.js';
import type { AsOf } from '../as-of/as-of.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import { cutAt, type Snapshot } from '../as-of/snapshot.js';
import { zoneForPostgres } from '../as-of/time-zone.js';
import { lastRows } from '../engine/as-of-rows.js';
import { sumsIn } from '../engine/as-of-sums.js';
import { ENTRIES } from '../read-models/balances.js';
import { mastersIn } from '../read-models/master-data.js';
import { partyMonths, type TradingKind } from '../read-models/party-months.js';
import { daysWithin, type Period, type PeriodUnit, periodEnd, periodOf, periodsOf } from '../read-models/periods.js';
import { byParty, figuresOf, inDays, type KeyedSums, type ProfitFigures, total } from '../read-models/profit.js';

export const PARTY_GROUPS = ['party', 'month'] as const;
/** `party`: the whole period in one row for each; `month`: a row for each month and each of them. */
export type PartyGroup = (typeof PARTY_GROUPS)[number];

/** Days of the ledger's time zone, both included; without them, all. */
export interface TradeFilter extends Paging {
  from?: string;
  to?: string;
}
/** The days that a row is about, null where they are not bounded; `key` is the month, or null. */
export interface Span {
  month: string | null;
  from: string | null;
  to: string | null;
}
type Within = { from?: string; to?: string };

export type CustomerSalesRow = Span & { customer_id: string; name: string } & ProfitFigures;
export type CustomerSales = Page<CustomerSalesRow> & { totals: ProfitFigures };

/** By month, then by customer; only those who bought or brought back something. The totals are those of all pages. */
export async function customerSales(
  snapshot: Snapshot,
  filter: TradeFilter & { group_by: PartyGroup },
): Promise<CustomerSales> {
  const page = await overSpans(snapshot, 'customer', filter, (within, after, count, ids) =>
    byParty(snapshot, { ...within, group_by: 'customer' }, after, count, ids),
  );
  const names = await namesOf(snapshot, 'customer', page.data);
  const data = page.data.map(({ row: { key, ...sums }, span }) => ({
    ...span,
    customer_id: key,
    name: names.get(key) ?? key,
    ...figuresOf(sums, snapshot.digits),
  }));
  const all = await inDays(snapshot, sql`'all'`, { from: filter.from, to: filter.to, group_by: 'day' });
  return { ...page, data, totals: figuresOf(total(all), snapshot.digits) };
}

/** Money in major units. */
export interface SupplierFigures {
  /** Bills. */
  purchases: number;
  purchased: number;
  returned: number;
  /** Purchased less returned. */
  cost: number;
  paid: number;
  written_off: number;
}
export type SupplierCostsRow = Span & { supplier_id: string; name: string } & SupplierFigures & {
    /** To the supplier at the end of these days. */
    owed: number;
  };
export type SupplierCosts = Page<SupplierCostsRow> & { totals: SupplierFigures };

/** By month, then by supplier; what was taken back is taken off. The totals are those of all pages. */
export async function supplierCosts(
  snapshot: Snapshot,
  filter: TradeFilter & { group_by: PartyGroup },
): Promise<SupplierCosts> {
  const page = await overSpans(snapshot, 'supplier', filter, (within, after, count, ids) =>
    bySupplier(snapshot, within, after, count, ids),
  );
  const names = await namesOf(snapshot, 'supplier', page.data);
  const data = page.data.map(({ row, span }) => ({
    ...span,
    supplier_id: row.key,
    name: names.get(row.key) ?? row.key,
    ...supplierFigures(row, snapshot.digits),
    owed: toMajor(row.owed, snapshot.digits),
  }));
  const sums = { purchases: 0n, purchased: 0n, returned: 0n, paid: 0n, written_off: 0n };
  for (const row of await bySupplier(snapshot, filter, undefined, Number.MAX_SAFE_INTEGER))
    for (const name of SUPPLIER_SUMS) sums[name] += row[name];
  return { ...page, data, totals: supplierFigures(sums, snapshot.digits) };
}

const SUPPLIER_SUMS = ['purchases', 'purchased', 'returned', 'paid', 'written_off'] as const;
type SupplierSums = Record<(typeof SUPPLIER_SUMS)[number], bigint>;
type SupplierRow = SupplierSums & { key: string; owed: bigint };

function supplierFigures(
  { purchases, purchased, returned, paid, written_off }: SupplierSums,
  digits: number,
): SupplierFigures {
  return {
    purchases: Number(purchases),
    purchased: toMajor(purchased, digits),
    returned: toMajor(returned, digits),
    cost: toMajor(purchased - returned, digits),
    paid: toMajor(paid, digits),
    written_off: toMajor(written_off, digits),
  };
}

const PAYABLES = ({ ledger }: AsOf) =>
  sql`SELECT account_id FROM balances WHERE ledger = ${ledger} AND starts_with(account_id, 'payable:')`;

/** Whether an entry `k` of an event `e` belongs to a document of this kind, or takes one back. */
const belongsTo = (type: string, prefix: string) =>
  sql`(e.type = ${type} OR (e.type = 'DocumentVoided' AND starts_with(e.data->>'number', ${prefix})))`;
const PURCHASED = belongsTo('PurchaseRecorded', 'PO-');
const RETURNED = belongsTo('PurchaseReturned', 'RT-');
const WRITTEN_OFF = belongsTo('BillWrittenOff', 'WO-');

async function bySupplier(
  snapshot: Snapshot,
  { from, to }: Within,
  after: string | undefined,
  count: number,
  ids?: readonly string[],
): Promise<SupplierRow[]> {
  const until = to === undefined ? snapshot : await cutAt(snapshot, dayEnd(to, snapshot.time_zone));
  const among = ids === undefined ? sql`` : sql`AND account_id = ANY(${ids.map((id) => `payable:${id}`)}::text[])`;
  const keys = sql`${PAYABLES(snapshot)} AND account_id > ${`payable:${after ?? ''}`} ${among}`;
  const { rows } = await sql<SupplierRow>`
    SELECT substr(k.account_id, 9) AS key, k.purchases, k.purchased, k.returned, k.paid, k.written_off, -s.amount AS owed FROM (
      SELECT k.account_id,
        sum(CASE WHEN e.type = 'PurchaseRecorded' THEN 1 WHEN ${PURCHASED} THEN -1 ELSE 0 END)::bigint AS purchases,
        coalesce(sum(-k.amount) FILTER (WHERE ${PURCHASED}), 0)::bigint AS purchased,
        coalesce(sum(k.amount) FILTER (WHERE ${RETURNED}), 0)::bigint AS returned,
        coalesce(sum(k.amount) FILTER (WHERE ${WRITTEN_OFF}), 0)::bigint AS written_off,
        coalesce(sum(k.amount) FILTER (WHERE NOT ${PURCHASED} AND NOT ${RETURNED} AND NOT ${WRITTEN_OFF}), 0)::bigint AS paid
      FROM ${entriesIn(until, snapshot, from, keys)} GROUP BY k.account_id) k ${sumsIn(ENTRIES, until)}
    ORDER BY k.account_id LIMIT ${count}`.execute(snapshot.trx);
  return rows;
}

/** For FROM: the entries `k` of accounts since a day, as far as they count, and their events `e`. */
function entriesIn(until: AsOf, { time_zone }: AsOf, from: string | undefined, keys: RawBuilder<unknown>) {
  const start = from === undefined ? undefined : dayStart(from, time_zone);
  return sql`${lastRows(ENTRIES, until, keys, { limit: Number.MAX_SAFE_INTEGER, from: start })}
    JOIN events e ON e.ledger = k.ledger AND e.position = k.position`;
}

// ── Spans ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

type RowsIn<R> = (within: Within, after: string | undefined, count: number, ids?: readonly string[]) => Promise<R[]>;

/** A page over months and, in each, over the rows in the order of their keys. Of months and parties only those that had to do with each other. */
async function overSpans<R extends { key: string }>(
  snapshot: Snapshot,
  kind: TradingKind,
  { from, to, group_by, limit = LIMIT_DEFAULT, cursor }: TradeFilter & { group_by: PartyGroup },
  rowsIn: RowsIn<R>,
): Promise<Page<{ row: R; span: Span }>> {
  const list = JSON.stringify(['trade', kind, snapshot.ledger, from, to, group_by, snapshot.as_of]);
  const after = readCursor(list, cursor, 'text', 'text');
  const rows: { row: R; span: Span }[] = [];
  if (group_by === 'party') {
    const span = { month: null, from: from ?? null, to: to ?? null };
    for (const row of await rowsIn({ from, to }, after?.[1], limit + 1)) rows.push({ row, span });
  } else {
    const within = await daysWithin(snapshot, { from, to });
    let last = after && { month: after[0], party_id: after[1] };
    while (within !== undefined && rows.length <= limit) {
      const count = Math.min(limit + 1 - rows.length, pairs_max);
      const pairs = await partyMonths(snapshot, { kind, ...within }, last, count);
      for (const [month, parties] of Map.groupBy(pairs, (pair) => pair.month)) {
        const span = spanOf(month, within);
        const ids = parties.map(({ party_id }) => party_id);
        for (const row of await rowsIn(span, undefined, ids.length, ids)) rows.push({ row, span: { month, ...span } });
      }
      last = pairs.at(-1);
      if (pairs.length < count) break;
    }
  }
  const keyOf = ({ row, span }: (typeof rows)[number]) => [span.month ?? '', row.key];
  return pageOf(rows, limit, snapshot.position, list, keyOf, (row) => row);
}

const pairs_max = 10_000;

/** The days of a month within others. */
function spanOf(month: string, { from, to }: { from: string; to: string }): { from: string; to: string } {
  const [first, last] = [`${month}-01`, periodEnd(`${month}-01`, 'month')];
  return { from: first > from ? first : from, to: last < to ? last : to };
}

async function namesOf(
  snapshot: Snapshot,
  kind: 'customer' | 'supplier',
  rows: readonly { row: { key: string } }[],
): Promise<Map<string, string>> {
  const ids = [...new Set(rows.map(({ row }) => row.key))];
  const { rows: found } = await sql<{ id: string; name: string }>`SELECT m.id, m.attributes->>'name' AS name
    FROM ${mastersIn(snapshot, kind)} m WHERE m.id = ANY(${ids}::text[])`.execute(snapshot.trx);
  return new Map(found.map(({ id, name }) => [id, name]));
}

// ── Trends ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Money in major units. `purchases`: less what went back; `waste`: what the account of that name took. */
export type TrendFigures = Omit<ProfitFigures, 'quantity'> & { purchases: number; waste: number };
export type TrendRow = Period & TrendFigures;
export type Trends = Page<TrendRow> & { totals: TrendFigures };

type TrendSums = Record<'revenue' | 'cost' | 'purchases' | 'waste', bigint>;

/** Every day, week or month of those in which anything happened, also the empty ones between. The totals are those of all pages. */
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
  // Of years between the first day and the last no more periods are made than the page shows.
  const begin = within && startAfter(after, within.from, group_by);
  const rows = begin === undefined ? [] : periodsOf(begin, within!.to, group_by, limit + 1);
  const shape = (period: Period) => ({ ...period, ...trendOf(sums.get(period.key) ?? noTrend(), snapshot.digits) });
  const page = pageOf(rows, limit, snapshot.position, list, ({ key }) => [key], shape);
  return { ...page, totals: trendOf(totals, snapshot.digits) };
}

/** The day on which the first period behind another begins, or the first of all. */
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
