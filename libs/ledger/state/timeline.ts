/** Movements of one place or account, ordered by (effective, position), for backdated commands, counts and costs. */
import { lineIn } from './movement-kinds.js';
import { appended, emptyPacked, type Packed, readPrevious, replaced } from './packed.js';

/** Instants are milliseconds since 1970. */
export interface Movement {
  effective_ms: number;
  position: number;
  /** Pieces; of an account minor units. */
  quantity: number;
}
/** Of a place. */
export interface StockMovement extends Movement {
  /** Minor units, as adjusted so far. */
  value: number;
  /** What it was, and which of its event's stock postings (movement-kinds.ts). */
  code: number;
  /** Depends on what it was. */
  ref: number;
}
/**
 * Immutable. For each movement the list holds effective_ms and position, each less that of the movement before, quantity, and of a place value,
 * code and ref: about seven bytes each, eleven of a place. Dropped are movements up to the instant `floor_ms` and the position `floor`.
 */
export interface Timeline extends Packed {
  /** Whether it is of a place. */
  is_stock: boolean;
  floor_ms: number;
  floor: number;
  count: number;
  last_ms: number;
  last: number;
  /** Of places in the order of their first movement. */
  id: number;
  /**
   * Of a place: an earlier version has costed a backdated movement by the moment of recording, and left later ones as they were: values before this instant
   * are as booked, and stay so.
   */
  valued_ms: number;
}

/** Beyond it the older half of a place's movements is dropped, and commands dated before them are refused: a hundred thousand are always known. */
export const MOVEMENTS_MAX = 200_000;

const BEFORE_ALL: StockMovement = { effective_ms: 0, position: 0, quantity: 0, value: 0, code: 0, ref: 0 };

const EMPTY: Timeline = {
  ...{ ...emptyPacked(), is_stock: false, floor_ms: 0, floor: -1, count: 0, last_ms: 0, last: 0 },
  ...{ id: 0, valued_ms: 0 },
};
export function emptyTimeline(): Timeline {
  return EMPTY;
}
/** `id`: how many places have had movements before. */
export function emptyStockTimeline(id: number): Timeline {
  return { ...emptyTimeline(), is_stock: true, id };
}

/** Inserts after all movements with effective_ms ≤ its own. */
export function withMovement(timeline: Timeline, movement: Movement | StockMovement): Timeline {
  const { is_stock, floor_ms, floor, count, last_ms, last, id, valued_ms } = timeline;
  if (count >= MOVEMENTS_MAX) return withMovement(newerHalf(timeline), movement);
  const { effective_ms, position, quantity } = movement;
  if (count > 0 && effective_ms < last_ms) return inserted(timeline, movement);
  const [step_ms, step] = [effective_ms - last_ms, position - last];
  const numbers =
    'value' in movement
      ? [step_ms, step, quantity, movement.value, movement.code, movement.ref]
      : [step_ms, step, quantity];
  const { bytes, used } = appended(timeline, numbers);
  return {
    bytes,
    used,
    is_stock,
    floor_ms,
    floor,
    count: count + 1,
    last_ms: effective_ms,
    last: position,
    id,
    valued_ms,
  };
}

type Visit = (
  effective_ms: number,
  position: number,
  quantity: number,
  value: number,
  code: number,
  ref: number,
  begin: number,
  end: number,
) => boolean;

/**
 * From the last to the first while `visit` returns true. A movement's bytes go from `begin` to `end`. Of an account `value`, `code` and `ref` are 0.
 * Numbers instead of objects: there may be a hundred thousand, and nothing is left for the garbage collector.
 */
export function visitBack(timeline: Timeline, visit: Visit): void {
  const { is_stock } = timeline;
  const cursor = { bytes: timeline.bytes, at: timeline.used };
  let { last_ms: effective_ms, last: position } = timeline;
  while (cursor.at > 0) {
    const end = cursor.at;
    const ref = is_stock ? readPrevious(cursor) : 0;
    const code = is_stock ? readPrevious(cursor) : 0;
    const value = is_stock ? readPrevious(cursor) : 0;
    const quantity = readPrevious(cursor);
    const step = readPrevious(cursor);
    const step_ms = readPrevious(cursor);
    if (!visit(effective_ms, position, quantity, value, code, ref, cursor.at, end)) return;
    effective_ms -= step_ms;
    position -= step;
  }
}

/** The same with objects, of a place with all fields. */
export function walkBack(timeline: Timeline, visit: (movement: Movement, begin: number, end: number) => boolean): void {
  visitBack(timeline, (effective_ms, position, quantity, value, code, ref, begin, end) => {
    const movement = { effective_ms, position, quantity };
    return visit(timeline.is_stock ? Object.assign(movement, { value, code, ref }) : movement, begin, end);
  });
}

/** Movements of a place as numbers, the first first, so many fields each: `effective_ms` and these. As objects they would cost ten times as much. */
export type MovementRows = Float64Array;
export const FIELDS = 6;
export const FIELD = { position: 1, quantity: 2, value: 3, code: 4, ref: 5 } as const;

/** The movements of a place from an instant on. */
export function movementsSince(timeline: Timeline, since_ms: number): MovementRows {
  return readSince(timeline, since_ms).rows;
}
/** `begin`: of their bytes; `before_ms`, `before`: of the movement ahead of them, or 0. */
function readSince(timeline: Timeline, since_ms: number) {
  const rows = new Float64Array(FIELDS * timeline.count);
  const cursor = { bytes: timeline.bytes, at: timeline.used };
  let { last_ms: effective_ms, last: position } = timeline;
  let at = rows.length;
  while (cursor.at > 0 && effective_ms >= since_ms) {
    at -= FIELDS;
    rows[at] = effective_ms;
    rows[at + FIELD.position] = position;
    rows[at + FIELD.ref] = readPrevious(cursor);
    rows[at + FIELD.code] = readPrevious(cursor);
    rows[at + FIELD.value] = readPrevious(cursor);
    rows[at + FIELD.quantity] = readPrevious(cursor);
    position -= readPrevious(cursor);
    effective_ms -= readPrevious(cursor);
  }
  return { rows: rows.subarray(at), begin: cursor.at, before_ms: effective_ms, before: position };
}

/** Changes of values of movements of one place and `line`: instant, position and what is added to the value, in turn, in the order of the movements. */
export interface ValueChanges {
  line: number;
  moves: ArrayLike<number>;
}

/**
 * The same movements with other values. Costs a copy, and reading what happened from the first change on. Leaves out changes of movements that are not
 * there.
 */
export function withValues(timeline: Timeline, all: readonly ValueChanges[]): Timeline {
  const since_ms = Math.min(...all.map(({ moves }) => moves[0] ?? Number.POSITIVE_INFINITY));
  const { rows, begin, before_ms, before } = readSince(timeline, since_ms);
  for (const changes of all) changeValues(rows, changes);
  for (let at = rows.length - FIELDS; at >= 0; at -= FIELDS) {
    rows[at]! -= rows[at - FIELDS] ?? before_ms;
    rows[at + FIELD.position]! -= rows[at - FIELDS + FIELD.position] ?? before;
  }
  const { bytes, used } = replaced(timeline, begin, timeline.used, rows);
  return { ...timeline, bytes: bytes.slice(0, used), used };
}
function changeValues(rows: MovementRows, { line, moves }: ValueChanges): void {
  let at = 0;
  for (let index = 0; index < moves.length; index += 3) {
    const position = moves[index + 1]!;
    at = rowFrom(rows, at, moves[index]!, position);
    for (let row = at; rows[row + FIELD.position] === position; row += FIELDS)
      if (lineIn(rows[row + FIELD.code]!) === line) rows[row + FIELD.value]! += moves[index + 2]!;
  }
}

/** Where the first row stands, from `from` on, that is not ahead of (`effective_ms`, `position`). It is looked for nearby first. */
export function rowFrom(rows: MovementRows, from: number, effective_ms: number, position: number): number {
  const isAhead = (at: number) =>
    rows[at]! < effective_ms || (rows[at] === effective_ms && rows[at + FIELD.position]! < position);
  let [low, high] = [from, from];
  for (let step = FIELDS; high < rows.length && isAhead(high); step *= 2) [low, high] = [high + FIELDS, high + step];
  high = Math.min(high, rows.length);
  while (low < high) {
    const middle = low + FIELDS * Math.floor((high - low) / FIELDS / 2);
    if (isAhead(middle)) low = middle + FIELDS;
    else high = middle;
  }
  return low;
}
const LINES = 4096;
/** Of one movement; `line` is the index of the event's stock posting, of which there are at most a thousand. */
export function movementName(position: number, line: number): number {
  return position * LINES + line;
}

function inserted(timeline: Timeline, movement: Movement | StockMovement): Timeline {
  let before = BEFORE_ALL;
  let after = { movement: BEFORE_ALL, begin: 0, end: 0 };
  visitBack(timeline, (effective_ms, position, quantity, value, code, ref, begin, end) => {
    const each = { effective_ms, position, quantity, value, code, ref };
    if (effective_ms <= movement.effective_ms) before = each;
    else after = { movement: each, begin, end };
    return before !== each;
  });
  const between = { ...BEFORE_ALL, ...movement };
  const numbers = [...steps(timeline, before, between), ...steps(timeline, between, after.movement)];
  return { ...timeline, ...replaced(timeline, after.begin, after.end, numbers), count: timeline.count + 1 };
}

function newerHalf(timeline: Timeline): Timeline {
  const count = timeline.count - (timeline.count >> 1);
  let left = timeline.count;
  let { floor_ms, floor } = timeline;
  let packed: Packed = timeline;
  visitBack(timeline, (effective_ms, position, quantity, value, code, ref, _begin, end) => {
    const each = { effective_ms, position, quantity, value, code, ref };
    if (left === timeline.count - count + 1) packed = replaced(timeline, 0, end, steps(timeline, BEFORE_ALL, each));
    if (left === timeline.count - count) floor_ms = each.effective_ms;
    if (left <= timeline.count - count) floor = Math.max(floor, each.position);
    left -= 1;
    return true;
  });
  return { ...timeline, ...packed, floor_ms, floor, count };
}

function steps({ is_stock }: Timeline, before: Movement, movement: StockMovement): number[] {
  const { effective_ms, position, quantity, value, code, ref } = movement;
  const numbers = [effective_ms - before.effective_ms, position - before.position, quantity];
  return is_stock ? [...numbers, value, code, ref] : numbers;
}
