import { sql } from 'kysely';
import { averageOf } from '../../libs/documents/figures.js';
import { toMajor } from '../../libs/ledger/money.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import {
  addSums,
  amountOf,
  type Group,
  groupKey,
  groupKeyTypes,
  isAfter,
  isNoStock,
  noStock,
  type StockGroup,
  sumsBy,
} from './stock-groups.js';

export type ValuationRow = Group & { on_hand: number; average_cost: number | null; value: number };
export type Valuation = Page<ValuationRow> & { totals: { on_hand: number; value: number } };

export async function stockValuation(
  snapshot: Snapshot,
  { group_by, limit = LIMIT_DEFAULT, cursor }: { group_by: StockGroup } & Paging,
): Promise<Valuation> {
  const list = JSON.stringify(['stock-valuation', snapshot.ledger, group_by, snapshot.as_of]);
  const after = readCursor(list, cursor, ...groupKeyTypes(group_by));
  const everywhere = sql`SELECT item_id, location_id FROM stock WHERE ledger = ${snapshot.ledger}`;
  const sums = [...(await sumsBy(snapshot, everywhere, group_by))]
    .map(([name, sum]) => ({ ...(JSON.parse(name) as Group), ...sum }))
    .filter((row) => !isNoStock(row));
  const rows = sums.filter((row) => after === undefined || isAfter(groupKey(row), after));
  const page = pageOf(rows, limit, snapshot.position, list, groupKey, ({ item_id, location_id, quantity, value }) => ({
    item_id,
    location_id,
    on_hand: Number(quantity),
    average_cost: averageOf(quantity, value, snapshot.digits),
    value: toMajor(value, snapshot.digits),
  }));
  const { quantity, value } = amountOf(sums.reduce(addSums, noStock()), snapshot.digits);
  return { ...page, totals: { on_hand: quantity, value } };
}
