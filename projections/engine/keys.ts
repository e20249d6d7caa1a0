/**
 * Keys of running balances. They are indexed by one number each: numbers are sorted and compared in a fraction of the time that texts take,
 * most of which begin alike.
 */
import { type RawBuilder, sql } from 'kysely';

/** The texts of a key by column, `ledger` among them. */
export type Key = Record<string, RawBuilder<unknown>>;

/** The key's hash, whatever the order of the columns. */
export function keyNumber(key: Key): RawBuilder<unknown> {
  const columns = Object.keys(key).sort();
  return columns.reduce((seed, column) => sql`hashtextextended(${key[column]}, ${seed})`, sql`0`);
}

/**
 * For WHERE: whether a row is of the key. Looks it up by hash, then compares the texts, for hashes may collide. The CASE hides the
 * comparison from Postgres' estimates: it would take it for selective, and collect and sort all rows of a key instead of going to the last.
 */
export function isOfKey(row: string, key: Key): RawBuilder<unknown> {
  const number = keyNumber(cellsOf(row, Object.keys(key)));
  return sql`${number} = ${keyNumber(key)} AND CASE WHEN ${hasTexts(row, key)} THEN true ELSE false END`;
}

/** For WHERE: the same by the texts alone, as the indexes of backdated rows have them. */
export function hasTexts(row: string, key: Key): RawBuilder<unknown> {
  const same = Object.entries(key).map(([column, text]) => sql`${sql.ref(`${row}.${column}`)} = ${text}`);
  return sql.join(same, sql` AND `);
}

export function cellsOf(table: string, keys: readonly string[]): Key {
  return Object.fromEntries(keys.map((key) => [key, sql.ref(`${table}.${key}`)]));
}
