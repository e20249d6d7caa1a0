/** Users whom an identity provider knows: made at their first sign-in, with the roles of their groups at each. */
import { createHash } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { noteSecurityEvent } from '../../../../libs/identity/security-outbox.js';
import { newTokenVersion } from '../../../../libs/identity/set-password.js';
import {
  ALL_LEDGERS,
  IDENTITY_PROVIDER,
  type IdentityDb,
  type IdentityTables,
  OIDC_USER,
} from '../../../../libs/identity/tables.js';
import type { Role } from '../../../../libs/ledger/commands.js';
import { Problem } from '../../http/problem.js';
import { type Origin, openSession, type Session, type SessionLimits } from '../sessions.js';
import type { Identity, Logout } from './issuer.js';

/** Any number, the same in every instance. Held shared by sign-ins: a logout waits for those that began before it. */
const LOCK_ID = 7_245_302;
const REMEMBERED_HOURS = 24;

/** Which of them it asks for is its own rule, and that of OIDC_ACR. */
const FACTORS_OF_THE_ISSUER = { has_factor: false, gave_factor: false, factor_is_demanded: false };

type Trx = Transaction<IdentityTables>;
type Outcome = { session: Session } | { problem: 'sign_in_failed' | 'no_access' };

/** By issuer and subject alone, which never change; no name that a user of ours can have. */
export function usernameOf(issuer: string, subject: string): string {
  return `${OIDC_USER}${createHash('sha256').update(`${issuer}\n${subject}`).digest('base64url').slice(0, 22)}`;
}

export interface Arrival {
  identity: Identity;
  /** Of the groups, by ledger. */
  roles: ReadonlyMap<string, Role>;
  origin: Origin;
  state: string;
  began_at_ms: number;
}

export class OidcUsers {
  constructor(
    private readonly db: IdentityDb,
    private readonly issuer: string,
    private readonly limits: SessionLimits,
    private readonly changed: (username: string) => void,
  ) {}

  /** @throws Problem sign_in_failed where the state was used, or the issuer has ended the sign-in; no_access */
  async signIn(arrival: Arrival): Promise<Session> {
    const username = usernameOf(this.issuer, arrival.identity.subject);
    const outcome = await this.db.transaction().execute(async (trx): Promise<Outcome> => {
      await sql`SELECT pg_advisory_xact_lock_shared(${LOCK_ID})`.execute(trx);
      await useOnce(trx, `state ${arrival.state}`, 'sign_in_failed');
      if (await this.hasEnded(trx, arrival)) return { problem: 'sign_in_failed' };
      return this.admit(trx, username, arrival);
    });
    this.changed(username);
    if ('problem' in outcome) throw new Problem(outcome.problem);
    return outcome.session;
  }

  /** Ends one session of the issuer's, or all of a user. @returns the users. @throws Problem invalid_logout_token for one seen before */
  async logOut({ jti, subject, sid }: Logout): Promise<string[]> {
    const usernames = await this.db.transaction().execute(async (trx) => {
      await sql`SELECT pg_advisory_xact_lock(${LOCK_ID})`.execute(trx);
      await useOnce(trx, `logout ${jti}`, 'invalid_logout_token', {
        sid,
        subject: sid === undefined ? subject : undefined,
      });
      const { rows } = await sql<{ session_id: string; username: string }>`
        UPDATE sessions s SET ended_at = clock_timestamp() FROM users u
        WHERE u.username = s.username AND u.issuer = ${this.issuer} AND s.ended_at IS NULL AND s.expires_at > clock_timestamp()
          AND (${sid ?? null}::text IS NULL OR s.oidc_sid = ${sid ?? null})
          AND (${subject ?? null}::text IS NULL OR u.subject = ${subject ?? null})
        RETURNING s.session_id, s.username`.execute(trx);
      for (const { session_id, username } of rows)
        await noteSecurityEvent(trx, 'SessionEnded', IDENTITY_PROVIDER, { username, session_id });
      await trx
        .deleteFrom('oidc_used')
        .where('used_at', '<', sql<Date>`clock_timestamp() - make_interval(hours => ${REMEMBERED_HOURS})`)
        .execute();
      return [...new Set(rows.map(({ username }) => username))];
    });
    for (const username of usernames) this.changed(username);
    return usernames;
  }

  /** Whether a logout arrived while the user was on the way back. */
  private async hasEnded(trx: Trx, { identity: { sid, subject }, began_at_ms }: Arrival): Promise<boolean> {
    const { rows } = await sql`
      SELECT 1 FROM oidc_used WHERE sid = ${sid ?? null}
        OR (subject = ${subject} AND used_at > ${new Date(began_at_ms)}) LIMIT 1`.execute(trx);
    return rows.length > 0;
  }

  private async admit(trx: Trx, username: string, { identity, roles, origin }: Arrival): Promise<Outcome> {
    const { subject, sid, display_name } = identity;
    const refused = async (why: string) => {
      await noteSecurityEvent(trx, 'SingleSignOnRefused', 'anonymous', {
        username,
        subject,
        display_name,
        why,
        ...origin,
      });
      return { problem: 'no_access' as const };
    };
    const made = roles.size > 0 && (await this.make(trx, username, identity, roles));
    const user = await trx
      .selectFrom('users')
      .select(['active', 'token_version', 'display_name'])
      .where('username', '=', username)
      .forUpdate()
      .executeTakeFirst();
    if (user === undefined) return refused('no role for any group');
    if (!user.active) return refused('deactivated');
    if (user.display_name !== display_name)
      await trx.updateTable('users').set({ display_name }).where('username', '=', username).execute();
    let { token_version } = user;
    if (!made && (await setRoles(trx, username, roles))) {
      await trx.updateTable('users').set(newTokenVersion).where('username', '=', username).execute();
      token_version += 1;
    }
    if (roles.size === 0) return refused('no role for any group');
    const now = { username, token_version, password_expires_at: null };
    const session = await openSession(trx, now, origin, this.limits, FACTORS_OF_THE_ISSUER);
    const { session_id } = session;
    await trx
      .updateTable('sessions')
      .set({ oidc_sid: sid ?? null })
      .where('session_id', '=', session_id)
      .execute();
    await noteSecurityEvent(trx, 'SignedIn', username, {
      username,
      session_id,
      by: 'single sign-on',
      display_name,
      ...origin,
    });
    return { session };
  }

  /** @returns false where there is the user already */
  private async make(
    trx: Trx,
    username: string,
    { subject, display_name }: Identity,
    roles: ReadonlyMap<string, Role>,
  ): Promise<boolean> {
    const made = await trx
      .insertInto('users')
      .values({
        username,
        password_hash: null,
        issuer: this.issuer,
        subject,
        display_name,
        created_by: IDENTITY_PROVIDER,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('username')
      .executeTakeFirst();
    if (made === undefined) return false;
    const held = [...roles].map(([ledger, role]) => ({ username, ledger, role }));
    await trx.insertInto('user_roles').values(held).execute();
    const [{ ledger, role }, ...more] = held as [(typeof held)[number], ...typeof held];
    const about = { username, issuer: this.issuer, subject, display_name };
    await noteSecurityEvent(trx, 'UserCreated', IDENTITY_PROVIDER, { ...about, role, ...where(ledger) });
    for (const { ledger, role } of more) await noteRole(trx, username, ledger, null, role);
    return true;
  }
}

/** @returns whether they were others */
async function setRoles(trx: Trx, username: string, roles: ReadonlyMap<string, Role>): Promise<boolean> {
  const rows = await trx.selectFrom('user_roles').select(['ledger', 'role']).where('username', '=', username).execute();
  const held = new Map(rows.map(({ ledger, role }) => [ledger, role]));
  const ledgers = [...new Set([...held.keys(), ...roles.keys()])];
  const changed = ledgers.filter((ledger) => held.get(ledger) !== roles.get(ledger));
  if (changed.length === 0) return false;
  await trx.deleteFrom('user_roles').where('username', '=', username).execute();
  if (roles.size > 0)
    await trx
      .insertInto('user_roles')
      .values([...roles].map(([ledger, role]) => ({ username, ledger, role })))
      .execute();
  for (const ledger of changed)
    await noteRole(trx, username, ledger, held.get(ledger) ?? null, roles.get(ledger) ?? null);
  return true;
}

function noteRole(trx: Trx, username: string, ledger: string, from: Role | null, to: Role | null): Promise<void> {
  return noteSecurityEvent(trx, 'UserRoleChanged', IDENTITY_PROVIDER, { username, ...where(ledger), from, to });
}

const where = (ledger: string) => (ledger === ALL_LEDGERS ? {} : { ledger });

/** A state, a logout token or a code holds once, in all instances. */
export async function useOnce(
  db: IdentityDb | Trx,
  what: string,
  refused: 'sign_in_failed' | 'invalid_logout_token',
  about: { sid?: string | undefined; subject?: string | undefined } = {},
): Promise<void> {
  const id = createHash('sha256').update(what).digest('base64url');
  const used = await db
    .insertInto('oidc_used')
    .values({ id, sid: about.sid ?? null, subject: about.subject ?? null })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (used === undefined) throw new Problem(refused);
}
