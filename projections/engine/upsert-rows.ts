/** One array a column, whatever the number of rows. */
import { type RawBuilder, sql } from 'kysely';
import { type Columns, type NewRowOf, type Table, typeOf } from '../database/tables.js';
import type { TransactionWriter } from './transaction-writer.js';

type Cell = string | number | bigint | boolean | null | undefined;

function arrayLiteral(values: Cell[], type: ReturnType<typeof typeOf>): string {
  const quoted = type === 'text' || type === 'json';
  const cells = values.map((value) => {
    if (value === null || value === undefined) return 'NULL';
    if (!quoted) return `${value}`;
    const text = value as string;
    return `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;
  });
  return `{${cells.join(',')}}`;
}

export function rowsOf(columns: Columns, rows: readonly object[]): RawBuilder<unknown> {
  const arrays = Object.entries(columns).map(([name, column]) => {
    const values = rows.map((row) => (row as Record<string, Cell>)[name]);
    const type = typeOf(column);
    return sql`${arrayLiteral(values, type)}::${sql.raw(type === 'json' ? 'text' : type)}[]`;
  });
  return sql`unnest(${sql.join(arrays)}) AS r (${namesOf(columns)})`;
}

function namesOf(columns: Columns): RawBuilder<unknown> {
  return sql.join(Object.keys(columns).map((name) => sql.ref(name)));
}

/** Sets the `update` columns where the key exists. For new rows COPY is quicker. */
export function upsertRows<C extends Columns>(
  writer: TransactionWriter,
  { name, columns, key }: Table<C>,
  rows: readonly NewRowOf<{ columns: C }>[],
  update: readonly (keyof C & string)[] = Object.keys(columns).filter((column) => !key.includes(column)),
): void {
  if (rows.length === 0) return;
  const cells = Object.entries(columns).map(([column, kind]) =>
    typeOf(kind) === 'json' ? sql`${sql.ref(`r.${column}`)}::json` : sql.ref(`r.${column}`),
  );
  const changes = update.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`);
  const action = changes.length === 0 ? sql`NOTHING` : sql`UPDATE SET ${sql.join(changes)}`;
  writer.runLater(sql`INSERT INTO ${sql.table(name)} (${namesOf(columns)})
    SELECT ${sql.join(cells)} FROM ${rowsOf(columns, rows)}
    ON CONFLICT (${sql.join(key.map((column) => sql.ref(column)))}) DO ${action}`);
}
