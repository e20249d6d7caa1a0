import { expect, test } from '@jest/globals';
import { PERMITTED_ROUTES } from '../../../test/support/route-matrix.js';
import { LOAD_CLASSES, loadClassOf } from './load-class.js';
import { PREFIX } from './prefix.js';

const routes = PERMITTED_ROUTES.map(({ method, path }) => ({
  method,
  path,
  is: loadClassOf(method, `${PREFIX}${path}`),
}));
const of = (load_class: string) =>
  routes.filter(({ is }) => is === load_class).map(({ method, path }) => `${method} ${path}`);

test('what is neither a command nor a plain query', () => {
  expect(of('operations')).toEqual(['GET /health/live', 'GET /health/ready', 'GET /metrics']);
  expect(of('stream')).toEqual(['GET /stream/events', 'GET /stream/orders', 'GET /stream/queue', 'GET /stream/stock']);
  expect(of('export')).toEqual([
    'GET /audit/export',
    'GET /audit/state',
    'POST /audit/verifications',
    'GET /audit/verifications/:id',
    'POST /imports',
  ]);
  expect(of('report').filter((route) => !/^\w+ \/(reports|audit)\//.test(route))).toEqual([
    'GET /dashboard',
    'GET /trial-balance',
  ]);
});

test('all else: what is got is a query, what is sent a command', () => {
  expect(of('query').filter((route) => !route.startsWith('GET '))).toEqual([]);
  expect(of('command').filter((route) => route.startsWith('GET '))).toEqual([]);
  expect(of('command')).toContain('POST /sales');
  expect(new Set(routes.map(({ is }) => is))).toEqual(new Set(LOAD_CLASSES));
});

test.each([
  ['GET', '/metrics', 'operations'],
  ['GET', '/health/ready?x', 'operations'],
  ['GET', '/metrics-of-somebody', 'query'],
  ['GET', '/api/v1/sales?format=csv', 'export'],
  ['GET', '/api/v1/audit/events?from=2026-01-01&format=%63sv', 'export'],
  ['GET', '/api/v1/trial-balance?format=csv&as_of=2026-01-01', 'export'],
  ['GET', '/api/v1/reports/aging?format=csv', 'report'],
  ['GET', '/api/v1/sales?format=json', 'query'],
  ['POST', '/api/v1/sales?format=csv', 'command'],
  ['GET', '/api/v1/sales?next=/health/', 'query'],
  ['POST', '/api/v1/health/../sales', 'command'],
  ['GET', '/api/v1/%72eports/aging', 'report'],
  ['GET', '/api/v1/sales%', 'query'],
  ['HEAD', '/api/v1/reports/aging', 'report'],
  ['GET', '/API/V1/reports/aging', 'query'],
])('%s %s is %s', (method, url, load_class) => expect(loadClassOf(method, url)).toBe(load_class));
