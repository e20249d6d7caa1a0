import { hash, randomUUID } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Envelope, Role } from '../../../libs/ledger/commands.js';
import { invalidParameters, Problem } from './problem.js';
import { traceOf } from './request-spans.js';

/** Who sends requests. */
export interface Principal {
  username: string;
  /** By ledger, or for ALL_LEDGERS. */
  roles: ReadonlyMap<string, Role>;
  /** An API key. */
  is_machine?: boolean;
  /** Of a user: the session that the token is of. */
  session_id?: string;
  /** What the user must do first, and until then nothing else. */
  step?: string;
}
/** A principal in the role that the route asks for: in the ledger of the request, or in all ledgers. */
export type User = { username: string; role: Role };

/** Both are set by the authentication hook: `principal` on every route that is not public, `user` where a role is needed. */
export type ApiRequest = FastifyRequest & { principal?: Principal; user?: User; is_admitted?: boolean };

export const LEDGER_ID = /^[a-z0-9][a-z0-9-]{0,31}$/;
const KEY = /^[\x20-\x7e]{1,255}$/;

/** Of the header `Ledger`. @throws Problem unknown_ledger */
export function ledgerOf(request: ApiRequest): string {
  const ledger_id = request.headers.ledger ?? 'main';
  if (typeof ledger_id !== 'string' || !LEDGER_ID.test(ledger_id)) throw new Problem('unknown_ledger');
  return ledger_id;
}

export function userOf(request: ApiRequest): User {
  if (request.user === undefined) throw new Problem('unauthenticated');
  return request.user;
}

export function principalOf(request: ApiRequest): Principal {
  if (request.principal === undefined) throw new Problem('unauthenticated');
  return request.principal;
}

export const CurrentLedger = createParamDecorator((_: unknown, context: ExecutionContext) =>
  ledgerOf(requestOf(context)),
);
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext) => userOf(requestOf(context)));
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext) =>
  principalOf(requestOf(context)),
);

const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<ApiRequest>();

/** The request is hashed, so that its key is refused for any other request. */
export function envelopeOf(request: ApiRequest): Envelope {
  return envelope(userOf(request), request.headers['idempotency-key'], () => askedBy(request), traceOf(request));
}
const askedBy = (request: ApiRequest) => [request.method, pathOf(request), request.body, ...conditionOf(request)];
/** A repeat with another one is another request. */
function conditionOf({ headers }: ApiRequest): string[] {
  const given = headers['if-match'];
  return given === undefined ? [] : [given];
}

/** An idempotency key, and the hash of what was asked with it. */
export type RequestKey = Pick<Envelope, 'idempotency_key' | 'request_hash'>;

/** Of a request that is no command. @throws Problem invalid_idempotency_key */
export function requestKeyOf(request: ApiRequest, username: string): RequestKey {
  return requestKey(username, request.headers['idempotency-key'], () => askedBy(request));
}

/** The key that the client gave. */
export function keyIn({ headers: { 'idempotency-key': key } }: ApiRequest): string | undefined {
  if (key === undefined || (typeof key === 'string' && KEY.test(key))) return key as string | undefined;
  throw new Problem('invalid_idempotency_key');
}

export function envelope(
  { username, role }: User,
  key: unknown,
  asked: () => unknown,
  trace?: Envelope['trace'],
): Envelope {
  const who = { actor: username, role, now: new Date().toISOString(), ...(trace !== undefined && { trace }) };
  return { ...who, ...requestKey(username, key, asked) };
}

function requestKey(username: string, key: unknown, asked: () => unknown): RequestKey {
  // No client knows this key, so nothing is hashed for it.
  if (key === undefined) return { idempotency_key: `server:${randomUUID()}` };
  if (typeof key !== 'string' || !KEY.test(key)) throw new Problem('invalid_idempotency_key');
  return { idempotency_key: keyOf(username, key), request_hash: hashOf(asked()) };
}

/** Two users' keys neither collide nor reveal each other's answers. */
export function keyOf(username: string, key: string): string {
  return `${username}:${key}`;
}

/** No username has a colon. */
export function givenKey(idempotency_key: string): string {
  return idempotency_key.slice(idempotency_key.indexOf(':') + 1);
}

/** 132 bits of SHA-256. The order of fields does not matter. */
export function hashOf(asked: unknown): string {
  return hash('sha256', canonical(asked), 'base64url').slice(0, 22);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
}

export function dryRunOf(request: ApiRequest): boolean {
  return flagOf(request, 'dry_run');
}

export function flagOf(request: ApiRequest, name: string): boolean {
  const value = (request.query as Record<string, unknown>)[name];
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw invalidParameters([{ path: name, message: 'must be true or false' }]);
}

const pathOf = (request: ApiRequest) => request.url.split('?', 1)[0];
