import { stringify } from 'csv-stringify/sync';
import { defused } from './formulas.js';

export type Cell = string | number | boolean | null | undefined;

export interface CsvOptions {
  header?: boolean;
  separator?: string;
}

const FORM = {
  record_delimiter: '\r\n',
  quoted_match: /[,;\t\r\n]/,
  escape_formulas: true,
  cast: { string: defused, boolean: String },
};

export function csvText(rows: readonly (readonly Cell[])[], separator = ','): string {
  return stringify([...rows], { ...FORM, delimiter: separator });
}

export function toCsv<Row extends object>(
  columns: readonly (keyof Row & string)[],
  rows: readonly Row[],
  { header = true, separator = ',' }: CsvOptions = {},
): string {
  return stringify([...rows], {
    header,
    columns: [...columns],
    delimiter: separator,
    ...FORM,
  });
}

/** `in.purchase.quantity` becomes `in_purchase_quantity`; a list of events, the numbers of their documents. */
export function flatRow(row: object, prefix = ''): Record<string, Cell> {
  const cells: Record<string, Cell> = {};
  for (const [name, value] of Object.entries(row)) {
    if (Array.isArray(value)) cells[`${prefix}${name}`] = value.map((each) => numberOf(each)).join(' ');
    else if (typeof value === 'object' && value !== null) Object.assign(cells, flatRow(value, `${prefix}${name}_`));
    else cells[`${prefix}${name}`] = value as Cell;
  }
  return cells;
}
function numberOf({ number, position }: { number: string | null; position: number }): string {
  return number ?? `${position}`;
}
