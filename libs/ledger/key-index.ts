/**
 * Where each idempotency key of the last day or two stands in the log, in some 30 bytes a key. It knows fingerprints, not keys: a hit
 * says where to look, and the event there says whether it is really that key. So a day of millions of keys fits in memory and in a
 * snapshot, and a wrong hit costs a read, never a wrong answer.
 */
export interface KeyTable {
  /** When its first key was recorded. */
  since: string;
  used: number;
  /** Open addressing; 0 is free. */
  fingerprints: Float64Array;
  positions: Float64Array;
}
/** Two generations of at least a day; the older is dropped when the newer is a day old. */
export interface KeyIndex {
  newer: KeyTable;
  older: KeyTable;
}
type Undo = (() => void)[] | undefined;

/** A key is kept at least this long. */
const GENERATION_MS = 86_400_000;
const SIZE_MIN = 1024;

function emptyTable(since = '', size = SIZE_MIN): KeyTable {
  return { since, used: 0, fingerprints: new Float64Array(size), positions: new Float64Array(size) };
}
export function emptyKeyIndex(): KeyIndex {
  return { newer: emptyTable(), older: emptyTable() };
}

/** Positions of the events that may carry the key, the latest generation first; empty when certainly none of the last day does. */
export function findKeys({ newer, older }: KeyIndex, key: string): number[] {
  const fingerprint = fingerprintOf(key);
  return [...lookUp(newer, fingerprint), ...lookUp(older, fingerprint)];
}

export function addKey(index: KeyIndex, key: string, position: number, recorded_at: string, undo: Undo): void {
  const { newer, older } = index;
  if (newer.since === '' || Date.parse(recorded_at) - Date.parse(newer.since) >= GENERATION_MS) {
    undo?.push(() => Object.assign(index, { newer, older }));
    index.older = newer;
    index.newer = emptyTable(recorded_at);
  }
  put(index.newer, fingerprintOf(key), position, undo);
}

/** Two keys of one fingerprint both keep their place. */
function put(table: KeyTable, fingerprint: number, position: number, undo: Undo): void {
  if (2 * (table.used + 1) > table.fingerprints.length) grow(table, undo);
  const { fingerprints, positions } = table;
  const slot = freeSlot(fingerprints, fingerprint);
  undo?.push(() => {
    fingerprints[slot] = 0;
    positions[slot] = 0;
    table.used -= 1;
  });
  fingerprints[slot] = fingerprint;
  positions[slot] = position;
  table.used += 1;
}
function grow(table: KeyTable, undo: Undo): void {
  const { fingerprints, positions } = table;
  undo?.push(() => Object.assign(table, { fingerprints, positions }));
  table.fingerprints = new Float64Array(2 * fingerprints.length);
  table.positions = new Float64Array(2 * fingerprints.length);
  for (const [from, fingerprint] of fingerprints.entries()) {
    if (fingerprint === 0) continue;
    const slot = freeSlot(table.fingerprints, fingerprint);
    table.fingerprints[slot] = fingerprint;
    table.positions[slot] = positions[from]!;
  }
}
function freeSlot(fingerprints: Float64Array, fingerprint: number): number {
  let slot = fingerprint % fingerprints.length;
  while (fingerprints[slot] !== 0) slot = (slot + 1) % fingerprints.length;
  return slot;
}
function lookUp({ fingerprints, positions }: KeyTable, fingerprint: number): number[] {
  const found: number[] = [];
  for (let slot = fingerprint % fingerprints.length; fingerprints[slot] !== 0; slot = (slot + 1) % fingerprints.length)
    if (fingerprints[slot] === fingerprint) found.push(positions[slot]!);
  return found;
}

/** 53 well mixed bits, never 0 (two multiply-xor lanes, after Murmur's finaliser). */
function fingerprintOf(key: string): number {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let index = 0; index < key.length; index += 1) {
    const code = key.charCodeAt(index);
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return (high & 0x1fffff) * 0x100000000 + (low >>> 0) || 1;
}

/** As pairs of numbers, for a snapshot. */
export function saveKeys({ since, used, fingerprints, positions }: KeyTable): { since: string; pairs: number[] } {
  const pairs: number[] = [];
  for (let slot = 0; slot < fingerprints.length && pairs.length < 2 * used; slot += 1)
    if (fingerprints[slot] !== 0) pairs.push(fingerprints[slot]!, positions[slot]!);
  return { since, pairs };
}
export function restoreKeys({ since, pairs }: { since: string; pairs: number[] }): KeyTable {
  let size = SIZE_MIN;
  while (size < pairs.length + 2) size *= 2;
  const table = emptyTable(since, size);
  for (let index = 0; index < pairs.length; index += 2) put(table, pairs[index]!, pairs[index + 1]!, undefined);
  return table;
}
