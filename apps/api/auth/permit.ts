/** Who may use a route: `@Permit('records')`. A route without one stops the start (route-permissions.ts). */
import { ALL_LEDGERS } from '../../../libs/identity/tables.js';
import { ROLES, type Role, seesOnlyOwn } from '../../../libs/ledger/commands.js';
import type { Principal } from '../http/request.js';
import { AddRouteConfig } from '../http/route-config.js';
import { STEPS, type Step } from './sign-in-steps.js';

/**
 * Where the role must be held. `ledger`: in the ledger of the request. `all`: in all ledgers, for what is of no ledger. `any`: in at least
 * one, for a route that answers about those. `none`: no role is needed, for what is about the user themselves.
 */
export type Held = 'ledger' | 'all' | 'any' | 'none';
export interface Permission {
  roles: readonly Role[];
  held: Held;
  /** Not with an API key: a key that is stolen must not make others, nor users. */
  people_only?: boolean;
  /** Password, and second factor if any, must have been given just now: POST /auth/reauthenticate. */
  fresh?: boolean;
  /** Steps of a sign-in during which the route is open; without any it needs a whole session. */
  during?: readonly Step[];
}

export const PERMISSIONS = {
  public: 'public',
  oneself: { roles: ROLES, held: 'none', during: STEPS },
  signs_in: { roles: ROLES, held: 'none', people_only: true, during: ['second_factor'] },
  changes_password: { roles: ROLES, held: 'none', people_only: true, fresh: true, during: ['new_password'] },
  reauthenticates: { roles: ROLES, held: 'none', people_only: true, during: ['new_password', 'enrol_factor'] },
  gives_factor: { roles: ROLES, held: 'none', people_only: true, during: STEPS },
  signs_out: { roles: ROLES, held: 'none', people_only: true, during: STEPS },
  own_sessions: { roles: ROLES, held: 'none', people_only: true },
  own_factors: { roles: ROLES, held: 'none', people_only: true, during: ['enrol_factor'] },
  enrols_factors: { roles: ROLES, held: 'none', people_only: true, fresh: true, during: ['enrol_factor'] },
  changes_factors: { roles: ROLES, held: 'none', people_only: true, fresh: true },
  signed_in: { roles: ROLES, held: 'ledger' },
  admin: { roles: ['admin'], held: 'ledger' },
  leads: { roles: ['admin', 'manager'], held: 'ledger' },
  records: { roles: ['admin', 'manager', 'staff'], held: 'ledger' },
  reads: { roles: ['admin', 'manager', 'auditor'], held: 'ledger' },
  reads_reports: { roles: ['admin', 'manager', 'auditor', 'viewer'], held: 'ledger' },
  reads_approvals: { roles: ['admin', 'manager', 'staff', 'auditor'], held: 'ledger' },
  audits: { roles: ['admin', 'auditor'], held: 'ledger' },
  audits_any: { roles: ['admin', 'auditor'], held: 'any' },
  audits_system: { roles: ['admin', 'auditor'], held: 'all' },
  reads_system: { roles: ['admin', 'manager', 'auditor'], held: 'all' },
  runs_system: { roles: ['admin'], held: 'all' },
  /** Who can name a receiver is sent all that is recorded from then on. */
  changes_webhooks: { roles: ['admin'], held: 'ledger', people_only: true, fresh: true },
  runs_identity: { roles: ['admin'], held: 'all', people_only: true },
  changes_identity: { roles: ['admin'], held: 'all', people_only: true, fresh: true },
} as const satisfies Record<string, 'public' | Permission>;

export type PermitName = keyof typeof PERMISSIONS;

declare module 'fastify' {
  interface FastifyContextConfig {
    permit?: PermitName;
  }
}

export const Permit = (permit: PermitName) => AddRouteConfig({ permit });

export function permissionOf(permit: PermitName): 'public' | Permission {
  return PERMISSIONS[permit];
}

export function isPermitted(role: Role, permit: PermitName): boolean {
  const permission = permissionOf(permit);
  return permission === 'public' || permission.roles.includes(role);
}

/** undefined: the ledger does not exist for them. */
export function roleIn({ roles }: Principal, ledger_id: string): Role | undefined {
  return roles.get(ledger_id) ?? roles.get(ALL_LEDGERS);
}
export function roleInAll({ roles }: Principal): Role | undefined {
  return roles.get(ALL_LEDGERS);
}

export function isPermittedIn(principal: Principal, ledger_id: string, permit: PermitName): boolean {
  const role = roleIn(principal, ledger_id);
  return role !== undefined && isPermitted(role, permit);
}

export function isPermittedInAll(principal: Principal, permit: PermitName): boolean {
  const role = roleInAll(principal);
  return role !== undefined && isPermitted(role, permit);
}

/** The `created_by` of the documents that the user may see; undefined for all. */
export function ownOnly({ username, role }: { username: string; role: Role }): string | undefined {
  return seesOnlyOwn(role) ? username : undefined;
}
