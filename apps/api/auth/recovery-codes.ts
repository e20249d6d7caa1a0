/** Codes on paper, each good once, for who has lost the other second factor. */
import { hash, randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import { Secret } from 'otpauth';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import type { IdentityDb, IdentityTables } from '../../../libs/identity/tables.js';

const RECOVERY_CODES = 10;
const RECOVERY_CODE_BYTES = 15;

type Trx = Transaction<IdentityTables>;

/** Ten of 120 bits, in groups of four letters; they are shown this once. Those before are void. */
export async function makeRecoveryCodes(trx: Trx, username: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => {
    const { base32 } = new Secret({ buffer: Uint8Array.from(randomBytes(RECOVERY_CODE_BYTES)).buffer });
    return base32.toLowerCase().replace(/(.{4})(?=.)/g, '$1-');
  });
  await trx.deleteFrom('recovery_codes').where('username', '=', username).execute();
  await trx
    .insertInto('recovery_codes')
    .values(codes.map((code) => ({ username, code_hash: hashOf(code) })))
    .execute();
  await noteSecurityEvent(trx, 'RecoveryCodesMade', username, { username });
  return codes;
}

/** Takes a code, so that it is no longer good. @returns whether it was */
export async function takeRecoveryCode(trx: Trx, username: string, code: string): Promise<boolean> {
  const taken = await trx
    .deleteFrom('recovery_codes')
    .where('username', '=', username)
    .where('code_hash', '=', hashOf(code))
    .executeTakeFirst();
  if (taken.numDeletedRows === 0n) return false;
  const left = await countRecoveryCodes(trx, username);
  await noteSecurityEvent(trx, 'RecoveryCodeUsed', username, { username, left });
  return true;
}

export async function countRecoveryCodes(db: IdentityDb | Trx, username: string): Promise<number> {
  const { left } = await db
    .selectFrom('recovery_codes')
    .select(({ fn }) => fn.countAll<string>().as('left'))
    .where('username', '=', username)
    .executeTakeFirstOrThrow();
  return Number(left);
}

/** However it is typed. */
function hashOf(code: string): Buffer {
  return hash('sha256', code.toUpperCase().replace(/[^A-Z2-7]/g, ''), 'buffer');
}
