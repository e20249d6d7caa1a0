/**
 * Who may use which route, and where they must hold the role: in the ledger of the request, in all, in any, or in none.
 * `apps/api/route-matrix.unit.spec.ts` holds the routes to it, `auth.e2e.spec.ts` the running API.
 */
import { type Held, permissionOf } from '../../apps/api/auth/permit.js';
import type { RoutePermissions } from '../../apps/api/auth/route-permissions.js';
import { PREFIX } from '../../apps/api/http/prefix.js';
import { ROLES } from '../../libs/ledger/commands.js';

const MATRIX = `
/                                 GET    public
/accounts                         GET    ledger admin manager staff auditor viewer
/accounts                         POST   ledger admin manager
/accounts/:id                     GET    ledger admin manager       auditor
/accounts/:id                     PATCH  ledger admin manager
/accounts/:id/entries             GET    ledger admin manager       auditor
/adjustments                      GET    ledger admin manager       auditor
/api-keys                         GET    all    admin                              people_only
/api-keys                         POST   all    admin                              people_only fresh
/api-keys/:id                     DELETE all    admin                              people_only
/approval-thresholds              GET    ledger admin manager       auditor
/approval-thresholds              POST   ledger admin
/approvals                        GET    ledger admin manager staff auditor
/approvals/:id                    GET    ledger admin manager staff auditor
/approvals/:id/approve            POST   ledger admin manager
/approvals/:id/reject             POST   ledger admin manager
/approvals/:id/withdraw           POST   ledger admin manager staff
/audit/chain/head                 GET    ledger admin               auditor
/audit/checkpoints                GET    ledger admin               auditor
/audit/checkpoints                POST   ledger admin               auditor
/audit/events                     GET    ledger admin               auditor
/audit/export                     GET    ledger admin               auditor
/audit/history/:kind/:id          GET    ledger admin               auditor
/audit/proofs/:number             GET    ledger admin               auditor
/audit/security-events            GET    all    admin               auditor
/audit/state                      GET    ledger admin               auditor
/audit/verifications              POST   ledger admin               auditor
/audit/verifications/:id          GET    ledger admin               auditor
/auth/factors                     GET    none   admin manager staff auditor viewer people_only during_enrol_factor
/auth/factors/:id                 DELETE none   admin manager staff auditor viewer people_only fresh
/auth/factors/passkeys            POST   none   admin manager staff auditor viewer people_only fresh during_enrol_factor
/auth/factors/passkeys/challenge  POST   none   admin manager staff auditor viewer people_only during_second_factor during_new_password during_enrol_factor
/auth/factors/passkeys/confirm    POST   none   admin manager staff auditor viewer people_only fresh during_enrol_factor
/auth/factors/recovery-codes      POST   none   admin manager staff auditor viewer people_only fresh
/auth/factors/totp                POST   none   admin manager staff auditor viewer people_only fresh during_enrol_factor
/auth/factors/totp/confirm        POST   none   admin manager staff auditor viewer people_only fresh during_enrol_factor
/auth/login                       POST   public
/auth/logout                      POST   none   admin manager staff auditor viewer people_only during_second_factor during_new_password during_enrol_factor
/auth/me                          GET    none   admin manager staff auditor viewer during_second_factor during_new_password during_enrol_factor
/auth/oidc/backchannel-logout     POST   public
/auth/oidc/callback               GET    public
/auth/oidc/start                  GET    public
/auth/oidc/token                  POST   public
/auth/password                    POST   none   admin manager staff auditor viewer people_only fresh during_new_password
/auth/reauthenticate              POST   none   admin manager staff auditor viewer people_only during_new_password during_enrol_factor
/auth/second-factor               POST   none   admin manager staff auditor viewer people_only during_second_factor
/auth/sessions                    DELETE none   admin manager staff auditor viewer people_only
/auth/sessions                    GET    none   admin manager staff auditor viewer people_only
/auth/sessions/:id                DELETE none   admin manager staff auditor viewer people_only
/batches                          POST   ledger admin manager staff
/blows                            GET    ledger admin manager staff auditor viewer
/blows                            POST   ledger admin manager staff
/blows/:number                    GET    ledger admin manager staff auditor viewer
/blows/:number/void               POST   ledger admin
/customers                        GET    ledger admin manager staff auditor viewer
/customers                        POST   ledger admin manager
/customers/:id                    GET    ledger admin manager staff auditor viewer
/customers/:id                    PATCH  ledger admin manager
/dashboard                        GET    ledger admin manager       auditor
/docs                             GET    public
/docs-json                        GET    public
/docs/                            GET    public
/docs/:asset                      GET    public
/docs/problems                    GET    public
/docs/show.js                     GET    public
/flash-buy                        POST   ledger admin manager staff
/flash-sales                      GET    ledger admin manager staff auditor viewer
/flash-sales                      POST   ledger admin manager
/flash-sales/:id                  GET    ledger admin manager staff auditor viewer
/flash-sales/:id/close            POST   ledger admin manager
/flash-sales/:id/queue            GET    ledger admin manager staff auditor viewer
/flash-sales/:id/queue            PATCH  ledger admin manager
/flash-sales/:id/queue/draw       GET    ledger admin manager staff auditor viewer
/flash-sales/:id/queue/lift       POST   ledger admin manager
/flash-sales/:id/queue/tickets    POST   ledger admin manager staff
/flash-sales/:id/queue/tickets/:customer_id GET    ledger admin manager staff auditor viewer
/health/live                      GET    public
/health/ready                     GET    public
/imports                          POST   ledger admin manager staff
/items                            GET    ledger admin manager staff auditor viewer
/items                            POST   ledger admin manager
/items/:id                        GET    ledger admin manager staff auditor viewer
/items/:id                        PATCH  ledger admin manager
/journal-entries                  GET    ledger admin manager staff auditor viewer
/journal-entries                  POST   ledger admin manager staff
/journal-entries/:number          GET    ledger admin manager staff auditor viewer
/journal-entries/:number/void     POST   ledger admin
/late-costs                       GET    ledger admin manager staff auditor viewer
/late-costs/:number               GET    ledger admin manager staff auditor viewer
/late-costs/:number/void          POST   ledger admin
/ledgers                          GET    any    admin               auditor
/ledgers                          POST   all    admin
/locations                        GET    ledger admin manager staff auditor viewer
/locations                        POST   ledger admin manager
/locations/:id                    GET    ledger admin manager staff auditor viewer
/locations/:id                    PATCH  ledger admin manager
/metrics                          GET    public
/orders                           GET    ledger admin manager staff auditor viewer
/orders/:id                       GET    ledger admin manager staff auditor viewer
/orders/:id/cancel                POST   ledger admin manager staff
/payments                         GET    ledger admin manager staff auditor viewer
/payments                         POST   ledger admin manager staff
/payments/:number                 GET    ledger admin manager staff auditor viewer
/payments/:number/void            POST   ledger admin
/periods                          GET    ledger admin manager       auditor
/periods/:month/close             POST   ledger admin manager
/periods/:month/reopen            POST   ledger admin
/projections                      GET    all    admin manager       auditor
/projections/rebuild              POST   all    admin
/purchases                        GET    ledger admin manager staff auditor viewer
/purchases                        POST   ledger admin manager staff
/purchases/:number                GET    ledger admin manager staff auditor viewer
/purchases/:number/costs          POST   ledger admin manager staff
/purchases/:number/returns        POST   ledger admin manager staff
/purchases/:number/void           POST   ledger admin
/reports/aging                    GET    ledger admin manager       auditor viewer
/reports/customer-sales           GET    ledger admin manager       auditor viewer
/reports/profit-loss              GET    ledger admin manager       auditor viewer
/reports/restatement              GET    ledger admin manager       auditor viewer
/reports/stock-movement           GET    ledger admin manager       auditor viewer
/reports/stock-valuation          GET    ledger admin manager       auditor viewer
/reports/supplier-costs           GET    ledger admin manager       auditor viewer
/reports/trends                   GET    ledger admin manager       auditor viewer
/reservations                     GET    ledger admin manager staff auditor viewer
/reservations                     POST   ledger admin manager staff
/reservations/:id                 DELETE ledger admin manager staff
/reservations/:id                 GET    ledger admin manager staff auditor viewer
/reservations/:id/checkout        POST   ledger admin manager staff
/returns                          GET    ledger admin manager staff auditor viewer
/returns/:number                  GET    ledger admin manager staff auditor viewer
/returns/:number/void             POST   ledger admin
/sales                            GET    ledger admin manager staff auditor viewer
/sales                            POST   ledger admin manager staff
/sales/:number                    GET    ledger admin manager staff auditor viewer
/sales/:number/returns            POST   ledger admin manager staff
/sales/:number/void               POST   ledger admin
/stock                            GET    ledger admin manager staff auditor viewer
/stock-counts                     GET    ledger admin manager staff auditor viewer
/stock-counts                     POST   ledger admin manager staff
/stock-counts/:number             GET    ledger admin manager staff auditor viewer
/stock-counts/:number/void        POST   ledger admin
/stock-transfers                  GET    ledger admin manager staff auditor viewer
/stock-transfers                  POST   ledger admin manager staff
/stock-transfers/:number          GET    ledger admin manager staff auditor viewer
/stock-transfers/:number/void     POST   ledger admin
/stock/:id                        GET    ledger admin manager staff auditor viewer
/stock/:id/explain                GET    ledger admin manager staff auditor viewer
/stock/:id/movements              GET    ledger admin manager staff auditor viewer
/stream/events                    GET    ledger admin               auditor
/stream/orders                    GET    ledger admin manager staff auditor viewer
/stream/queue                     GET    ledger admin manager staff auditor viewer
/stream/stock                     GET    ledger admin manager staff auditor viewer
/suppliers                        GET    ledger admin manager staff auditor viewer
/suppliers                        POST   ledger admin manager
/suppliers/:id                    GET    ledger admin manager staff auditor viewer
/suppliers/:id                    PATCH  ledger admin manager
/transfers                        GET    ledger admin manager staff auditor viewer
/transfers                        POST   ledger admin manager staff
/transfers/:number                GET    ledger admin manager staff auditor viewer
/transfers/:number/void           POST   ledger admin
/trial-balance                    GET    ledger admin manager       auditor
/users                            GET    all    admin                              people_only
/users                            POST   all    admin                              people_only fresh
/users/:username                  GET    all    admin                              people_only
/users/:username                  PATCH  all    admin                              people_only fresh
/users/:username/factors          DELETE all    admin                              people_only fresh
/users/:username/reset-password   POST   all    admin                              people_only fresh
/users/:username/sessions         DELETE all    admin                              people_only
/users/:username/sessions         GET    all    admin                              people_only
/users/:username/sessions/:id     DELETE all    admin                              people_only
/users/:username/unlock           POST   all    admin                              people_only
/wastes                           GET    ledger admin manager staff auditor viewer
/wastes                           POST   ledger admin manager staff
/wastes/:number                   GET    ledger admin manager staff auditor viewer
/wastes/:number/void              POST   ledger admin
/webhooks                         GET    ledger admin               auditor
/webhooks                         POST   ledger admin                              people_only fresh
/webhooks/:id                     DELETE ledger admin
/webhooks/:id                     GET    ledger admin               auditor
/webhooks/:id                     PATCH  ledger admin                              people_only fresh
/webhooks/:id/attempts            GET    ledger admin               auditor
/webhooks/:id/replay              POST   ledger admin
/webhooks/:id/secret              POST   ledger admin                              people_only fresh
/webhooks/:id/test                POST   ledger admin
/write-offs                       GET    ledger admin manager staff auditor viewer
/write-offs                       POST   ledger admin manager
/write-offs/:number               GET    ledger admin manager staff auditor viewer
/write-offs/:number/void          POST   ledger admin
`;

/** A HEAD is a GET. */
export function matrixOf(permissions: RoutePermissions): string[] {
  const rows = [...permissions.routes()].flatMap(([route, group]) => {
    const [method = '', url = ''] = route.split(' ');
    if (method === 'HEAD') return [];
    const permission = permissionOf(group);
    return [{ path: url.replace(PREFIX, '') || '/', method, columns: columnsOf(permission) }];
  });
  const lines = rows.map(
    ({ path, method, columns }) =>
      [path, `${path.padEnd(33)} ${method.padEnd(7)}${columns.join(' ')}`.trimEnd()] as const,
  );
  return [...new Set(lines.map(([, line]) => line))].sort();
}

function columnsOf(permission: ReturnType<typeof permissionOf>): string[] {
  if (permission === 'public') return ['public'];
  const { roles, held, people_only, fresh, during = [] } = permission;
  const notes = [
    ...(people_only ? ['people_only'] : []),
    ...(fresh ? ['fresh'] : []),
    ...during.map((step) => `during_${step}`),
  ];
  return [held.padEnd(6), ...ROLES.map((role) => (roles.includes(role) ? role : '').padEnd(role.length)), ...notes];
}

export const MATRIX_LINES = MATRIX.trim().split('\n');

export interface PermittedRoute {
  method: string;
  /** Without the prefix, such as /sales/:number. */
  path: string;
  roles: string[] | 'public';
  /** Absent where the route is public. */
  held?: Held;
  /** Not with an API key. */
  people_only: boolean;
  /** Only where password, and second factor if any, were given just now. */
  fresh: boolean;
  /** Steps of a sign-in during which it is open. */
  during: string[];
}
export const PERMITTED_ROUTES: readonly PermittedRoute[] = MATRIX_LINES.map((line) => {
  const [path = '', method = '', held, ...words] = line.split(/ +/);
  const people_only = words.includes('people_only');
  const fresh = words.includes('fresh');
  const during = words.flatMap((word) => /^during_(.*)$/.exec(word)?.[1] ?? []);
  if (held === 'public') return { method, path, roles: held, people_only, fresh, during };
  const roles = words.filter((word) => (ROLES as readonly string[]).includes(word));
  return { method, path, roles, held: held as Held, people_only, fresh, during };
});
