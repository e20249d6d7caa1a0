import type { FastifyInstance } from 'fastify';
import type { LogLine } from '../log.js';

/** A line a request, where ACCESS_LOG is set. The route's pattern, never the address: an address may hold names. */
export function logRequests(fastify: FastifyInstance, log: LogLine): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    log('info', 'request', {
      trace_id: request.id,
      method: request.method,
      route: request.is404 ? 'none' : (request.routeOptions.url ?? 'none'),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    });
    done();
  });
}
