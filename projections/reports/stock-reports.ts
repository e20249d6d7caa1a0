/** What lies where and what it is worth, and how it got there: what came in and went out in a period, by the kind of fact. */

import { type RawBuilder, sql } from 'kysely';
import { dayEnd, dayStart, justBefore } from '../../libs/ledger/calendar.js';
import { MOVEMENT_KIND_OF, type MovementKind } from '../../libs/ledger/document-kinds.js';
import type { LedgerEventType } from '../../libs/ledger/events.js';
import { toMajor } from '../../libs/ledger/money.js';
import type { AsOf } from '../as-of/as-of.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import { cutAt, type Snapshot } from '../as-of/snapshot.js';
import { lastRows } from '../engine/as-of-rows.js';
import { sumsIn } from '../engine/as-of-sums.js';
import { rowsOf } from '../engine/bulk.js';
import { averageOf, begunIn, MOVEMENTS } from '../read-models/stock.js';

export const STOCK_GROUPS = ['place', 'item', 'location'] as const;
/** `place`: each item at each location. */
export type StockGroup = (typeof STOCK_GROUPS)[number];

/** What a row is about; null for all of them together. */
export interface Group {
  item_id: string | null;
  location_id: string | null;
}
/** Pieces, and major units. */
export interface Amount {
  quantity: number;
  value: number;
}
interface Sums {
  quantity: bigint;
  value: bigint;
}

export const MOVEMENT_KINDS: readonly MovementKind[] = Object.values(MOVEMENT_KIND_OF);

type Moved = Partial<Record<MovementKind, Amount>>;
/** Opening and what came in, less what went out, is closing. */
export type StockMovementRow = Group & {
  opening: Amount;
  in: Moved;
  total_in: Amount;
  out: Moved;
  total_out: Amount;
  closing: Amount;
};

/** Days of the ledger's time zone, both included. */
export interface StockMovementFilter extends Paging {
  from?: string;
  to?: string;
  group_by: StockGroup;
}

export async function stockMovement(
  snapshot: Snapshot,
  { from, to, group_by, limit = LIMIT_DEFAULT, cursor }: StockMovementFilter,
): Promise<Page<StockMovementRow>> {
  const until = to === undefined ? snapshot : await cutAt(snapshot, dayEnd(to, snapshot.time_zone));
  const start = from === undefined ? undefined : dayStart(from, snapshot.time_zone);
  const before = start === undefined ? undefined : await cutAt(snapshot, justBefore(start));
  const list = JSON.stringify(['stock-movement', snapshot.ledger, from, to, group_by, snapshot.as_of]);
  const groups = await groupsAfter(snapshot, group_by, readCursor(list, cursor, ...partsOf(group_by)), limit + 1);
  const page = pageOf(groups, limit, snapshot.position, list, keyOf, (group) => group);
  const places = placesOf(snapshot, group_by, page.data);
  const closing = await sumsBy(until, places, group_by);
  const opening = before === undefined ? new Map<string, Sums>() : await sumsBy(before, places, group_by);
  const moved = await movedBy(until, places, group_by, start);
  const data = page.data.flatMap((group) => {
    const name = nameOf(group);
    const facts = moved.get(name) ?? [];
    const bounds = { opening: opening.get(name) ?? nothing(), closing: closing.get(name) ?? nothing() };
    if (facts.length === 0 && isNothing(bounds.opening) && isNothing(bounds.closing)) return [];
    return [movementRow(group, bounds, facts, snapshot.digits)];
  });
  return { ...page, data };
}

interface MovedRow extends Group, Sums {
  type: LedgerEventType;
  incoming: boolean;
}

function movementRow(
  group: Group,
  { opening, closing }: { opening: Sums; closing: Sums },
  facts: readonly MovedRow[],
  digits: number,
): StockMovementRow {
  const side = (incoming: boolean) => {
    const rows = facts.filter((row) => row.incoming === incoming);
    const sign = incoming ? 1n : -1n;
    const shown = ({ quantity, value }: Sums) => amountOf({ quantity: sign * quantity, value: sign * value }, digits);
    const of_kinds = Object.fromEntries(rows.map((row) => [MOVEMENT_KIND_OF[row.type]!, shown(row)])) as Moved;
    return [of_kinds, shown(rows.reduce(plus, nothing()))] as const;
  };
  const [came, total_in] = side(true);
  const [went, total_out] = side(false);
  const ends = { opening: amountOf(opening, digits), closing: amountOf(closing, digits) };
  return { ...group, opening: ends.opening, in: came, total_in, out: went, total_out, closing: ends.closing };
}

/** By group, of each type of event what came and what went. */
async function movedBy(
  snapshot: Snapshot,
  places: RawBuilder<unknown>,
  group_by: StockGroup,
  from: string | undefined,
): Promise<Map<string, MovedRow[]>> {
  const all = { limit: Number.MAX_SAFE_INTEGER, from, wanted: sql`(m.quantity <> 0 OR m.value <> 0)` };
  const { rows } = await sql<MovedRow>`
    SELECT ${columnsOf(group_by)}, e.type, (k.quantity > 0 OR (k.quantity = 0 AND k.value > 0)) AS incoming,
      sum(k.quantity)::bigint AS quantity, sum(k.value)::bigint AS value
    FROM ${lastRows(MOVEMENTS, snapshot, places, all)} JOIN events e ON e.ledger = k.ledger AND e.position = k.position
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`.execute(snapshot.trx);
  return Map.groupBy(rows, nameOf);
}

// ── What it is worth ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export type ValuationRow = Group & { on_hand: number; average_cost: number | null; value: number };
export type Valuation = Page<ValuationRow> & { totals: { on_hand: number; value: number } };

/** What anything is on hand of; the totals are those of all pages. */
export async function stockValuation(
  snapshot: Snapshot,
  { group_by, limit = LIMIT_DEFAULT, cursor }: { group_by: StockGroup } & Paging,
): Promise<Valuation> {
  const list = JSON.stringify(['stock-valuation', snapshot.ledger, group_by, snapshot.as_of]);
  const after = readCursor(list, cursor, ...partsOf(group_by));
  const everywhere = sql`SELECT item_id, location_id FROM stock WHERE ledger = ${snapshot.ledger}`;
  const sums = [...(await sumsBy(snapshot, everywhere, group_by))]
    .map(([name, sum]) => ({ ...(JSON.parse(name) as Group), ...sum }))
    .filter((row) => !isNothing(row));
  const rows = sums.filter((row) => after === undefined || isAfter(keyOf(row), after));
  const page = pageOf(rows, limit, snapshot.position, list, keyOf, ({ item_id, location_id, quantity, value }) => ({
    item_id,
    location_id,
    on_hand: Number(quantity),
    average_cost: averageOf(quantity, value, snapshot.digits),
    value: toMajor(value, snapshot.digits),
  }));
  const { quantity, value } = amountOf(sums.reduce(plus, nothing()), snapshot.digits);
  return { ...page, totals: { on_hand: quantity, value } };
}

// ── Groups ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

function columnsOf(group_by: StockGroup): RawBuilder<unknown> {
  const item = group_by === 'location' ? sql`NULL` : sql`k.item_id`;
  const location = group_by === 'item' ? sql`NULL` : sql`k.location_id`;
  return sql`${item} AS item_id, ${location} AS location_id`;
}
function keyOf({ item_id, location_id }: Group): string[] {
  return [item_id, location_id].filter((id) => id !== null);
}
/** Of such a key. */
function partsOf(group_by: StockGroup): 'text'[] {
  return group_by === 'place' ? ['text', 'text'] : ['text'];
}
function nameOf({ item_id, location_id }: Group): string {
  return JSON.stringify({ item_id, location_id });
}
function isAfter(key: readonly string[], after: readonly string[]): boolean {
  const different = key.findIndex((id, index) => id !== after[index]);
  return different >= 0 && key[different]! > after[different]!;
}

async function groupsAfter(
  snapshot: Snapshot,
  group_by: StockGroup,
  after: string[] | undefined,
  count: number,
): Promise<Group[]> {
  const names = group_by === 'place' ? sql`k.item_id, k.location_id` : sql.ref(`k.${group_by}_id`);
  const since = after === undefined ? sql`` : sql`AND (${names}) > (${sql.join(after)})`;
  const { rows } = await sql<Group>`SELECT DISTINCT ${columnsOf(group_by)} FROM stock k
    WHERE k.ledger = ${snapshot.ledger} AND ${begunIn(snapshot)} ${since} ORDER BY 1, 2 LIMIT ${count}`.execute(
    snapshot.trx,
  );
  return rows;
}

/** All items and locations that groups are made of. */
function placesOf({ ledger }: AsOf, group_by: StockGroup, groups: readonly Group[]): RawBuilder<unknown> {
  const keys = group_by === 'place' ? (['item_id', 'location_id'] as const) : ([`${group_by}_id`] as const);
  const same = keys.map((key) => sql`p.${sql.ref(key)} = r.${sql.ref(key)}`);
  const columns = Object.fromEntries(keys.map((key) => [key, 'text' as const]));
  return sql`SELECT p.item_id, p.location_id FROM ${rowsOf(columns, groups)}
    JOIN stock p ON p.ledger = ${ledger} AND ${sql.join(same, sql` AND `)}`;
}

/** What was on hand in the snapshot, by group, in order. */
async function sumsBy(
  snapshot: Snapshot,
  places: RawBuilder<unknown>,
  group_by: StockGroup,
): Promise<Map<string, Sums>> {
  const { rows } = await sql<Group & Sums>`
    SELECT ${columnsOf(group_by)}, sum(s.quantity)::bigint AS quantity, sum(s.value)::bigint AS value
    FROM (${places}) k ${sumsIn(MOVEMENTS, snapshot)} GROUP BY 1, 2 ORDER BY 1, 2`.execute(snapshot.trx);
  return new Map(rows.map((row) => [nameOf(row), { quantity: row.quantity, value: row.value }]));
}

function nothing(): Sums {
  return { quantity: 0n, value: 0n };
}
function isNothing({ quantity, value }: Sums): boolean {
  return quantity === 0n && value === 0n;
}
function plus(sum: Sums, { quantity, value }: Sums): Sums {
  return { quantity: sum.quantity + quantity, value: sum.value + value };
}
function amountOf({ quantity, value }: Sums, digits: number): Amount {
  return { quantity: Number(quantity), value: toMajor(value, digits) };
}
