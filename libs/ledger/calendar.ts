import { Temporal } from 'temporal-polyfill';

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * An IANA name that Node and Postgres know alike; no offsets (Postgres reverses the sign), no CET (fixed for Postgres).
 */
export function isTimeZone(time_zone: string): boolean {
  if (time_zone === 'UTC') return true;
  if (!/^[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z0-9_+-]*){1,2}$/.test(time_zone)) return false;
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone: time_zone }) !== undefined;
  } catch {
    return false;
  }
}

/** The last day whose year has four digits. */
export const LAST_DAY = '9999-12-31';

/** yyyy-mm-dd of an ISO 8601 UTC instant, at most LAST_DAY. */
export function calendarDay(instant: string, time_zone: string): string {
  if (time_zone === 'UTC') return instant.slice(0, 10);
  let format = formats.get(time_zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: time_zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(time_zone, format);
  }
  const day = format.format(Date.parse(instant));
  return day.length === LAST_DAY.length ? day : LAST_DAY;
}
export function calendarMonth(instant: string, time_zone: string): string {
  return calendarDay(instant, time_zone).slice(0, 7);
}

const HALF_MINUTE_MS = 30_000;
const DAY_MS = 86_400_000;
/** As `calendarMonth`, of milliseconds since 1970 and for many: those of a day of UTC, or else of a half minute, share the look-up. */
export function monthsOf(time_zone: string): (instant_ms: number) => string {
  const monthAt = (instant_ms: number) => calendarMonth(new Date(instant_ms).toISOString(), time_zone);
  const months = new Map<number, string>();
  let [last, month] = [Number.NaN, ''];
  return (instant_ms) => {
    // Since 1970 months begin at whole half minutes anywhere.
    const step = Math.floor(instant_ms / HALF_MINUTE_MS);
    if (step === last) return month;
    last = step;
    const day = Math.floor(instant_ms / DAY_MS);
    let of_day = months.get(day);
    if (of_day === undefined) {
      const first = monthAt(day * DAY_MS);
      of_day = monthAt((day + 1) * DAY_MS - 1) === first ? first : '';
      months.set(day, of_day);
    }
    month = of_day === '' ? monthAt(instant_ms) : of_day;
    return month;
  };
}

/** ISO 8601 UTC, also where clocks skip midnight. */
export function dayStart(day: string, time_zone: string): string {
  if (time_zone === 'UTC') return new Date(`${day}T00:00:00Z`).toISOString();
  const { epochMilliseconds } = Temporal.PlainDate.from(day).toZonedDateTime(time_zone);
  return new Date(epochMilliseconds).toISOString();
}
export function dayEnd(day: string, time_zone: string): string {
  return day === LAST_DAY ? LAST_INSTANT : justBefore(dayStart(dayAfter(day), time_zone));
}
export function isDay(when: string | undefined): when is string {
  return when !== undefined && /^\d{4}-\d\d-\d\d$/.test(when);
}
/** Of an event of which only the day is known: its end, or now if it is today. */
export function momentOfDay(day: string, time_zone: string, now: string): string {
  return day === calendarDay(now, time_zone) ? now : dayEnd(day, time_zone);
}
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
export function justBefore(instant: string): string {
  return new Date(Date.parse(instant) - 1).toISOString();
}
const LAST_INSTANT = '9999-12-31T23:59:59.999Z';

export function monthBefore(month: string): string {
  return shiftMonth(month, -1);
}
export function monthAfter(month: string): string {
  return shiftMonth(month, 1);
}
function shiftMonth(month: string, step: 1 | -1): string {
  const [year, of_year] = month.split('-').map(Number) as [number, number];
  const months = year * 12 + of_year - 1 + step;
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}`;
}
