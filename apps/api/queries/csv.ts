/** Tables for spreadsheets (RFC 4180), in which no text can become a formula, whichever separator a spreadsheet takes. */
import { stringify } from 'csv-stringify/sync';

type Cell = string | number | null | undefined;

/**
 * Where a cell begins, also behind blanks and with the full-width forms. A spreadsheet that takes semicolons or tabs knows no quotes that
 * begin behind a comma: for it every semicolon, tab and line break within a text begins a cell.
 */
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

/** Fields of fields as columns of their own: `in.purchase.quantity` is `in_purchase_quantity`. Of events in a list the numbers of their documents are told. */
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
