import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fastify } from 'fastify';
import { ROLES, type Role } from '../../libs/ledger/commands.js';
import { DOCUMENT_KINDS, KINDS } from '../../libs/ledger/document-kinds.js';
import { MATRIX_LINES, matrixOf, PERMITTED_ROUTES, type PermittedRoute } from '../../test/support/route-matrix.js';
import { unconnectedApp } from '../../test/support/unconnected-app.js';
import { ownOnly } from './auth/permit.js';
import { RoutePermissions } from './auth/route-permissions.js';
import { BATCH_COMMANDS } from './batches/batch-commands.js';
import { RecordSale } from './sales/record-sale.command.js';

let unconnected: Awaited<ReturnType<typeof unconnectedApp>>;
beforeAll(async () => {
  unconnected = await unconnectedApp();
});
afterAll(() => unconnected.app.close());

test('every route permits what the table says', () => {
  expect(matrixOf(unconnected.permissions)).toEqual(MATRIX_LINES);
});

test('a route without @Permit stops the start', () => {
  const server = fastify();
  new RoutePermissions().collectFrom(server);
  expect(() => server.get('/api/v1/back-door', async () => 'in')).toThrow(
    'The route GET /api/v1/back-door has no @Permit',
  );
});

test('a line of a batch needs the role that its own route needs', () => {
  const { permissions } = unconnected;
  for (const command of BATCH_COMMANDS.values()) expect(permissions.mayExecute('admin', command)).toBe(true);
  expect(permissions.mayExecute('staff', RecordSale)).toBe(true);
  expect(permissions.mayExecute('viewer', RecordSale)).toBe(false);
  expect(permissions.mayExecute('admin', class Unknown {})).toBe(false);
});

test('every kind of document that has a command can be recorded by a batch', () => {
  const types = [...BATCH_COMMANDS.values()].map(({ spec }) => (spec.toCommand({} as never) as { type: string }).type);
  const commands = KINDS.flatMap((kind) => ('command' in DOCUMENT_KINDS[kind] ? [DOCUMENT_KINDS[kind].command] : []));
  expect(commands.length).toBeGreaterThan(10);
  expect(types).toEqual(expect.arrayContaining(commands));
});

describe('the table', () => {
  const allowed = (role: Role) =>
    PERMITTED_ROUTES.filter(({ roles }) => roles === 'public' || roles.includes(role)).map(
      ({ method, path }) => `${method} ${path}`,
    );
  const commands = (role: Role) => allowed(role).filter((route) => !/^GET |\/(auth|audit)\//.test(route));

  test('admin may do all, and alone users, voids, reopening and the threshold', () => {
    expect(allowed('admin').length).toBe(PERMITTED_ROUTES.length);
    const alone =
      /^\w+ \/(users|api-keys)|^(POST|PATCH|DELETE) \/webhooks|\/void$|\/reopen$|^POST \/(ledgers|approval-thresholds)$|^POST \/projections\/rebuild$/;
    for (const role of ROLES.filter((role) => role !== 'admin'))
      expect(allowed(role).filter((route) => alone.test(route))).toEqual([]);
    const others = new Set(ROLES.filter((role) => role !== 'admin').flatMap(allowed));
    expect(allowed('admin').filter((route) => !others.has(route) && !alone.test(route))).toEqual([]);
  });

  test('auditor and viewer give no commands', () => {
    const about_themselves = [
      'DELETE /auth/factors/:id',
      'POST /auth/factors/passkeys',
      'POST /auth/factors/passkeys/challenge',
      'POST /auth/factors/passkeys/confirm',
      'POST /auth/factors/recovery-codes',
      'POST /auth/factors/totp',
      'POST /auth/factors/totp/confirm',
      'POST /auth/login',
      'POST /auth/logout',
      'POST /auth/oidc/backchannel-logout',
      'POST /auth/oidc/token',
      'POST /auth/password',
      'POST /auth/reauthenticate',
      'POST /auth/second-factor',
      'DELETE /auth/sessions',
      'DELETE /auth/sessions/:id',
    ];
    expect(commands('viewer')).toEqual([]);
    expect(commands('auditor')).toEqual([]);
    expect(allowed('viewer').filter((route) => !route.startsWith('GET '))).toEqual(about_themselves);
  });

  test('staff records documents, and neither decides for others nor sees the balances', () => {
    expect(commands('staff').length).toBeGreaterThan(10);
    const not_theirs =
      /approve$|reject$|close$|trial-balance|reports|^POST \/(items|customers|suppliers|locations|accounts)$/;
    expect(allowed('staff').filter((route) => not_theirs.test(route))).toEqual([]);
    expect(allowed('staff')).not.toContain('GET /accounts/:id');
  });

  test('auditor reads all that manager reads, and the audit trail besides', () => {
    const reads = (role: Role) => allowed(role).filter((route) => route.startsWith('GET '));
    expect(reads('auditor')).toEqual(expect.arrayContaining(reads('manager')));
    expect(reads('auditor')).toContain('GET /audit/events');
    expect(reads('manager')).not.toContain('GET /audit/events');
  });
});

test('what is of no ledger needs a role in all ledgers, what is about oneself needs none, and all else is of a ledger', () => {
  const held = (where: string) =>
    PERMITTED_ROUTES.filter((route) => route.held === where).map(({ method, path }) => `${method} ${path}`);
  const system = /^\w+ \/(users|api-keys|projections)\b|^POST \/ledgers$|^GET \/audit\/security-events$/;
  expect(held('all').filter((route) => !system.test(route))).toEqual([]);
  expect(held('any')).toEqual(['GET /ledgers']);
  expect(held('none').filter((route) => !/^\w+ \/auth\//.test(route))).toEqual([]);
  expect(held('ledger').filter((route) => system.test(route) || route.includes(' /auth/'))).toEqual([]);
});

test('a key makes neither users nor keys, and a session that waits for a step may only take it or end', () => {
  const named = (wanted: (route: PermittedRoute) => boolean) =>
    PERMITTED_ROUTES.filter(wanted).map(({ method, path }) => `${method} ${path}`);
  expect(named(({ path, people_only }) => /^\/(users|api-keys)\b/.test(path) && !people_only)).toEqual([]);
  const always = ['POST /auth/factors/passkeys/challenge', 'POST /auth/logout', 'GET /auth/me'];
  const open = (step: string) =>
    named(({ during }) => during.includes(step)).filter((route) => !always.includes(route));
  expect(open('second_factor')).toEqual(['POST /auth/second-factor']);
  expect(open('new_password')).toEqual(['POST /auth/password', 'POST /auth/reauthenticate']);
  expect(open('enrol_factor')).toEqual([
    'GET /auth/factors',
    'POST /auth/factors/passkeys',
    'POST /auth/factors/passkeys/confirm',
    'POST /auth/factors/totp',
    'POST /auth/factors/totp/confirm',
    'POST /auth/reauthenticate',
  ]);
});

test('factors, passwords, roles, keys and webhooks change only where password and second factor were given just now', () => {
  const changes = /^(POST|PATCH|DELETE) \/(auth\/(factors|password)|users|api-keys|webhooks)\b/;
  // They take away or repeat, and give nothing.
  const takes = /\/(unlock|sessions|sessions\/:id|challenge|replay|test)$|^DELETE \/(api-keys|webhooks)/;
  const routes = PERMITTED_ROUTES.map(({ method, path, fresh }) => [`${method} ${path}`, fresh] as const);
  const wanted = routes.filter(([route]) => changes.test(route) && !takes.test(route)).map(([route]) => route);
  expect(routes.flatMap(([route, fresh]) => (fresh ? route : []))).toEqual(wanted);
  expect(wanted.length).toBeGreaterThan(8);
});

test('only staff is shown only their own documents', () => {
  const seen = ROLES.map((role) => [role, ownOnly({ username: 'maria', role })]);
  expect(Object.fromEntries(seen)).toEqual({ staff: 'maria' });
});
