/** A span a request, where requests are traced. It names the route, never the address, which may hold names. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { givenTrace, type Trace } from '../../../libs/tracing/traceparent.js';
import { inTrace, isTracing, type OpenSpan, openSpan } from '../../../libs/tracing/tracing.js';
import { loadClassOf } from './load-class.js';

const spans = new WeakMap<IncomingMessage, OpenSpan>();

/** Streams are open for hours; probes and scrapes would hide the rest. */
const UNTRACED = new Set(['stream', 'operations']);

export function traceIdOf({ headers: { traceparent } }: Pick<IncomingMessage, 'headers'>): string {
  // randomUUID draws from a pool; fresh bytes for each request are 3 % of its time.
  return givenTrace(traceparent)?.trace_id ?? randomUUID().replaceAll('-', '');
}

/** The id of its trace. Call once a request. */
export function requestId(raw: IncomingMessage): string {
  if (!isTracing() || UNTRACED.has(loadClassOf(raw.method ?? '', raw.url ?? ''))) return traceIdOf(raw);
  const span = openSpan('request', { kind: 'server', parent: givenTrace(raw.headers.traceparent) })!;
  spans.set(raw, span);
  return span.trace_id;
}

/** Under which what the request sets off is recorded. Where nothing is traced here, the client's own is passed on. */
export function traceOf({ raw }: Pick<FastifyRequest, 'raw'>): Trace | undefined {
  if (isTracing()) return spans.get(raw)?.trace;
  if (raw.headers.traceparent === undefined) return undefined;
  const given = givenTrace(raw.headers.traceparent);
  return given?.is_sampled ? { trace_id: given.trace_id, span_id: given.span_id } : undefined;
}

/** Call before any route is registered. */
export function traceRequests(fastify: FastifyInstance): void {
  if (!isTracing()) return;
  // Not earlier: the context would be lost while the body is read.
  fastify.addHook('preValidation', (request, _reply, done) => inTrace(traceOf(request), done));
  fastify.addHook('onResponse', ({ raw, method, is404, routeOptions }, { statusCode: status }, done) => {
    const route = is404 ? undefined : routeOptions.url;
    const attributes = {
      'http.request.method': method,
      'http.response.status_code': status,
      ...(route !== undefined && { 'http.route': route }),
    };
    spans.get(raw)?.end(attributes, { name: `${method} ${route ?? 'none'}`, is_failed: status >= 500 });
    done();
  });
}
