import { type RawBuilder, sql } from 'kysely';
import { dayStart } from '../../libs/ledger/calendar.js';
import type { AsOf } from '../as-of/as-of.js';
import { lastRows } from '../engine/as-of-rows.js';
import { ENTRIES } from '../read-models/balances.js';

export const PAYABLES = ({ ledger }: AsOf) =>
  sql`SELECT account_id FROM balances WHERE ledger = ${ledger} AND starts_with(account_id, 'payable:')`;

/** For WHERE, on an entry's event `e`: makes a document of this kind, or voids one. */
const belongsTo = (type: string, prefix: string) =>
  sql`(e.type = ${type} OR (e.type = 'DocumentVoided' AND starts_with(e.data->>'number', ${prefix})))`;
export const PURCHASED = belongsTo('PurchaseRecorded', 'PO-');
export const RETURNED = belongsTo('PurchaseReturned', 'RT-');
export const WRITTEN_OFF = belongsTo('BillWrittenOff', 'WO-');

export function entriesIn(until: AsOf, { time_zone }: AsOf, from: string | undefined, keys: RawBuilder<unknown>) {
  const start = from === undefined ? undefined : dayStart(from, time_zone);
  return sql`${lastRows(ENTRIES, until, keys, { limit: Number.MAX_SAFE_INTEGER, from: start })}
    JOIN events e ON e.ledger = k.ledger AND e.position = k.position`;
}
