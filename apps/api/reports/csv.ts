/** Tables for spreadsheets (RFC 4180). No text in them becomes a formula, whichever separator the spreadsheet expects. */
import { stringify } from 'csv-stringify/sync';

type Cell = string | number | null | undefined;

/**
 * A formula sign at the start of a cell, also behind blanks or in its full-width form. A spreadsheet that separates cells by semicolons or tabs
 * ignores quotes that open behind a comma, so each semicolon, tab and line break within a text may start a cell there.
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

/** Nested fields become columns: `in.purchase.quantity` is `in_purchase_quantity`. A list of events becomes the numbers of their documents. */
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
