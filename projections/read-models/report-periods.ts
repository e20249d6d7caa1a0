import { sql } from 'kysely';
import { calendarDay, dayAfter, LAST_DAY } from '../../libs/ledger/calendar.js';
import { type Snapshot } from '../as-of/snapshot.js';
import { zoneForPostgres } from '../as-of/time-zone.js';

export const PERIOD_UNITS = ['day', 'week', 'month'] as const;
export type PeriodUnit = (typeof PERIOD_UNITS)[number];

export interface Period {
  /** The day, the week's Monday, or the month (yyyy-mm). */
  key: string;
  from: string;
  to: string;
}

export function periodOf(day: string, unit: PeriodUnit): string {
  if (unit === 'day') return day;
  if (unit === 'month') return day.slice(0, 7);
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}

/** The first and the last may be cut. */
export function periodsOf(from: string, to: string, unit: PeriodUnit, count = Number.POSITIVE_INFINITY): Period[] {
  const periods: Period[] = [];
  for (let first = from; first <= to && periods.length < count; ) {
    const end = periodEnd(first, unit);
    periods.push({ key: periodOf(first, unit), from: first, to: end < to ? end : to });
    if (end === LAST_DAY) break;
    first = dayAfter(end);
  }
  return periods;
}
export function periodEnd(day: string, unit: PeriodUnit): string {
  if (unit === 'day') return day;
  const first = periodOf(day, unit);
  const date = new Date(`${unit === 'month' ? `${first}-01` : first}T00:00:00Z`);
  if (unit === 'month') date.setUTCMonth(date.getUTCMonth() + 1, 0);
  else date.setUTCDate(date.getUTCDate() + 6);
  const end = date.toISOString().slice(0, 10);
  return end.length === LAST_DAY.length && !end.startsWith('+') ? end : LAST_DAY;
}

/** From the ledger's first event to the last that counts; undefined where none is left. */
export async function daysWithin(
  { trx, ledger, time_zone, position, as_of }: Snapshot,
  { from, to }: { from?: string; to?: string },
): Promise<{ from: string; to: string } | undefined> {
  const zone = zoneForPostgres(time_zone);
  const { rows } = await sql<{ first: string | null; last: string | null }>`
    SELECT (least((SELECT recorded_at FROM events WHERE ledger = ${ledger} ORDER BY recorded_at, position LIMIT 1)
        AT TIME ZONE ${zone}, (SELECT day FROM backdated_days WHERE ledger = ${ledger} AND first_position <= ${position}
          ORDER BY day LIMIT 1)::timestamp))::date AS first,
      (SELECT recorded_at AT TIME ZONE ${zone} FROM events WHERE ledger = ${ledger} AND position = ${position})::date
        AS last`.execute(trx);
  const { first, last } = rows[0]!;
  if (first === null || last === null) return undefined;
  const ends = [
    last,
    ...(to === undefined ? [] : [to]),
    ...(as_of === undefined ? [] : [calendarDay(as_of, time_zone)]),
  ];
  const within = { from: from !== undefined && from > first ? from : first, to: ends.sort()[0]! };
  return within.from > within.to ? undefined : within;
}
