/**
 * Spans where a command or an event waits, crosses a process or is worked on with others (docs/decisions/tracing.md). Without a collector nothing
 * of OpenTelemetry is loaded, and each function here returns at once. No attribute holds what names a person, or a secret.
 */
import type { Attributes, Context, Span, SpanKind } from '@opentelemetry/api';
import type { Sdk } from './sdk.js';
import type { GivenTrace, Trace } from './traceparent.js';

export type Kind = 'server' | 'client' | 'internal' | 'consumer';
/** All times are of `performance.now()`. */
export interface SpanOptions {
  /** Undefined: the first span of a trace. */
  parent: Trace | GivenTrace | undefined;
  kind?: Kind;
  began_ms?: number;
  attributes?: Attributes;
  links?: readonly Trace[];
}
export interface OpenSpan {
  /** Also where it is not recorded. */
  trace_id: string;
  /** Undefined where it is not recorded: then nothing is passed on. */
  trace: Trace | undefined;
  end(attributes?: Attributes, outcome?: { is_failed?: boolean; name?: string; ended_ms?: number }): void;
}

let sdk: Sdk | undefined;

/**
 * By the standard variables: OTEL_EXPORTER_OTLP_ENDPOINT or …_TRACES_ENDPOINT starts it, unless OTEL_SDK_DISABLED or OTEL_TRACES_EXPORTER says
 * otherwise. Call before anything else.
 * @param service the default of OTEL_SERVICE_NAME
 */
export async function startTracing(service: string, log: (line: string) => void): Promise<void> {
  if (sdk !== undefined || !isWanted(process.env)) return;
  const { startSdk } = await import('./sdk.js');
  sdk = startSdk(service, process.env, log);
}

function isWanted(env: NodeJS.ProcessEnv): boolean {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  return Boolean(endpoint) && env.OTEL_SDK_DISABLED?.toLowerCase() !== 'true' && env.OTEL_TRACES_EXPORTER !== 'none';
}

/** Sends what is left, for a moment. */
export async function stopTracing(): Promise<void> {
  const ending = sdk?.stop();
  sdk = undefined;
  await ending;
}

export function isTracing(): boolean {
  return sdk !== undefined;
}

/** Undefined where nothing is traced. */
export function openSpan(name: string, options: SpanOptions): OpenSpan | undefined {
  if (sdk === undefined) return undefined;
  const span = spanOf(sdk, name, options);
  const { trace_id, trace } = idsOf(span);
  return {
    trace_id,
    trace,
    end(attributes, { is_failed = false, name: better, ended_ms } = {}) {
      if (better !== undefined) span.updateName(better);
      endSpan(span, attributes, is_failed, ended_ms);
    },
  };
}

/** What is over already. @returns its ids; undefined where it is not recorded */
export function recordSpan(
  name: string,
  { is_failed = false, ended_ms, ...options }: SpanOptions & { is_failed?: boolean; ended_ms?: number },
): Trace | undefined {
  if (sdk === undefined) return undefined;
  const span = spanOf(sdk, name, options);
  endSpan(span, undefined, is_failed, ended_ms);
  return idsOf(span).trace;
}

/** What is logged meanwhile has the trace's id. */
export function inTrace<T>(trace: Trace | undefined, work: () => T): T {
  if (sdk === undefined || trace === undefined) return work();
  return sdk.api.context.with(contextOf(sdk, trace), work);
}

/** Of the log line that is being written. */
export function activeTraceId(): string | undefined {
  return sdk?.api.trace.getActiveSpan()?.spanContext().traceId;
}

const KINDS: Record<Kind, SpanKind> = { internal: 0, server: 1, client: 2, consumer: 4 };
const SAMPLED = 1;
const ERROR = 2;

function spanOf(
  { api, tracer }: Sdk,
  name: string,
  { parent, kind = 'internal', began_ms, attributes, links = [] }: SpanOptions,
): Span {
  return tracer.startSpan(
    name,
    {
      kind: KINDS[kind],
      ...(began_ms !== undefined && { startTime: began_ms }),
      ...(attributes !== undefined && { attributes }),
      links: links.map((link) => ({ context: spanContextOf(link) })),
    },
    parent === undefined ? api.ROOT_CONTEXT : contextOf({ api }, parent),
  );
}
function endSpan(span: Span, attributes: Attributes | undefined, is_failed: boolean, ended_ms?: number): void {
  if (attributes !== undefined) span.setAttributes(attributes);
  if (is_failed) span.setStatus({ code: ERROR });
  span.end(ended_ms);
}

function contextOf({ api }: Pick<Sdk, 'api'>, trace: Trace | GivenTrace): Context {
  return api.trace.setSpanContext(api.ROOT_CONTEXT, spanContextOf(trace));
}
function spanContextOf(trace: Trace | GivenTrace) {
  const is_sampled = !('is_sampled' in trace) || trace.is_sampled;
  return {
    traceId: trace.trace_id,
    spanId: trace.span_id,
    traceFlags: is_sampled ? SAMPLED : 0,
    isRemote: true,
  };
}

function idsOf(span: Span): Pick<OpenSpan, 'trace_id' | 'trace'> {
  const { traceId: trace_id, spanId: span_id, traceFlags } = span.spanContext();
  return { trace_id, trace: (traceFlags & SAMPLED) === 0 ? undefined : { trace_id, span_id } };
}
