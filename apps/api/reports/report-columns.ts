import type { RestatedReport } from '../../../projections/reports/restatement.js';
import { MOVEMENT_KINDS } from '../../../projections/reports/stock-movement.js';

const EARNED = ['quantity', 'revenue', 'cost', 'profit'];
const SPAN = ['month', 'from', 'to'];
const GROUP = ['item_id', 'location_id'];
const amounts = (...names: string[]) => names.flatMap((name) => [`${name}_quantity`, `${name}_value`]);

export const PROFIT_LOSS = ['key', ...EARNED];
export const AGING = ['owed', 'party_id', 'not_due', 'days_0_30', 'days_31_60', 'days_61_90', 'days_over_90', 'total'];
export const STOCK_MOVEMENT = [
  ...GROUP,
  ...amounts('opening', ...MOVEMENT_KINDS.map((kind) => `in_${kind}`), 'total_in'),
  ...amounts(...MOVEMENT_KINDS.map((kind) => `out_${kind}`), 'total_out', 'closing'),
];
export const STOCK_VALUATION = [...GROUP, 'on_hand', 'average_cost', 'value'];
export const CUSTOMER_SALES = [...SPAN, 'customer_id', 'name', ...EARNED];
export const SUPPLIER_COSTS = [
  ...SPAN,
  ...['supplier_id', 'name', 'purchases', 'purchased', 'returned', 'cost', 'paid', 'owed'],
];
export const TRENDS = ['key', 'from', 'to', 'revenue', 'cost', 'profit', 'purchases', 'waste'];

const SIDES = ['before', 'after', 'difference'];
const RESTATED_FIGURES: Record<RestatedReport, readonly string[]> = {
  'profit-loss': EARNED,
  'trial-balance': ['debit', 'credit'],
  'stock-valuation': ['on_hand', 'value'],
};
export function restatementColumns(report: RestatedReport): readonly string[] {
  const figures = RESTATED_FIGURES[report].flatMap((name) => SIDES.map((side) => `${side}_${name}`));
  return ['key', 'location_id', ...figures, 'events'];
}
