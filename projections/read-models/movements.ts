import { type SqlBool, sql } from 'kysely';
import { averageOf, levelOf, type StockLevel } from '../../libs/documents/figures.js';
import { toMajor } from '../../libs/ledger/money.js';
import {
  cursorAfter,
  LIMIT_DEFAULT,
  type Page,
  type Paging,
  type PeriodFilter,
  pageOf,
  readCursor,
} from '../as-of/cursor.js';
import { cutAt, lookUp, type Snapshot } from '../as-of/snapshot.js';
import { lastRows } from '../engine/as-of-rows.js';
import { withSums } from '../engine/as-of-sums.js';
import { describedRow } from './events.js';
import { MOVEMENTS, stockOfItem } from './stock.js';

export interface Movement {
  position: number;
  /** Of its event; `CostsAdjusted` of a movement that a backdated event has changed the cost of. */
  type: string;
  /** The document's; of an adjustment that of the adjusted document. */
  number: string | null;
  /** Of an adjustment: the document that caused it. */
  cause: string | null;
  location_id: string;
  quantity: number;
  value: number;
  /** At this location after the event, in recorded order. */
  on_hand: number;
  value_on_hand: number;
  average_cost: number | null;
  effective_at: string;
  recorded_at: string;
  actor: string;
}
type MovementRow = Omit<Movement, MovementFigures | 'average_cost'> & Record<MovementFigures, bigint>;
interface FoundRow extends MovementRow {
  of_position: bigint | null;
}
type MovementFigures = 'position' | 'quantity' | 'value' | 'on_hand' | 'value_on_hand';

type MovementFilter = { item_id: string; location_id?: string } & PeriodFilter & Paging;

/** Of movements of one user's documents among those of all. */
const LOOKS_MAX = 5;
const CANDIDATES_MAX = 1000;

/**
 * The last recorded first, with the running figures of all rows that count and were recorded by then. With `created_by` only movements of
 * that user's documents. No index finds these, so a page may be short, and its cursor goes on.
 */
export async function listMovements(
  snapshot: Snapshot,
  { created_by, ...filter }: MovementFilter & { created_by?: string },
): Promise<Page<Movement>> {
  const { item_id, location_id, from, to, limit = LIMIT_DEFAULT, cursor } = filter;
  const cut = to === undefined ? snapshot : await cutAt(snapshot, to);
  const list = JSON.stringify(['movements', cut.ledger, item_id, location_id, from, cut.as_of]);
  const rowsAfter = (after: Place | undefined, count: number) => movementRows(cut, filter, after, count);
  const first = readCursor(list, cursor, 'whole', 'text', 'whole');
  const { rows, last } =
    created_by === undefined
      ? { rows: await rowsAfter(first, limit + 1) }
      : await ownRows(snapshot, created_by, rowsAfter, first, limit + 1);
  const page = pageOf(rows, limit, cut.position, list, placeIn, ({ of_position: _, ...row }) => ({
    ...row,
    position: Number(row.position),
    quantity: Number(row.quantity),
    value: toMajor(row.value, cut.digits),
    on_hand: Number(row.on_hand),
    value_on_hand: toMajor(row.value_on_hand, cut.digits),
    average_cost: averageOf(row.on_hand, row.value_on_hand, cut.digits),
  }));
  return last === undefined || page.next_cursor !== null ? page : { ...page, next_cursor: cursorAfter(list, last) };
}

/** Movements of one event share a position; −1 where none is adjusted. */
type Place = [position: number, location_id: string, of_position: number];
function placeIn({ position, location_id, of_position }: FoundRow): Place {
  return [Number(position), location_id, Number(of_position ?? -1)];
}

async function movementRows(
  cut: Snapshot,
  { item_id, location_id, from }: MovementFilter,
  after: Place | undefined,
  count: number,
): Promise<FoundRow[]> {
  const [last, place, of] = after ?? [];
  const keys = sql`SELECT item_id, location_id FROM stock WHERE ledger = ${cut.ledger} AND item_id = ${item_id}
    ${location_id === undefined ? sql`` : sql`AND location_id = ${location_id}`}`;
  const shown =
    last === undefined
      ? sql``
      : sql`AND (m.position, m.location_id, coalesce(m.of_position, -1)) < (${last}, ${place}, ${of})`;
  const wanted = sql`(m.quantity <> 0 OR m.value <> 0) ${shown}`;
  const movements = sql`(SELECT * FROM ${lastRows(MOVEMENTS, cut, keys, { limit: count, last, from, wanted })}
    ORDER BY k.position DESC, k.location_id DESC, k.of_position DESC NULLS LAST LIMIT ${count}) k`;
  // A page that begins between the adjustments of one event does not know all of them.
  const gapless = from === undefined && (of ?? -1) < 0;
  return lookUp(
    cut,
    sql<FoundRow>`
    SELECT k.position, ${describedRow()}, k.location_id, k.quantity, k.value, k.effective_at, k.of_position,
      k.now_quantity AS on_hand, k.now_value AS value_on_hand, e.recorded_at, e.actor
    FROM ${withSums(MOVEMENTS, cut, movements, { gapless })} JOIN events e ON e.ledger = k.ledger AND e.position = k.position
    ORDER BY k.position DESC, k.location_id DESC, k.of_position DESC NULLS LAST`,
  );
}

/** At most `count` rows of the user's documents, and where the next look would begin, if there is more to look at. */
async function ownRows(
  snapshot: Snapshot,
  created_by: string,
  rowsAfter: (after: Place | undefined, count: number) => Promise<FoundRow[]>,
  first: Place | undefined,
  count: number,
): Promise<{ rows: FoundRow[]; last?: Place }> {
  const rows: FoundRow[] = [];
  let last = first;
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const found = await rowsAfter(last, CANDIDATES_MAX);
    const own = await numbersOf(snapshot, created_by, found);
    const hidden = (row: FoundRow) => (own.has(row.cause) ? row : { ...row, cause: null });
    rows.push(...found.filter(({ number }) => own.has(number)).map(hidden));
    if (rows.length >= count || found.length < CANDIDATES_MAX) return { rows: rows.slice(0, count) };
    last = placeIn(found.at(-1)!);
  }
  return { rows, last };
}
async function numbersOf(
  { trx, ledger }: Snapshot,
  created_by: string,
  rows: readonly MovementRow[],
): Promise<Set<string | null>> {
  const numbers = [...new Set(rows.flatMap(({ number, cause }) => [number ?? [], cause ?? []].flat()))];
  const own = await trx
    .selectFrom('documents')
    .select('number')
    .where('ledger', '=', ledger)
    .where('created_by', '=', created_by)
    .where(sql<SqlBool>`number = ANY(${numbers}::text[])`)
    .execute();
  return new Set(own.map(({ number }) => number));
}

export type Explanation = Page<Movement> & { item_id: string; location_id: string | null; summary: StockLevel };

/**
 * What an item is worth and the movements that led there, the last recorded first: at one location, or at all. With `created_by` only
 * movements of that user's documents.
 */
export async function explainStock(
  snapshot: Snapshot,
  { item_id, location_id, ...paging }: { item_id: string; location_id?: string; created_by?: string } & Paging,
): Promise<Explanation> {
  const { locations, position: _, item_id: __, ...whole } = await stockOfItem(snapshot, item_id);
  const { location_id: ___, ...there } = locations.find((place) => place.location_id === location_id) ?? {
    location_id,
    ...levelOf({ on_hand: 0n, value: 0n, reserved: 0n }, snapshot.digits),
  };
  const steps = await listMovements(snapshot, { item_id, location_id, ...paging });
  return { item_id, location_id: location_id ?? null, summary: location_id === undefined ? whole : there, ...steps };
}
