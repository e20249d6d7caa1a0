import { sql } from 'kysely';
import { toMajor } from '../../libs/ledger/money.js';
import type { Page } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { type PurchaseSums, purchasesBySupplier, purchasesOfDays } from '../read-models/purchases.js';
import { namesOf, overSpans, type PartyGroup, type Span, type TradeFilter } from './party-spans.js';

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
    purchasesBySupplier(snapshot, within, { after, count, ids }),
  );
  const names = await namesOf(snapshot, 'supplier', page.data);
  const data = page.data.map(({ row, span }) => ({
    ...span,
    supplier_id: row.key,
    name: names.get(row.key) ?? row.key,
    ...supplierFigures(row, snapshot.digits),
    owed: toMajor(row.owed, snapshot.digits),
  }));
  const [all] = await purchasesOfDays(snapshot, { from: filter.from, to: filter.to }, sql`'all'`);
  const none = { bills: 0n, purchased: 0n, returned: 0n, written_off: 0n, paid: 0n };
  return { ...page, data, totals: supplierFigures(all ?? none, snapshot.digits) };
}

function supplierFigures(
  { bills, purchased, returned, paid, written_off }: PurchaseSums,
  digits: number,
): SupplierFigures {
  return {
    purchases: Number(bills),
    purchased: toMajor(purchased, digits),
    returned: toMajor(returned, digits),
    cost: toMajor(purchased - returned, digits),
    paid: toMajor(paid, digits),
    written_off: toMajor(written_off, digits),
  };
}
