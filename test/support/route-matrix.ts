import { GROUPS } from '../../apps/api/auth/permit.js';
import type { RoutePermissions } from '../../apps/api/auth/route-permissions.js';
import { PREFIX } from '../../apps/api/http/prefix.js';
import { ROLES } from '../../libs/ledger/commands.js';

const MATRIX = `
/                                 GET    public
/accounts                         GET    admin manager staff auditor viewer
/accounts                         POST   admin manager
/accounts/:id                     GET    admin manager       auditor
/accounts/:id                     PATCH  admin manager
/accounts/:id/entries             GET    admin manager       auditor
/approval-thresholds              GET    admin manager       auditor
/approval-thresholds              POST   admin
/approvals                        GET    admin manager staff auditor
/approvals/:id                    GET    admin manager staff auditor
/approvals/:id/approve            POST   admin manager
/approvals/:id/reject             POST   admin manager
/approvals/:id/withdraw           POST   admin manager staff
/audit/chain/head                 GET    admin               auditor
/audit/checkpoints                GET    admin               auditor
/audit/checkpoints                POST   admin               auditor
/audit/events                     GET    admin               auditor
/audit/export                     GET    admin               auditor
/audit/history/:kind/:id          GET    admin               auditor
/audit/proofs/:number             GET    admin               auditor
/audit/security-events            GET    admin               auditor
/audit/state                      GET    admin               auditor
/audit/verifications              POST   admin               auditor
/audit/verifications/:id          GET    admin               auditor
/auth/login                       POST   public
/auth/logout                      POST   admin manager staff auditor viewer
/auth/me                          GET    admin manager staff auditor viewer
/auth/password                    POST   admin manager staff auditor viewer
/batches                          POST   admin manager staff
/blows                            GET    admin manager staff auditor viewer
/blows                            POST   admin manager staff
/blows/:number                    GET    admin manager staff auditor viewer
/blows/:number/void               POST   admin
/customers                        GET    admin manager staff auditor viewer
/customers                        POST   admin manager
/customers/:id                    GET    admin manager staff auditor viewer
/customers/:id                    PATCH  admin manager
/dashboard                        GET    admin manager       auditor
/docs                             GET    public
/docs-json                        GET    public
/docs/                            GET    public
/docs/:asset                      GET    public
/docs/problems                    GET    public
/health/live                      GET    public
/health/ready                     GET    public
/items                            GET    admin manager staff auditor viewer
/items                            POST   admin manager
/items/:id                        GET    admin manager staff auditor viewer
/items/:id                        PATCH  admin manager
/journal-entries                  GET    admin manager staff auditor viewer
/journal-entries                  POST   admin manager staff
/journal-entries/:number          GET    admin manager staff auditor viewer
/journal-entries/:number/void     POST   admin
/ledgers                          GET    admin               auditor
/ledgers                          POST   admin
/locations                        GET    admin manager staff auditor viewer
/locations                        POST   admin manager
/locations/:id                    GET    admin manager staff auditor viewer
/locations/:id                    PATCH  admin manager
/metrics                          GET    public
/payments                         GET    admin manager staff auditor viewer
/payments                         POST   admin manager staff
/payments/:number                 GET    admin manager staff auditor viewer
/payments/:number/void            POST   admin
/periods                          GET    admin manager       auditor
/periods/:month/close             POST   admin manager
/periods/:month/reopen            POST   admin
/projections                      GET    admin manager       auditor
/projections/rebuild              POST   admin
/purchases                        GET    admin manager staff auditor viewer
/purchases                        POST   admin manager staff
/purchases/:number                GET    admin manager staff auditor viewer
/purchases/:number/returns        POST   admin manager staff
/purchases/:number/void           POST   admin
/reports/aging                    GET    admin manager       auditor viewer
/reports/customer-sales           GET    admin manager       auditor viewer
/reports/profit-loss              GET    admin manager       auditor viewer
/reports/restatement              GET    admin manager       auditor viewer
/reports/stock-movement           GET    admin manager       auditor viewer
/reports/stock-valuation          GET    admin manager       auditor viewer
/reports/supplier-costs           GET    admin manager       auditor viewer
/reports/trends                   GET    admin manager       auditor viewer
/reservations                     GET    admin manager staff auditor viewer
/reservations                     POST   admin manager staff
/reservations/:id                 DELETE admin manager staff
/reservations/:id                 GET    admin manager staff auditor viewer
/reservations/:id/checkout        POST   admin manager staff
/returns                          GET    admin manager staff auditor viewer
/returns/:number                  GET    admin manager staff auditor viewer
/returns/:number/void             POST   admin
/sales                            GET    admin manager staff auditor viewer
/sales                            POST   admin manager staff
/sales/:number                    GET    admin manager staff auditor viewer
/sales/:number/returns            POST   admin manager staff
/sales/:number/void               POST   admin
/stock                            GET    admin manager staff auditor viewer
/stock-counts                     GET    admin manager staff auditor viewer
/stock-counts                     POST   admin manager staff
/stock-counts/:number             GET    admin manager staff auditor viewer
/stock-counts/:number/void        POST   admin
/stock-transfers                  GET    admin manager staff auditor viewer
/stock-transfers                  POST   admin manager staff
/stock-transfers/:number          GET    admin manager staff auditor viewer
/stock-transfers/:number/void     POST   admin
/stock/:id                        GET    admin manager staff auditor viewer
/stock/:id/explain                GET    admin manager staff auditor viewer
/stock/:id/movements              GET    admin manager staff auditor viewer
/suppliers                        GET    admin manager staff auditor viewer
/suppliers                        POST   admin manager
/suppliers/:id                    GET    admin manager staff auditor viewer
/suppliers/:id                    PATCH  admin manager
/transfers                        GET    admin manager staff auditor viewer
/transfers                        POST   admin manager staff
/transfers/:number                GET    admin manager staff auditor viewer
/transfers/:number/void           POST   admin
/trial-balance                    GET    admin manager       auditor
/users                            GET    admin
/users                            POST   admin
/users/:username                  GET    admin
/users/:username                  PATCH  admin
/users/:username/reset-password   POST   admin
/users/:username/unlock           POST   admin
/wastes                           GET    admin manager staff auditor viewer
/wastes                           POST   admin manager staff
/wastes/:number                   GET    admin manager staff auditor viewer
/wastes/:number/void              POST   admin
/write-offs                       GET    admin manager staff auditor viewer
/write-offs                       POST   admin manager
/write-offs/:number               GET    admin manager staff auditor viewer
/write-offs/:number/void          POST   admin
`;

/** A HEAD is a GET. */
export function matrixOf(permissions: RoutePermissions): string[] {
  const rows = [...permissions.routes()].flatMap(([route, group]) => {
    const [method = '', url = ''] = route.split(' ');
    if (method === 'HEAD') return [];
    const roles: 'public' | readonly string[] = GROUPS[group];
    const columns = ROLES.map((role) => (roles.includes(role) ? role : '').padEnd(role.length));
    return [{ path: url.replace(PREFIX, '') || '/', method, columns: roles === 'public' ? ['public'] : columns }];
  });
  const lines = rows.map(
    ({ path, method, columns }) =>
      [path, `${path.padEnd(34)}${method.padEnd(7)}${columns.join(' ')}`.trimEnd()] as const,
  );
  return [...new Set(lines.map(([, line]) => line))].sort();
}

export const MATRIX_LINES = MATRIX.trim().split('\n');

export interface PermittedRoute {
  method: string;
  path: string;
  roles: string[] | 'public';
}
export const PERMITTED_ROUTES: readonly PermittedRoute[] = MATRIX_LINES.map((line) => {
  const [path = '', method = '', ...roles] = line.split(/ +/);
  return { method, path, roles: roles[0] === 'public' ? 'public' : roles };
});
