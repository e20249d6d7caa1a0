/** In which months a party did anything, so that a report by month and party looks at no other pairs of the two. */
import { sql } from 'kysely';
import type { Postings } from '../../libs/ledger/events.js';
import { type Snapshot } from '../as-of/snapshot.js';
import type { BalanceCache } from '../engine/balance-cache.js';
import { upsertRows } from '../engine/bulk.js';
import type { Fact } from '../engine/incoming-event.js';
import type { NewRow } from '../engine/tables.js';
import type { Writer } from '../engine/writer.js';

export type TradingKind = 'customer' | 'supplier';

const PAYABLE = 'payable:';
const KNOWN: bigint[] = [];

export async function projectPartyMonths(writer: Writer, facts: readonly Fact[], heads: BalanceCache): Promise<void> {
  const known = heads.of('party_months');
  const rows: NewRow<'party_months'>[] = [];
  for (const { ledger, event, day } of facts) {
    const { sales = [], journal = [] } = event.data as Postings;
    const add = (kind: TradingKind, party_id: string) => {
      const month = `${day.slice(0, 7)}-01`;
      const name = `${ledger}\n${kind}\n${month}\n${party_id}`;
      if (known.get(name) !== undefined) return;
      known.set(name, KNOWN);
      rows.push({ ledger, kind, month, party_id, position: event.position });
    };
    for (const { customer_id } of sales) add('customer', customer_id);
    for (const { account_id } of journal)
      if (account_id.startsWith(PAYABLE)) add('supplier', account_id.slice(PAYABLE.length));
  }
  upsertRows(
    writer,
    'party_months',
    { ledger: 'text', kind: 'text', month: 'date', party_id: 'text', position: 'bigint' },
    rows,
    sql`(ledger, kind, month, party_id) DO NOTHING`,
  );
}

export interface PartyMonth {
  /** yyyy-mm */
  month: string;
  party_id: string;
}

/** By month and party, those behind `after`, within days; whether their figures come to nothing these do not say. */
export async function partyMonths(
  snapshot: Snapshot,
  { kind, from, to }: { kind: TradingKind; from?: string; to?: string },
  after: PartyMonth | undefined,
  count: number,
): Promise<PartyMonth[]> {
  const wanted = [
    sql`ledger = ${snapshot.ledger} AND kind = ${kind} AND position <= ${snapshot.position}`,
    ...(from === undefined ? [] : [sql`month >= ${`${from.slice(0, 7)}-01`}::date`]),
    ...(to === undefined ? [] : [sql`month <= ${to}::date`]),
    ...(after === undefined ? [] : [sql`(month, party_id) > (${`${after.month}-01`}::date, ${after.party_id})`]),
  ];
  const { rows } = await sql<{ month: string; party_id: string }>`SELECT month, party_id FROM party_months
    WHERE ${sql.join(wanted, sql` AND `)} ORDER BY month, party_id LIMIT ${count}`.execute(snapshot.trx);
  return rows.map(({ month, party_id }) => ({ month: month.slice(0, 7), party_id }));
}
