import { type RawBuilder, sql } from 'kysely';
import { toMajor } from '../../libs/ledger/money.js';
import type { AsOf } from '../as-of/as-of.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { sumsIn } from '../engine/as-of-sums.js';
import { rowsOf } from '../engine/upsert-rows.js';
import { begunIn, MOVEMENTS } from '../read-models/stock.js';

export const STOCK_GROUPS = ['place', 'item', 'location'] as const;
/** `place`: each item at each location. */
export type StockGroup = (typeof STOCK_GROUPS)[number];

export interface Group {
  item_id: string | null;
  location_id: string | null;
}
/** Pieces, and major units. */
export interface Amount {
  quantity: number;
  value: number;
}
export interface StockSums {
  quantity: bigint;
  value: bigint;
}

export function groupColumns(group_by: StockGroup): RawBuilder<unknown> {
  const item = group_by === 'location' ? sql`NULL` : sql`k.item_id`;
  const location = group_by === 'item' ? sql`NULL` : sql`k.location_id`;
  return sql`${item} AS item_id, ${location} AS location_id`;
}
export function groupKey({ item_id, location_id }: Group): string[] {
  return [item_id, location_id].filter((id) => id !== null);
}
export function groupKeyTypes(group_by: StockGroup): 'text'[] {
  return group_by === 'place' ? ['text', 'text'] : ['text'];
}
export function groupName({ item_id, location_id }: Group): string {
  return JSON.stringify({ item_id, location_id });
}
export function isAfter(key: readonly string[], after: readonly string[]): boolean {
  const different = key.findIndex((id, index) => id !== after[index]);
  return different >= 0 && key[different]! > after[different]!;
}

export async function groupsAfter(
  snapshot: Snapshot,
  group_by: StockGroup,
  after: string[] | undefined,
  count: number,
): Promise<Group[]> {
  const names = group_by === 'place' ? sql`k.item_id, k.location_id` : sql.ref(`k.${group_by}_id`);
  const since = after === undefined ? sql`` : sql`AND (${names}) > (${sql.join(after)})`;
  const { rows } = await sql<Group>`SELECT DISTINCT ${groupColumns(group_by)} FROM stock k
    WHERE k.ledger = ${snapshot.ledger} AND ${begunIn(snapshot)} ${since} ORDER BY 1, 2 LIMIT ${count}`.execute(
    snapshot.trx,
  );
  return rows;
}

export function placesOf({ ledger }: AsOf, group_by: StockGroup, groups: readonly Group[]): RawBuilder<unknown> {
  const keys = group_by === 'place' ? (['item_id', 'location_id'] as const) : ([`${group_by}_id`] as const);
  const same = keys.map((key) => sql`p.${sql.ref(key)} = r.${sql.ref(key)}`);
  const columns = Object.fromEntries(keys.map((key) => [key, 'text' as const]));
  return sql`SELECT p.item_id, p.location_id FROM ${rowsOf(columns, groups)}
    JOIN stock p ON p.ledger = ${ledger} AND ${sql.join(same, sql` AND `)}`;
}

export async function sumsBy(
  snapshot: Snapshot,
  places: RawBuilder<unknown>,
  group_by: StockGroup,
): Promise<Map<string, StockSums>> {
  const { rows } = await sql<Group & StockSums>`
    SELECT ${groupColumns(group_by)}, sum(s.quantity)::bigint AS quantity, sum(s.value)::bigint AS value
    FROM (${places}) k ${sumsIn(MOVEMENTS, snapshot)} GROUP BY 1, 2 ORDER BY 1, 2`.execute(snapshot.trx);
  return new Map(rows.map((row) => [groupName(row), { quantity: row.quantity, value: row.value }]));
}

export function noStock(): StockSums {
  return { quantity: 0n, value: 0n };
}
export function isNoStock({ quantity, value }: StockSums): boolean {
  return quantity === 0n && value === 0n;
}
export function addSums(sum: StockSums, { quantity, value }: StockSums): StockSums {
  return { quantity: sum.quantity + quantity, value: sum.value + value };
}
export function amountOf({ quantity, value }: StockSums, digits: number): Amount {
  return { quantity: Number(quantity), value: toMajor(value, digits) };
}
