import { noteSecurityEvent } from './security-outbox.js';
import { newTokenVersion } from './set-password.js';
import type { IdentityDb } from './tables.js';

/** Takes a user's second factors and recovery codes, and ends their sessions. @returns false where there is no such user */
export async function resetFactors(db: IdentityDb, actor: string, username: string): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('users')
      .set(newTokenVersion)
      .where('username', '=', username)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await trx.deleteFrom('totp_factors').where('username', '=', username).execute();
    await trx.deleteFrom('passkeys').where('username', '=', username).execute();
    await trx.deleteFrom('recovery_codes').where('username', '=', username).execute();
    await noteSecurityEvent(trx, 'FactorsReset', actor, { username });
    return true;
  });
}
