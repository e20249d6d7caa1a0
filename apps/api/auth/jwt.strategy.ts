import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import { Problem } from '../http/problem.js';
import type { ApiRequest, Principal } from '../http/request.js';

export const ISSUER = 'factory-ledger';
export const AUDIENCE = 'factory-ledger-api';
export const ALGORITHM = 'HS256';

export type Claims = { sub: string; jti: string; exp: number };
/** `used_at_ms` by performance.now(). */
export type TokenUser = Principal & { session_id: string; version: number; expires_at_ms: number; used_at_ms: number };
type Accept = (claims: Claims) => Promise<TokenUser | undefined>;

type PassportInstance = InstanceType<typeof passport.Passport>;

@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  declare private authenticator: PassportInstance;

  constructor(
    secret: string,
    private readonly accept: Accept,
  ) {
    super({
      jwtFromRequest: ({ headers }) => bearerIn(headers),
      secretOrKey: secret,
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
    });
  }

  getPassportInstance(): PassportInstance {
    this.authenticator ??= new passport.Passport();
    return this.authenticator;
  }

  validate(claims: Claims): Promise<TokenUser | undefined> {
    return this.accept(claims);
  }

  readToken(request: ApiRequest): Promise<TokenUser> {
    if (isCritical(bearerIn(request.headers) ?? ''))
      return Promise.reject(unauthenticated('it asks for what is unknown'));
    const { promise, resolve, reject } = Promise.withResolvers<TokenUser>();
    const done = (error: unknown, user: TokenUser | false | undefined, info: unknown) => {
      if (error) reject(error);
      else if (user) resolve(user);
      else reject(unauthenticated(info instanceof Error ? info.message : 'the token no longer holds'));
    };
    this.authenticator.authenticate('jwt', { session: false }, done)(request, undefined, reject);
    return promise;
  }
}

/** RFC 7515: a token whose `crit` names what we do not understand must be refused; jsonwebtoken does not look at it. */
function isCritical(token: string): boolean {
  try {
    return 'crit' in JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString());
  } catch {
    return false;
  }
}

const HEADER_LENGTH_MAX = 2048;

/** passport-jwt's own extractor takes half a second for a header of 16 KiB without a blank. */
export function bearerIn({ authorization = '' }: IncomingHttpHeaders): string | null {
  if (authorization.length > HEADER_LENGTH_MAX) return null;
  return /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? null;
}

export function unauthenticated(why: string): Problem {
  const detail = `A valid bearer token is needed: ${why}.`;
  const headers = { 'www-authenticate': 'Bearer realm="factory-ledger"' };
  return new Problem('unauthenticated', {}, { detail, headers });
}
