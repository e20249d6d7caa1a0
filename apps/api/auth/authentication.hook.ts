import type { FastifyInstance } from 'fastify';
import type { Role } from '../../../libs/ledger/commands.js';
import { Problem } from '../http/problem.js';
import { type ApiRequest, ledgerOf, type Principal } from '../http/request.js';
import { type Group, type Permission, permissionOf, roleIn, roleInAll } from './permit.js';
import type { Tokens } from './tokens.js';

/** Before its body is read. Call before any route is registered. */
export function authenticateRequests(fastify: FastifyInstance, tokens: Tokens): void {
  fastify.addHook('onRequest', (request: ApiRequest, _reply, done) => {
    if (request.is404) return done();
    const permission = permissionIn(request.routeOptions.config);
    if (permission === 'public') return done();
    const admit = (principal: Principal) => {
      request.principal = principal;
      const role = roleFor(request, principal, permission);
      if (role !== undefined) request.user = { username: principal.username, role };
    };
    try {
      const principal = tokens.authenticate(request);
      if (!(principal instanceof Promise)) {
        admit(principal);
        return done();
      }
      principal.then(admit).then(() => done(), done);
    } catch (error) {
      done(error as Error);
    }
  });
}

const NOBODY: Permission = { roles: [], held: 'all' };

function permissionIn({ permit }: { permit?: Group }): 'public' | Permission {
  return permit === undefined ? NOBODY : permissionOf(permit);
}

/**
 * The role in which the request is answered; undefined where it needs none.
 * @throws Problem unknown_ledger where the user has no role there, whether or not there is such a ledger; forbidden
 */
function roleFor(request: ApiRequest, principal: Principal, { roles, held }: Permission): Role | undefined {
  switch (held) {
    case 'none':
      return undefined;
    case 'ledger': {
      const role = roleIn(principal, ledgerOf(request));
      if (role === undefined) throw new Problem('unknown_ledger');
      return among(roles, role);
    }
    case 'all':
      return among(roles, roleInAll(principal));
    case 'any':
      return among(
        roles,
        [...principal.roles.values()].find((role) => roles.includes(role)),
      );
  }
}

function among(roles: readonly Role[], role: Role | undefined): Role {
  if (role === undefined || !roles.includes(role)) throw new Problem('forbidden', { role });
  return role;
}
