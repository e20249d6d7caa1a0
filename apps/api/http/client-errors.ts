/** Answers to what Node refuses before there is a request: they are problem documents, too. */
import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { PRIVATE } from './adapter.js';
import { Problem, type ProblemCode } from './problem.js';
import { traceIdOf } from './request-spans.js';

const CODES: Record<string, ProblemCode> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload_too_large',
};
/** For the answer to be read while its client may still be sending. */
const LINGER_MS = 1000;

export function answerClientErrors(server: Server): void {
  server.removeAllListeners('clientError').on('clientError', answer);
}

function answer(error: Error & { code?: string }, socket: Duplex): void {
  const { _httpMessage: begun } = socket as Duplex & { _httpMessage?: ServerResponse | null };
  // It would be read as the answer to the request before, or as a part of that.
  const is_taken = begun?.headersSent || begun?.req.complete;
  if (error.code === 'ECONNRESET' || !socket.writable || is_taken) return void socket.destroy();
  const problem = new Problem(CODES[error.code ?? ''] ?? 'malformed_request');
  const body = JSON.stringify(problem.toDocument(traceIdOf({ headers: {} })));
  const headers = {
    ...PRIVATE,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** Node would answer without a body to none, and take the first of several, while a proxy before it may take the last. */
export function requireHost(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ raw: { httpVersion, rawHeaders } }, reply, done) => {
    const hosts = countOf('host', rawHeaders);
    if (hosts === 1 || (hosts === 0 && httpVersion !== '1.1')) return done();
    reply.raw.shouldKeepAlive = false;
    done(new Problem('malformed_request', {}, { detail: 'A request of HTTP/1.1 has one Host header.' }));
  });
}

function countOf(name: string, raw_headers: readonly string[]): number {
  let count = 0;
  // The length first: this runs for each header of each request.
  for (let at = 0; at < raw_headers.length; at += 2)
    if (raw_headers[at]!.length === name.length && raw_headers[at]!.toLowerCase() === name) count += 1;
  return count;
}
