import { sql } from 'kysely';
import type { Page } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { byItemOrCustomer, figuresOf, inDays, type ProfitFigures, total } from '../read-models/profit.js';
import { namesOf, overSpans, type PartyGroup, type Span, type TradeFilter } from './party-spans.js';

export type CustomerSalesRow = Span & { customer_id: string; name: string } & ProfitFigures;
export type CustomerSales = Page<CustomerSalesRow> & { totals: ProfitFigures };

export async function customerSales(
  snapshot: Snapshot,
  filter: TradeFilter & { group_by: PartyGroup },
): Promise<CustomerSales> {
  const page = await overSpans(snapshot, 'customer', filter, (within, after, count, ids) =>
    byItemOrCustomer(snapshot, { ...within, group_by: 'customer' }, after, count, ids),
  );
  const names = await namesOf(snapshot, 'customer', page.data);
  const data = page.data.map(({ row: { key, ...sums }, span }) => ({
    ...span,
    customer_id: key,
    name: names.get(key) ?? key,
    ...figuresOf(sums, snapshot.digits),
  }));
  const all = await inDays(snapshot, sql`'all'`, { from: filter.from, to: filter.to });
  return { ...page, data, totals: figuresOf(total(all), snapshot.digits) };
}
