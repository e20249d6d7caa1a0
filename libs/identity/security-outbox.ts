import type { Transaction } from 'kysely';
import type { SecurityEventType } from '../../projections/read-models/security-events.js';
import type { IdentityDb, IdentityTables } from './tables.js';

export async function noteSecurityEvent(
  db: IdentityDb | Transaction<IdentityTables>,
  type: SecurityEventType,
  actor: string,
  data: Record<string, unknown>,
): Promise<void> {
  const metadata = { actor, recorded_at: new Date().toISOString() };
  const row = { type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
  await db.insertInto('security_outbox').values(row).execute();
}
