/** Records follow one another without a gap. @throws DamagedLog */
import { withSqliteErrors } from './log-file.js';
import { DamagedLog, endOf, FIRST_POSITION, type RecordedEvent, recordOf } from './record.js';
import type { Statements } from './statements.js';
import type { Head } from './stream-cache.js';

export interface Page {
  events: RecordedEvent[];
  next: number;
  end: boolean;
}

export interface PageLimits {
  events_max: number;
  bytes_max: number;
}

export function streamPage(
  statements: Statements,
  { id, name, last }: Head,
  { from, backwards, first }: { from: number; backwards: boolean; first: number },
  limits: PageLimits,
): Page {
  const start = backwards ? Math.min(from, last) : Math.max(from, first);
  if (start < first || start > last)
    return { events: [], next: backwards ? from : Math.max(from, last + 1), end: true };

  const rows = backwards ? statements.stream_backwards : statements.stream_forwards;
  let next = start;
  const events: RecordedEvent[] = [];
  const { records, full } = recordsWithin(limits, () => rows.iterate(id, start));
  for (const event of records) {
    if (event.revision < first || event.revision !== next || event.stream !== name) break;
    next += backwards ? -1 : 1;
    events.push(event);
  }
  const end = backwards ? next < first : next > last;
  if (!end && !(full && events.length === records.length))
    throw new DamagedLog(`revision ${next} of stream ${name} is missing`);
  return { events, next, end };
}

export function allForwards(statements: Statements, from: number, log_end: number, limits: PageLimits): Page {
  if (from >= log_end) return { events: [], next: from, end: true };
  let next = withSqliteErrors(() => {
    const before = statements.all_backwards.get(from);
    return before ? endOf(recordOf(before)) : FIRST_POSITION;
  });
  const events: RecordedEvent[] = [];
  const { records, full } = recordsWithin(limits, () => statements.all_forwards.iterate(from));
  for (const event of records) {
    if (event.position !== next) break;
    next = endOf(event);
    events.push(event);
  }
  const end = next >= log_end;
  if (!end && !(full && events.length === records.length))
    throw new DamagedLog(`the record at position ${next} is missing`);
  return { events, next, end };
}

export function allBackwards(statements: Statements, from: number, log_end: number, limits: PageLimits): Page {
  let next = Math.min(from, log_end);
  const events: RecordedEvent[] = [];
  const { records, full } = recordsWithin(limits, () => statements.all_backwards.iterate(next));
  for (const event of records) {
    // `from` may lie within a record.
    if (events.length === 0 && from < log_end ? endOf(event) < next : endOf(event) !== next) break;
    next = event.position;
    events.push(event);
  }
  const end = next <= FIRST_POSITION;
  if (!end && !(full && events.length === records.length))
    throw new DamagedLog(`the record before position ${next} is missing`);
  return { events, next, end };
}

function recordsWithin(limits: PageLimits, rows: () => Iterable<unknown>) {
  return withSqliteErrors(() => {
    const records: RecordedEvent[] = [];
    let bytes = 0;
    for (const row of rows()) {
      const record = recordOf(row);
      records.push(record);
      bytes += endOf(record) - record.position;
      if (records.length >= limits.events_max || bytes >= limits.bytes_max) return { records, full: true };
    }
    return { records, full: false };
  });
}
