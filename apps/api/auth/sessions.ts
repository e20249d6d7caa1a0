/** Sessions: each sign-in is one, in the table `sessions`; its id is that of its token. */
import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import { type IdentityDb, type IdentityTables, rolesOf } from '../../../libs/identity/tables.js';
import type { Role } from '../../../libs/ledger/commands.js';
import { Problem } from '../http/problem.js';
import { type FactorProgress, nextStep, type Step } from './sign-in-steps.js';

export interface SessionLimits {
  /** Without a request for so long a session ends. */
  idle_s: number;
  absolute_s: number;
  /** Before a change of factors, passwords or roles, both must have been given within so long. */
  reauthentication_s: number;
}
/** For a session that waits for a step. */
const STEP_S_MAX = { second_factor: 5 * 60, new_password: 15 * 60, enrol_factor: 15 * 60 } as const satisfies Record<
  Step,
  number
>;
/** Of one user; the oldest ends beyond that. */
const LIVE_MAX = 100;

/** Where a request comes from. */
export interface Origin {
  address: string;
  /** What the client says of itself, cut. */
  device: string;
}
export interface Session {
  session_id: string;
  username: string;
  expires_at_ms: number;
  /** What is still to be done before it is whole. */
  step: Step | undefined;
}
export interface SessionRow {
  session_id: string;
  username: string;
  token_version: number;
  step: Step | null;
  roles: Record<string, Role>;
  expires_at: Date;
}
export interface SessionView {
  session_id: string;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  address: string;
  device: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Trx = Transaction<IdentityTables>;
interface SessionUser {
  username: string;
  token_version: number;
  password_expires_at: Date | null;
}

export async function openSession(
  trx: Trx,
  { username, token_version, password_expires_at }: SessionUser,
  { address, device }: Origin,
  { absolute_s }: SessionLimits,
  factor: FactorProgress,
): Promise<Session> {
  const session_id = randomUUID();
  const step = nextStep({ ...factor, password_is_temporary: password_expires_at !== null });
  const lifetime_s = step === undefined ? absolute_s : Math.min(absolute_s, STEP_S_MAX[step]);
  const { expires_at } = await trx
    .insertInto('sessions')
    .values({
      session_id,
      username,
      token_version,
      address,
      device,
      step: step ?? null,
      expires_at: inSeconds(lifetime_s),
    })
    .returning('expires_at')
    .executeTakeFirstOrThrow();
  await sql`
    UPDATE sessions SET ended_at = clock_timestamp() WHERE session_id IN (
      SELECT session_id FROM sessions WHERE username = ${username} AND ended_at IS NULL AND expires_at > clock_timestamp()
      ORDER BY created_at DESC, session_id OFFSET ${LIVE_MAX})`.execute(trx);
  return { session_id, username, expires_at_ms: expires_at.getTime(), step };
}

/** Ends all live sessions of a user, except `kept`. Call `Tokens.forget` afterwards: instances remember tokens. */
export async function endSessions(trx: Trx, username: string, kept?: string): Promise<void> {
  await trx
    .updateTable('sessions')
    .set({ ended_at: sql<Date>`clock_timestamp()` })
    .where('username', '=', username)
    .where('ended_at', 'is', null)
    .$if(kept !== undefined, (query) => query.where('session_id', '<>', kept!))
    .execute();
}

function inSeconds(seconds: number): RawBuilder<Date> {
  return sql<Date>`clock_timestamp() + make_interval(secs => ${seconds})`;
}

export class Sessions {
  /** @param onEnded called for each that this instance ended */
  constructor(
    private readonly db: IdentityDb,
    readonly limits: SessionLimits,
    private readonly onEnded: (session_id: string) => void = () => {},
  ) {}

  /** Undefined where it has expired or was ended, or where its user has changed since. */
  find(session_id: string): Promise<SessionRow | undefined> {
    return this.live()
      .select([
        's.session_id',
        's.username',
        's.token_version',
        's.step',
        's.expires_at',
        rolesOf('s.username').as('roles'),
      ])
      .where('s.session_id', '=', session_id)
      .executeTakeFirst();
  }

  /** The last begun first; at most a hundred. */
  async list(username: string): Promise<SessionView[]> {
    const rows = await this.live()
      .select(['s.session_id', 's.created_at', 's.last_used_at', 's.expires_at', 's.address', 's.device'])
      .where('s.username', '=', username)
      .orderBy('s.created_at', 'desc')
      .limit(LIVE_MAX)
      .execute();
    return rows.map(({ created_at, last_used_at, expires_at, ...row }) => ({
      ...row,
      created_at: created_at.toISOString(),
      last_used_at: last_used_at.toISOString(),
      expires_at: expires_at.toISOString(),
    }));
  }

  /** By its own user, or by an admin. @throws Problem unknown_record where the user has no such live session */
  async end(actor: string, username: string, session_id: string): Promise<void> {
    const type = actor === username ? 'SignedOut' : 'SessionEnded';
    const ended = UUID.test(session_id) ? await this.endSome(actor, username, [session_id], type) : [];
    if (ended.length === 0) throw new Problem('unknown_record', { session_id });
  }

  /** All of a user, except `kept`. */
  async endAll(actor: string, username: string, kept?: string): Promise<void> {
    const live = await this.list(username);
    const ids = live.map(({ session_id }) => session_id).filter((session_id) => session_id !== kept);
    await this.endSome(actor, username, ids, 'SessionEnded');
  }

  /** @throws Problem reauthentication_required */
  async requireFresh(session_id = ''): Promise<void> {
    const since = sql<Date>`clock_timestamp() - make_interval(secs => ${this.limits.reauthentication_s})`;
    const fresh = await this.live()
      .select('s.session_id')
      .where('s.session_id', '=', session_id)
      .where('s.authenticated_at', '>', since)
      .executeTakeFirst();
    if (fresh === undefined) throw new Problem('reauthentication_required');
  }

  /** @param used seconds since the last use, by session */
  async noteUse(used: ReadonlyMap<string, number>): Promise<void> {
    if (used.size === 0) return;
    await sql`
      UPDATE sessions s SET last_used_at = greatest(s.last_used_at, clock_timestamp() - make_interval(secs => u.ago_s))
      FROM unnest(${[...used.keys()]}::uuid[], ${[...used.values()]}::float8[]) u (session_id, ago_s)
      WHERE s.session_id = u.session_id`.execute(this.db);
  }

  async endedSince(since: RawBuilder<Date>): Promise<Set<string>> {
    const rows = await this.db.selectFrom('sessions').select('session_id').where('ended_at', '>', since).execute();
    return new Set(rows.map(({ session_id }) => session_id));
  }

  async cleanUp(): Promise<void> {
    const ago = (hours: number) => sql<Date>`clock_timestamp() - make_interval(hours => ${hours})`;
    await this.db
      .deleteFrom('sessions')
      .where(({ or, eb }) => or([eb('expires_at', '<', ago(1)), eb('ended_at', '<', ago(1))]))
      .execute();
  }

  private async endSome(
    actor: string,
    username: string,
    ids: string[],
    type: 'SignedOut' | 'SessionEnded',
  ): Promise<string[]> {
    if (ids.length === 0) return [];
    const ended = await this.db.transaction().execute(async (trx) => {
      const rows = await trx
        .updateTable('sessions')
        .set({ ended_at: sql<Date>`clock_timestamp()` })
        .where('session_id', 'in', ids)
        .where('username', '=', username)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', sql<Date>`clock_timestamp()`)
        .returning('session_id')
        .execute();
      for (const { session_id } of rows) await noteSecurityEvent(trx, type, actor, { username, session_id });
      return rows.map(({ session_id }) => session_id);
    });
    for (const session_id of ended) this.onEnded(session_id);
    return ended;
  }

  private live() {
    const now = sql<Date>`clock_timestamp()`;
    return this.db
      .selectFrom('sessions as s')
      .innerJoin('users as u', (join) =>
        join.onRef('u.username', '=', 's.username').onRef('u.token_version', '=', 's.token_version'),
      )
      .where('u.active', '=', true)
      .where('s.ended_at', 'is', null)
      .where('s.expires_at', '>', now)
      .where('s.last_used_at', '>', sql<Date>`clock_timestamp() - make_interval(secs => ${this.limits.idle_s})`);
  }
}
