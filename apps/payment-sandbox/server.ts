/** The gateway's side of the contract in docs/flash-sales.md, and PUT /faults, which real gateways lack. */
import { timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { callBacks } from './call-backs.js';
import { type Asked, Charges } from './charges.js';
import { ChargesFile } from './charges-file.js';
import { type Faults, faultsIn, NO_FAULTS } from './faults.js';

interface Options {
  api_key: string;
  callback_url: string | undefined;
  callback_secret: string;
  /** Where charges are kept; absent: in memory. */
  file?: string | undefined;
  signal: AbortSignal;
}

const BODY_BYTES_MAX = 16 * 1024;
const PAGE_MAX = 10_000;
/** `main/OR-261201-0042`; a gateway takes any. */
const KEY = /^[\x21-\x7e]{1,200}$/;

export function createServer({
  api_key,
  callback_url: url,
  callback_secret: secret,
  file,
  signal,
}: Options): FastifyInstance {
  let faults: Faults = NO_FAULTS;
  const charges = new Charges(
    () => faults,
    callBacks({ url, secret, faults: () => faults, signal }),
    file === undefined ? undefined : new ChargesFile(file),
  );
  const server = fastify({ bodyLimit: BODY_BYTES_MAX, requestTimeout: 10_000, exposeHeadRoutes: false });
  server.get('/health/live', async () => ({ status: 'live' }));
  server.addHook('onRequest', async (request, reply) => {
    if (request.url === '/health/live' || isKnown(api_key, request)) return;
    await reply.code(401).send({ error: 'unauthenticated' });
  });
  server.addHook('preHandler', async ({ url }, reply) => {
    if (url.startsWith('/charges/') || url === '/charges') if (Math.random() < faults.hang_share) reply.hijack();
  });
  server.get('/faults', async () => faults);
  server.put('/faults', async ({ body }, reply) => {
    const given = faultsIn(body);
    if (given === undefined) return reply.code(422).send({ error: `faults are ${Object.keys(NO_FAULTS).join(', ')}` });
    faults = given;
    return faults;
  });
  server.get<{ Querystring: { after?: string; limit?: string } }>('/charges', async ({ query }) => {
    const limit = Math.min(Number(query.limit ?? 1000) || 1000, PAGE_MAX);
    return { data: charges.list(query.after, limit), counts: charges.counts };
  });

  server.post('/charges', async ({ body }, reply) => {
    const asked = askedIn(body);
    if (asked === undefined) return reply.code(422).send({ error: 'a charge has key, amount and currency' });
    const { down, unheard_share, late_share } = faults;
    if (down) return away(reply);
    if (Math.random() < unheard_share) return vanish(reply);
    const is_late = Math.random() < late_share;
    const document = charges.charge(asked, is_late);
    if (document === undefined) return reply.code(409).send({ error: 'the key was used for another amount' });
    if (charges.find(asked.key) === undefined) return vanish(reply);
    return answer(reply, { ...document });
  });
  server.get<{ Params: { key: string } }>('/charges/:key', async ({ params }, reply) => {
    if (faults.down) return away(reply);
    const document = charges.find(params.key);
    return document === undefined ? reply.code(404).send({ error: 'no such charge' }) : answer(reply, { ...document });
  });
  server.post<{ Params: { key: string } }>('/charges/:key/refund', async ({ params }, reply) => {
    if (faults.down) return away(reply);
    if (Math.random() < faults.unheard_share) return vanish(reply);
    const document = charges.refund(params.key);
    return document === undefined
      ? reply.code(409).send({ error: 'nothing was captured' })
      : answer(reply, { ...document });
  });

  async function answer(reply: FastifyReply, document: object) {
    const { slow_ms, lost_share } = faults;
    if (slow_ms > 0) await sleep(slow_ms, undefined, { signal }).catch(() => {});
    return Math.random() < lost_share ? vanish(reply) : reply.send(document);
  }
  return server;
}

function away(reply: FastifyReply) {
  return reply.code(503).send({ error: 'down' });
}
/** The caller hears nothing. */
function vanish(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.raw.destroy();
  return reply;
}

function isKnown(api_key: string, { headers }: FastifyRequest): boolean {
  const given = Buffer.from(`${headers.authorization}`);
  const expected = Buffer.from(`Bearer ${api_key}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function askedIn(body: unknown): Asked | undefined {
  const { key, amount, currency, payment_reference } = (body ?? {}) as Record<string, unknown>;
  if (typeof key !== 'string' || !KEY.test(key)) return undefined;
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount <= 0) return undefined;
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return undefined;
  return { key, amount, currency, ...(typeof payment_reference === 'string' && { payment_reference }) };
}
