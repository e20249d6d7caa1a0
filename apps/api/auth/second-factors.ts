/** Second factors of a user: codes of an app (totp.ts), passkeys (passkeys.ts), and recovery codes (recovery-codes.ts). */
import { sql } from 'kysely';
import { resetFactors } from '../../../libs/identity/reset-factors.js';
import type { Sealing } from '../../../libs/identity/sealing.js';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import type { IdentityDb, IdentityTransaction as Trx } from '../../../libs/identity/tables.js';
import type { Role } from '../../../libs/ledger/commands.js';
import { Problem } from '../http/problem.js';
import type { Principal } from '../http/request.js';
import type { LogLine } from '../log.js';
import { countAttempt, lock } from './attempts.js';
import { factorProgress } from './factor-progress.js';
import type { NewTotp } from './factors.schemas.js';
import { unauthenticated } from './jwt.strategy.js';
import type { Passkeys } from './passkeys.js';
import { countRecoveryCodes, makeRecoveryCodes, takeRecoveryCode } from './recovery-codes.js';
import { endSessions, type Origin, openSession, type Session, type SessionLimits } from './sessions.js';
import { confirmedTotp, deleteConfirmedTotp, Totp } from './totp.js';

/** In place of an address: a client that gets so far knows the password, wherever it is. */
const COUNTER = 'second factor';
const FAILURES_MAX = 10;

const NOW = sql<Date>`clock_timestamp()`;
const GIVEN = { has_factor: true, gave_factor: true, factor_is_demanded: false };

export type FactorKind = 'totp' | 'passkey' | 'recovery_code';
/** A code, or the answer of a device. */
export type Proof = string | object;
export interface Factor {
  factor_id: string;
  kind: 'totp' | 'passkey';
  name: string | null;
  created_at: string;
  last_used_at: string | null;
}

interface Parts {
  db: IdentityDb;
  seeds: Sealing;
  passkeys: Passkeys;
  limits: SessionLimits;
  /** The roles whose users need a second factor. */
  demanded_of: readonly Role[];
  log: LogLine;
  /** Called where sessions of a user may have ended. */
  changed?: (username: string) => void;
}

export class SecondFactors {
  private readonly db: IdentityDb;
  private readonly totp: Totp;

  constructor(private readonly parts: Parts) {
    this.db = parts.db;
    this.totp = new Totp(parts.seeds, parts.log);
  }

  async list(username: string): Promise<{ data: Factor[]; recovery_codes_left: number }> {
    const rows = await confirmedTotp(this.db, username).select(['factor_id', 'confirmed_at', 'last_used_at']).execute();
    const passkeys = await this.db
      .selectFrom('passkeys')
      .select(['factor_id', 'name', 'created_at', 'last_used_at'])
      .where('username', '=', username)
      .orderBy('created_at')
      .execute();
    const data = [
      ...rows.map(({ confirmed_at, ...row }) => ({
        ...row,
        kind: 'totp' as const,
        name: null,
        created_at: confirmed_at!,
      })),
      ...passkeys.map((row) => ({ ...row, kind: 'passkey' as const })),
    ].map(({ created_at, last_used_at, ...row }) => ({
      ...row,
      created_at: created_at.toISOString(),
      last_used_at: last_used_at?.toISOString() ?? null,
    }));
    return { data, recovery_codes_left: await countRecoveryCodes(this.db, username) };
  }

  /** What a user may answer with. Only for who has given the password. */
  async kindsOf(username: string): Promise<FactorKind[]> {
    const { data, recovery_codes_left } = await this.list(username);
    const kinds = new Set<FactorKind>(data.map(({ kind }) => kind));
    if (recovery_codes_left > 0) kinds.add('recovery_code');
    return [...kinds];
  }

  beginTotp(username: string): Promise<NewTotp> {
    return this.totp.begin(this.db, username);
  }

  /**
   * Takes the place of the app before, if any, and makes new recovery codes. All sessions end, and a new one begins.
   * @throws Problem wrong_factor, account_locked
   */
  async confirmTotp({ username }: Principal, code: string, origin: Origin) {
    const confirmed = await this.attempt(username, origin, async (trx) => {
      const factor_id = await this.totp.confirm(trx, username, code);
      if (factor_id === undefined) return undefined;
      const recovery_codes = await makeRecoveryCodes(trx, username);
      return { recovery_codes, session: await this.noteEnrolled(trx, username, { factor_id, kind: 'totp' }, origin) };
    });
    this.changed(username);
    return confirmed;
  }

  /** Recovery codes are made where there are none. All sessions end, and a new one begins. @throws Problem wrong_factor, account_locked */
  async addPasskey(principal: Principal, response: object, name: string, origin: Origin) {
    const { username } = principal;
    const added = await this.attempt(username, origin, async (trx) => {
      const factor_id = await this.parts.passkeys.register(trx, principal, response, name);
      if (factor_id === undefined) return undefined;
      const has_codes = (await countRecoveryCodes(trx, username)) > 0;
      const recovery_codes = has_codes ? [] : await makeRecoveryCodes(trx, username);
      return {
        recovery_codes,
        session: await this.noteEnrolled(trx, username, { factor_id, kind: 'passkey' }, origin),
      };
    });
    this.changed(username);
    return added;
  }

  private async noteEnrolled(
    trx: Trx,
    username: string,
    factor: { factor_id: string; kind: 'totp' | 'passkey' },
    origin: Origin,
  ): Promise<Session> {
    await noteSecurityEvent(trx, 'FactorEnrolled', username, { username, ...factor, ...origin });
    await endSessions(trx, username);
    const user = await trx
      .selectFrom('users')
      .select(['username', 'token_version', 'password_expires_at'])
      .where('username', '=', username)
      .executeTakeFirstOrThrow();
    return openSession(trx, user, origin, this.parts.limits, GIVEN);
  }

  /**
   * Ends the session that waits for it, and opens one that does not. Of two at once with the same session one is refused.
   * @throws Problem wrong_factor, account_locked, unauthenticated
   */
  async finishSignIn(principal: Principal, proof: Proof, origin: Origin): Promise<Session> {
    const { username, session_id = '' } = principal;
    const session = await this.attempt(username, origin, async (trx) => {
      const user = await trx
        .selectFrom('sessions as s')
        .innerJoin('users as u', 'u.username', 's.username')
        .select(['u.username', 'u.token_version', 'u.password_expires_at'])
        .where('s.session_id', '=', session_id)
        .where('s.step', '=', 'second_factor')
        .where('s.ended_at', 'is', null)
        .forUpdate('s')
        .executeTakeFirst();
      if (user === undefined) throw unauthenticated('this session does not wait for a second factor');
      const factor = await this.take(trx, principal, proof);
      if (factor === undefined) return undefined;
      await trx.updateTable('sessions').set({ ended_at: NOW }).where('session_id', '=', session_id).execute();
      const opened = await openSession(trx, user, origin, this.parts.limits, GIVEN);
      await noteSecurityEvent(trx, 'SignedIn', username, {
        username,
        session_id: opened.session_id,
        ...origin,
        factor,
      });
      return opened;
    });
    this.changed(username);
    return session;
  }

  /** After the password. @param proof not asked of who has no second factor. @throws Problem wrong_factor, account_locked */
  async reauthenticate(principal: Principal, proof: Proof, origin: Origin): Promise<void> {
    const { username, session_id = '' } = principal;
    const note = async (trx: Trx) => {
      await trx
        .updateTable('sessions')
        .set({ authenticated_at: NOW })
        .where('session_id', '=', session_id)
        .where('username', '=', username)
        .execute();
      await noteSecurityEvent(trx, 'Reauthenticated', username, { username, session_id, ...origin });
      return true;
    };
    const has_none = await this.db.transaction().execute(async (trx) => {
      const { has_factor } = await factorProgress(trx, username, []);
      return !has_factor && note(trx);
    });
    if (has_none) return;
    await this.attempt(username, origin, async (trx) =>
      (await this.take(trx, principal, proof)) === undefined ? undefined : note(trx),
    );
  }

  /** All others of the user's sessions end. @throws Problem unknown_record, last_factor */
  async remove({ username, session_id = '' }: Principal, factor_id: string): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      const is_it = sql<boolean>`factor_id::text = ${factor_id}`;
      const removed =
        (await deleteConfirmedTotp(trx, username)
          .where(is_it)
          .returning(sql<string>`'totp'`.as('kind'))
          .executeTakeFirst()) ??
        (await trx
          .deleteFrom('passkeys')
          .where('username', '=', username)
          .where(is_it)
          .returning(sql<string>`'passkey'`.as('kind'))
          .executeTakeFirst());
      if (removed === undefined) throw new Problem('unknown_record', { factor_id });
      const left = await factorProgress(trx, username, this.parts.demanded_of);
      if (left.factor_is_demanded && !left.has_factor) throw new Problem('last_factor');
      if (!left.has_factor) await trx.deleteFrom('recovery_codes').where('username', '=', username).execute();
      await endSessions(trx, username, session_id);
      await noteSecurityEvent(trx, 'FactorRemoved', username, { username, factor_id, ...removed });
    });
    this.changed(username);
  }

  /** Those before are void. @throws Problem unknown_record for who has no second factor */
  async newRecoveryCodes(trx: Trx, username: string): Promise<string[]> {
    const { has_factor } = await factorProgress(trx, username, []);
    if (!has_factor) throw new Problem('unknown_record', {}, { detail: 'You have no second factor.' });
    return makeRecoveryCodes(trx, username);
  }

  /** Of another: the password stays as it is. @throws Problem second_admin_required, unknown_user */
  async reset(actor: string, username: string): Promise<void> {
    if (actor === username) throw new Problem('second_admin_required');
    if (!(await resetFactors(this.db, actor, username))) throw new Problem('unknown_user', { username });
    this.changed(username);
  }

  private changed(username: string): void {
    this.parts.changed?.(username);
  }

  /**
   * Counted before the check, and forgotten if right. Whatever is wrong with a code, the answer is the same.
   * @param check undefined where it is wrong; then it has changed nothing
   */
  private async attempt<T>(
    username: string,
    { address, device }: Origin,
    check: (trx: Trx) => Promise<T | undefined>,
  ): Promise<T> {
    const answer = await this.db.transaction().execute(async (trx) => {
      const { failures } = await countAttempt(trx, username, COUNTER, FAILURES_MAX);
      const right = await check(trx);
      if (right !== undefined) {
        await trx
          .updateTable('failed_sign_ins')
          .set({ failures: 0, locked_until: null })
          .where('username', '=', username)
          .where('address', '=', COUNTER)
          .execute();
        return right;
      }
      await noteSecurityEvent(trx, 'SecondFactorFailed', 'anonymous', { username, address, device });
      if (failures === FAILURES_MAX) {
        const until = await lock(trx, username, COUNTER);
        await noteSecurityEvent(trx, 'SignInLocked', 'anonymous', { username, until, address });
      }
      return undefined;
    });
    if (answer === undefined) throw new Problem('wrong_factor');
    return answer;
  }

  /** Takes a proof, so that it is no longer good. */
  private async take(trx: Trx, principal: Principal, proof: Proof): Promise<FactorKind | undefined> {
    const { username } = principal;
    if (typeof proof === 'object')
      return (await this.parts.passkeys.take(trx, principal, proof)) ? 'passkey' : undefined;
    if (/^\d{6}$/.test(proof)) return (await this.totp.take(trx, username, proof)) ? 'totp' : undefined;
    return (await takeRecoveryCode(trx, username, proof)) ? 'recovery_code' : undefined;
  }
}
