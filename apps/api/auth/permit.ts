/** Who may use a route: `@Permit('records')`. A route without one stops the start (route-permissions.ts). */
import type { Role } from '../../../libs/ledger/commands.js';
import { AddRouteConfig } from '../http/route-config.js';

export const GROUPS = {
  public: 'public',
  signed_in: ['admin', 'manager', 'staff', 'auditor', 'viewer'],
  admin: ['admin'],
  leads: ['admin', 'manager'],
  records: ['admin', 'manager', 'staff'],
  reads: ['admin', 'manager', 'auditor'],
  reads_reports: ['admin', 'manager', 'auditor', 'viewer'],
  reads_approvals: ['admin', 'manager', 'auditor', 'staff'],
  audits: ['admin', 'auditor'],
} as const satisfies Record<string, 'public' | readonly Role[]>;

export type Group = keyof typeof GROUPS;

declare module 'fastify' {
  interface FastifyContextConfig {
    permit?: Group;
  }
}

export const Permit = (permit: Group) => AddRouteConfig({ permit });

export function isPermitted(role: Role, group: Group): boolean {
  const roles: 'public' | readonly Role[] = GROUPS[group];
  return roles === 'public' || roles.includes(role);
}

/** The `created_by` of the documents that the user may see; undefined for all. */
export function ownOnly({ username, role }: { username: string; role: Role }): string | undefined {
  return role === 'staff' ? username : undefined;
}
