/** Dates of a ledger in its own time zone, and the numbers that carry them. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether days can be told in it: a ledger opened in a zone that is none could never record anything. */
export function isTimeZone(time_zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone: time_zone }) !== undefined;
  } catch {
    return false;
  }
}

/** The calendar day (yyyy-mm-dd) of an instant (ISO 8601 UTC) in an IANA time zone. */
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
  return format.format(Date.parse(instant));
}
export function calendarMonth(instant: string, time_zone: string): string {
  return calendarDay(instant, time_zone).slice(0, 7);
}

export function monthBefore(month: string): string {
  return monthsOn(month, -1);
}
export function monthAfter(month: string): string {
  return monthsOn(month, 1);
}
function monthsOn(month: string, step: 1 | -1): string {
  const [year, of_year] = month.split('-').map(Number) as [number, number];
  const months = year * 12 + of_year - 1 + step;
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}`;
}

/** The kinds of document, by the prefix of their numbers. */
export const PREFIXES = {
  PO: 'purchase',
  BL: 'blow',
  SO: 'sale',
  WS: 'waste',
  ST: 'stock_transfer',
  MT: 'transfer',
  PY: 'payment',
  SC: 'stock_count',
  RT: 'return',
  AP: 'approval',
  RV: 'reservation',
} as const;
export type Prefix = keyof typeof PREFIXES;
export type DocumentKind = (typeof PREFIXES)[Prefix];

/** "SO-251223-0026" → series "SO-251223", sequence 26. Sequence 0 for anything that is no number of ours. */
export function seriesOf(number: string): { series: string; sequence: number } {
  const match = /^([A-Z]{2}-[0-9]{6})-([0-9]{4,15})$/.exec(number);
  if (match === null) return { series: '', sequence: 0 };
  const sequence = Number(match[2]);
  // A sequence is written one way only: "SO-251223-00001" is not number 1.
  return formatNumber(match[1]!, sequence) === number ? { series: match[1]!, sequence } : { series: '', sequence: 0 };
}

export function kindOf(number: string): DocumentKind | undefined {
  return PREFIXES[number.slice(0, 2) as Prefix];
}

/** Number `sequence` (from 1) of a series; four digits, growing past 9999. */
export function formatNumber(series: string, sequence: number): string {
  return `${series}-${String(sequence).padStart(4, '0')}`;
}
/** The series of a kind of document on the day of an instant. */
export function seriesAt(prefix: Prefix, instant: string, time_zone: string): string {
  return `${prefix}-${calendarDay(instant, time_zone).slice(2).replaceAll('-', '')}`;
}
