/** A cursor names the last row of a page by its key, so that rows recorded later shift nothing. */
import { createHash } from 'node:crypto';
import { QueryRefused } from '../database/query-refused.js';

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
  position: number;
}
/** Of a list that can be read backwards, too. */
export interface PageBetween<T> extends Page<T> {
  prev_cursor: string | null;
}
export interface Paging {
  limit?: number;
  cursor?: string;
}
export const LIMIT_DEFAULT = 100;

/** Effective time, both included. */
export interface PeriodFilter {
  from?: string;
  to?: string;
}

type Key = (string | number)[];

/** Ties a cursor to its list. No secret: a forged cursor reveals nothing that its reader could not ask for. */
function markOf(list: string, key: string): string {
  return createHash('sha256').update(`factory-ledger cursor\n${list}\n${key}`).digest('base64url').slice(0, 12);
}

export function cursorAfter(list: string, key: Key): string {
  const text = JSON.stringify(key);
  return `${markOf(list, text)}${Buffer.from(text).toString('base64url')}`;
}

interface Part {
  text: string;
  whole: number;
  /** As Postgres writes them. */
  bigint: string;
  date: string;
  timestamptz: string;
}
/** A forged cursor brings no other type into a query. */
const PASSES: { [K in keyof Part]: (part: unknown) => boolean } = {
  text: (part) => typeof part === 'string' && part.isWellFormed() && !part.includes('\0'),
  whole: (part) => Number.isSafeInteger(part),
  bigint: (part) => typeof part === 'string' && /^-?\d{1,18}$/.test(part),
  date: (part) => typeof part === 'string' && /^[1-9]\d{3}-\d\d-\d\d$/.test(part) && isInstant(`${part}T00:00:00.000Z`),
  timestamptz: (part) => {
    const [, day, time, fraction = ''] =
      (typeof part === 'string' && /^([1-9]\d{3}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?\+00$/.exec(part)) || [];
    return day !== undefined && isInstant(`${day}T${time}.${fraction.padEnd(3, '0')}Z`);
  },
};
function isInstant(iso: string): boolean {
  const ms = Date.parse(iso);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === iso;
}

/** @throws QueryRefused invalid_cursor for any text but a cursor of this list */
export function readCursor<K extends (keyof Part)[]>(
  list: string,
  cursor: string | undefined,
  ...types: K
): { [I in keyof K]: Part[K[I]] } | undefined {
  if (cursor === undefined) return undefined;
  if (!/^[\w-]{13,2000}$/.test(cursor)) throw new QueryRefused('invalid_cursor');
  const text = Buffer.from(cursor.slice(12), 'base64url').toString();
  if (Buffer.from(text).toString('base64url') !== cursor.slice(12)) throw new QueryRefused('invalid_cursor');
  if (markOf(list, text) !== cursor.slice(0, 12)) throw new QueryRefused('invalid_cursor');
  const key = keyIn(text);
  const fits = Array.isArray(key) && key.length === types.length && types.every((type, at) => PASSES[type](key[at]));
  if (!fits) throw new QueryRefused('invalid_cursor');
  return key as { [I in keyof K]: Part[K[I]] };
}
function keyIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `rows`: one more than `limit` was asked for. */
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

interface Read {
  limit: number;
  position: number;
  list: string;
  /** It began behind a row, which a cursor named. */
  after: boolean;
  /** It was read from there towards the beginning. */
  back: boolean;
}

/** `rows`: as read, one more than `limit` was asked for. `keyOf` says in the key in which direction the cursor leads. */
export function pageBetween<R, T>(
  rows: readonly R[],
  { limit, position, list, after, back }: Read,
  keyOf: (row: R, back: boolean) => Key,
  shape: (row: R) => T,
): PageBetween<T> {
  const shown = rows.slice(0, limit);
  if (back) shown.reverse();
  const [first, last] = [shown.at(0), shown.at(-1)];
  const more = rows.length > limit;
  const cursor = (row: R | undefined, towards_begin: boolean, is_there: boolean) =>
    is_there && row !== undefined ? cursorAfter(list, keyOf(row, towards_begin)) : null;
  return {
    data: shown.map(shape),
    next_cursor: cursor(last, false, back || more),
    prev_cursor: cursor(first, true, back ? more : after),
    position,
  };
}
