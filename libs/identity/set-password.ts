import { hash } from '@node-rs/argon2';
import { sql } from 'kysely';
import { spelt } from './password-rule.js';
import { noteSecurityEvent } from './security-outbox.js';
import type { IdentityDb } from './tables.js';

export const tokensVoid = { token_version: sql<number>`token_version + 1`, changed_at: sql<Date>`clock_timestamp()` };

/** The package's defaults are OWASP's least: argon2id, 19 MiB, two passes, one lane. */
export function hashOf(password: string): Promise<string> {
  return hash(spelt(password));
}

/** Ends the user's sessions and lock. @returns false where there is no such user */
export async function setPassword(
  db: IdentityDb,
  actor: string,
  username: string,
  password_hash: string,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('users')
      .set({ password_hash, ...tokensVoid })
      .where('username', '=', username)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await trx.deleteFrom('failed_sign_ins').where('username', '=', username).execute();
    const own = actor === username;
    await noteSecurityEvent(trx, own ? 'PasswordChanged' : 'PasswordReset', actor, { username });
    return true;
  });
}
