/** Lists of integers by the position of an event, packed by the thousand. For events of which most have none. */
import { appended, emptyPacked, type Packed, packed, readNext } from './packed.js';

/** Immutable pages. A page holds entries: position within the page, count, and so many numbers. */
export type PositionIndex = Map<string, Packed>;

const POSITIONS_PER_PAGE = 1024;

export function pageOf(position: number): string {
  return `${Math.floor(position / POSITIONS_PER_PAGE)}`;
}
export function firstOfPage(position: number): number {
  return position - (position % POSITIONS_PER_PAGE);
}

/** A page with an entry more, whose position must have none. */
export function withEntry(page: Packed | undefined, position: number, numbers: readonly number[]): Packed {
  return appended(page ?? emptyPacked(), [position % POSITIONS_PER_PAGE, numbers.length, ...numbers]);
}

/** The page of entries by position, all of one page. */
export function packedEntries(entries: ReadonlyMap<number, readonly number[]>): Packed {
  const numbers: number[] = [];
  entries.forEach((list, position) => {
    numbers.push(position % POSITIONS_PER_PAGE, list.length);
    for (const number of list) numbers.push(number);
  });
  return packed(numbers);
}

export function entryAt(index: PositionIndex, position: number): number[] | undefined {
  const page = index.get(pageOf(position));
  if (page === undefined) return undefined;
  const wanted = position % POSITIONS_PER_PAGE;
  const cursor = { bytes: page.bytes, at: 0 };
  while (cursor.at < page.used) {
    const at = readNext(cursor);
    let count = readNext(cursor);
    const numbers: number[] = [];
    for (; count > 0; count -= 1) {
      const number = readNext(cursor);
      if (at === wanted) numbers.push(number);
    }
    if (at === wanted) return numbers;
  }
  return undefined;
}

/** All entries of a page, by position. */
export function entriesOf(index: PositionIndex, page: string): Map<number, number[]> {
  const packed = index.get(page);
  const entries = new Map<number, number[]>();
  if (packed === undefined) return entries;
  const first = Number(page) * POSITIONS_PER_PAGE;
  const cursor = { bytes: packed.bytes, at: 0 };
  while (cursor.at < packed.used) {
    const position = first + readNext(cursor);
    const count = readNext(cursor);
    const numbers: number[] = [];
    for (let left = count; left > 0; left -= 1) numbers.push(readNext(cursor));
    entries.set(position, numbers);
  }
  return entries;
}
