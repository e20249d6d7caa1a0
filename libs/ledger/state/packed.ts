/**
 * Lists of integers as bytes, seven bits to a byte: small numbers take one byte, and the garbage collector has nothing to walk. Lists are
 * immutable: a longer one may share the bytes of a shorter one but never overwrites them. Only the newest of those that share may be added
 * to.
 */
export interface Packed {
  bytes: Uint8Array;
  used: number;
}
export interface Cursor {
  bytes: Uint8Array;
  at: number;
}

const NUMBER_BYTES_MAX = 8;
const GROWTH = 1.5;

export function emptyPacked(): Packed {
  return { bytes: new Uint8Array(0), used: 0 };
}

/** Appends integers between −2^52 and 2^52. */
export function appended({ bytes, used }: Packed, numbers: readonly number[]): Packed {
  const room = used + numbers.length * NUMBER_BYTES_MAX;
  if (room <= bytes.length) return written(bytes, used, numbers);
  const grown = new Uint8Array(Math.ceil(room * GROWTH));
  grown.set(bytes.subarray(0, used));
  return written(grown, used, numbers);
}
/** A copy with `numbers` in place of the bytes from `begin` to `end`. */
export function replaced({ bytes, used }: Packed, begin: number, end: number, numbers: readonly number[]): Packed {
  const copy = new Uint8Array(Math.ceil((used - end + begin + numbers.length * NUMBER_BYTES_MAX) * GROWTH));
  copy.set(bytes.subarray(0, begin));
  const middle = written(copy, begin, numbers);
  copy.set(bytes.subarray(end, used), middle.used);
  return { bytes: copy, used: middle.used + used - end };
}
function written(bytes: Uint8Array, from: number, numbers: readonly number[]): Packed {
  let used = from;
  for (const number of numbers) {
    let rest = number < 0 ? -2 * number - 1 : 2 * number;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes[used++] = 128 + (rest % 128);
    bytes[used++] = rest;
  }
  return { bytes, used };
}

export function readNext(cursor: Cursor): number {
  let folded = 0;
  for (let weight = 1; ; weight *= 128) {
    const byte = cursor.bytes[cursor.at++]!;
    folded += (byte & 127) * weight;
    if (byte < 128) return unfolded(folded);
  }
}
export function readPrevious(cursor: Cursor): number {
  let folded = cursor.bytes[--cursor.at]!;
  while (cursor.at > 0 && cursor.bytes[cursor.at - 1]! > 127)
    folded = folded * 128 + (cursor.bytes[--cursor.at]! & 127);
  return unfolded(folded);
}
function unfolded(folded: number): number {
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
}
