/** A date that the calendar does not have is refused, never moved to the next day. */

const YEARS = { first: 1970, last: 9999 };
const OFFSET_MINUTES_MAX = 14 * 60;
const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,3})0*)?(?:[Zz]|([+-])(\d{2}):([0-5]\d))$/;

export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  if (Number(value.slice(0, 4)) < YEARS.first) return false;
  const time_ms = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time_ms) && new Date(time_ms).toISOString().startsWith(value);
}

export function isMonth(value: unknown): value is string {
  return isDay(`${value}-01`);
}

/** RFC 3339 with an offset as UTC; a bare day as it is. */
export function instantOrDay(value: unknown): string | undefined {
  return isDay(value) ? value : isoInstant(value);
}

function isoInstant(value: unknown): string | undefined {
  const match = typeof value === 'string' ? RFC_3339.exec(value) : null;
  if (match === null) return undefined;
  const [, day, hour, minute, second, fraction = '', sign, offset_hours = '0', offset_minutes = '0'] = match;
  const offset = Number(offset_hours) * 60 + Number(offset_minutes);
  if (!isDay(day) || offset > OFFSET_MINUTES_MAX) return undefined;
  const local_ms = Date.parse(`${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0')}Z`);
  const instant = new Date(local_ms - (sign === '-' ? -offset : offset) * 60_000);
  const year = instant.getUTCFullYear();
  return year >= YEARS.first && year <= YEARS.last ? instant.toISOString() : undefined;
}
