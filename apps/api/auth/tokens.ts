/**
 * A token is checked in full once, then cached for as long as Postgres, asked once a second, reports no change; for
 * five minutes while Postgres is away.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { JwtService } from '@nestjs/jwt';
import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import { type IdentityDb, rolesOf } from '../../../libs/identity/tables.js';
import { Problem } from '../http/problem.js';
import type { ApiRequest, Principal } from '../http/request.js';
import type { LogLine } from '../log.js';
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
import type { SignedIn } from './sign-in.js';

export const EXPIRES_IN_S = 24 * 60 * 60;

const CACHED_MAX = 20_000;
const REFRESH_MS = 1000;
const TRUSTED_MS_MAX = 5 * 60_000;
/** A row may become visible later than its timestamp says. */
const OVERLAP_S = 10;
const CLEAN_UP_EVERY = 600;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class Tokens {
  private readonly known = new LRUCache<string, TokenUser>({ max: CACHED_MAX });
  private refreshed_at_ms = performance.now();
  private readonly jwt: JwtService;
  readonly strategy: JwtStrategy;

  constructor(
    secret: string,
    private readonly db: IdentityDb,
  ) {
    const signOptions = { algorithm: ALGORITHM, issuer: ISSUER, audience: AUDIENCE, expiresIn: EXPIRES_IN_S } as const;
    this.jwt = new JwtService({ secret, signOptions });
    this.strategy = new JwtStrategy(secret, (claims) => this.accept(claims));
  }

  issue({ username, token_version }: SignedIn): string {
    return this.jwt.sign({ version: token_version }, { subject: username, jwtid: randomUUID() });
  }

  /** Who sent the request; without a promise where the token is cached, which is nearly always. @throws Problem unauthenticated */
  authenticate(request: ApiRequest): Principal | Promise<Principal> {
    const token = bearerIn(request.headers);
    if (token === null) throw unauthenticated('no bearer token was sent');
    const known = this.known.get(token);
    if (known === undefined) return this.check(token, request);
    if (known.expires_at_ms <= Date.now()) {
      this.known.delete(token);
      throw unauthenticated('the token has expired');
    }
    if (performance.now() - this.refreshed_at_ms > TRUSTED_MS_MAX)
      throw new Problem('unavailable', {}, { headers: { 'retry-after': '1' } });
    return known;
  }

  /** Other instances refuse it within seconds. */
  async revoke(request: ApiRequest): Promise<void> {
    const token = bearerIn(request.headers) ?? '';
    const known = this.known.get(token);
    if (known === undefined) return;
    const { token_id, expires_at_ms, username } = known;
    await this.db.transaction().execute(async (trx) => {
      await trx
        .insertInto('revoked_tokens')
        .values({ token_id, expires_at: new Date(expires_at_ms) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await noteSecurityEvent(trx, 'SignedOut', username, { username });
    });
    this.known.delete(token);
  }

  forget(username: string): void {
    for (const [token, known] of this.known.entries()) if (known.username === username) this.known.delete(token);
  }

  async keepFresh(log: LogLine, signal: AbortSignal): Promise<void> {
    for (let round = 0; !signal.aborted; round += 1) {
      await sleep(REFRESH_MS, undefined, { signal }).catch(() => {});
      try {
        await this.refresh();
        if (round % CLEAN_UP_EVERY === 0) await cleanUp(this.db);
      } catch (error) {
        if (round % 60 === 0) log('warn', 'Changes of users cannot be read', { error: `${error}` });
      }
    }
  }

  private async refresh(): Promise<void> {
    const asked_at_ms = performance.now();
    const since_s = (asked_at_ms - this.refreshed_at_ms) / 1000 + OVERLAP_S;
    const since = sql<Date>`clock_timestamp() - make_interval(secs => ${since_s})`;
    const users = await this.db
      .selectFrom('users')
      .select(['username', 'active', 'token_version'])
      .where('changed_at', '>', since)
      .execute();
    const tokens = await this.db
      .selectFrom('revoked_tokens')
      .select('token_id')
      .where('revoked_at', '>', since)
      .execute();
    const changed = new Map(users.map((user) => [user.username, user]));
    const revoked = new Set(tokens.map(({ token_id }) => token_id));
    const holds = ({ username, version, token_id }: TokenUser) => {
      const user = changed.get(username);
      return !revoked.has(token_id) && (user === undefined || (user.active && user.token_version === version));
    };
    if (changed.size + revoked.size > 0)
      for (const [token, known] of this.known.entries()) if (!holds(known)) this.known.delete(token);
    this.refreshed_at_ms = asked_at_ms;
  }

  private async check(token: string, request: ApiRequest): Promise<Principal> {
    const known = await this.strategy.readToken(request);
    this.known.set(token, known);
    return known;
  }

  private async accept({ sub, version, jti, exp }: Claims): Promise<TokenUser | undefined> {
    const whole =
      typeof exp === 'number' && typeof sub === 'string' && Number.isInteger(version) && UUID.test(`${jti}`);
    if (!whole) return undefined;
    const user = await this.db
      .selectFrom('users')
      .select(['username', rolesOf('users.username').as('roles')])
      .where('username', '=', sub)
      .where('active', '=', true)
      .where('token_version', '=', version)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('revoked_tokens').where('token_id', '=', jti).select('token_id'))),
      )
      .executeTakeFirst();
    if (user === undefined) return undefined;
    const roles = new Map(Object.entries(user.roles));
    return { username: user.username, roles, version, token_id: jti, expires_at_ms: exp * 1000 };
  }
}

async function cleanUp(db: IdentityDb): Promise<void> {
  await db.deleteFrom('revoked_tokens').where('expires_at', '<', sql<Date>`clock_timestamp()`).execute();
  const long_ago = sql<Date>`clock_timestamp() - interval '1 hour'`;
  await db
    .deleteFrom('failed_sign_ins')
    .where('since', '<', long_ago)
    .where(sql<boolean>`coalesce(known_until < clock_timestamp(), true)`)
    .execute();
}
