/** In which a customer bought or returned, or a supplier's account moved: reports visit no other pairs. */
import { type SqlBool, sql } from 'kysely';
import type { Postings } from '../../libs/ledger/events.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { type NewRowOf, type TableOf, table } from '../database/tables.js';
import type { BalanceCache } from '../engine/balance-cache.js';
import type { IncomingEvent } from '../engine/incoming-event.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';
import { upsertRows } from '../engine/upsert-rows.js';

export type TradingKind = 'customer' | 'supplier';

const PAYABLE = 'payable:';
/** The balance cache as a set: a known name has its row already. */
const KNOWN: bigint[] = [];

export const party_months = table(
  'party_months',
  {
    ledger: 'id',
    kind: 'id',
    month: 'date',
    party_id: 'id',
    position: 'bigint',
  },
  { key: ['ledger', 'kind', 'month', 'party_id'] },
);
declare module '../database/tables.js' {
  interface Tables {
    party_months: TableOf<typeof party_months>;
  }
}

export async function projectPartyMonths(
  writer: TransactionWriter,
  incoming: readonly IncomingEvent[],
  cache: BalanceCache,
): Promise<void> {
  const known = cache.of(party_months.name);
  const rows: NewRowOf<typeof party_months>[] = [];
  for (const { ledger, event, day } of incoming) {
    const { sales = [], journal = [] } = event.data as Postings;
    const add = (kind: TradingKind, party_id: string) => {
      const month = `${day.slice(0, 7)}-01`;
      const name = `${ledger}\n${kind}\n${month}\n${party_id}`;
      if (known.get(name) !== undefined) return;
      known.set(name, KNOWN);
      rows.push({ ledger, kind, month, party_id, position: event.position });
    };
    for (const { customer_id } of sales) if (customer_id !== undefined) add('customer', customer_id);
    for (const { account_id } of journal)
      if (account_id.startsWith(PAYABLE)) add('supplier', account_id.slice(PAYABLE.length));
  }
  upsertRows(writer, party_months, rows, []);
}

export interface PartyMonth {
  month: string;
  party_id: string;
}

export async function partyMonths(
  snapshot: Snapshot,
  { kind, from, to }: { kind: TradingKind; from?: string; to?: string },
  after: PartyMonth | undefined,
  count: number,
): Promise<PartyMonth[]> {
  let query = snapshot.trx
    .selectFrom('party_months')
    .select(['month', 'party_id'])
    .where('ledger', '=', snapshot.ledger)
    .where('kind', '=', kind)
    .where('position', '<=', BigInt(snapshot.position));
  if (from !== undefined) query = query.where('month', '>=', `${from.slice(0, 7)}-01`);
  if (to !== undefined) query = query.where('month', '<=', to);
  if (after !== undefined)
    query = query.where(sql<SqlBool>`(month, party_id) > (${`${after.month}-01`}::date, ${after.party_id})`);
  const rows = await query.orderBy('month').orderBy('party_id').limit(count).execute();
  return rows.map(({ month, party_id }) => ({ month: month.slice(0, 7), party_id }));
}

/** Parties of any of the months (yyyy-mm), by id, behind `after`. */
export async function partiesOf(
  { trx, ledger, position }: Snapshot,
  { kind, months }: { kind: TradingKind; months: readonly string[] },
  after: string | undefined,
  count: number,
): Promise<string[]> {
  const { rows } = await sql<{ party_id: string }>`SELECT DISTINCT p.party_id FROM unnest(${months}::text[]) t (month)
    CROSS JOIN LATERAL (SELECT m.party_id FROM party_months m WHERE m.ledger = ${ledger} AND m.kind = ${kind}
      AND m.month = (t.month || '-01')::date AND m.party_id > ${after ?? ''} AND m.position <= ${position}
      ORDER BY m.party_id LIMIT ${count}) p
    ORDER BY p.party_id LIMIT ${count}`.execute(trx);
  return rows.map(({ party_id }) => party_id);
}
