/** Spans of commands that were decided together. A batch serves many traces: it is part of the first one, and linked with the others. */
import type { Trace } from '../tracing/traceparent.js';
import { isTracing, recordSpan } from '../tracing/tracing.js';
import type { Result } from './batch.js';
import type { QueuedGroup } from './command-queue.js';

interface BatchTimes {
  began_ms: number;
  decided_ms: number;
}

/** That are recorded; none where nothing is traced. */
export function tracedIn(groups: readonly QueuedGroup[]): QueuedGroup[] {
  return isTracing() ? groups.filter((group) => traceOf(group) !== undefined) : [];
}

/** Of one that is traced; all of a group come from one request. */
export function traceOf({ submissions }: QueuedGroup): Trace | undefined {
  return submissions[0]?.envelope.trace;
}

/**
 * Call when the log has said what became of the events, and before anybody is answered. A batch that lost a race has a span for each time that it
 * was decided; its commands have theirs at the end.
 * @param results of the first groups, where they are final
 */
export function traceBatch(
  ledger_id: string,
  groups: readonly QueuedGroup[],
  { began_ms, decided_ms }: BatchTimes,
  outcome: { events: number; is_done: boolean; results: readonly Result[][] },
): void {
  const traced = tracedIn(groups);
  const [first] = traced;
  if (first === undefined) return;
  const { events, is_done, results } = outcome;
  const ledger = { 'factory_ledger.ledger': ledger_id };
  const batch = recordSpan('batch', {
    parent: traceOf(first),
    began_ms,
    links: traced.map((group) => traceOf(group)!),
    attributes: {
      ...ledger,
      'factory_ledger.batch.commands': groups.length,
      'factory_ledger.batch.events': events,
      'factory_ledger.batch.lost_race': !is_done,
    },
  });
  if (batch === undefined) return;
  recordSpan('decide', { parent: batch, began_ms, ended_ms: decided_ms });
  if (events > 0) recordSpan('append', { parent: batch, began_ms: decided_ms, kind: 'client' });
  if (!is_done) return;
  for (const group of traced) {
    const of_group = results[groups.indexOf(group)];
    // What did not fit is decided in the next batch.
    if (of_group === undefined) continue;
    const parent = traceOf(group);
    recordSpan('queue', { parent, began_ms: group.since_ms, ended_ms: began_ms, attributes: ledger });
    recordSpan('record', {
      parent,
      began_ms,
      links: [batch],
      attributes: { ...ledger, ...whatBecameOf(group, of_group) },
    });
  }
}

function whatBecameOf({ mode, submissions }: QueuedGroup, results: readonly Result[]): Record<string, string> {
  const last = results.at(-1);
  return {
    'factory_ledger.command': submissions[0]!.command.type,
    'factory_ledger.outcome': mode === 'dry' ? 'dry_run' : `${last?.outcome}`,
    ...(last?.outcome === 'refused' && { 'factory_ledger.refusal': last.refusal.code }),
  };
}
