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
