import { sql } from 'kysely';
import { monthAfter, monthBefore } from '../../libs/ledger/calendar.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { isIncluded } from '../engine/as-of-rows.js';
import { daysWithin } from './report-periods.js';

/** Closed, or was and has been reopened. */
export interface ClosedPeriod {
  month: string;
  status: 'closed' | 'open';
  decided_by: string;
  decided_at: string;
  position: number;
}

/** The last first. In older ledgers closing a month also closed open months before it, without events. */
export async function listPeriods(snapshot: Snapshot): Promise<{ data: ClosedPeriod[]; position: number }> {
  const rows = await snapshot.trx
    .selectFrom('events as m')
    .select(['m.type', 'm.actor', 'm.recorded_at', 'm.position', sql<string>`m.data->>'month'`.as('month')])
    .where('m.ledger', '=', snapshot.ledger)
    .where('m.type', 'in', ['PeriodClosed', 'PeriodReopened'])
    .where(isIncluded(snapshot))
    .orderBy('m.position')
    .execute();
  const begun = rows.length === 0 ? undefined : await daysWithin(snapshot, {});
  let closed_through = begun === undefined ? undefined : monthBefore(begun.from.slice(0, 7));
  const periods = new Map<string, ClosedPeriod>();
  for (const { month, type, actor, recorded_at, position } of rows) {
    const decided = { decided_by: actor, decided_at: recorded_at, position: Number(position) };
    const status = type === 'PeriodClosed' ? 'closed' : 'open';
    let each =
      status === 'closed' && closed_through !== undefined && closed_through < month
        ? monthAfter(closed_through)
        : month;
    for (; each <= month; each = monthAfter(each)) periods.set(each, { month: each, status, ...decided });
    closed_through = status === 'closed' ? month : monthBefore(month);
  }
  const data = [...periods.values()].sort((one, other) => (one.month < other.month ? 1 : -1));
  return { data, position: snapshot.position };
}
