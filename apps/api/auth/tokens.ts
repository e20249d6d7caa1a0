/**
 * Bearer tokens: HS256 only, for this issuer and audience, 24 hours, each with an id by which it can be taken back.
 *
 * A token is checked in full (signature, claims, user, revocation) when it is first seen and then remembered, so that an
 * order of a signed-in user costs two look-ups in memory. What has changed since is asked of Postgres every second. While
 * Postgres is away nothing can change there either, and the last answer holds for five minutes.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { JwtService } from '@nestjs/jwt';
import { PassportStrategy } from '@nestjs/passport';
import { sql } from 'kysely';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import type { IdentityDb } from '../../../libs/identity/tables.js';
import type { Role } from '../../../libs/ledger/commands.js';
import { Problem } from '../http/problem.js';
import type { ApiRequest, User } from '../http/request.js';
import type { LogLine } from '../log.js';
import type { SignedIn } from './sign-in.js';

const issuer = 'factory-ledger';
const audience = 'factory-ledger-api';
const algorithm = 'HS256';
export const expires_in_s = 24 * 60 * 60;

const remembered_max = 20_000;
const refresh_ms = 1000;
const trusted_ms_max = 5 * 60_000;
/** Rows may become visible a little later than the moment they are stamped with. */
const overlap_s = 10;
const clean_up_every = 600;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Claims = { sub: string; role: Role; version: number; jti: string; exp: number };
type Known = User & { version: number; token_id: string; expires_at_ms: number };

export class Tokens {
  /** By the token itself. A user's object is in it as often as they have tokens. */
  private readonly known = new Map<string, Known>();
  /** Of the clock that is never set. */
  private refreshed_at_ms = performance.now();
  private readonly jwt: JwtService;

  constructor(
    secret: string,
    private readonly db: IdentityDb,
  ) {
    this.jwt = new JwtService({ secret, signOptions: { algorithm, issuer, audience, expiresIn: expires_in_s } });
    passport.use(new JwtStrategy(secret, (claims) => this.accept(claims)));
  }

  issue({ username, role, token_version }: SignedIn): string {
    return this.jwt.sign({ role, version: token_version }, { subject: username, jwtid: randomUUID() });
  }

  /** Who sent the request; at once for a token that is known, which is nearly every time. @throws Problem unauthenticated. */
  userOf(request: ApiRequest): User | Promise<User> {
    const token = bearerIn(request.headers);
    if (token === null) throw refused('no bearer token was sent');
    const known = this.known.get(token);
    if (known === undefined) return this.meet(token, request);
    if (known.expires_at_ms <= Date.now()) {
      this.known.delete(token);
      throw refused('the token has expired');
    }
    if (performance.now() - this.refreshed_at_ms > trusted_ms_max)
      throw new Problem('unavailable', {}, { headers: { 'retry-after': '1' } });
    return known;
  }

  /** Takes the request's own token back. Elsewhere it is refused within seconds. */
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

  /** Forgets a user's tokens: those that still hold are met again. */
  forget(username: string): void {
    for (const [token, known] of this.known) if (known.username === username) this.known.delete(token);
  }

  /** Asks once a second what has changed, until `signal` aborts. */
  async keepFresh(log: LogLine, signal: AbortSignal): Promise<void> {
    for (let round = 0; !signal.aborted; round += 1) {
      await sleep(refresh_ms, undefined, { signal }).catch(() => {});
      try {
        await this.refresh();
        if (round % clean_up_every === 0) await cleanUp(this.db);
      } catch (error) {
        if (round % 60 === 0) log('warn', 'Changes of users cannot be read', { error: `${error}` });
      }
    }
  }

  private async refresh(): Promise<void> {
    const asked_at_ms = performance.now();
    const since_s = (asked_at_ms - this.refreshed_at_ms) / 1000 + overlap_s;
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
    const holds = ({ username, version, token_id }: Known) => {
      const user = changed.get(username);
      return !revoked.has(token_id) && (user === undefined || (user.active && user.token_version === version));
    };
    if (changed.size + revoked.size > 0)
      for (const [token, known] of this.known) if (!holds(known)) this.known.delete(token);
    this.refreshed_at_ms = asked_at_ms;
  }

  private async meet(token: string, request: ApiRequest): Promise<User> {
    const known = await verified(request);
    if (this.known.size >= remembered_max) this.known.delete(this.known.keys().next().value ?? '');
    this.known.set(token, known);
    return known;
  }

  /** The claims are signed by us; do they still hold? */
  private async accept({ sub, version, jti, exp }: Claims): Promise<Known | undefined> {
    const whole =
      typeof exp === 'number' && typeof sub === 'string' && Number.isInteger(version) && UUID.test(`${jti}`);
    if (!whole) return undefined;
    const user = await this.db
      .selectFrom('users')
      .select(['username', 'role'])
      .where('username', '=', sub)
      .where('active', '=', true)
      .where('token_version', '=', version)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('revoked_tokens').where('token_id', '=', jti).select('token_id'))),
      )
      .executeTakeFirst();
    return user && { ...user, version, token_id: jti, expires_at_ms: exp * 1000 };
  }
}

/** `user` is undefined for a token whose promise no longer holds. */
class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    secret: string,
    private readonly accept: (claims: Claims) => Promise<Known | undefined>,
  ) {
    super({
      jwtFromRequest: ({ headers }) => bearerIn(headers),
      secretOrKey: secret,
      algorithms: [algorithm],
      issuer,
      audience,
    });
  }

  validate(claims: Claims): Promise<Known | undefined> {
    return this.accept(claims);
  }
}

/** Ours have some 300 characters. */
const header_length_max = 2048;

/** passport-jwt's own extractor takes half a second for a header of 16 KiB without a blank. */
export function bearerIn({ authorization = '' }: IncomingHttpHeaders): string | null {
  if (authorization.length > header_length_max) return null;
  return /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? null;
}

function verified(request: ApiRequest): Promise<Known> {
  const { promise, resolve, reject } = Promise.withResolvers<Known>();
  const done = (error: unknown, known: Known | false | undefined, info: unknown) => {
    if (error) reject(error);
    else if (known) resolve(known);
    else reject(refused(info instanceof Error ? info.message : 'the token no longer holds'));
  };
  passport.authenticate('jwt', { session: false }, done)(request, undefined, reject);
  return promise;
}

function refused(why: string): Problem {
  const detail = `A valid bearer token is needed: ${why}.`;
  return new Problem(
    'unauthenticated',
    {},
    { detail, headers: { 'www-authenticate': 'Bearer realm="factory-ledger"' } },
  );
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
