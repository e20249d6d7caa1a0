/** Movements of one place or account, ordered by (effective, position): about seven bytes each, for backdated commands and counts. */
import { appended, emptyPacked, type Packed, readPrevious, replaced } from './packed.js';

/** Instants are milliseconds since 1970. */
export interface Movement {
  effective_ms: number;
  position: number;
  quantity: number;
}
/**
 * Immutable. For each movement the list holds effective_ms and position, each less that of the movement before, and quantity. Dropped are
 * movements up to the instant `floor_ms` and the position `floor`.
 */
export interface Timeline extends Packed {
  floor_ms: number;
  floor: number;
  count: number;
  last_ms: number;
  last: number;
}

/** Beyond it the older half of a place's movements is dropped, and commands dated before them are refused. */
export const MOVEMENTS_MAX = 100_000;

const BEFORE_ALL: Movement = { effective_ms: 0, position: 0, quantity: 0 };

export function emptyTimeline(): Timeline {
  return { ...emptyPacked(), floor_ms: 0, floor: -1, count: 0, last_ms: 0, last: 0 };
}

/** Inserts after all movements with effective_ms ≤ its own. */
export function withMovement(timeline: Timeline, movement: Movement): Timeline {
  const { floor_ms, floor, count, last_ms, last } = timeline;
  if (count >= MOVEMENTS_MAX) return withMovement(newerHalf(timeline), movement);
  const { effective_ms, position } = movement;
  if (count > 0 && effective_ms < last_ms) return inserted(timeline, movement);
  const { bytes, used } = appended(timeline, steps({ effective_ms: last_ms, position: last, quantity: 0 }, movement));
  return { bytes, used, floor_ms, floor, count: count + 1, last_ms: effective_ms, last: position };
}

/** From the last to the first while `visit` returns true. A movement's bytes go from `begin` to `end`. */
export function walkBack(timeline: Timeline, visit: (movement: Movement, begin: number, end: number) => boolean): void {
  const cursor = { bytes: timeline.bytes, at: timeline.used };
  let { last_ms: effective_ms, last: position } = timeline;
  while (cursor.at > 0) {
    const end = cursor.at;
    const quantity = readPrevious(cursor);
    const step = readPrevious(cursor);
    const step_ms = readPrevious(cursor);
    if (!visit({ effective_ms, position, quantity }, cursor.at, end)) return;
    effective_ms -= step_ms;
    position -= step;
  }
}

function inserted(timeline: Timeline, movement: Movement): Timeline {
  let before = BEFORE_ALL;
  let after = { movement, begin: 0, end: 0 };
  walkBack(timeline, (each, begin, end) => {
    if (each.effective_ms <= movement.effective_ms) before = each;
    else after = { movement: each, begin, end };
    return before !== each;
  });
  const numbers = [...steps(before, movement), ...steps(movement, after.movement)];
  return { ...timeline, ...replaced(timeline, after.begin, after.end, numbers), count: timeline.count + 1 };
}

function newerHalf(timeline: Timeline): Timeline {
  const count = timeline.count - (timeline.count >> 1);
  let left = timeline.count;
  let { floor_ms, floor } = timeline;
  let packed: Packed = timeline;
  walkBack(timeline, (each, _begin, end) => {
    if (left === timeline.count - count + 1) packed = replaced(timeline, 0, end, steps(BEFORE_ALL, each));
    if (left === timeline.count - count) floor_ms = each.effective_ms;
    if (left <= timeline.count - count) floor = Math.max(floor, each.position);
    left -= 1;
    return true;
  });
  return { ...timeline, ...packed, floor_ms, floor, count };
}

function steps(before: Movement, { effective_ms, position, quantity }: Movement): number[] {
  return [effective_ms - before.effective_ms, position - before.position, quantity];
}
