import type { FastifyInstance } from 'fastify';
import type { Role } from '../../../libs/ledger/commands.js';
import type { Addresses } from '../http/address.js';
import type { Limits } from '../http/limits.js';
import { Problem, type ProblemCode } from '../http/problem.js';
import { type ApiRequest, ledgerOf, type Principal } from '../http/request.js';
import type { SecurityNotes } from '../http/security-notes.js';
import { type Permission, type PermitName, permissionOf, roleIn, roleInAll } from './permit.js';
import type { Step } from './sign-in-steps.js';
import type { Tokens } from './tokens.js';

interface Parts {
  tokens: Tokens;
  notes: SecurityNotes;
  addresses: Addresses;
  limits: Pick<Limits, 'takeAnonymous'>;
}

/** Before its body is read. Call before any route is registered. */
export function authenticateRequests(fastify: FastifyInstance, { tokens, notes, addresses, limits }: Parts): void {
  fastify.decorate('authenticateAgain', async (request: ApiRequest) => {
    await tokens.authenticate(request);
  });
  fastify.addHook('onRequest', (request: ApiRequest, reply, done) => {
    if (request.is404) return done();
    const permission = permissionIn(request.routeOptions.config);
    if (permission === 'public') return done();
    const admit = (principal: Principal) => {
      request.principal = principal;
      const role = roleFor(request, principal, permission);
      if (role !== undefined) request.user = { username: principal.username, role };
      request.is_admitted = true;
      return permission.fresh ? tokens.sessions.requireFresh(principal.session_id) : undefined;
    };
    const refuse = (error: unknown) => {
      if (request.principal !== undefined) return done(error as Error);
      limits.takeAnonymous(request, reply).then(() => done(error as Error), done);
    };
    try {
      const principal = tokens.authenticate(request);
      const admitted = principal instanceof Promise ? principal.then(admit) : admit(principal);
      if (admitted === undefined) return done();
      admitted.then(() => done(), refuse);
    } catch (error) {
      refuse(error);
    }
  });
  fastify.addHook('onResponse', (request: ApiRequest, reply, done) => {
    const { statusCode: status } = reply;
    // 400, 413 and 415 are not slips of a form, but of who looks for a way past it.
    if (COUNTED.has(status)) countIfRefused(request, status);
    done();
  });

  function countIfRefused(request: ApiRequest, status: number): void {
    const { principal, is_admitted, is404, method, raw, routeOptions } = request;
    if (is404 || routeOptions.config.permit === 'public') return;
    if (status === 404 && (principal === undefined || is_admitted)) return;
    const who = principal && { username: principal.username };
    notes.countRefusal({ ...who, status, route: `${method} ${routeOptions.url}`, address: addresses.of(raw) });
  }
}

const COUNTED = new Set([400, 401, 403, 404, 413, 415]);
const FORBIDDEN_TO_ALL: Permission = { roles: [], held: 'all' };

function permissionIn({ permit }: { permit?: PermitName }): 'public' | Permission {
  return permit === undefined ? FORBIDDEN_TO_ALL : permissionOf(permit);
}

const REQUIRED = {
  second_factor: 'second_factor_required',
  new_password: 'password_change_required',
  enrol_factor: 'enrolment_required',
} as const satisfies Record<Step, ProblemCode>;

/**
 * The role in which the request is answered; undefined where it needs none.
 * @throws Problem of the step that is left; unknown_ledger where the user has no role there, whether or not there is such a ledger; forbidden
 */
function roleFor(request: ApiRequest, principal: Principal, permission: Permission): Role | undefined {
  const { roles, held, people_only = false, during = [] } = permission;
  const { step, is_machine = false } = principal;
  if (step !== undefined && !during.some((each) => each === step)) throw new Problem(REQUIRED[step as Step]);
  if (people_only && is_machine) throw new Problem('forbidden', {}, { detail: 'An API key may not do this.' });
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
