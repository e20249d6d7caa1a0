import { expect, test } from '@jest/globals';
import { fastify } from 'fastify';
import { ROLES, type Role } from '../../../libs/ledger/commands.js';
import { guardDoor } from './door.js';
import { mayDo, ownOnly, PERMISSIONS } from './permissions.js';
import type { Tokens } from './tokens.js';

const routes = Object.keys(PERMISSIONS).map((route) => route.split(' ') as [string, string]);
const allowed = (role: Role) =>
  routes.filter(([method, path]) => mayDo(role, method, path)).map((route) => route.join(' '));
const orders = (role: Role) => allowed(role).filter((route) => !/^GET |\/(auth|audit)\//.test(route));

test('a route that is not in the table cannot be registered', () => {
  const server = fastify();
  guardDoor(server, {} as Tokens);
  expect(() => server.get('/api/v1/back-door', async () => 'in')).toThrow(
    'The route GET /api/v1/back-door is not in the permission table',
  );
  expect(() => server.delete('/api/v1/sales/:number', async () => 'gone')).toThrow('DELETE /api/v1/sales/:number');
});

test('names of parameters and the prefix do not matter, methods do', () => {
  expect(mayDo('viewer', 'GET', '/api/v1/sales/:anything')).toBe(true);
  expect(mayDo('viewer', 'HEAD', '/sales/:number')).toBe(true);
  expect(mayDo('viewer', 'POST', '/sales')).toBe(false);
  expect(mayDo('admin', 'PUT', '/sales')).toBe(false);
});

test('admin may do all, and alone users, voids, reopening and the threshold', () => {
  expect(allowed('admin')).toEqual(routes.map((route) => route.join(' ')));
  const alone = /^\w+ \/users|\/void$|\/reopen$|^POST \/(ledgers|approval-thresholds)$|^POST \/projections\/rebuild$/;
  for (const role of ROLES.filter((role) => role !== 'admin'))
    expect(allowed(role).filter((route) => alone.test(route))).toEqual([]);
  const others = new Set(ROLES.filter((role) => role !== 'admin').flatMap(allowed));
  expect(allowed('admin').filter((route) => !others.has(route) && !alone.test(route))).toEqual([]);
});

test('auditor and viewer give no orders', () => {
  const about_themselves = ['POST /auth/login', 'POST /auth/logout', 'POST /auth/password'];
  expect(orders('viewer')).toEqual([]);
  expect(orders('auditor')).toEqual([]);
  expect(allowed('viewer').filter((route) => !route.startsWith('GET '))).toEqual(about_themselves);
});

test('staff records facts, and neither decides for others nor sees the balances', () => {
  expect(orders('staff').length).toBeGreaterThan(10);
  const not_theirs =
    /approve$|reject$|close$|trial-balance|reports|^POST \/(items|customers|suppliers|locations|accounts)$/;
  expect(allowed('staff').filter((route) => not_theirs.test(route))).toEqual([]);
  expect(mayDo('staff', 'GET', '/accounts/:id')).toBe(false);
});

test('auditor reads all that manager reads, and the audit trail besides', () => {
  const reads = (role: Role) => allowed(role).filter((route) => route.startsWith('GET '));
  expect(reads('auditor')).toEqual(expect.arrayContaining(reads('manager')));
  expect(mayDo('auditor', 'GET', '/audit/events')).toBe(true);
  expect(mayDo('manager', 'GET', '/audit/events')).toBe(false);
});

test('only staff is shown only their own documents', () => {
  const seen = ROLES.map((role) => [role, ownOnly({ username: 'maria', role })]);
  expect(Object.fromEntries(seen)).toEqual({ staff: 'maria' });
});
