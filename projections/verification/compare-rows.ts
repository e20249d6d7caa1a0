import { AT_THE_END, BY_EVENT, type EventTable, OF_SECURITY, type Row, USERS } from './expected.js';

/** Null: superfluous, or missing. */
export interface Difference {
  table: string;
  key: Row;
  expected: Row | null;
  found: Row | null;
}

const DIFFERENCES_MAX = 100;

const TABLES = { ...BY_EVENT, ...AT_THE_END, ...OF_SECURITY, ...USERS };
export type Table = keyof typeof TABLES;
export const EVENT_TABLES = Object.keys(BY_EVENT) as EventTable[];

function plain(value: Row[string] | undefined): Row[string] {
  if (typeof value !== 'bigint') return value ?? null;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

export type Comparison = ReturnType<typeof compareRows>;

export function compareRows() {
  const pending = new Map<Table, Map<string, Row>>();
  const rows_of: Record<string, number> = {};
  const differences: Difference[] = [];
  let rows_different = 0;
  const pick = (row: Row, columns: readonly string[]) =>
    Object.fromEntries(columns.map((column) => [column, plain(row[column])]));
  const nameOf = (table: Table, row: Row) => TABLES[table].key.map((column) => String(row[column])).join('\n');
  function differ(table: Table, expected: Row | null, found: Row | null, columns: readonly string[]): void {
    rows_different += 1;
    if (differences.length >= DIFFERENCES_MAX) return;
    const key = pick((expected ?? found)!, TABLES[table].key);
    differences.push({
      table,
      key,
      expected: expected && pick(expected, columns),
      found: found && pick(found, columns),
    });
  }
  return {
    expect(table: Table, row: Row): void {
      const rows = pending.get(table) ?? new Map<string, Row>();
      pending.set(table, rows);
      rows.set(nameOf(table, row), row);
    },
    /** All that there are for those expected since the last call. */
    found(table: Table, rows: readonly Row[]): void {
      const expected = pending.get(table) ?? new Map<string, Row>();
      pending.delete(table);
      const { columns } = TABLES[table];
      rows_of[table] = (rows_of[table] ?? 0) + rows.length;
      for (const row of rows) {
        const name = nameOf(table, row);
        const wanted = expected.get(name);
        expected.delete(name);
        const differing =
          wanted && columns.filter((column) => String(row[column] ?? null) !== String(wanted[column] ?? null));
        if (differing === undefined) differ(table, null, row, columns);
        else if (differing.length > 0) differ(table, wanted!, row, differing);
      }
      for (const row of expected.values()) differ(table, row, null, columns);
    },
    result: () => ({
      rows_compared: Object.values(rows_of).reduce((total, count) => total + count, 0),
      rows_of,
      rows_different,
      differences,
    }),
  };
}
