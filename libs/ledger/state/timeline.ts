/** Movements of one place or account, ordered by (effective, position), for backdated commands, counts and costs. */
import { kindIn, lineIn, type Moved } from './movement-kinds.js';
import { appended, emptyPacked, type Packed, packed, readNext } from './packed.js';

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
/** What movements that follow each other add up to; and by how much more pieces there were behind one of them than behind the last, at the least. */
export interface Sums {
  quantity: number;
  value: number;
  least: number;
  /** The moment of the first movement behind which it was so. */
  least_ms: number;
}
/** Movements that follow each other: of each effective_ms and position, less those of the one before, quantity, and of a place value, code and ref. */
export interface Block extends Packed, Sums {
  count: number;
  first_ms: number;
  first: number;
  /** A bit for each kind of movement (`bitOf`). */
  kinds: number;
}
/**
 * Immutable. About seven bytes a movement, eleven of a place. Its own bytes are the last movements, behind those of `blocks`: a command that is dated a
 * day ago reads and copies what happened since, not all there is. Dropped are movements up to the instant `floor_ms` and the position `floor`.
 */
export interface Timeline extends Packed {
  /** Whether it is of a place. */
  is_stock: boolean;
  floor_ms: number;
  floor: number;
  count: number;
  blocks: readonly Block[];
  /** How many movements they have. */
  in_blocks: number;
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
/** A block has so many, and the others of the last one's event; where backdated ones were put between, up to twice as many. */
export const BLOCK = { movements: 256 };

const EMPTY: Timeline = {
  ...{ ...emptyPacked(), is_stock: false, floor_ms: 0, floor: -1, count: 0, blocks: [], in_blocks: 0 },
  ...{ last_ms: 0, last: 0, id: 0, valued_ms: 0 },
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
  const { is_stock, floor_ms, floor, count, blocks, in_blocks, last_ms, last, id, valued_ms } = timeline;
  if (count >= MOVEMENTS_MAX) return withMovement(newerHalf(timeline), movement);
  const { effective_ms, position, quantity } = movement;
  if (count > 0 && effective_ms < last_ms) return inserted(timeline, movement);
  if (count - in_blocks >= BLOCK.movements && (position !== last || effective_ms !== last_ms))
    return withMovement(withLastBlock(timeline), movement);
  const is_first = count === in_blocks;
  const [step_ms, step] = is_first ? [effective_ms, position] : [effective_ms - last_ms, position - last];
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
    blocks,
    in_blocks,
    last_ms: effective_ms,
    last: position,
    id,
    valued_ms,
  };
}

/** From the last to the first while `visit` returns true. */
export function visitBack(
  timeline: Timeline,
  visit: (effective_ms: number, position: number, quantity: number) => boolean,
): void {
  let rows = NO_ROWS;
  for (const block of blocksOf(timeline).reverse()) {
    rows = rowsIn(timeline, block, rows);
    for (let at = rows.length - FIELDS; at >= 0; at -= FIELDS)
      if (!visit(rows[at]!, rows[at + FIELD.position]!, rows[at + FIELD.quantity]!)) return;
  }
}

/**
 * Movements as numbers, the first first, so many fields each: `effective_ms` and these; of an account the last three are 0. As objects they would cost
 * ten times as much.
 */
export type MovementRows = Float64Array;
export const FIELDS = 6;
export const FIELD = { position: 1, quantity: 2, value: 3, code: 4, ref: 5 } as const;

/** The movements from an instant on. */
export function movementsSince(timeline: Timeline, since_ms: number): MovementRows {
  const blocks = blocksFrom(timeline, since_ms, BEFORE_ALL);
  const rows = new Float64Array(FIELDS * countOf(blocks));
  let at = 0;
  for (const block of blocks) {
    unpack(timeline, block, rows.subarray(at));
    at += FIELDS * block.count;
  }
  return rows.subarray(rowFrom(rows, 0, since_ms, BEFORE_ALL));
}

/**
 * The same, block by block: what a command changes often ends long before the last movement, and a hundred thousand at once would be five megabytes to
 * make ready. All movements of an event are in one block.
 */
export interface LaterRows {
  timeline: Timeline;
  rows: MovementRows;
  /** How many numbers stand ahead of `rows`, and where the last of them ends. */
  ahead: number;
  end: number;
  /** Those behind `rows`. */
  blocks: Block[];
}
export function laterRows(timeline: Timeline, since_ms: number): LaterRows {
  const [first, ...blocks] = blocksFrom(timeline, since_ms, BEFORE_ALL);
  const rows = first === undefined ? NO_ROWS : rowsIn(timeline, first);
  const since = rows.subarray(rowFrom(rows, 0, since_ms, BEFORE_ALL));
  return { timeline, rows: since, ahead: 0, end: since.length + FIELDS * countOf(blocks), blocks };
}
const NO_ROWS: MovementRows = new Float64Array(0);
const BEFORE_ALL = Number.NEGATIVE_INFINITY;
const AFTER_ALL = Number.POSITIVE_INFINITY;

/** Takes the next block; false: there is none. Overwrites the rows ahead of it. */
export function nextRows(later: LaterRows): boolean {
  const block = later.blocks.shift();
  if (block === undefined) return false;
  later.ahead += later.rows.length;
  later.rows = rowsIn(later.timeline, block, later.rows);
  return true;
}
/** Where the last row begins that is of one of the kinds (`bitOf`, added up), counted with those ahead; −1: there is none. */
export function lastOfKinds({ timeline, rows, ahead, end, blocks }: LaterRows, kinds: number): number {
  let begin = end;
  for (const block of blocks.toReversed()) {
    begin -= FIELDS * block.count;
    if ((block.kinds & kinds) !== 0) return begin + lastIn(rowsIn(timeline, block), kinds);
  }
  return ahead + lastIn(rows, kinds);
}
/** Where the first row of the event begins from the row at `from` on, counted with those ahead; −1: there is none. */
export function firstOfEvent({ timeline, rows, ahead, blocks }: LaterRows, from: number, position: number): number {
  const here = firstIn(rows, from, position);
  if (here >= 0) return ahead + here;
  let begin = ahead + rows.length;
  for (const block of blocks) {
    const there = firstIn(rowsIn(timeline, block), 0, position);
    if (there >= 0) return begin + there;
    begin += FIELDS * block.count;
  }
  return -1;
}
function firstIn(rows: MovementRows, from: number, position: number): number {
  for (let at = from; at < rows.length; at += FIELDS) if (rows[at + FIELD.position] === position) return at;
  return -1;
}
function lastIn(rows: MovementRows, kinds: number): number {
  for (let at = rows.length - FIELDS; at >= 0; at -= FIELDS)
    if ((bitOf(kindIn(rows[at + FIELD.code]!)) & kinds) !== 0) return at;
  return -1;
}
export function bitOf(kind: Moved): number {
  return 1 << kind;
}

/** Of the movements not ahead of (`effective_ms`, `position`). Reads the movements of one block, and of others what they add up to. */
export function sumsFrom(timeline: Timeline, effective_ms: number, position: number): Sums {
  const { last_ms, last } = timeline;
  if (last_ms < effective_ms || (last_ms === effective_ms && last < position)) return NO_SUMS;
  const [first, ...others] = blocksFrom(timeline, effective_ms, position);
  if (first === undefined) return NO_SUMS;
  const rows = rowsIn(timeline, first);
  const near = sumsOf(rows.subarray(rowFrom(rows, 0, effective_ms, position)));
  return joined(
    near,
    others.reduceRight((sums, block) => joined(block, sums), NO_SUMS),
  );
}
const NO_SUMS: Sums = { quantity: 0, value: 0, least: Number.POSITIVE_INFINITY, least_ms: 0 };
function joined(earlier: Sums, later: Sums): Sums {
  const least = earlier.least - later.quantity;
  return {
    quantity: earlier.quantity + later.quantity,
    value: earlier.value + later.value,
    least: Math.min(least, later.least),
    least_ms: least <= later.least ? earlier.least_ms : later.least_ms,
  };
}
function sumsOf(rows: MovementRows): Sums {
  let { quantity, value, least, least_ms } = NO_SUMS;
  for (let at = rows.length - FIELDS; at >= 0; at -= FIELDS) {
    // Of 0 it is 0, which −quantity is not.
    const behind = 0 - quantity;
    if (behind <= least) {
      least = behind;
      least_ms = rows[at]!;
    }
    quantity += rows[at + FIELD.quantity]!;
    value += rows[at + FIELD.value]!;
  }
  return { quantity, value, least, least_ms };
}

/** Changes of values of movements of one place and `line`: instant, position and what is added to the value, in turn, in the order of the movements. */
export interface ValueChanges {
  line: number;
  moves: ArrayLike<number>;
}

/** The same movements with other values. Copies the blocks that have them. Leaves out changes of movements that are not there. */
export function withValues(timeline: Timeline, all: readonly ValueChanges[]): Timeline {
  const blocks = blocksOf(timeline);
  const waiting = all.map(({ line, moves }) => ({ line, moves, at: 0 }));
  let rows = NO_ROWS;
  for (const [index, block] of blocks.entries()) {
    const next = blocks[index + 1];
    let [is_read, more] = [false, 0];
    for (const changes of waiting) {
      const begin = changes.at;
      changes.at = next === undefined ? changes.moves.length : endBefore(next, changes);
      if (changes.at === begin) continue;
      if (!is_read) rows = rowsIn(timeline, block, rows);
      is_read = true;
      more += changeValues(rows, changes, begin);
    }
    // What else a block says of its movements stays as it is.
    if (is_read) blocks[index] = { ...block, ...packed(stepsIn(rows)), value: block.value + more };
  }
  return blocks.length === 0 ? timeline : withBlocks(timeline, blocks);
}
type Waiting = ValueChanges & { at: number };
/** Of the changes from `at` on, where those of movements ahead of the block end. */
function endBefore({ first_ms, first }: Block, { moves, at }: Waiting): number {
  let end = at;
  while (end < moves.length && (moves[end]! < first_ms || (moves[end] === first_ms && moves[end + 1]! < first)))
    end += 3;
  return end;
}
/** Changes `rows`. Returns by how much they are worth more. */
function changeValues(rows: MovementRows, { line, moves, at: end }: Waiting, begin: number): number {
  let [at, more] = [0, 0];
  for (let index = begin; index < end; index += 3) {
    const position = moves[index + 1]!;
    at = rowFrom(rows, at, moves[index]!, position);
    for (let row = at; rows[row + FIELD.position] === position; row += FIELDS) {
      if (lineIn(rows[row + FIELD.code]!) !== line) continue;
      rows[row + FIELD.value]! += moves[index + 2]!;
      more += moves[index + 2]!;
    }
  }
  return more;
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

function inserted(
  timeline: Timeline,
  { effective_ms, position, quantity, ...of_stock }: StockMovement | Movement,
): Timeline {
  const blocks = blocksOf(timeline);
  const index = blockAt(blocks, effective_ms, AFTER_ALL);
  const before = rowsIn(timeline, blocks[index]!);
  const at = rowFrom(before, 0, effective_ms, AFTER_ALL);
  const rows = new Float64Array(before.length + FIELDS);
  rows.set(before.subarray(0, at));
  const { value, code, ref } = { value: 0, code: 0, ref: 0, ...of_stock };
  rows.set([effective_ms, position, quantity, value, code, ref], at);
  rows.set(before.subarray(at), at + FIELDS);
  const middle = rows.length > FIELDS * 2 * BLOCK.movements ? endOfEvent(rows, FIELDS * BLOCK.movements) : rows.length;
  const parts = [rows.subarray(0, middle), rows.subarray(middle)].filter(({ length }) => length > 0);
  return withBlocks(timeline, blocks.toSpliced(index, 1, ...parts.map((part) => blockOf(timeline, part))));
}

/** Where the event ends that the row ahead of `at` is of. */
function endOfEvent(rows: MovementRows, at: number): number {
  let end = at;
  while (rows[end] === rows[at - FIELDS] && rows[end + FIELD.position] === rows[at - FIELDS + FIELD.position])
    end += FIELDS;
  return end;
}

function newerHalf(timeline: Timeline): Timeline {
  let { floor_ms, floor } = timeline;
  let left = FIELDS * (timeline.count >> 1);
  const blocks = blocksOf(timeline);
  while (left > 0) {
    const rows = rowsIn(timeline, blocks.shift()!);
    const dropped = rows.subarray(0, left);
    for (let at = 0; at < dropped.length; at += FIELDS) {
      floor_ms = dropped[at]!;
      floor = Math.max(floor, dropped[at + FIELD.position]!);
    }
    if (left < rows.length) blocks.unshift(blockOf(timeline, rows.subarray(left)));
    left -= dropped.length;
  }
  return { ...withBlocks(timeline, blocks), floor_ms, floor };
}

// ── Blocks ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A list of its own: all blocks, the timeline's own bytes as the last. */
function blocksOf(timeline: Timeline): Block[] {
  const { bytes, used, count, blocks, in_blocks } = timeline;
  if (count === 0) return [];
  const rows = rowsIn(timeline, { bytes, used, count: count - in_blocks });
  return [...blocks, { bytes, used, ...contentOf(rows) }];
}
function withLastBlock(timeline: Timeline): Timeline {
  const blocks = blocksOf(timeline);
  const last = blocks.pop()!;
  blocks.push({ ...last, bytes: last.bytes.slice(0, last.used) });
  return { ...timeline, ...emptyPacked(), blocks, in_blocks: timeline.count };
}
/** Of the same timeline, with others than these. */
function withBlocks(timeline: Timeline, all: readonly Block[]): Timeline {
  const blocks = all.slice(0, -1);
  const { bytes, used, count } = all.at(-1)!;
  const in_blocks = countOf(blocks);
  return { ...timeline, bytes, used, count: in_blocks + count, blocks, in_blocks };
}
function countOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { count }) => sum + count, 0);
}

/** The blocks that have all movements not ahead of (`effective_ms`, `position`). */
function blocksFrom(timeline: Timeline, effective_ms: number, position: number): Block[] {
  const blocks = blocksOf(timeline);
  return blocks.slice(blockAt(blocks, effective_ms, position));
}
/** Index of the last one whose first movement is ahead of (`effective_ms`, `position`), or of the first one. */
function blockAt(blocks: readonly Block[], effective_ms: number, position: number): number {
  const isAhead = ({ first_ms, first }: Block) =>
    first_ms < effective_ms || (first_ms === effective_ms && first < position);
  return Math.max(blocks.findLastIndex(isAhead), 0);
}

type PackedRows = Packed & { count: number };
/** Overwrites `spare` where they fit into it: fresh memory costs more than what is read into it. */
function rowsIn(timeline: Timeline, block: PackedRows, spare: MovementRows = NO_ROWS): MovementRows {
  const size = FIELDS * block.count;
  const rows = size <= spare.length ? spare.subarray(0, size) : new Float64Array(size);
  unpack(timeline, block, rows);
  return rows;
}
function unpack({ is_stock }: Timeline, { bytes, count }: PackedRows, rows: MovementRows): void {
  const cursor = { bytes, at: 0 };
  let [effective_ms, position] = [0, 0];
  for (let at = 0; at < FIELDS * count; at += FIELDS) {
    effective_ms += readNext(cursor);
    position += readNext(cursor);
    rows[at] = effective_ms;
    rows[at + FIELD.position] = position;
    rows[at + FIELD.quantity] = readNext(cursor);
    if (!is_stock) continue;
    rows[at + FIELD.value] = readNext(cursor);
    rows[at + FIELD.code] = readNext(cursor);
    rows[at + FIELD.ref] = readNext(cursor);
  }
}
function blockOf({ is_stock }: Timeline, rows: MovementRows): Block {
  const content = contentOf(rows);
  const steps = stepsIn(rows);
  const width = FIELD.quantity + 1;
  return { ...packed(is_stock ? steps : steps.filter((_, index) => index % FIELDS < width)), ...content };
}
/** Changes `rows` to what is packed: instants and positions less those of the row before. */
function stepsIn(rows: MovementRows): MovementRows {
  for (let at = rows.length - FIELDS; at > 0; at -= FIELDS) {
    rows[at]! -= rows[at - FIELDS]!;
    rows[at + FIELD.position]! -= rows[at - FIELDS + FIELD.position]!;
  }
  return rows;
}
function contentOf(rows: MovementRows): Omit<Block, keyof Packed> {
  let kinds = 0;
  for (let at = FIELD.code; at < rows.length; at += FIELDS) kinds |= bitOf(kindIn(rows[at]!));
  return { ...sumsOf(rows), count: rows.length / FIELDS, first_ms: rows[0]!, first: rows[FIELD.position]!, kinds };
}
