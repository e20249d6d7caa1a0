/** Stock counts of each place, so that a backdated entry does not take out pieces that a later count has already found missing. */
import type { Minor } from '../money.js';

export interface Counted {
  number: string;
  /** When the stock was counted and the difference posted, ISO 8601 UTC. */
  counted_at: string;
  /** What adjustments have left of the difference (+ found) and of its value. */
  difference: number;
  value: Minor;
}
/** Immutable, ordered by `counted_at`. Counts up to the instant `floor` may have been dropped. */
export interface Counts {
  list: readonly Counted[];
  floor: string;
}

/** Beyond it the oldest count of a place is dropped, and commands dated before it are refused. */
export const COUNTS_MAX = 100;

const NONE: Counts = { list: [], floor: '' };

export function withCount({ list, floor }: Counts = NONE, counted: Counted): Counts {
  const behind = list.findLastIndex(({ counted_at }) => counted_at <= counted.counted_at) + 1;
  const longer = list.toSpliced(behind, 0, counted);
  return longer.length > COUNTS_MAX ? { list: longer.slice(1), floor: longer[0]!.counted_at } : { list: longer, floor };
}
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

export function countAfter({ list }: Counts, instant: string): Counted | undefined {
  return list.find(({ counted_at }) => counted_at > instant);
}
