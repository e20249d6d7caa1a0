/** Signed by hand, so that everything can be wrong. */
import { createHmac, randomUUID } from 'node:crypto';

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

export function goodClaims(username: string, version = 1): Record<string, unknown> {
  const now_s = Math.floor(Date.now() / 1000);
  const who = { sub: username, role: 'admin', version, jti: randomUUID() };
  return { ...who, iss: 'factory-ledger', aud: 'factory-ledger-api', iat: now_s, exp: now_s + 3600 };
}

export function forge(claims: object, secret: string, alg = 'HS256'): string {
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  if (alg === 'none') return `${signed}.`;
  return `${signed}.${createHmac(alg.replace('HS', 'sha'), secret).update(signed).digest('base64url')}`;
}
