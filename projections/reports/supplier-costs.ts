import { sql } from 'kysely';
import { dayEnd } from '../../libs/ledger/calendar.js';
import { toMajor } from '../../libs/ledger/money.js';
import type { Page } from '../as-of/cursor.js';
import { cutAt, type Snapshot } from '../as-of/snapshot.js';
import { sumsIn } from '../engine/as-of-sums.js';
import { ENTRIES } from '../read-models/balances.js';
import { namesOf, overSpans, type PartyGroup, type Span, type TradeFilter, type Within } from './party-spans.js';
import { entriesIn, PAYABLES, PURCHASED, RETURNED, WRITTEN_OFF } from './purchase-entries.js';

/** Major units. */
export interface SupplierFigures {
  purchases: number;
  purchased: number;
  returned: number;
  cost: number;
  paid: number;
  written_off: number;
}
export type SupplierCostsRow = Span & { supplier_id: string; name: string } & SupplierFigures & {
    owed: number;
  };
export type SupplierCosts = Page<SupplierCostsRow> & { totals: SupplierFigures };

/** By month, then by supplier. Voided documents are taken off. The totals are those of all pages. */
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
