/**
 * Every request passes here, before its body is read: who sends it, and may they use this route? Deny by default: a route
 * that the permission table does not hold is reached by nobody, and cannot even be registered.
 */
import type { FastifyInstance, RouteOptions } from 'fastify';
import { Problem } from '../http/problem.js';
import type { ApiRequest, User } from '../http/request.js';
import { accessTo } from './permissions.js';
import type { Tokens } from './tokens.js';

/** What somebody may send of whom nothing is known: a name and a password. */
const PUBLIC_BODY_BYTES_MAX = 16 * 1024;

/** To be called before any route is registered. */
export function guardDoor(fastify: FastifyInstance, tokens: Tokens): void {
  fastify.addHook('onRoute', refuseUnknownRoute);
  fastify.addHook('onRequest', (request: ApiRequest, _reply, done) => {
    // Where nothing is, there is nothing to guard: the answer is 404 or 405.
    if (request.is404) return done();
    const access = accessTo(request.method, request.routeOptions.url ?? '');
    if (access === 'public') return done();
    const admit = (user: User) => {
      if (!access?.includes(user.role)) throw new Problem('forbidden', { role: user.role });
      request.user = user;
    };
    try {
      const user = tokens.userOf(request);
      if (!(user instanceof Promise)) {
        admit(user);
        return done();
      }
      user.then(admit).then(() => done(), done);
    } catch (error) {
      done(error as Error);
    }
  });
}

function refuseUnknownRoute(route: RouteOptions): void {
  const { method, url } = route;
  for (const verb of [method].flat()) {
    const access = accessTo(verb, url);
    if (access === undefined)
      throw new Error(`The route ${verb} ${url} is not in the permission table (apps/api/auth/permissions.ts).`);
    if (access === 'public') route.bodyLimit = PUBLIC_BODY_BYTES_MAX;
  }
}
