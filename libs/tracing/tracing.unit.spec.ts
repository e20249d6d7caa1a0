import { afterEach, expect, test } from '@jest/globals';
import { givenTrace, traceIn, traceparentOf } from './traceparent.js';
import { activeTraceId, inTrace, isTracing, openSpan, recordSpan, startTracing, stopTracing } from './tracing.js';

const TRACE = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' };

test('traceparent is read as W3C says, and anything else is not there', () => {
  const given = (flags: string) => givenTrace(`00-${TRACE.trace_id}-${TRACE.span_id}-${flags}`);
  expect(given('01')).toEqual({ ...TRACE, is_sampled: true });
  expect(given('03')).toEqual({ ...TRACE, is_sampled: true });
  expect(given('00')).toEqual({ ...TRACE, is_sampled: false });
  expect(givenTrace(traceparentOf(TRACE))).toEqual({ ...TRACE, is_sampled: true });
  for (const bad of [
    ...['', 'evil', `00-${TRACE.trace_id}-${TRACE.span_id}`, `00-${TRACE.trace_id}-${TRACE.span_id}-01-more`],
    ...[`00-${'0'.repeat(32)}-${TRACE.span_id}-01`, `00-${TRACE.trace_id}-${'0'.repeat(16)}-01`],
    ...[`00-${TRACE.trace_id.toUpperCase()}-${TRACE.span_id}-01`, `ff-${TRACE.trace_id}-${TRACE.span_id}-01`],
    ...[undefined, 7, ['00']],
  ])
    expect([bad, givenTrace(bad)]).toEqual([bad, undefined]);
});

test('the metadata of an event tells its trace where it holds one, whoever wrote it', () => {
  const { trace_id: $correlationId, span_id: $causationId } = TRACE;
  expect(traceIn({ actor: 'ann', $correlationId, $causationId })).toEqual(TRACE);
  for (const metadata of [
    ...[null, undefined, {}, { $correlationId }, { $correlationId: 'an order', $causationId: 'another' }],
    ...[
      { $correlationId: [$correlationId], $causationId },
      { $correlationId, $causationId: 'x\r\ny: z' },
    ],
  ])
    expect(traceIn(metadata)).toBeUndefined();
});

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

test.each([
  {},
  { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'TRUE' },
  { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9', OTEL_TRACES_EXPORTER: 'none' },
])('with %o nothing is traced', async (env) => {
  Object.assign(process.env, env);
  await startTracing('a service', () => {});
  expect(isTracing()).toBe(false);
  expect(openSpan('span', { parent: TRACE })).toBeUndefined();
  expect(recordSpan('span', { parent: TRACE })).toBeUndefined();
  expect(inTrace(TRACE, () => activeTraceId() ?? 'nothing')).toBe('nothing');
  await stopTracing();
});

test('with a collector that is away all goes on, settings that are wrong are named, and its end does not wait', async () => {
  const lines: string[] = [];
  Object.assign(process.env, {
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT: '300' },
    ...{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_TRACES_SAMPLER: 'sometimes', OTEL_TRACES_SAMPLER_ARG: '7' },
  });
  await startTracing('a service', (line) => lines.push(line));
  const span = openSpan('span', { parent: undefined })!;
  expect(span.trace).toEqual({ trace_id: span.trace_id, span_id: expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(inTrace(span.trace, activeTraceId)).toBe(span.trace_id);
  expect(recordSpan('child', { parent: span.trace })?.trace_id).toBe(span.trace_id);
  expect(openSpan('unsampled', { parent: { ...TRACE, is_sampled: false } })).toMatchObject({
    trace_id: TRACE.trace_id,
    trace: undefined,
  });
  span.end();
  const since_ms = performance.now();
  await stopTracing();
  expect(performance.now() - since_ms).toBeLessThan(4000);
  expect(lines.join('\n')).toMatch(/PROTOCOL is grpc[\s\S]*ARG is 7[\s\S]*SAMPLER is sometimes/);
});
