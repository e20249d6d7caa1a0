import type { IncomingHttpHeaders } from 'node:http';
import type { SecureContextOptions } from 'node:tls';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { invalidParameters, Problem } from './problem.js';
import { type Routes, send, toProblem } from './problem-filter.js';
import { requestId } from './request-spans.js';
import { parseJson } from './strict-json.js';

const BODY_BYTES_MAX = 1024 * 1024;
const HEADERS_MS_MAX = 10_000;

/** @param tls without it: plain HTTP */
export function fastifyAdapter(tls?: SecureContextOptions): FastifyAdapter {
  const server = { headersTimeout: HEADERS_MS_MAX, connectionsCheckingInterval: 1000, requireHostHeader: false };
  return new FastifyAdapter({
    bodyLimit: BODY_BYTES_MAX,
    ...(tls === undefined ? { http: server } : { https: { ...server, ...tls } as never }),
    genReqId: requestId,
    // During a stop, requests on open connections are answered as ever; the connection then ends.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      send(reply, toProblem(error), request.id),
  });
}

/** Postgres refuses U+0000 in any text. */
export function refuseNul(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ url }, _reply, done) => {
    if (!url.includes('%00')) return done();
    done(invalidParameters([{ path: '', message: 'must not hold U+0000' }]));
  });
}

/** Of every answer: it is kept by no cache, taken for nothing else, and shown in no frame. */
export const PRIVATE = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};
/** A year: a browser that has seen it never again speaks plain HTTP to this host. */
const TLS_ONLY = { 'strict-transport-security': 'max-age=31536000' };

export function keepPrivate(fastify: FastifyInstance, is_tls: boolean): void {
  const headers = is_tls ? { ...PRIVATE, ...TLS_ONLY } : PRIVATE;
  fastify.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

export function refuseEncodings(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ headers: { 'content-encoding': encoding } }, _reply, done) => {
    if (encoding === undefined || encoding.toLowerCase() === 'identity') return done();
    done(new Problem('unsupported_media_type', {}, { headers: { 'accept-encoding': 'identity' } }));
  });
}

export function useParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (takesNdjson(request) || takesCsv(request) || !isUtf8Said(request.headers))
      return done(new Problem('unsupported_media_type'));
    if (body.length === 0) return done(null);
    try {
      done(null, parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, (request, body, done) => {
    if (takesForm(request)) done(null, Object.fromEntries(new URLSearchParams(body.toString())));
    else done(new Problem('unsupported_media_type'));
  });
  fastify.addContentTypeParser(['application/x-ndjson', 'application/ndjson'], (request, stream, done) => {
    if (takesNdjson(request)) done(null, stream);
    else done(new Problem('unsupported_media_type'));
  });
  fastify.addContentTypeParser('text/csv', (request, stream, done) => {
    if (takesCsv(request) && isUtf8Said(request.headers)) done(null, stream);
    else done(new Problem('unsupported_media_type'));
  });
}

const takesCsv = ({ routeOptions }: FastifyRequest) => (routeOptions.config as { csv?: boolean }).csv === true;
const takesForm = ({ routeOptions }: FastifyRequest) => (routeOptions.config as { form?: boolean }).form === true;
const takesNdjson = ({ routeOptions }: FastifyRequest) => (routeOptions.config as { ndjson?: boolean }).ndjson === true;

export function isUtf8Said(headers: IncomingHttpHeaders): boolean {
  const charset = /;\s*charset\s*=\s*"?([^";]*)/i.exec(headers['content-type'] ?? '')?.[1];
  return charset === undefined || /^utf-?8$/i.test(charset.trim());
}

/** Call before any route is registered. */
export function rememberRoutes(fastify: FastifyInstance): Routes {
  const routes: { methods: string[]; pattern: string[] }[] = [];
  fastify.addHook('onRoute', ({ method, url }) => {
    routes.push({ methods: [method].flat(), pattern: url.split('/') });
  });
  return {
    methodsOf: (path) => {
      const parts = path.split('/');
      return [...new Set(routes.flatMap(({ methods, pattern }) => (matches(pattern, parts) ? methods : [])))];
    },
  };
}

function matches(pattern: string[], parts: string[]): boolean {
  if (pattern.length !== parts.length) return false;
  return pattern.every((segment, at) => (segment.startsWith(':') ? parts[at] !== '' : segment === parts[at]));
}
