import type { FastifyInstance } from 'fastify';
import { Problem } from '../http/problem.js';
import type { ApiRequest, User } from '../http/request.js';
import { isPermitted } from './permit.js';
import type { Tokens } from './tokens.js';

/** Before its body is read. Call before any route is registered. */
export function authenticateRequests(fastify: FastifyInstance, tokens: Tokens): void {
  fastify.addHook('onRequest', (request: ApiRequest, _reply, done) => {
    if (request.is404) return done();
    const { permit } = request.routeOptions.config;
    if (permit === 'public') return done();
    const admit = (user: User) => {
      if (permit === undefined || !isPermitted(user.role, permit)) throw new Problem('forbidden', { role: user.role });
      request.user = user;
    };
    try {
      const user = tokens.authenticate(request);
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
