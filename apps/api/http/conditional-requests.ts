/**
 * ETag, If-None-Match and If-Match (RFC 9110, 8.8 and 13). Answers to queries are validated by their bytes: whatever changes one, a
 * backdated event, a rebuild or another reader, changes its tag. A record's tag is the position of its last change.
 */
import { hash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PREFIX } from './prefix.js';
import type { ApiRequest } from './request.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `record`: of one that is changed by PATCH. */
    validated?: 'answer' | 'record';
  }
}

/** What a position of a ledger answers is never changed: a browser need not ask again. */
const FOR_EVER = 'private, max-age=31536000, immutable';

/** Callbacks, as all requests pass here. */
export function validateAnswers(fastify: FastifyInstance): void {
  fastify.addHook('preSerialization', (request, reply, payload, done) => {
    if (isValidated(request) && reply.statusCode === 200) {
      const { position } = (payload ?? {}) as { position?: unknown };
      if (request.routeOptions.config.validated === 'record') reply.header('etag', tagOf(Number(position)));
      if (isSettled(request, position)) reply.header('cache-control', FOR_EVER);
    }
    done(null, payload);
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (!isValidated(request) || reply.statusCode !== 200 || typeof payload !== 'string') return done(null, payload);
    const digest = () => hash('sha256', payload, 'base64url').slice(0, 22);
    const tag = `${reply.getHeader('etag') ?? `"${digest()}"`}`;
    const vary = [reply.getHeader('vary'), 'Authorization', 'Ledger'].filter(Boolean).join(', ');
    reply.headers({ etag: tag, vary });
    const known = request.headers['if-none-match'];
    if (known === undefined || !(known.trim() === '*' || tagsIn(known).includes(tag))) return done(null, payload);
    reply.status(304).removeHeader('content-type').removeHeader('content-length');
    done(null, null);
  });
}

function isValidated({ method, routeOptions }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && routeOptions.config.validated !== undefined;
}

/** Security events become known by their own stream, so what is asked about them by a ledger's position may still grow. */
function isSettled({ query, routeOptions: { url = '' } }: FastifyRequest, position: unknown): boolean {
  const { position: asked } = query as { position?: string };
  return asked !== undefined && Number(asked) === position && !url.startsWith(`${PREFIX}/audit/`);
}

export function tagOf(position: number): string {
  return `"${position}"`;
}

/** Compared weakly: W/ does not matter. */
function tagsIn(header: string): string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}

/** undefined: any. A weak tag, or one that is none of ours, is of no position. */
export function positionsMatching({ headers: { 'if-match': given } }: ApiRequest): number[] | undefined {
  if (given === undefined || given.trim() === '*') return undefined;
  return given.split(',').flatMap((tag) => {
    const position = /^"(0|[1-9]\d{0,15})"$/.exec(tag.trim())?.[1];
    return position === undefined ? [] : [Number(position)];
  });
}
