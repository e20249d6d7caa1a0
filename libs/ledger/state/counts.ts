/**
 * The counts of each place, so that what happened before a count and is written down after it does not count twice: the count has found
 * its pieces missing, or too many, already.
 */
import type { Minor } from '../money.js';

export interface Counted {
  number: string;
  /** When the shelf was counted, which is when the difference was posted: ISO 8601 UTC. */
  counted_at: string;
  /** What is left of the difference to what was expected, and its value: what was found is positive. */
  difference: number;
  value: Minor;
}
/** A value, in the order of `counted_at`. Older counts may have been dropped: those up to the instant `floor`. */
export interface Counts {
  list: readonly Counted[];
  floor: string;
}

/** Beyond this many the oldest count of a place is dropped, and commands dated before it are refused. */
export const COUNTS_MAX = 100;

const NONE: Counts = { list: [], floor: '' };

export function withCount({ list, floor }: Counts = NONE, counted: Counted): Counts {
  const behind = list.findLastIndex(({ counted_at }) => counted_at <= counted.counted_at) + 1;
  const longer = list.toSpliced(behind, 0, counted);
  return longer.length > COUNTS_MAX ? { list: longer.slice(1), floor: longer[0]!.counted_at } : { list: longer, floor };
}
/** Of the count of that number the difference and its value become larger by so much. */
export function withAdjustment({ list, floor }: Counts = NONE, number: string, quantity: number, value: Minor): Counts {
  const adjusted = (counted: Counted): Counted => ({
    ...counted,
    difference: counted.difference + quantity,
    value: (BigInt(counted.value) + BigInt(value)).toString(),
  });
  return { list: list.map((counted) => (counted.number === number ? adjusted(counted) : counted)), floor };
}
export function withoutCount({ list, floor }: Counts, number: string): Counts {
  return { list: list.filter((counted) => counted.number !== number), floor };
}

/** The first count of a shelf after an instant. */
export function countAfter({ list }: Counts, instant: string): Counted | undefined {
  return list.find(({ counted_at }) => counted_at > instant);
}
