/** Which books a question is about, and as of when. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { calendarDay } from '../../libs/ledger/calendar.js';
import { type Db, LATE_DAYS, TABLES_VERSION } from '../engine/tables.js';

/** As a reader asks: `as_of` by when it happened, `known_at` or `position` by what was recorded by then. Instants are ISO 8601 UTC with milliseconds. */
export interface AsOfQuery {
  ledger: string;
  as_of?: string;
  known_at?: string;
  /** Beyond the end of the books it means their end. */
  position?: number;
}

/** A scope looked up: what decides whether a row counts. */
export interface AsOf {
  ledger: string;
  currency: string;
  digits: number;
  time_zone: string;
  /** The last position that counts; every answer says it, so that the same question can be asked again. */
  position: number;
  /** Nothing was left out: the answer is the present one. */
  present: boolean;
  as_of: string | undefined;
  /** The recorded time that was asked for, by `known_at` or as that of `position`: it cuts what is not of the ledger. */
  recorded_by: string | undefined;
  /**
   * Up to here every row counts, for what is recorded by `as_of` happened by `as_of`. From here to `position` only rows that happened by
   * `as_of` count, and those are all late. Equal to `position` where no `as_of` was asked for.
   */
  as_of_position: number;
  /** Where such late rows can be; undefined where there are none. */
  late: LateRows | undefined;
}

/** The blocks of days in which late rows may count, each wholly before the moment's own day, and that day; all counted since 1970. */
export interface LateRows {
  before: { days: number; blocks: number[] }[];
  day: number;
  /** No late row behind this position fell on any of these days. */
  last: number;
}

/** Why a question has no answer. A value for the caller to map; `facts` hold no secret. */
export class QueryRefused extends Error {
  override readonly name = 'QueryRefused';
  constructor(
    readonly code: 'unknown_ledger' | 'invalid_cursor' | 'read_models_missing',
    readonly details: Record<string, unknown> = {},
  ) {
    super(code);
  }
}

interface Found {
  version: number;
  currency: string;
  digits: number;
  time_zone: string;
  /** null where there is no such ledger, and so are the others. */
  head: bigint | null;
  known: bigint;
  as_of_position: bigint;
  recorded_at: string | null;
  late_days: number[] | null;
  late_last: bigint | null;
}

const lastBy = (instant: string | undefined) =>
  instant === undefined
    ? sql`l.position`
    : sql`coalesce((SELECT position FROM events e WHERE e.ledger = l.ledger AND e.recorded_at <= ${instant}
        ORDER BY e.recorded_at DESC, e.position DESC LIMIT 1), -1)`;

const recordedAt = (position: number) =>
  sql`(SELECT e.recorded_at FROM events e WHERE e.ledger = l.ledger AND e.position = ${position})`;

/** The days on which something had happened by the instant that was recorded later; a day too many does not matter. */
const lateBy = (ledger: string, instant: string) =>
  sql`SELECT array_agg(d.day - DATE '1970-01-01') AS late_days, max(d.position) AS late_last FROM late_days d
    WHERE d.ledger = ${ledger} AND d.position > b.as_of_position AND d.day <= (${instant}::timestamptz AT TIME ZONE 'UTC')::date + 1`;

/** @throws QueryRefused unknown_ledger; read_models_missing where the tables are those of another version */
export async function resolveAsOf(db: Db, query: AsOfQuery): Promise<AsOf> {
  const { ledger, as_of, known_at, position } = query;
  const { rows } = await sql<Found>`
    SELECT *
    FROM meta m LEFT JOIN (SELECT l.currency, l.digits, l.time_zone, l.position AS head, ${lastBy(known_at)} AS known, ${lastBy(as_of)} AS as_of_position,
        ${position === undefined ? sql`NULL` : recordedAt(position)} AS recorded_at
      FROM ledgers l WHERE l.ledger = ${ledger} AND l.position >= 0) b ON true
    LEFT JOIN LATERAL (${as_of === undefined ? sql`SELECT` : lateBy(ledger, as_of)}) late ON true`.execute(db);
  const found = rows[0];
  if (found?.version !== TABLES_VERSION) throw new QueryRefused('read_models_missing');
  if (found.head === null) throw new QueryRefused('unknown_ledger', { ledger_id: ledger });
  const head = Number(found.head);
  const until = Math.min(head, Number(found.known), position ?? head);
  const as_of_position = Math.min(until, Number(found.as_of_position));
  return {
    ledger,
    currency: found.currency,
    digits: found.digits,
    time_zone: found.time_zone,
    position: until,
    present: as_of_position === head,
    as_of,
    recorded_by: [known_at, found.recorded_at ?? undefined].filter((instant) => instant !== undefined).sort()[0],
    as_of_position,
    late:
      as_of_position < until
        ? lateRows(found.late_days ?? [], Number(found.late_last), calendarDay(as_of!, found.time_zone))
        : undefined,
  };
}

/**
 * `late_days` are numbers of days. Each goes into the largest block that ends before the moment's own day. Every size is told, also without
 * blocks, so that all questions are the same statement.
 */
export function lateRows(late_days: readonly number[], last: number, moment: string): LateRows | undefined {
  const day = dayNumber(moment);
  if (!late_days.some((late) => late <= day)) return undefined;
  const blocks = new Map(LATE_DAYS.map((days) => [days, new Set<number>()]));
  for (const late of late_days) {
    const days = LATE_DAYS.findLast((size) => Math.floor(late / size) < Math.floor(day / size));
    if (days !== undefined) blocks.get(days)!.add(Math.floor(late / days));
  }
  return { day, last, before: [...blocks].map(([days, found]) => ({ days, blocks: [...found] })) };
}

/** Days from 1970 on. */
export function dayNumber(day: string): number {
  return Date.parse(day) / 86_400_000;
}

// ── Waiting ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Waiter {
  ledger: string;
  position: number;
  resolve: (reached: boolean) => void;
}
interface Watch {
  waiters: Set<Waiter>;
  looking: boolean;
}
const poll_ms = 10;
const watches = new WeakMap<Db, Watch>();

/**
 * Whether the read models hold `position` of the ledger, once they do or after `timeout_ms`. All who wait share one look at the database
 * every few milliseconds, however many they are. Never rejects: a database that is away holds nothing yet.
 */
export async function waitForPosition(db: Db, ledger: string, position: number, timeout_ms: number): Promise<boolean> {
  const watch = watches.get(db) ?? { waiters: new Set(), looking: false };
  watches.set(db, watch);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const waiter = { ledger, position, resolve };
  watch.waiters.add(waiter);
  if (!watch.looking) lookWhileAnyWaits(db, watch).catch(() => {});
  const timer = setTimeout(resolve, timeout_ms, false);
  const reached = await promise;
  clearTimeout(timer);
  watch.waiters.delete(waiter);
  return reached;
}

async function lookWhileAnyWaits(db: Db, watch: Watch): Promise<void> {
  watch.looking = true;
  while (watch.waiters.size > 0) {
    const wanted = [...new Set([...watch.waiters].map(({ ledger }) => ledger))];
    const query = sql<{
      ledger: string;
      position: bigint;
    }>`SELECT ledger, position FROM ledgers WHERE ledger = ANY(${wanted})`;
    const rows = await query.execute(db).then(
      ({ rows }) => rows,
      () => [],
    );
    const positions = new Map(rows.map(({ ledger, position }) => [ledger, Number(position)]));
    for (const { ledger, position, resolve } of watch.waiters)
      if ((positions.get(ledger) ?? -1) >= position) resolve(true);
    await sleep(poll_ms);
  }
  watch.looking = false;
}
