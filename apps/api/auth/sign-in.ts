/** Name and password for a token, and what happens to those who guess. */
import { sql } from 'kysely';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import type { IdentityDb } from '../../../libs/identity/tables.js';
import type { Role } from '../../../libs/ledger/commands.js';
import { Problem } from '../http/problem.js';
import { checkPassword } from './passwords.js';

const failures_max = 10;
const window_s = 15 * 60;

export type SignedIn = { username: string; role: Role; token_version: number };

export class SignIn {
  constructor(private readonly db: IdentityDb) {}

  /**
   * Answers who it is. An unknown name costs the same time and is locked the same way, so that nothing tells which names
   * there are. The lock is looked at and the failure counted within the password's own turn: guessing in parallel gains nothing.
   * @throws Problem `refused` for a wrong name or password or an inactive user; account_locked after ten failures within
   *   15 minutes, for 15 minutes, whatever the password.
   */
  check(username: string, password: string, refused: 'invalid_credentials' | 'wrong_password'): Promise<SignedIn> {
    let user: (SignedIn & { password_hash: string }) | undefined;
    const find = async () => {
      await this.refuseLocked(username);
      user = await this.db
        .selectFrom('users')
        .select(['username', 'role', 'token_version', 'password_hash'])
        .where('username', '=', username)
        .where('active', '=', true)
        .executeTakeFirst();
      return user?.password_hash;
    };
    return checkPassword(find, password, async (right) => {
      if (!right || user === undefined) {
        await this.noteFailure(username, user !== undefined);
        throw new Problem(refused);
      }
      await this.noteSuccess(username, refused === 'invalid_credentials');
      return { username, role: user.role, token_version: user.token_version };
    });
  }

  private async refuseLocked(username: string): Promise<void> {
    const row = await this.db
      .selectFrom('failed_sign_ins')
      .select('locked_until')
      .where('username', '=', username)
      .where('locked_until', '>', sql<Date>`clock_timestamp()`)
      .executeTakeFirst();
    if (row?.locked_until) throw locked(row.locked_until);
  }

  private async noteFailure(username: string, known: boolean): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ locked_until: Date | null }>`
        INSERT INTO failed_sign_ins AS f (username, failures, since) VALUES (${username}, 1, clock_timestamp())
        ON CONFLICT (username) DO UPDATE SET
          failures = CASE WHEN ${stale} THEN 1 ELSE f.failures + 1 END,
          since = CASE WHEN ${stale} THEN clock_timestamp() ELSE f.since END,
          locked_until = CASE WHEN NOT ${stale} AND f.failures + 1 >= ${failures_max}
            THEN clock_timestamp() + make_interval(secs => ${window_s}) END
        RETURNING locked_until`.execute(trx);
      // People type their password where the name belongs, and who guesses names could fill the log: a name that nobody
      // has is not written down, and only its lock is.
      const whose = { username: known ? username : null };
      const until = rows[0]?.locked_until;
      if (known) await noteSecurityEvent(trx, 'SignInFailed', 'anonymous', whose);
      if (until) await noteSecurityEvent(trx, 'SignInLocked', 'anonymous', { ...whose, until: until.toISOString() });
    });
  }

  private async noteSuccess(username: string, is_sign_in: boolean): Promise<void> {
    await this.db.deleteFrom('failed_sign_ins').where('username', '=', username).execute();
    if (is_sign_in) await noteSecurityEvent(this.db, 'SignedIn', username, { username });
  }
}

/** Failures count together within the window only. */
const stale = sql<boolean>`f.since < clock_timestamp() - make_interval(secs => ${window_s})`;

function locked(until: Date): Problem {
  const seconds = Math.max(1, Math.ceil((until.getTime() - Date.now()) / 1000));
  const headers = { 'retry-after': `${seconds}` };
  return new Problem('account_locked', { locked_until: until.toISOString() }, { headers });
}
