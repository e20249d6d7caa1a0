import type { RestatedReport } from '../../../projections/reports/restatement.js';
import { csvColumnsOf } from '../queries/csv-rows.js';

export function columnsOf(report: object): readonly string[] {
  return csvColumnsOf(report).map(({ name }) => name);
}

const SIDES = ['before', 'after', 'difference'];
const RESTATED_FIGURES: Record<RestatedReport, readonly string[]> = {
  'profit-loss': ['quantity', 'revenue', 'cost', 'profit'],
  'trial-balance': ['debit', 'credit'],
  'stock-valuation': ['on_hand', 'value'],
};
/** Its figures are those of the report that it compares. */
export function restatementColumns(report: RestatedReport): readonly string[] {
  const figures = RESTATED_FIGURES[report].flatMap((name) => SIDES.map((side) => `${side}_${name}`));
  return ['key', 'location_id', ...figures, 'events'];
}
