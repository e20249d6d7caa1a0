import { expect, test } from '@jest/globals';
import { fastify } from 'fastify';
import { logRequests } from './access-log.js';

test('a line a request, with the pattern of its route and without what the address holds', async () => {
  const lines: unknown[] = [];
  const server = fastify({ genReqId: () => 'the-trace-id' });
  logRequests(server, (...line) => lines.push(line));
  server.get('/users/:username', async (_request, reply) => reply.code(404).send());
  await server.inject('/users/maria?q=secret');
  await server.inject('/nowhere/maria');
  await server.close();
  const fields = { trace_id: 'the-trace-id', method: 'GET', status: 404, ms: expect.any(Number) };
  expect(lines).toEqual([
    ['info', 'request', { ...fields, route: '/users/:username' }],
    ['info', 'request', { ...fields, route: 'none' }],
  ]);
});
