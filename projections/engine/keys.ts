/** Keys are indexed by one number each: texts that begin alike compare slowly. */
import { type RawBuilder, sql } from 'kysely';

/** By column, `ledger` among them. */
export type Key = Record<string, RawBuilder<unknown>>;

/** A hash, whatever the order of the columns. */
export function keyNumber(key: Key): RawBuilder<unknown> {
  const columns = Object.keys(key).sort();
  return columns.reduce((seed, column) => sql`hashtextextended(${key[column]}, ${seed})`, sql`0`);
}

/**
 * By hash, then by the texts, as hashes may collide. The CASE hides the texts from Postgres, which would sort all rows.
 */
export function isOfKey(row: string, key: Key): RawBuilder<unknown> {
  const number = keyNumber(cellsOf(row, Object.keys(key)));
  return sql`${number} = ${keyNumber(key)} AND CASE WHEN ${hasTexts(row, key)} THEN true ELSE false END`;
}

export function hasTexts(row: string, key: Key): RawBuilder<unknown> {
  const same = Object.entries(key).map(([column, text]) => sql`${sql.ref(`${row}.${column}`)} = ${text}`);
  return sql.join(same, sql` AND `);
}

export function cellsOf(table: string, keys: readonly string[]): Key {
  return Object.fromEntries(keys.map((key) => [key, sql.ref(`${table}.${key}`)]));
}
