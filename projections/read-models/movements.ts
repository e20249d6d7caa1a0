import { sql } from 'kysely';
import { toMajor } from '../../libs/ledger/money.js';
import { LIMIT_DEFAULT, type Page, type Paging, type PeriodFilter, pageOf, readCursor } from '../as-of/cursor.js';
import { cutAt, lookUp, type Snapshot } from '../as-of/snapshot.js';
import { lastRows } from '../engine/as-of-rows.js';
import { withSums } from '../engine/as-of-sums.js';
import { averageOf, levelOf, MOVEMENTS, type StockLevel, stockOfItem } from './stock.js';

export interface Movement {
  position: number;
  type: string;
  number: string | null;
  location_id: string;
  quantity: number;
  value: number;
  /** At this location after it, in recorded order. */
  on_hand: number;
  value_on_hand: number;
  average_cost: number | null;
  effective_at: string;
  recorded_at: string;
  actor: string;
}
type MovementRow = Omit<Movement, MovementFigures | 'average_cost'> & Record<MovementFigures, bigint>;
type MovementFigures = 'position' | 'quantity' | 'value' | 'on_hand' | 'value_on_hand';

export async function listMovements(
  snapshot: Snapshot,
  filter: { item_id: string; location_id?: string } & PeriodFilter & Paging,
): Promise<Page<Movement>> {
  const { item_id, location_id, from, to, limit = LIMIT_DEFAULT, cursor } = filter;
  const cut = to === undefined ? snapshot : await cutAt(snapshot, to);
  const list = JSON.stringify(['movements', cut.ledger, item_id, location_id, from, cut.as_of]);
  const [last, place] = readCursor(list, cursor, 'whole', 'text') ?? [];
  const keys = sql`SELECT item_id, location_id FROM stock WHERE ledger = ${cut.ledger} AND item_id = ${item_id}
    ${location_id === undefined ? sql`` : sql`AND location_id = ${location_id}`}`;
  // The two movements of a transfer share a position.
  const shown = last === undefined ? sql`` : sql`AND (m.position, m.location_id) < (${last}, ${place})`;
  const wanted = sql`(m.quantity <> 0 OR m.value <> 0) ${shown}`;
  const movements = sql`(SELECT * FROM ${lastRows(MOVEMENTS, cut, keys, { limit: limit + 1, last, from, wanted })}
    ORDER BY k.position DESC, k.location_id DESC LIMIT ${limit + 1}) k`;
  const rows = await lookUp(
    cut,
    sql<MovementRow>`
    SELECT k.position, e.type, e.data->>'number' AS number, k.location_id, k.quantity, k.value, k.effective_at,
      k.now_quantity AS on_hand, k.now_value AS value_on_hand, e.recorded_at, e.actor
    FROM ${withSums(MOVEMENTS, cut, movements, { gapless: from === undefined })} JOIN events e ON e.ledger = k.ledger AND e.position = k.position
    ORDER BY k.position DESC, k.location_id DESC`,
  );
  const keyOf = (row: MovementRow) => [Number(row.position), row.location_id];
  return pageOf(rows, limit, cut.position, list, keyOf, (row) => ({
    ...row,
    position: Number(row.position),
    quantity: Number(row.quantity),
    value: toMajor(row.value, cut.digits),
    on_hand: Number(row.on_hand),
    value_on_hand: toMajor(row.value_on_hand, cut.digits),
    average_cost: averageOf(row.on_hand, row.value_on_hand, cut.digits),
  }));
}

export type Explanation = Page<Movement> & { item_id: string; location_id: string | null; summary: StockLevel };

/** At one location, or at all; the last recorded first. */
export async function explainStock(
  snapshot: Snapshot,
  { item_id, location_id, ...paging }: { item_id: string; location_id?: string } & Paging,
): Promise<Explanation> {
  const { locations, position: _, item_id: __, ...whole } = await stockOfItem(snapshot, item_id);
  const { location_id: ___, ...there } = locations.find((place) => place.location_id === location_id) ?? {
    location_id,
    ...levelOf({ on_hand: 0n, value: 0n, reserved: 0n }, snapshot.digits),
  };
  const steps = await listMovements(snapshot, { item_id, location_id, ...paging });
  return { item_id, location_id: location_id ?? null, summary: location_id === undefined ? whole : there, ...steps };
}
