/** The identity provider: what it says of itself, its keys, the exchange of a code, and its logout tokens. */
import { createHash } from 'node:crypto';
import { type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import * as jose from 'jose';
import * as client from 'openid-client';
import { Problem } from '../../http/problem.js';
import type { BreakerState } from '../../postgres-breaker.js';
import type { OidcSettings } from './oidc-settings.js';

const ANSWER_S_MAX = 3;
const ANSWER_BYTES_MAX = 1024 * 1024;
const FAILURES_MAX = 3;
const OPEN_MS = 5000;
const REFRESH_MS = 60 * 60_000;
/** However many tokens name an unknown key, the keys are fetched at most so often. */
const KEYS_EVERY_MS = 60_000;
const LOGOUT_AGE_S_MAX = 5 * 60;
const CLOCK_TOLERANCE_S = 30;
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const ASYMMETRIC = /^((RS|PS|ES)(256|384|512)|EdDSA|Ed25519)$/;

/** What a sign-in remembers while the user is with the issuer. */
export interface Flow {
  state: string;
  nonce: string;
  verifier: string;
}
/** Whom the issuer says it has signed in. */
export interface Identity {
  subject: string;
  /** Of the issuer's session. */
  sid: string | undefined;
  display_name: string;
  groups: string[];
}
export interface Logout {
  jti: string;
  subject: string | undefined;
  sid: string | undefined;
}

interface Known {
  config: client.Configuration;
  keys: ReturnType<typeof jose.createRemoteJWKSet>;
  at_ms: number;
}

class IssuerAway extends Error {}

export class Issuer {
  private known: Known | undefined;
  private finding: Promise<Known> | undefined;
  private readonly breaker: CircuitBreakerPolicy = circuitBreaker(handleAll, {
    halfOpenAfter: OPEN_MS,
    breaker: new ConsecutiveBreaker(FAILURES_MAX),
  });

  constructor(private readonly settings: OidcSettings) {}

  get state(): BreakerState {
    const { state } = this.breaker;
    return state === CircuitState.Closed ? 'closed' : state === CircuitState.HalfOpen ? 'half_open' : 'open';
  }

  /** @throws Problem issuer_unavailable */
  async begin(): Promise<{ url: URL; flow: Flow }> {
    const { redirect_uri, scope, acr } = this.settings;
    const { config } = await this.find();
    const flow = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(config, {
      ...{ redirect_uri: redirect_uri.href, scope, state: flow.state, nonce: flow.nonce },
      ...{ code_challenge: await client.calculatePKCECodeChallenge(flow.verifier), code_challenge_method: 'S256' },
      ...(acr.length > 0 && { acr_values: acr.join(' ') }),
    });
    return { url, flow };
  }

  /**
   * Checks state, issuer, and the ID token: signature, issuer, audience, times, nonce, at_hash.
   * @param query of the callback, as it came
   * @throws Problem sign_in_failed, sign_in_too_weak, issuer_unavailable
   */
  async finish(query: string, { state, nonce, verifier }: Flow): Promise<Identity> {
    const { groups_claim, redirect_uri } = this.settings;
    const { config } = await this.find();
    try {
      const tokens = await client.authorizationCodeGrant(config, new URL(query, redirect_uri), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims()!;
      requireAccessTokenHash(tokens.id_token!, tokens.access_token, claims.at_hash);
      this.requireStrength(claims);
      const has_more = claims[groups_claim] === undefined && config.serverMetadata().userinfo_endpoint !== undefined;
      const more = has_more ? await client.fetchUserInfo(config, tokens.access_token, claims.sub) : {};
      return identityOf({ ...more, ...claims }, groups_claim);
    } catch (error) {
      throw problemOf(error, 'sign_in_failed');
    }
  }

  /** @throws Problem invalid_logout_token, issuer_unavailable */
  async readLogout(logout_token: string): Promise<Logout> {
    const { config, keys } = await this.find();
    const { issuer, id_token_signing_alg_values_supported: supported = ['RS256'] } = config.serverMetadata();
    try {
      const { payload, protectedHeader } = await jose.jwtVerify(logout_token, keys, {
        issuer,
        audience: this.settings.client_id,
        algorithms: (supported as string[]).filter((algorithm) => ASYMMETRIC.test(algorithm)),
        maxTokenAge: LOGOUT_AGE_S_MAX,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['jti', 'events'],
      });
      return logoutOf(payload, protectedHeader.typ);
    } catch (error) {
      throw problemOf(error, 'invalid_logout_token');
    }
  }

  private requireStrength({ acr: reached, amr }: client.IDToken): void {
    const { acr } = this.settings;
    const said = [reached, ...(Array.isArray(amr) ? amr : [])];
    if (acr.length > 0 && !said.some((each) => typeof each === 'string' && acr.includes(each)))
      throw new Problem('sign_in_too_weak');
  }

  /** What is known stays in use while it is refreshed, and where that fails. */
  private async find(): Promise<Known> {
    const { known } = this;
    if (known !== undefined && Date.now() - known.at_ms < REFRESH_MS) return known;
    this.finding ??= this.discover().finally(() => {
      this.finding = undefined;
    });
    if (known === undefined) return this.finding;
    this.finding.catch(() => {});
    return known;
  }

  private async discover(): Promise<Known> {
    const { issuer, client_id, client_secret } = this.settings;
    try {
      const config = await client.discovery(issuer, client_id, undefined, authentication(client_secret), {
        timeout: ANSWER_S_MAX,
        [client.customFetch]: this.fetch,
        execute: [
          client.enableNonRepudiationChecks,
          // The settings allow plain HTTP on this machine alone.
          ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []),
        ],
      });
      const { jwks_uri } = config.serverMetadata();
      if (jwks_uri === undefined) throw new IssuerAway('the issuer names no keys');
      const keys = jose.createRemoteJWKSet(new URL(jwks_uri), {
        timeoutDuration: ANSWER_S_MAX * 1000,
        cooldownDuration: KEYS_EVERY_MS,
        [jose.customFetch]: this.fetch,
      });
      this.known = { config, keys, at_ms: Date.now() };
      return this.known;
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** Without an answer, or with one of 5xx, the breaker counts; open, it fails at once. */
  private readonly fetch = async (url: string, options: object): Promise<Response> => {
    try {
      return await this.breaker.execute(async () => {
        const response = await fetch(url, options);
        const body = await bodyOf(response);
        if (response.status >= 500) throw new Error(`the issuer answers ${response.status}`);
        return new Response(body, { status: response.status, headers: response.headers });
      });
    } catch (error) {
      throw new IssuerAway('the issuer does not answer', { cause: error });
    }
  };
}

async function bodyOf({ body }: Response): Promise<Buffer<ArrayBuffer> | null> {
  if (body === null) return null;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error('the answer of the issuer is too large');
  }
  return bytes === 0 ? null : Buffer.concat(chunks);
}

/** RFC 6749 demands that every issuer takes Basic. */
function authentication(secret: string | undefined): client.ClientAuth {
  return secret === undefined ? client.None() : client.ClientSecretBasic(secret);
}

/** The left half of the access token's hash, by the algorithm of the ID token. */
function requireAccessTokenHash(id_token: string, access_token: string, at_hash: unknown): void {
  if (at_hash === undefined) return;
  const bits = /(\d{3})$/.exec(jose.decodeProtectedHeader(id_token).alg ?? '')?.[1] ?? '512';
  const hash = createHash(`sha${bits}`).update(access_token).digest();
  if (at_hash !== hash.subarray(0, hash.length / 2).toString('base64url')) throw new Error('at_hash differs');
}

const SUBJECT = /^[\x20-\x7e]{1,255}$/;
const SID_LENGTH_MAX = 255;
const NAME_LENGTH_MAX = 100;
const GROUPS_MAX = 10_000;

function identityOf(claims: Record<string, unknown>, groups_claim: string): Identity {
  const { sub, sid, preferred_username, email, name } = claims;
  if (typeof sub !== 'string' || !SUBJECT.test(sub)) throw new Error('sub is no ASCII text of 255 characters');
  const groups = [claims[groups_claim] ?? []].flat().slice(0, GROUPS_MAX);
  const named = [preferred_username, email, name].find((each) => typeof each === 'string' && each !== '');
  return {
    subject: sub,
    sid: readSid(sid),
    display_name: shown(`${named ?? sub}`),
    groups: groups.filter((group) => typeof group === 'string'),
  };
}

function readSid(sid: unknown): string | undefined {
  if (sid === undefined) return undefined;
  if (typeof sid === 'string' && sid.length <= SID_LENGTH_MAX && SUBJECT.test(sid)) return sid;
  throw new Error('sid is no text');
}

function shown(name: string): string {
  return name
    .replace(/\p{Cc}/gu, '')
    .slice(0, NAME_LENGTH_MAX)
    .toWellFormed();
}

/** OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6. */
function logoutOf(payload: jose.JWTPayload, typ: string | undefined): Logout {
  const { jti, sub, sid, nonce, events } = payload;
  const event = (events as Record<string, unknown> | null)?.[LOGOUT_EVENT];
  const says_so = typeof event === 'object' && event !== null;
  if (!says_so || nonce !== undefined) throw new Error('it is no logout token');
  if (typ !== undefined && !/^(application\/)?(logout\+)?jwt$/i.test(typ)) throw new Error('it is of another type');
  if (typeof jti !== 'string' || jti === '') throw new Error('jti is no text');
  if (sub === undefined && sid === undefined) throw new Error('it names no session and no subject');
  if (sub !== undefined && !SUBJECT.test(sub)) throw new Error('sub is no text');
  return { jti, subject: sub, sid: readSid(sid) };
}

function unavailable(cause: unknown): Problem {
  return new Problem('issuer_unavailable', {}, { headers: { 'retry-after': `${OPEN_MS / 1000}` }, cause });
}

function problemOf(error: unknown, code: 'sign_in_failed' | 'invalid_logout_token'): Problem {
  if (error instanceof Problem) return error;
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof IssuerAway) return unavailable(error);
  return new Problem(code, {}, { cause: error });
}
