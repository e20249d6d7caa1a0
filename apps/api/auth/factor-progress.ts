import { sql, type Transaction } from 'kysely';
import type { IdentityTables } from '../../../libs/identity/tables.js';
import type { Role } from '../../../libs/ledger/commands.js';
import type { FactorProgress } from './sign-in-steps.js';

/** After the password. @param demanded_of the roles whose users need a second factor, in whichever ledger */
export async function factorProgress(
  trx: Transaction<IdentityTables>,
  username: string,
  demanded_of: readonly Role[],
): Promise<FactorProgress> {
  const { rows } = await sql<Pick<FactorProgress, 'has_factor' | 'factor_is_demanded'>>`SELECT
    EXISTS (SELECT FROM totp_factors WHERE username = ${username} AND confirmed_at IS NOT NULL)
      OR EXISTS (SELECT FROM passkeys WHERE username = ${username}) AS has_factor,
    EXISTS (SELECT FROM user_roles WHERE username = ${username} AND role = ANY(${demanded_of})) AS factor_is_demanded`.execute(
    trx,
  );
  return { ...rows[0]!, gave_factor: false };
}
