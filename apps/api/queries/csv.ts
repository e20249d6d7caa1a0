/** Tables for spreadsheets (RFC 4180), in which no text can become a formula. */

type Cell = string | number | null | undefined;

/** What a spreadsheet would take for a formula, also behind blanks. */
const FORMULA = /^\s*[=+\-@]|^[\t\r]/;

export function toCsv<Row extends object>(columns: readonly (keyof Row & string)[], rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map((column) => cellOf(row[column] as Cell)).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

function cellOf(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
