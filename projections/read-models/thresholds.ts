import { sql } from 'kysely';
import { toMajor } from '../../libs/ledger/money.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { isIncluded } from '../engine/as-of-rows.js';

export interface Threshold {
  approval_threshold: number;
  reason: string | null;
  decided_by: string;
  decided_at: string;
  position: number;
}
/** The ledger's first one, and each change; the last first. */
export async function listThresholds(snapshot: Snapshot): Promise<{ data: Threshold[]; position: number }> {
  const rows = await snapshot.trx
    .selectFrom('events as m')
    .select(['m.actor', 'm.recorded_at', 'm.position', sql<string | null>`m.data->>'reason'`.as('reason')])
    .select(sql<string>`coalesce(m.data->>'new', m.data->>'approval_threshold')`.as('threshold'))
    .where('m.ledger', '=', snapshot.ledger)
    .where('m.type', 'in', ['LedgerOpened', 'ApprovalThresholdChanged'])
    .where(isIncluded(snapshot))
    .orderBy('m.position', 'desc')
    .execute();
  const data = rows.map(({ threshold, reason, actor, recorded_at, position }) => ({
    approval_threshold: toMajor(threshold, snapshot.digits),
    reason,
    decided_by: actor,
    decided_at: recorded_at,
    position: Number(position),
  }));
  return { data, position: snapshot.position };
}
