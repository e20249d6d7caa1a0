import { sql, type Transaction } from 'kysely';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import type { IdentityDb, IdentityTables } from '../../../libs/identity/tables.js';
import type { Role } from '../../../libs/ledger/commands.js';
import { Problem } from '../http/problem.js';
import { countAttempt, lock } from './attempts.js';
import { factorProgress } from './factor-progress.js';
import { checkPassword } from './passwords.js';
import { type Origin, openSession, type Session, type SessionLimits } from './sessions.js';

/** Failures of a name from one address or known device, and from all addresses that it never signed in from. */
const FAILURES_MAX = 10;
const FAILURES_EVERYWHERE_MAX = 100;
const EVERYWHERE = '';
const KNOWN_DAYS = 30;

/** What every route answers that checks a password. */
export const PASSWORD_PROBLEMS = [
  ...(['malformed_json', 'password_expired', 'validation', 'account_locked'] as const),
  ...(['rate_limited', 'too_many_requests', 'overloaded'] as const),
];

type Attempts = { here: number; everywhere: number };
type Trx = Transaction<IdentityTables>;
interface UserRow {
  username: string;
  token_version: number;
  /** null: the user has none; the answer is that to an unknown name. */
  password_hash: string | null;
  password_expires_at: Date | null;
  has_expired: boolean | null;
}

/** By the clock that has dated it. */
const has_expired = sql<boolean | null>`password_expires_at <= clock_timestamp()`;

export class SignIn {
  /** @param demanded_of the roles whose users need a second factor */
  constructor(
    private readonly db: IdentityDb,
    private readonly limits: SessionLimits,
    private readonly demanded_of: readonly Role[] = [],
  ) {}

  /** The first step; those that are left are in the session. @throws Problem invalid_credentials, password_expired, account_locked */
  begin(username: string, password: string, origin: Origin, known_device?: string): Promise<Session> {
    return this.check(username, password, { origin, known_device }, 'invalid_credentials', async (trx, user) => {
      const progress = await factorProgress(trx, username, this.demanded_of);
      const session = await openSession(trx, user, origin, this.limits, progress);
      const type = session.step === 'second_factor' ? 'SignInBegun' : 'SignedIn';
      await noteSecurityEvent(trx, type, username, { username, session_id: session.session_id, ...origin });
      return session;
    });
  }

  /** @throws Problem wrong_password, password_expired, account_locked, managed_by_issuer */
  async confirm(username: string, password: string, origin: Origin, known_device?: string): Promise<void> {
    const user = await this.db
      .selectFrom('users')
      .select('password_hash')
      .where('username', '=', username)
      .executeTakeFirst();
    if (user?.password_hash === null) throw new Problem('managed_by_issuer');
    await this.check(username, password, { origin, known_device }, 'wrong_password', async () => true);
  }

  /**
   * Counted before the check and uncounted if right: parallel attempts are limited too. An unknown name takes as long.
   */
  private async check<T>(
    username: string,
    password: string,
    { origin, known_device }: { origin: Origin; known_device: string | undefined },
    refused: 'invalid_credentials' | 'wrong_password',
    whenRight: (trx: Trx, user: UserRow) => Promise<T>,
  ): Promise<T> {
    const from = known_device === undefined ? origin.address : `device ${known_device}`;
    let user: UserRow | undefined;
    let attempts: Attempts;
    const find = async () => {
      attempts = await this.db
        .transaction()
        .execute((trx) => countSignIn(trx, username, from, known_device !== undefined));
      user = await this.db
        .selectFrom('users')
        .select(['username', 'token_version', 'password_hash', 'password_expires_at'])
        .select(has_expired.as('has_expired'))
        .where('username', '=', username)
        .where('active', '=', true)
        .executeTakeFirst();
      return user?.password_hash ?? undefined;
    };
    const checked = await checkPassword(from, find, password, (right) =>
      this.db.transaction().execute(async (trx) => {
        if (!right || user === undefined) {
          await noteFailure(trx, username, origin, from, { ...attempts, known: user !== undefined });
          return { problem: refused };
        }
        await noteSuccess(trx, username, from, attempts);
        if (user.has_expired) return { problem: 'password_expired' as const };
        return { answer: await whenRight(trx, user) };
      }),
    );
    if (checked.problem !== undefined) throw new Problem(checked.problem);
    return checked.answer;
  }
}

/** `from`: an address, or a known device. */
async function countSignIn(trx: Trx, username: string, from: string, is_known: boolean): Promise<Attempts> {
  const here = await countAttempt(trx, username, from, FAILURES_MAX);
  const everywhere =
    is_known || here.known ? 0 : (await countAttempt(trx, username, EVERYWHERE, FAILURES_EVERYWHERE_MAX)).failures;
  return { here: here.failures, everywhere };
}

async function noteSuccess(trx: Trx, username: string, address: string, { everywhere }: Attempts): Promise<void> {
  await trx
    .updateTable('failed_sign_ins')
    .set({
      failures: 0,
      locked_until: null,
      known_until: sql<Date>`clock_timestamp() + make_interval(days => ${KNOWN_DAYS})`,
    })
    .where('username', '=', username)
    .where('address', '=', address)
    .execute();
  if (everywhere > 0)
    await trx
      .updateTable('failed_sign_ins')
      .set({ failures: sql<number>`greatest(failures - 1, 0)` })
      .where('username', '=', username)
      .where('address', '=', EVERYWHERE)
      .execute();
}

/** An unknown name may be a password typed into the wrong field: counted by the minute, not recorded. */
async function noteFailure(
  trx: Trx,
  username: string,
  { address, device }: Origin,
  from: string,
  { here, everywhere, known }: Attempts & { known: boolean },
): Promise<void> {
  if (known) await noteSecurityEvent(trx, 'SignInFailed', 'anonymous', { username, address, device });
  else
    await sql`INSERT INTO unknown_sign_ins AS u (minute, failures) VALUES (date_trunc('minute', clock_timestamp()), 1)
      ON CONFLICT (minute) DO UPDATE SET failures = u.failures + 1`.execute(trx);
  const full = [
    ...(here === FAILURES_MAX ? [from] : []),
    ...(everywhere === FAILURES_EVERYWHERE_MAX ? [EVERYWHERE] : []),
  ];
  for (const counter of full) {
    const until = await lock(trx, username, counter);
    if (known) await noteSecurityEvent(trx, 'SignInLocked', 'anonymous', { username, until, address });
  }
}

export const isMinuteOver = sql<boolean>`minute < date_trunc('minute', clock_timestamp())`;

export async function noteUnknownNames(db: IdentityDb): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const minutes = await trx.deleteFrom('unknown_sign_ins').where(isMinuteOver).returningAll().execute();
    for (const { minute, failures } of minutes.toSorted((a, b) => a.minute.getTime() - b.minute.getTime()))
      await noteSecurityEvent(trx, 'UnknownNamesTried', 'anonymous', { minute: minute.toISOString(), failures });
  });
}
