/**
 * OWASP's device cookies: a client that signs in gets a token of the device for this name. Failures of a device that shows one are
 * counted by themselves, so guessing from elsewhere, or beside it behind the same address, does not lock it out.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { JwtService } from '@nestjs/jwt';
import { ALGORITHM, ISSUER } from './jwt.strategy.js';

const COOKIE = 'device';
/** For clients that keep no cookies. */
export const DEVICE_HEADER = 'device-token';
const AUDIENCE = 'factory-ledger-device';
const EXPIRES_IN_S = 90 * 24 * 60 * 60;

export class DeviceTokens {
  private readonly jwt: JwtService;

  constructor(secret: string) {
    this.jwt = new JwtService({
      secret,
      signOptions: { algorithm: ALGORITHM, issuer: ISSUER, audience: AUDIENCE, expiresIn: EXPIRES_IN_S },
      verifyOptions: { algorithms: [ALGORITHM], issuer: ISSUER, audience: AUDIENCE },
    });
  }

  /** The id of a device that has signed in with this name; undefined for any other. */
  deviceOf(headers: IncomingHttpHeaders, username: string): string | undefined {
    const header = headers[DEVICE_HEADER];
    const token = typeof header === 'string' ? header : cookieIn(headers.cookie);
    if (token === undefined) return undefined;
    try {
      const { sub, jti } = this.jwt.verify<{ sub: string; jti: string }>(token);
      return sub === username ? jti : undefined;
    } catch {
      return undefined;
    }
  }

  issue(username: string, device: string = randomUUID()): string {
    return this.jwt.sign({}, { subject: username, jwtid: device });
  }
}

/** Browsers send it where passwords are checked, and show it to no script. */
export function deviceCookie(token: string): string {
  return `${COOKIE}=${token}; Path=/api/v1/auth; Max-Age=${EXPIRES_IN_S}; HttpOnly; Secure; SameSite=Strict`;
}

function cookieIn(cookies = ''): string | undefined {
  const found = cookies.split(';').find((each) => each.trimStart().startsWith(`${COOKIE}=`));
  return found?.slice(found.indexOf('=') + 1).trim();
}
