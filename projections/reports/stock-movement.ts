import { type RawBuilder, sql } from 'kysely';
import { dayEnd, dayStart, justBefore } from '../../libs/ledger/calendar.js';
import { MOVEMENT_KIND_OF, type MovementKind } from '../../libs/ledger/document-kinds.js';
import type { LedgerEventType } from '../../libs/ledger/events.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import { cutAt, type Snapshot } from '../as-of/snapshot.js';
import { lastRows } from '../engine/as-of-rows.js';
import { cellsOf, isOfKey } from '../engine/keys.js';
import { MOVEMENTS } from '../read-models/stock.js';
import {
  type Amount,
  addSums,
  amountOf,
  type Group,
  groupColumns,
  groupKey,
  groupKeyTypes,
  groupName,
  groupsAfter,
  isNoStock,
  noStock,
  placesOf,
  type StockGroup,
  type StockSums,
  sumsBy,
} from './stock-groups.js';

export const MOVEMENT_KINDS: readonly MovementKind[] = Object.values(MOVEMENT_KIND_OF);

type Moved = Partial<Record<MovementKind, Amount>>;
/** Closing is opening, and what came in, less what went out. */
export type StockMovementRow = Group & {
  opening: Amount;
  in: Moved;
  total_in: Amount;
  out: Moved;
  total_out: Amount;
  closing: Amount;
};

/** Days of the ledger, both included. */
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
  const groups = await groupsAfter(snapshot, group_by, readCursor(list, cursor, ...groupKeyTypes(group_by)), limit + 1);
  const page = pageOf(groups, limit, snapshot.position, list, groupKey, (group) => group);
  const places = placesOf(snapshot, group_by, page.data);
  const closing = await sumsBy(until, places, group_by);
  const opening = before === undefined ? new Map<string, StockSums>() : await sumsBy(before, places, group_by);
  const moved = await movedBy(until, places, group_by, start);
  const data = page.data.flatMap((group) => {
    const name = groupName(group);
    const rows = moved.get(name) ?? [];
    const bounds = { opening: opening.get(name) ?? noStock(), closing: closing.get(name) ?? noStock() };
    if (rows.length === 0 && isNoStock(bounds.opening) && isNoStock(bounds.closing)) return [];
    return [movementRow(group, bounds, rows, snapshot.digits)];
  });
  return { ...page, data };
}

interface MovedRow extends Group, StockSums {
  type: LedgerEventType;
  incoming: boolean;
}

function movementRow(
  group: Group,
  { opening, closing }: { opening: StockSums; closing: StockSums },
  rows: readonly MovedRow[],
  digits: number,
): StockMovementRow {
  const side = (incoming: boolean) => {
    const of_side = rows.filter((row) => row.incoming === incoming);
    const sign = incoming ? 1n : -1n;
    const shown = ({ quantity, value }: StockSums) =>
      amountOf({ quantity: sign * quantity, value: sign * value }, digits);
    const of_kinds = Object.fromEntries(of_side.map((row) => [MOVEMENT_KIND_OF[row.type]!, shown(row)])) as Moved;
    return [of_kinds, shown(of_side.reduce(addSums, noStock()))] as const;
  };
  const [came, total_in] = side(true);
  const [went, total_out] = side(false);
  const ends = { opening: amountOf(opening, digits), closing: amountOf(closing, digits) };
  return { ...group, opening: ends.opening, in: came, total_in, out: went, total_out, closing: ends.closing };
}

async function movedBy(
  snapshot: Snapshot,
  places: RawBuilder<unknown>,
  group_by: StockGroup,
  from: string | undefined,
): Promise<Map<string, MovedRow[]>> {
  const all = { limit: Number.MAX_SAFE_INTEGER, from, wanted: sql`(m.quantity <> 0 OR m.value <> 0)` };
  const key = { ...cellsOf('k', MOVEMENTS.keys), ledger: sql.ref('k.ledger') };
  // What was adjusted stays on the side where it was.
  const came = sql`CASE WHEN k.of_position IS NULL THEN k.quantity > 0 OR (k.quantity = 0 AND k.value > 0)
    ELSE (SELECT o.quantity > 0 OR (o.quantity = 0 AND o.value > 0) FROM movements o WHERE ${isOfKey('o', key)} AND o.position = k.of_position AND o.of_position IS NULL
      LIMIT 1) END`;
  const { rows } = await sql<MovedRow>`
    SELECT ${groupColumns(group_by)}, e.type, ${came} AS incoming,
      sum(k.quantity)::bigint AS quantity, sum(k.value)::bigint AS value
    FROM ${lastRows(MOVEMENTS, snapshot, places, all)}
    JOIN events e ON e.ledger = k.ledger AND e.position = coalesce(k.of_position, k.position)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`.execute(snapshot.trx);
  return Map.groupBy(rows, groupName);
}
