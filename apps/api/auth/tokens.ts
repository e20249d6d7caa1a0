/**
 * A token is checked in full once, then cached for as long as Postgres, asked once a second, reports no change; for
 * five minutes while Postgres is away.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { JwtService } from '@nestjs/jwt';
import { type RawBuilder, sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { IdentityDb } from '../../../libs/identity/tables.js';
import { forgetAnsweredRequests } from '../http/answered-requests.js';
import { Problem } from '../http/problem.js';
import type { ApiRequest, Principal } from '../http/request.js';
import type { LogLine } from '../log.js';
import { ApiKeys, KEYS_DIGEST, keyHolds } from './api-keys.js';
import type { Token } from './auth.schemas.js';
import {
  ALGORITHM,
  AUDIENCE,
  bearerIn,
  type Claims,
  ISSUER,
  JwtStrategy,
  type TokenUser,
  unauthenticated,
} from './jwt.strategy.js';
import { type Session, type SessionLimits, Sessions } from './sessions.js';

const CACHED_MAX = 20_000;
const REFRESH_MS = 1000;
const TRUSTED_MS_MAX = 5 * 60_000;
/** A row may become visible later than its timestamp says. */
const OVERLAP_S = 10;
const CLEAN_UP_EVERY = 600;
/** Rounds after which the times of last use are written. */
const NOTE_USE_EVERY = 15;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class Tokens {
  private readonly known = new LRUCache<string, TokenUser>({ max: CACHED_MAX });
  private refreshed_at_ms = performance.now();
  private noted_use_at_ms = performance.now();
  private readonly jwt: JwtService;
  readonly strategy: JwtStrategy;
  readonly sessions: Sessions;
  readonly keys: ApiKeys;

  constructor(
    secret: string,
    private readonly db: IdentityDb,
    limits: SessionLimits,
  ) {
    const signOptions = { algorithm: ALGORITHM, issuer: ISSUER, audience: AUDIENCE } as const;
    this.jwt = new JwtService({ secret, signOptions });
    this.strategy = new JwtStrategy(secret, (claims) => this.accept(claims));
    this.sessions = new Sessions(db, limits, (session_id) => this.drop((known) => known.session_id === session_id));
    this.keys = new ApiKeys(db);
  }

  issue({ session_id, username, expires_at_ms }: Session): string {
    return this.jwt.sign({ exp: Math.floor(expires_at_ms / 1000) }, { subject: username, jwtid: session_id });
  }

  grant(session: Session): Token {
    const { expires_at_ms, step } = session;
    return {
      access_token: this.issue(session),
      token_type: 'bearer',
      expires_in: Math.floor((expires_at_ms - Date.now()) / 1000),
      ...(step !== undefined && { next_step: step }),
    };
  }

  /**
   * Who sent the request; without a promise where it is known, which is nearly always.
   * @param is_use false: the session goes on being idle. @throws Problem unauthenticated
   */
  authenticate(request: ApiRequest, is_use = true): Principal | Promise<Principal> {
    const token = bearerIn(request.headers);
    if (token === null) throw unauthenticated('no bearer token was sent');
    const now_ms = performance.now();
    if (now_ms - this.refreshed_at_ms > TRUSTED_MS_MAX)
      throw new Problem('unavailable', {}, { headers: { 'retry-after': '1' } });
    if (ApiKeys.isOne(token)) return this.ofKey(token);
    const known = this.known.get(token);
    if (known === undefined) return this.check(token, request);
    if (known.expires_at_ms <= Date.now()) {
      this.known.delete(token);
      throw unauthenticated('the token has expired');
    }
    if (now_ms - known.used_at_ms > this.sessions.limits.idle_s * 1000) {
      // It may have been used elsewhere.
      this.known.delete(token);
      return this.check(token, request);
    }
    if (is_use) known.used_at_ms = now_ms;
    return known;
  }

  /** Drops a user's tokens from the cache: those that still hold are checked anew. */
  forget(username: string): void {
    this.drop((known) => known.username === username);
  }

  async keepFresh(log: LogLine, signal: AbortSignal): Promise<void> {
    for (let round = 1; !signal.aborted; round += 1) {
      await sleep(REFRESH_MS, undefined, { signal }).catch(() => {});
      try {
        await this.refresh();
        if (round % NOTE_USE_EVERY === 0 || signal.aborted) await this.noteUse();
        if (round % CLEAN_UP_EVERY === 1) await this.cleanUp();
      } catch (error) {
        if (round % 60 === 1) log('warn', 'Changes of users cannot be read', { error: `${error}` });
      }
    }
  }

  private drop(is_void: (known: TokenUser) => boolean): void {
    for (const [token, known] of this.known.entries()) if (is_void(known)) this.known.delete(token);
  }

  private async refresh(): Promise<void> {
    const asked_at_ms = performance.now();
    const since_s = (asked_at_ms - this.refreshed_at_ms) / 1000 + OVERLAP_S;
    const since = sql<Date>`clock_timestamp() - make_interval(secs => ${since_s})`;
    // One question, since the answer is nearly always that nothing has changed.
    const { rows } = await sql<{ users: boolean; sessions: boolean; keys: string }>`
      SELECT EXISTS (SELECT FROM users WHERE changed_at > ${since}) AS users, EXISTS (SELECT FROM sessions WHERE ended_at > ${since}) AS sessions,
        (SELECT ${KEYS_DIGEST} FROM api_keys WHERE ${keyHolds}) AS keys`.execute(this.db);
    const found = rows[0]!;
    const users = found.users ? await this.changedSince(since) : [];
    const ended = found.sessions ? await this.sessions.endedSince(since) : new Set<string>();
    await this.keys.refreshUnless(found.keys);
    const changed = new Map(users.map((user) => [user.username, user]));
    if (changed.size + ended.size > 0)
      this.drop(({ username, version, session_id }) => {
        const user = changed.get(username);
        return ended.has(session_id) || (user !== undefined && !(user.active && user.token_version === version));
      });
    this.refreshed_at_ms = asked_at_ms;
  }

  private changedSince(since: RawBuilder<Date>) {
    const users = this.db.selectFrom('users').select(['username', 'active', 'token_version']);
    return users.where('changed_at', '>', since).execute();
  }

  private async noteUse(): Promise<void> {
    const now_ms = performance.now();
    const used = new Map<string, number>();
    for (const { session_id, used_at_ms } of this.known.values())
      if (used_at_ms > this.noted_use_at_ms) used.set(session_id, (now_ms - used_at_ms) / 1000);
    await this.sessions.noteUse(used);
    await this.keys.noteUse(this.noted_use_at_ms);
    this.noted_use_at_ms = now_ms;
  }

  private async cleanUp(): Promise<void> {
    await this.sessions.cleanUp();
    await forgetAnsweredRequests(this.db);
    await this.db
      .deleteFrom('failed_sign_ins')
      .where('since', '<', sql<Date>`clock_timestamp() - interval '1 hour'`)
      .where(sql<boolean>`coalesce(known_until < clock_timestamp(), true)`)
      .execute();
  }

  private ofKey(token: string): Principal | Promise<Principal> {
    const heldOrRefused = (principal: Principal | undefined): Principal => {
      if (principal === undefined) throw unauthenticated('the API key does not hold');
      return principal;
    };
    const found = this.keys.authenticate(token);
    return found instanceof Promise ? found.then(heldOrRefused) : heldOrRefused(found);
  }

  private async check(token: string, request: ApiRequest): Promise<Principal> {
    const known = await this.strategy.readToken(request);
    this.known.set(token, known);
    return known;
  }

  private async accept({ sub, jti, exp }: Claims): Promise<TokenUser | undefined> {
    if (typeof exp !== 'number' || typeof sub !== 'string' || !UUID.test(`${jti}`)) return undefined;
    const session = await this.sessions.find(jti);
    if (session === undefined || session.username !== sub) return undefined;
    const { session_id, username, token_version: version, expires_at } = session;
    const expires_at_ms = Math.min(exp * 1000, expires_at.getTime());
    const roles = new Map(Object.entries(session.roles));
    const step = session.step ?? undefined;
    return { username, roles, session_id, step, version, expires_at_ms, used_at_ms: performance.now() };
  }
}
