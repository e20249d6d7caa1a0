import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

const READABLE = [
  'ETag',
  'Ledger-Position',
  'Idempotency-Replayed',
  'Location',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
];
const SENDABLE = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Ledger',
  'Ledger-Position',
  'traceparent',
];
const PREFLIGHT_S = 600;

/** Pages of these origins may call the API, with a token and without cookies. Call before any route is registered. */
export async function allowOrigins(fastify: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await fastify.register(cors, {
    origin: [...origins],
    methods: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'],
    allowedHeaders: SENDABLE,
    exposedHeaders: READABLE,
    maxAge: PREFLIGHT_S,
  });
}
