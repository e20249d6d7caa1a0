/**
 * Blocks of days, in which backdated rows (recorded later than they happened) are summed up. Blocks of each size are numbered from 1970
 * on, and four of them are one of the next size.
 */
export const BLOCK_DAYS = [1, 4, 16, 64] as const;

/** The blocks in which backdated rows may count, each wholly before the moment's own day, and that day. */
export interface Backdated {
  /** One for each size, also where it has no blocks: so all queries are the same statement. */
  before: { days: number; blocks: number[] }[];
  day: number;
  /** No backdated row behind this position fell on any of these days. */
  last: number;
}

/** `days`: those with backdated rows, as numbers; `moment`: yyyy-mm-dd. Each day goes into the largest block that ends before the moment's day. */
export function backdatedBlocks(days: readonly number[], last: number, moment: string): Backdated | undefined {
  const own_day = dayNumber(moment);
  if (!days.some((day) => day <= own_day)) return undefined;
  const blocks = new Map(BLOCK_DAYS.map((size) => [size, new Set<number>()]));
  for (const day of days) {
    const size = BLOCK_DAYS.findLast((size) => Math.floor(day / size) < Math.floor(own_day / size));
    if (size !== undefined) blocks.get(size)!.add(Math.floor(day / size));
  }
  return { day: own_day, last, before: [...blocks].map(([days, found]) => ({ days, blocks: [...found] })) };
}

/** Days since 1970. */
export function dayNumber(day: string): number {
  return Date.parse(day) / 86_400_000;
}
