import { sql } from 'kysely';
import { calendarDay } from '../../libs/ledger/calendar.js';
import { QueryRefused } from '../database/query-refused.js';
import { type Db, TABLES_VERSION } from '../database/tables.js';
import { type Backdated, backdatedBlocks } from './blocks.js';

/** `as_of` cuts by effective time, `known_at` or `position` by recorded time. Instants are ISO 8601 UTC. */
export interface AsOfQuery {
  ledger: string;
  as_of?: string;
  known_at?: string;
  /** Beyond the last position it means the last. */
  position?: number;
}

export interface AsOf {
  ledger: string;
  currency: string;
  digits: number;
  time_zone: string;
  /** The last position that counts; asked for again, it gives the same answer. */
  position: number;
  /** Nothing was left out. */
  present: boolean;
  as_of: string | undefined;
  /** The recorded time asked for, by `known_at` or as that of `position`; cuts security events. */
  recorded_by: string | undefined;
  /** Rows up to it all count (nothing is recorded before it happens); of those after it only backdated ones. */
  as_of_position: number;
  /** Where those can be; undefined: nowhere. */
  backdated: Backdated | undefined;
}

interface Found {
  version: number;
  currency: string;
  digits: number;
  time_zone: string;
  head: bigint | null;
  known: bigint;
  as_of_position: bigint;
  recorded_at: string | null;
  backdated_days: number[] | null;
  backdated_last: bigint | null;
}

const lastBy = (instant: string | undefined) =>
  instant === undefined
    ? sql`l.position`
    : sql`coalesce((SELECT position FROM events e WHERE e.ledger = l.ledger AND e.recorded_at <= ${instant}
        ORDER BY e.recorded_at DESC, e.position DESC LIMIT 1), -1)`;

const recordedAt = (position: number) =>
  sql`(SELECT e.recorded_at FROM events e WHERE e.ledger = l.ledger AND e.position = ${position})`;

/** A day too many does not matter. */
const backdatedBy = (ledger: string, instant: string) =>
  sql`SELECT array_agg(d.day - DATE '1970-01-01') AS backdated_days, max(d.position) AS backdated_last FROM backdated_days d
    WHERE d.ledger = ${ledger} AND d.position > b.as_of_position AND d.day <= (${instant}::timestamptz AT TIME ZONE 'UTC')::date + 1`;

/** @throws QueryRefused unknown_ledger, read_models_missing */
export async function resolveAsOf(db: Db, query: AsOfQuery): Promise<AsOf> {
  const { ledger, as_of, known_at, position } = query;
  const { rows } = await sql<Found>`
    SELECT *
    FROM meta m LEFT JOIN (SELECT l.currency, l.digits, l.time_zone, l.position AS head, ${lastBy(known_at)} AS known, ${lastBy(as_of)} AS as_of_position,
        ${position === undefined ? sql`NULL` : recordedAt(position)} AS recorded_at
      FROM ledgers l WHERE l.ledger = ${ledger} AND l.position >= 0) b ON true
    LEFT JOIN LATERAL (${as_of === undefined ? sql`SELECT` : backdatedBy(ledger, as_of)}) backdated ON true`.execute(
    db,
  );
  const found = rows[0];
  if (found?.version !== TABLES_VERSION) throw new QueryRefused('read_models_missing');
  if (found.head === null) throw new QueryRefused('unknown_ledger', { ledger_id: ledger });
  const head = Number(found.head);
  const last = Math.min(head, Number(found.known), position ?? head);
  const as_of_position = Math.min(last, Number(found.as_of_position));
  return {
    ledger,
    currency: found.currency,
    digits: found.digits,
    time_zone: found.time_zone,
    position: last,
    present: as_of_position === head,
    as_of,
    recorded_by: [known_at, found.recorded_at ?? undefined].filter((instant) => instant !== undefined).sort()[0],
    as_of_position,
    backdated:
      as_of_position < last
        ? backdatedBlocks(
            found.backdated_days ?? [],
            Number(found.backdated_last),
            calendarDay(as_of!, found.time_zone),
          )
        : undefined,
  };
}
