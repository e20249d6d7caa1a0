import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { adjustedPostings } from '../../libs/ledger/adjustments.js';
import { calendarDay } from '../../libs/ledger/calendar.js';
import type { Postings, RecordedEvent } from '../../libs/ledger/events.js';

export interface IncomingEvent {
  ledger: string;
  event: RecordedEvent;
  bytes: StoredEvent['bytes'];
  digits: number;
  time_zone: string;
  recorded_ms: number;
  effective_ms: number;
  /** In the ledger's time zone. */
  day: string;
  backdated: boolean;
  /** Once asked for. */
  moments?: readonly Moment[];
}

/** What an event posts at one moment: its own postings at its own, and what it adjusts of earlier events at theirs. */
export interface Moment extends Pick<IncomingEvent, 'ledger' | 'event' | 'effective_ms' | 'day' | 'backdated'> {
  /** Position of the adjusted event; undefined for the event's own postings. */
  of_position?: number;
  postings: Postings;
}

export function momentsOf(incoming: IncomingEvent): readonly Moment[] {
  incoming.moments ??= madeMoments(incoming);
  return incoming.moments;
}
function madeMoments(incoming: IncomingEvent): Moment[] {
  const { ledger, event, time_zone, recorded_ms } = incoming;
  const postings = event.data as Postings;
  const { effective_ms, day, backdated } = incoming;
  const own: Moment = { ledger, event, effective_ms, day, backdated, postings };
  if (postings.adjusted === undefined || postings.adjusted.length === 0) return [own];
  const adjusted = adjustedPostings(postings.adjusted).map(({ effective_ms, position, postings }): Moment => {
    const day = calendarDay(new Date(effective_ms).toISOString(), time_zone);
    return { ledger, event, effective_ms, day, backdated: effective_ms < recorded_ms, of_position: position, postings };
  });
  return [own, ...adjusted];
}
