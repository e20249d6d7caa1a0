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

const EMPTY: Packed = { bytes: new Uint8Array(0), used: 0 };
export function emptyPacked(): Packed {
  return EMPTY;
}

/** Appends integers between −2^52 and 2^52. */
export function appended({ bytes, used }: Packed, numbers: ArrayLike<number>): Packed {
  const room = used + numbers.length * NUMBER_BYTES_MAX;
  if (room <= bytes.length) return written(bytes, used, numbers);
  const grown = new Uint8Array(Math.ceil(room * GROWTH));
  grown.set(bytes.subarray(0, used));
  return written(grown, used, numbers);
}
/** A list that is not meant to grow. */
export function packed(numbers: ArrayLike<number>): Packed {
  if (scratch.length < numbers.length * NUMBER_BYTES_MAX) scratch = new Uint8Array(numbers.length * NUMBER_BYTES_MAX);
  const { used } = written(scratch, 0, numbers);
  return { bytes: scratch.slice(0, used), used };
}
/** Of what is about to be copied: lists are many and small. */
let scratch = new Uint8Array(0);

function written(bytes: Uint8Array, from: number, numbers: ArrayLike<number>): Packed {
  let used = from;
  for (let index = 0; index < numbers.length; index += 1) {
    const number = numbers[index]!;
    let rest = number < 0 ? -2 * number - 1 : 2 * number;
    for (; rest > INT_MAX; rest = Math.floor(rest / 128)) bytes[used++] = 128 + (rest % 128);
    let short = rest | 0;
    for (; short > 127; short >>>= 7) bytes[used++] = 128 | (short & 127);
    bytes[used++] = short;
  }
  return { bytes, used };
}

// A hundred thousand movements are read for one backdated command. Numbers of four bytes and less stay integers of the processor: doubles would take
// three times as long.
const INT_MAX = 2 ** 31 - 1;
const SHORT_BYTES = 4;

export function readNext(cursor: Cursor): number {
  const { bytes } = cursor;
  let folded = 0;
  for (let shift = 0; shift < 7 * SHORT_BYTES; shift += 7) {
    const byte = bytes[cursor.at++]!;
    folded |= (byte & 127) << shift;
    if (byte < 128) return (folded >>> 1) ^ -(folded & 1);
  }
  for (let weight = 128 ** SHORT_BYTES; ; weight *= 128) {
    const byte = bytes[cursor.at++]!;
    folded += (byte & 127) * weight;
    if (byte < 128) return unfolded(folded);
  }
}
function unfolded(folded: number): number {
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
}
