/** Blocks of days, numbered from 1970, in which backdated rows are summed up. Four are one of the next size. */
export const BLOCK_DAYS = [1, 4, 16, 64] as const;

export interface Backdated {
  /** One for each size, even if empty, so that all queries are the same statement. */
  before: { days: number; blocks: number[] }[];
  day: number;
  /** No row behind this position fell on these days. */
  last: number;
}

/** Each day goes into the largest block that ends before the moment's day (yyyy-mm-dd). */
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

export function dayNumber(day: string): number {
  return Date.parse(day) / 86_400_000;
}
/** yyyy-mm-dd */
export function dayOf(number: number): string {
  return new Date(number * 86_400_000).toISOString().slice(0, 'yyyy-mm-dd'.length);
}
