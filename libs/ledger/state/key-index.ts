/**
 * Positions of the idempotency keys of the last day or two, in about 20 bytes a key. It holds fingerprints, not keys: the event at the
 * position tells whether it has the key. A wrong hit costs a read, never a wrong answer.
 */

/** Extendible hashing: a full segment is split in two, so that no addition moves much. */
export interface KeyTable {
  /** A key recorded at this instant or later begins the next generation. */
  until: string;
  /** Position of its first key; slots hold distances from it. */
  base: number;
  /** The first `depth` bits of a fingerprint select the segment: 2^depth places, several of them for a segment of less depth. */
  depth: number;
  /** Replaced when a segment is split, so that a snapshot may keep the old list. */
  segments: readonly Segment[];
}
export interface Segment {
  depth: number;
  used: number;
  /** Open addressing; each slot is path, tag (0 is free) and distance from `base`. */
  slots: Uint32Array;
}
/** Two generations of at least a day each; the older one is dropped when the newer is a day old. */
export interface KeyIndex {
  newer: KeyTable;
  older: KeyTable;
}
type Undo = (() => void)[] | undefined;
/** 64 mixed bits: `path` selects the segment, `tag` the slot. */
interface Fingerprint {
  path: number;
  tag: number;
}

const GENERATION_MS = 86_400_000;
/** Distances must fit into a slot. */
const POSITIONS_MAX = 2 ** 32;
const WORDS = 3;
const SLOTS = 1024;
const USED_MAX = (SLOTS * 7) / 8;
/**
 * Beyond it a segment grows instead, which keeps the list of segments quick to copy even where keys are made up to collide. With a hundred
 * million keys a segment has at most ten thousand.
 */
const DEPTH_MAX = 14;

function emptySegment(depth: number, slots = SLOTS): Segment {
  return { depth, used: 0, slots: new Uint32Array(WORDS * slots) };
}
export function emptyKeyTable(until = '', base = 0): KeyTable {
  return { until, base, depth: 0, segments: [emptySegment(0)] };
}
export function emptyKeyIndex(): KeyIndex {
  return { newer: emptyKeyTable(), older: emptyKeyTable() };
}

/** Positions of events that may carry the key, the newer generation first; empty when none of the last day does. */
export function findKeys({ newer, older }: KeyIndex, key: string): number[] {
  const fingerprint = fingerprintOf(key);
  return [...lookUp(newer, fingerprint), ...lookUp(older, fingerprint)];
}

export function addKey(index: KeyIndex, key: string, position: number, recorded_at: string, undo: Undo): void {
  const { newer, older } = index;
  if (recorded_at >= newer.until || position - newer.base >= POSITIONS_MAX) {
    undo?.push(() => Object.assign(index, { newer, older }));
    index.older = newer;
    const until = new Date(Date.parse(recorded_at) + GENERATION_MS).toISOString();
    index.newer = emptyKeyTable(until, position);
  }
  add(index.newer, fingerprintOf(key), position, undo);
}

function add(table: KeyTable, { path, tag }: Fingerprint, position: number, undo: Undo): void {
  while (isFull(segmentOf(table, path))) makeRoom(table, path, undo);
  const segment = segmentOf(table, path);
  const at = occupy(segment, path, tag, position - table.base);
  undo?.push(() => {
    segment.slots.fill(0, at, at + WORDS);
    segment.used -= 1;
  });
}
function isFull({ used, slots }: Segment): boolean {
  return used * WORDS * SLOTS >= USED_MAX * slots.length;
}
function occupy(segment: Segment, path: number, tag: number, distance: number): number {
  const { slots } = segment;
  let at = (WORDS * tag) % slots.length;
  while (slots[at + 1] !== 0) at = (at + WORDS) % slots.length;
  slots[at] = path;
  slots[at + 1] = tag;
  slots[at + 2] = distance;
  segment.used += 1;
  return at;
}
function lookUp(table: KeyTable, { path, tag }: Fingerprint): number[] {
  const { slots } = segmentOf(table, path);
  const found: number[] = [];
  for (let at = (WORDS * tag) % slots.length; slots[at + 1] !== 0; at = (at + WORDS) % slots.length)
    if (slots[at] === path && slots[at + 1] === tag) found.push(table.base + slots[at + 2]!);
  return found;
}
function segmentOf({ depth, segments }: KeyTable, path: number): Segment {
  return segments[leading(path, depth)]!;
}
function leading(path: number, depth: number): number {
  return depth === 0 ? 0 : path >>> (32 - depth);
}

/** The full segment stays as it is; its keys go to two new segments, or to a larger one. */
function makeRoom(table: KeyTable, path: number, undo: Undo): void {
  const { depth, segments } = table;
  undo?.push(() => Object.assign(table, { depth, segments }));
  const full = segmentOf(table, path);
  const parts = full.depth < DEPTH_MAX ? [1, 1].map((more) => emptySegment(full.depth + more)) : [largerThan(full)];
  if (parts[0]!.depth > depth) {
    table.depth += 1;
    table.segments = segments.flatMap((segment) => [segment, segment]);
  }
  refill(full, (of_path) => parts[leading(of_path, full.depth + 1) & (parts.length - 1)]!);
  const places = 2 ** (table.depth - full.depth);
  const first = leading(path, full.depth) * places;
  const share = places / parts.length;
  const list = [...table.segments];
  for (const [index, part] of parts.entries()) list.fill(part, first + index * share, first + (index + 1) * share);
  table.segments = list;
}
function largerThan({ depth, slots }: Segment): Segment {
  return emptySegment(depth, (2 * slots.length) / WORDS);
}
function refill({ slots }: Segment, partOf: (path: number) => Segment, distance_max = POSITIONS_MAX): void {
  for (let at = 0; at < slots.length; at += WORDS) {
    const [path, tag, distance] = [slots[at]!, slots[at + 1]!, slots[at + 2]!];
    if (tag !== 0 && distance <= distance_max) occupy(partOf(path), path, tag, distance);
  }
}

/** Two multiply-xor hashes side by side, finished like Murmur. */
function fingerprintOf(key: string): Fingerprint {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let index = 0; index < key.length; index += 1) {
    const code = key.charCodeAt(index);
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return { path: high >>> 0, tag: low >>> 0 || 1 };
}

// ── For a snapshot ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function segmentsOf({ segments }: KeyTable): Segment[] {
  return segments.filter((segment, index) => segment !== segments[index - 1]);
}
/** Changes the table in place: appends a saved segment, without keys of events after `position`, which may have come while it was saved. */
export function restoreSegment(table: KeyTable, depth: number, slots: Uint32Array, position: number): void {
  const segment = emptySegment(depth, slots.length / WORDS);
  refill({ depth, used: 0, slots }, () => segment, position - table.base);
  const places = Array.from({ length: 2 ** (table.depth - depth) }, () => segment);
  table.segments = [...table.segments, ...places];
}
