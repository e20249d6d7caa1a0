import { randomBytes } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { sql } from 'kysely';
import { spelt } from './password-rule.js';
import { noteSecurityEvent } from './security-outbox.js';
import { type IdentityDb, inOneTransaction } from './tables.js';

/** Voids all tokens of the user. */
export const newTokenVersion = {
  token_version: sql<number>`token_version + 1`,
  changed_at: sql<Date>`clock_timestamp()`,
};

/** The package's defaults are OWASP's least: argon2id, 19 MiB, two passes, one lane. */
export function hashOf(password: string): Promise<string> {
  return hash(spelt(password));
}

/** 120 bits, for a password that is to be changed at its first use. */
export function generatedPassword(): string {
  return randomBytes(15).toString('base64url');
}

const TEMPORARY_HOURS = 24;
/** When a password expires that its user did not choose. */
export const temporary = sql<Date>`clock_timestamp() + make_interval(hours => ${sql.lit(TEMPORARY_HOURS)})`;

/** Ends the user's sessions and lock. @returns false where there is no such user with a password */
export async function setPassword(
  db: IdentityDb,
  actor: string,
  username: string,
  password_hash: string,
  { is_chosen }: { is_chosen: boolean },
): Promise<boolean> {
  return inOneTransaction(db, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('users')
      .set({ password_hash, password_expires_at: is_chosen ? null : temporary, ...newTokenVersion })
      .where('username', '=', username)
      .where('password_hash', 'is not', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await trx.deleteFrom('failed_sign_ins').where('username', '=', username).execute();
    await noteSecurityEvent(trx, is_chosen ? 'PasswordChanged' : 'PasswordReset', actor, { username });
    return true;
  });
}
