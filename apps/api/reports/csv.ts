import { stringify } from 'csv-stringify/sync';

type Cell = string | number | null | undefined;

/** Some spreadsheets ignore quotes: a cell may start behind each semicolon, tab and line break. */
const SIGN = '["\']?[=+\\-@\uff1d\uff0b\uff0d\uff20]';
const FORMULA = new RegExp(`(^(?=\\s*${SIGN})|[;\\t\\r\\n](?=[^\\S\\t\\r\\n]*${SIGN}))`, 'g');

export function toCsv<Row extends object>(columns: readonly (keyof Row & string)[], rows: readonly Row[]): string {
  return stringify([...rows], {
    header: true,
    columns: [...columns],
    record_delimiter: '\r\n',
    quoted_match: /[;\t]/,
    escape_formulas: true,
    cast: { string: (text) => text.replace(FORMULA, "$1'") },
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
