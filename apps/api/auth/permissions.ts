/**
 * Who may do what: one table of every route there is. What is not in it cannot be reached by anybody, and the API refuses to
 * start with a route that is missing here. Paths are without the prefix /api/v1; the names of parameters do not matter.
 */
import type { Role } from '../../../libs/ledger/commands.js';

type Access = 'public' | readonly Role[];

const everybody: readonly Role[] = ['admin', 'manager', 'staff', 'auditor', 'viewer'];
const admin: readonly Role[] = ['admin'];
/** Changes what the books are about, or decides for others. */
const leads: readonly Role[] = ['admin', 'manager'];
/** Records what happened in the factory. */
const records: readonly Role[] = ['admin', 'manager', 'staff'];
/** Reads all figures. */
const reads: readonly Role[] = ['admin', 'manager', 'auditor'];
const readsAndViewer: readonly Role[] = [...reads, 'viewer'];
const audits: readonly Role[] = ['admin', 'auditor'];

/** Of these, `staff` sees only what they made themselves (`ownOnly`). */
const documents = (path: string): Record<string, Access> => ({
  [`GET /${path}`]: everybody,
  [`GET /${path}/:number`]: everybody,
});
const facts = (path: string): Record<string, Access> => ({
  [`POST /${path}`]: records,
  [`POST /${path}/:number/void`]: admin,
  ...documents(path),
});
const masterData = (path: string): Record<string, Access> => ({
  [`POST /${path}`]: leads,
  [`PATCH /${path}/:id`]: leads,
  [`GET /${path}`]: everybody,
  [`GET /${path}/:id`]: everybody,
});

export const PERMISSIONS: Readonly<Record<string, Access>> = {
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /metrics': 'public',
  'GET /docs': 'public',
  'GET /': 'public',
  'GET /docs/': 'public',
  'GET /docs/problems': 'public',
  'GET /docs/:asset': 'public',
  'GET /docs-json': 'public',
  'POST /auth/login': 'public',

  'POST /auth/logout': everybody,
  'POST /auth/password': everybody,
  'GET /auth/me': everybody,

  'POST /users': admin,
  'GET /users': admin,
  'GET /users/:username': admin,
  'PATCH /users/:username': admin,
  'POST /users/:username/unlock': admin,
  'POST /users/:username/reset-password': admin,

  'POST /ledgers': admin,
  'GET /ledgers': audits,

  ...masterData('items'),
  ...masterData('suppliers'),
  ...masterData('customers'),
  ...masterData('locations'),
  ...masterData('accounts'),
  // These two tell balances, which the lists of master data do not.
  'GET /accounts/:id': reads,
  'GET /accounts/:id/entries': reads,

  ...facts('purchases'),
  ...facts('blows'),
  ...facts('sales'),
  ...facts('wastes'),
  ...facts('stock-transfers'),
  ...facts('transfers'),
  ...facts('payments'),
  ...facts('write-offs'),
  'POST /write-offs': leads,
  ...facts('stock-counts'),
  ...documents('returns'),
  'POST /sales/:number/returns': records,
  'POST /purchases/:number/returns': records,
  'POST /returns/:number/void': admin,
  // Each line is checked again for what it is: see `mayDo`.
  'POST /batches': records,

  'GET /approvals': [...reads, 'staff'],
  'GET /approvals/:id': [...reads, 'staff'],
  'POST /approvals/:id/approve': leads,
  'POST /approvals/:id/reject': leads,
  'POST /approvals/:id/withdraw': records,
  'GET /approval-thresholds': reads,
  'POST /approval-thresholds': admin,

  'POST /reservations': records,
  ...documents('reservations'),
  'POST /reservations/:id/checkout': records,
  'DELETE /reservations/:id': records,
  'POST /flash-buy': records,
  'GET /orders/:id': [...reads, 'staff'],

  'GET /periods': reads,
  'POST /periods/:month/close': leads,
  'POST /periods/:month/reopen': admin,

  'GET /stock': everybody,
  'GET /stock/:id': everybody,
  'GET /stock/:id/movements': everybody,
  'GET /stock/:id/explain': everybody,
  'GET /stream/stock': everybody,
  'GET /trial-balance': reads,
  'GET /dashboard': reads,

  'GET /reports/profit-loss': readsAndViewer,
  'GET /reports/stock-movement': readsAndViewer,
  'GET /reports/customer-sales': readsAndViewer,
  'GET /reports/supplier-costs': readsAndViewer,
  'GET /reports/trends': readsAndViewer,
  'GET /reports/stock-valuation': readsAndViewer,
  'GET /reports/aging': readsAndViewer,
  'GET /reports/restatement': readsAndViewer,

  'GET /audit/events': audits,
  'GET /audit/security-events': audits,
  'GET /audit/history/:kind/:id': audits,
  'GET /audit/state': audits,
  'POST /audit/verifications': audits,
  'GET /audit/verifications/:id': audits,
  'GET /audit/chain/head': audits,
  'GET /audit/checkpoints': audits,
  'POST /audit/checkpoints': audits,
  'GET /audit/proofs/:number': audits,
  'GET /audit/export': audits,

  'GET /projections': reads,
  'POST /projections/rebuild': admin,
};

export const PREFIX = '/api/v1';

const access = new Map(Object.entries(PERMISSIONS).map(([route, roles]) => [nameless(route), roles]));

/**
 * @param pattern a route as it is registered, with or without the prefix: `/api/v1/sales/:number`.
 * @returns undefined for a route that nobody may reach.
 */
export function accessTo(method: string, pattern: string): Access | undefined {
  const path = pattern.startsWith(PREFIX) ? pattern.slice(PREFIX.length) : pattern;
  // HEAD is a GET whose body is not sent.
  return access.get(nameless(`${method === 'HEAD' ? 'GET' : method} ${path}`));
}

/** Whether `role` may use the route, for one that is not asked by its own request: `mayDo('staff', 'POST', '/sales')`. */
export function mayDo(role: Role, method: string, pattern: string): boolean {
  const roles = accessTo(method, pattern);
  return roles === 'public' || (roles?.includes(role) ?? false);
}

/** Whose documents the user may see: only their own (`created_by`), or undefined for everybody's. */
export function ownOnly({ username, role }: { username: string; role: Role }): string | undefined {
  return role === 'staff' ? username : undefined;
}

function nameless(route: string): string {
  return route.replaceAll(/:[^/]+/g, ':');
}
