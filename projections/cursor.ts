/** Where a page ended, as a text that only this program writes: it names the last row by its key, so later rows move nothing. */
import { createHash } from 'node:crypto';
import { QueryRefused } from './scope.js';

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
  position: number;
}
/** 1 … 1000 rows; the cursor of the page before. */
export interface Paging {
  limit?: number;
  cursor?: string;
}
export const LIMIT_DEFAULT = 100;

type Key = (string | number)[];

/** The mark makes a cursor of another list, or one made by hand, worthless. It is no secret: what a cursor says, a reader may ask anyway. */
function markOf(list: string, key: string): string {
  return createHash('sha256').update(`factory-ledger cursor\n${list}\n${key}`).digest('base64url').slice(0, 12);
}

/** `list` names the list and its filters. */
export function cursorAfter(list: string, key: Key): string {
  const text = JSON.stringify(key);
  return `${markOf(list, text)}${Buffer.from(text).toString('base64url')}`;
}

/** @throws QueryRefused invalid_cursor for anything but a cursor of this very list. */
export function readCursor(list: string, cursor: string | undefined): Key | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor.slice(12), 'base64url').toString();
  if (!/^[\w-]{13,2000}$/.test(cursor) || markOf(list, text) !== cursor.slice(0, 12))
    throw new QueryRefused('invalid_cursor');
  return JSON.parse(text) as Key;
}

/** Cuts `rows`, of which one more than `limit` was asked for, to a page. */
export function pageOf<R, T>(
  rows: R[],
  limit: number,
  position: number,
  list: string,
  keyOf: (row: R) => Key,
  shape: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next_cursor = rows.length > limit && last !== undefined ? cursorAfter(list, keyOf(last)) : null;
  return { data: shown.map(shape), next_cursor, position };
}
