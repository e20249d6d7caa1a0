/** How a number is written: prefix, day in the ledger's time zone, sequence. The next one: decide/next-number.ts. */
import { calendarDay } from './calendar.js';
import { DOCUMENT_KINDS, type DocumentKind } from './document-kinds.js';

/** "SO-251223-0026" → "SO-251223", 26. Sequence 0 for no number of ours. */
export function seriesOf(number: string): { series: string; sequence: number } {
  const match = /^([A-Z]{2}-[0-9]{6})-([0-9]{4,15})$/.exec(number);
  if (match === null) return { series: '', sequence: 0 };
  const sequence = Number(match[2]);
  // One spelling only: "SO-251223-00001" is not number 1.
  return formatNumber(match[1]!, sequence) === number ? { series: match[1]!, sequence } : { series: '', sequence: 0 };
}

/** From 1; four digits, growing past 9999. */
export function formatNumber(series: string, sequence: number): string {
  return `${series}-${String(sequence).padStart(4, '0')}`;
}
export function seriesAt(kind: DocumentKind, instant: string, time_zone: string): string {
  return `${DOCUMENT_KINDS[kind].prefix}-${calendarDay(instant, time_zone).slice(2).replaceAll('-', '')}`;
}
