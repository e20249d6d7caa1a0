/** Many rows in one statement: each column goes as one array, whatever the number of rows. */
import { type RawBuilder, sql } from 'kysely';
import type { Columns } from './copy-rows.js';
import type { Tables } from './tables.js';
import type { Writer } from './writer.js';

type Cell = string | number | bigint | boolean | null | undefined;

/** Writes an array as Postgres reads it; the driver's own way takes several times as long. */
function arrayLiteral(values: Cell[], type: Columns[string]): string {
  const quoted = type === 'text' || type === 'json';
  const cells = values.map((value) => {
    if (value === null || value === undefined) return 'NULL';
    if (!quoted) return `${value}`;
    const text = value as string;
    return `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;
  });
  return `{${cells.join(',')}}`;
}

/** `unnest` of rows under the columns' names, for FROM: `… FROM ${rowsOf(columns, rows)} AS r (…)`. */
export function rowsOf(columns: Columns, rows: readonly object[]): RawBuilder<unknown> {
  const arrays = Object.entries(columns).map(([name, type]) => {
    const values = rows.map((row) => (row as Record<string, Cell>)[name]);
    return sql`${arrayLiteral(values, type)}::${sql.raw(type === 'json' ? 'text' : type)}[]`;
  });
  return sql`unnest(${sql.join(arrays)}) AS r (${namesOf(columns)})`;
}

function namesOf(columns: Columns): RawBuilder<unknown> {
  return sql.join(Object.keys(columns).map((name) => sql.ref(name)));
}

/** INSERT … SELECT with an ON CONFLICT clause, for rows that may be there; `copy` is quicker for new ones. */
export function upsertRows(
  writer: Writer,
  table: keyof Tables,
  columns: Columns,
  rows: readonly object[],
  conflict: RawBuilder<unknown>,
): void {
  if (rows.length === 0) return;
  const cells = Object.entries(columns).map(([name, type]) =>
    type === 'json' ? sql`${sql.ref(`r.${name}`)}::json` : sql.ref(`r.${name}`),
  );
  writer.runLater(sql`INSERT INTO ${sql.table(table)} (${namesOf(columns)})
    SELECT ${sql.join(cells)} FROM ${rowsOf(columns, rows)} ON CONFLICT ${conflict}`);
}
