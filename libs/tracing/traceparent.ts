/** W3C Trace Context, as far as it is passed on: the header `traceparent` (version 00). */

/** A recorded span: what it sets off belongs to its trace, beneath it. */
export interface Trace {
  /** 32 hex digits. */
  trace_id: string;
  /** 16 hex digits. */
  span_id: string;
}
/** Of a client, which may have chosen not to record it. */
export interface GivenTrace extends Trace {
  is_sampled: boolean;
}

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

export function givenTrace(traceparent: unknown): GivenTrace | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, trace_id, span_id, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (trace_id === undefined || span_id === undefined) return undefined;
  return { trace_id, span_id, is_sampled: (Number.parseInt(flags!, 16) & 1) === 1 };
}

export function traceparentOf({ trace_id, span_id }: Trace): string {
  return `00-${trace_id}-${span_id}-01`;
}

/** Of the command that an event was recorded by, from the event's metadata. */
export function traceIn(metadata: unknown): Trace | undefined {
  const { $correlationId: trace_id, $causationId: span_id } = (metadata ?? {}) as Record<string, unknown>;
  if (typeof trace_id !== 'string' || typeof span_id !== 'string') return undefined;
  return givenTrace(traceparentOf({ trace_id, span_id })) && { trace_id, span_id };
}
