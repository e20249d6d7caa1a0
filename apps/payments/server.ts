/** Call-backs of the gateway, health and metrics. */
import { timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Registry } from 'prom-client';
import { isSigned } from '../../libs/payment-process/callback-signature.js';
import { answerIn, type CallBack, orderIn } from '../../libs/payment-process/charge-document.js';
import { readMetrics } from '../../libs/process/metrics-endpoint.js';
import type { LedgerPayments } from './ledger-payments.js';

export interface ServerOptions {
  callback_secret: string;
  metrics_token: string | undefined;
  metrics: Registry;
  isReady(): boolean;
  /** Undefined where another payer has the ledger, or none. */
  paymentsOf(ledger_id: string): LedgerPayments | undefined;
}

const BODY_BYTES_MAX = 64 * 1024;
const RECORD_MS_MAX = 10_000;

export function createServer(options: ServerOptions): FastifyInstance {
  const server = fastify({
    ...{ bodyLimit: BODY_BYTES_MAX, requestTimeout: 10_000, exposeHeadRoutes: false },
    // A stop waits for nobody: a call-back without an answer is sent again.
    forceCloseConnections: true,
  });
  server.removeAllContentTypeParsers();
  // As text: the signature covers every byte.
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.post('/callbacks', (request, reply) => callBack(options, request, reply));
  server.get('/health/live', async () => ({ status: 'live' }));
  server.get('/health/ready', async (_request, reply) => {
    const is_ready = options.isReady();
    return reply.code(is_ready ? 200 : 503).send({ status: is_ready ? 'ready' : 'starting' });
  });
  server.get('/metrics', async (request, reply) => {
    if (!mayReadMetrics(options.metrics_token, request)) return problem(reply, 401, 'unauthenticated');
    return reply.type(options.metrics.contentType).send(await readMetrics(options.metrics));
  });
  server.setNotFoundHandler((_request, reply) => problem(reply, 404, 'unknown_route'));
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    return problem(reply, status, status < 500 ? 'malformed_request' : 'internal_error');
  });
  return server;
}

/** 204 when what follows from it is recorded. Anything else: the gateway sends it again. */
async function callBack(options: ServerOptions, { headers, body }: FastifyRequest, reply: FastifyReply) {
  const text = typeof body === 'string' ? body : '';
  if (!isSigned(options.callback_secret, headers, text, Math.floor(Date.now() / 1000)))
    return problem(reply, 401, 'unauthenticated');
  const data = chargeIn(text);
  const order = orderIn(data?.key);
  if (order === undefined) return problem(reply, 422, 'validation');
  const payments = options.paymentsOf(order.ledger_id);
  if (payments === undefined) return problem(reply, 503, 'unavailable');
  const answer = answerIn(data, payments.chargeOf(order.order_id));
  if (answer.status === 'unclear') return problem(reply, 422, 'validation', answer.reason);
  const recorded = payments.callBack(order.order_id, answer);
  const is_recorded = await Promise.race([recorded, sleep(RECORD_MS_MAX, false, { ref: false })]);
  return is_recorded ? reply.code(204).send() : problem(reply, 503, 'unavailable');
}

function chargeIn(text: string): Partial<CallBack['data']> | undefined {
  try {
    const { data } = JSON.parse(text) as Partial<CallBack>;
    return typeof data === 'object' && data !== null ? data : undefined;
  } catch {
    return undefined;
  }
}

function mayReadMetrics(token: string | undefined, { headers, ip }: FastifyRequest): boolean {
  if (token === undefined) return /^(127\.|::1$|::ffff:127\.)/.test(ip);
  const given = Buffer.from(`${headers.authorization}`);
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function problem(reply: FastifyReply, status: number, code: string, detail?: string) {
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: `/docs/problems#${code}`, status, code, ...(detail !== undefined && { detail }) }));
}
