import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { EventStoreUnavailable } from '../../../libs/event-store/event-store.js';
import { QueryRefused } from '../../../projections/database/query-refused.js';
import type { LogLine } from '../log.js';
import { invalidParameters, Problem, type ProblemCode } from './problem.js';
import type { ApiRequest } from './request.js';

export type Routes = { methodsOf(path: string): string[] };

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly warned_at_ms = new Map<ProblemCode, number>();

  constructor(
    private readonly routes: Routes,
    private readonly log: LogLine,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<ApiRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = this.problemOf(error, request);
    if (problem.status >= 500) this.logFailure(error, problem, request);
    // A stream has begun: all that is left is to break it off.
    if (reply.raw.headersSent) return void reply.raw.destroy();
    send(reply, problem, request.id);
  }

  private problemOf(error: unknown, { method, url }: ApiRequest): Problem {
    const problem = toProblem(error);
    if (problem.code !== 'unknown_route') return problem;
    const allowed = this.routes.methodsOf(url.split('?', 1)[0] ?? '');
    if (allowed.length === 0 || allowed.includes(method)) return problem;
    return new Problem('method_not_allowed', { allowed }, { headers: { allow: allowed.join(', ') } });
  }

  private logFailure(error: unknown, problem: Problem, { id, method, routeOptions }: ApiRequest): void {
    const about = { trace_id: id, code: problem.code, method, route: routeOptions?.url };
    if (problem.code === 'internal_error') {
      const stack = error instanceof Error ? (error.stack ?? error.message) : `${error}`;
      this.log('error', problem.message, { ...about, stack });
      return;
    }
    // An outage or a full queue fails every request: log it once a second.
    const now_ms = Date.now();
    if (now_ms - (this.warned_at_ms.get(problem.code) ?? 0) < 1000) return;
    this.warned_at_ms.set(problem.code, now_ms);
    this.log('warn', problem.message, { ...about, cause: `${problem.cause ?? ''}` });
  }
}

export function send(reply: FastifyReply, problem: Problem, trace_id: string): void {
  reply
    // Fastify would close the connection while the client still sends, and the client would not see the answer.
    .removeHeader('connection')
    .status(problem.status)
    .headers(problem.headers)
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify(problem.toDocument(trace_id)));
}

export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof QueryRefused) return problemOfQuery(error);
  if (error instanceof HttpException)
    return new Problem(BY_STATUS[error.getStatus()] ?? 'internal_error', {}, { cause: error });
  const { statusCode } = error as { statusCode?: number };
  const code = statusCode === undefined ? undefined : BY_STATUS[statusCode];
  if (code !== undefined) return new Problem(code, {}, { cause: error });
  if (isOutage(error)) return new Problem('unavailable', {}, { headers: { 'retry-after': '1' }, cause: error });
  return new Problem('internal_error', {}, { cause: error });
}

function problemOfQuery({ code, details }: QueryRefused): Problem {
  switch (code) {
    case 'unknown_ledger':
      return new Problem('unknown_ledger', details);
    case 'invalid_cursor':
      return invalidParameters([{ path: 'cursor', message: 'must be a cursor of this very list' }]);
    case 'list_too_broad':
    case 'only_at_present':
      return new Problem(code, details);
    case 'read_models_missing':
      return new Problem('unavailable', {}, { headers: { 'retry-after': '1' } });
  }
}

const BY_STATUS: Record<number, ProblemCode> = {
  400: 'invalid_parameter',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'unknown_route',
  405: 'method_not_allowed',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
};

const SOCKET_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
/** Going down or starting, too many connections, cancelled, no tables yet; class 08 is the connection. */
const POSTGRES_OUTAGES = /^(08...|53300|57P0[1-3]|57014|42P01|3F000)$/;

function isOutage(error: unknown): boolean {
  if (error instanceof EventStoreUnavailable) return true;
  if (!(error instanceof Error)) return false;
  const { code, message } = error as Error & { code?: string };
  if (code !== undefined && (SOCKET_ERRORS.has(code) || POSTGRES_OUTAGES.test(code))) return true;
  return /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|timeout expired)/.test(
    message,
  );
}
