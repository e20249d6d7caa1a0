/** From the log to the rows: the trace of a command goes on where its events become readable. */
import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { bookOf } from '../../libs/event-store/streams.js';
import { type Trace, traceIn } from '../../libs/tracing/traceparent.js';
import { isTracing, recordSpan } from '../../libs/tracing/tracing.js';

/** What is projected later, such as by a new projector, is part of no request any more. */
const FRESH_MS = 3_600_000;

export interface TracedEvent {
  event: StoredEvent;
  trace: Trace;
}

/** None where nothing is traced. */
export function tracedIn(events: readonly StoredEvent[]): TracedEvent[] {
  if (!isTracing()) return [];
  const since_ms = Date.now() - FRESH_MS;
  return events.flatMap((event) => {
    const trace = event.created_ms < since_ms ? undefined : traceIn(event.metadata);
    return trace === undefined ? [] : [{ event, trace }];
  });
}

/** Call when the rows are committed: they are visible at the end of the spans. */
export function traceProjected(traced: readonly TracedEvent[], events: number, began_ms: number): void {
  const [first] = traced;
  if (first === undefined) return;
  const links = traced.map(({ trace }) => trace);
  const attributes = { 'factory_ledger.batch.events': events };
  const batch = recordSpan('project batch', { parent: first.trace, kind: 'consumer', began_ms, links, attributes });
  for (const { event, trace } of traced)
    recordSpan('project', {
      parent: trace,
      kind: 'consumer',
      began_ms,
      links: batch === undefined ? [] : [batch],
      attributes: {
        'factory_ledger.ledger': bookOf(event.stream),
        'factory_ledger.position': event.revision,
        'factory_ledger.event': event.type,
      },
    });
}
