import { sql } from 'kysely';
import { kindOf } from '../../libs/ledger/document-kinds.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import type { PeriodFilter } from '../as-of/cursor.js';
import { endsOf, type Snapshot } from '../as-of/snapshot.js';
import type { TableOf } from '../database/tables.js';
import { sumsBetween, sumsIn } from '../engine/as-of-sums.js';
import type { BalanceCache, Sums } from '../engine/balance-cache.js';
import { appendDaySums, daySums, sumsOfDays } from '../engine/day-sums.js';
import { type IncomingEvent, momentsOf } from '../engine/incoming-event.js';
import { appendRunningBalances, deltasByKey, plus, runningBalances } from '../engine/running-balances.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';
import { ENTRIES } from './balances.js';

/** `bills`: how many. Voided documents are taken off; `paid` is all that belongs to no other. */
const MEASURES = ['bills', 'purchased', 'returned', 'written_off', 'paid'] as const;
export const PURCHASES = runningBalances('purchases', ['supplier_id'], MEASURES);
export const purchases_by_day = daySums('purchases_by_day', [...MEASURES, 'waste']);
declare module '../database/tables.js' {
  interface Tables {
    purchases: TableOf<typeof PURCHASES>;
    purchases_by_day: TableOf<typeof purchases_by_day>;
  }
}

export type PurchaseSums = Record<(typeof MEASURES)[number], bigint>;

const PAYABLE = 'payable:';

export async function projectPurchases(
  writer: TransactionWriter,
  incoming: readonly IncomingEvent[],
  cache: BalanceCache,
): Promise<void> {
  const posted = incoming.flatMap(momentsOf).flatMap((each) => {
    const { journal = [] } = each.postings;
    const suppliers = journal
      .filter(({ account_id }) => account_id.startsWith(PAYABLE))
      .map(({ account_id, amount }) => ({
        key: [account_id.slice(PAYABLE.length)],
        amounts: purchaseSums(each.event, BigInt(amount)),
      }));
    const waste = journal.reduce(
      (sum, { account_id, amount }) => (account_id === 'waste' ? sum + BigInt(amount) : sum),
      0n,
    );
    return suppliers.length === 0 && waste === 0n ? [] : [{ incoming: each, suppliers, waste }];
  });
  const deltas = posted.flatMap(({ incoming, suppliers }) => deltasByKey(incoming, suppliers));
  const of_days = posted.map(({ incoming, suppliers, waste }) => ({
    incoming,
    amounts: [...suppliers.reduce((sum, { amounts }) => plus(sum, amounts), NOTHING), waste],
  }));
  await Promise.all([
    appendRunningBalances(writer, PURCHASES, deltas, cache),
    appendDaySums(writer, purchases_by_day, of_days, cache),
  ]);
}

const NOTHING: Sums = MEASURES.map(() => 0n);

/** What an amount posted to a supplier's account (debit positive) is for. */
function purchaseSums({ type, data }: RecordedEvent, amount: bigint): Sums {
  const is_void = type === 'DocumentVoided';
  const kind = 'number' in data ? kindOf(data.number) : undefined;
  if (kind === 'purchase') return [is_void ? -1n : 1n, -amount, 0n, 0n, 0n];
  if (kind === 'late_cost') return [0n, -amount, 0n, 0n, 0n];
  if (kind === 'return') return [0n, 0n, amount, 0n, 0n];
  if (kind === 'write_off') return [0n, 0n, 0n, amount, 0n];
  return [0n, 0n, 0n, 0n, amount];
}

/** Of all suppliers together. `key`: an expression of `d.day`. */
export function purchasesOfDays(snapshot: Snapshot, days: PeriodFilter, key = sql`d.day::text`) {
  return sumsOfDays(snapshot, purchases_by_day, key, days);
}

/** For each supplier, or those in `ids`, with any in the period; `owed` to them at its end. */
export async function purchasesBySupplier(
  snapshot: Snapshot,
  days: PeriodFilter,
  { after = '', ids, count }: { after?: string; ids?: readonly string[]; count: number },
): Promise<(PurchaseSums & { key: string; owed: bigint })[]> {
  const keys =
    ids === undefined
      ? sql`SELECT id AS supplier_id FROM masters WHERE ledger = ${snapshot.ledger} AND kind = 'supplier' AND id > ${after}`
      : sql`SELECT id COLLATE "C" AS supplier_id FROM unnest(${ids}::text[]) t (id)`;
  const ends = await endsOf(snapshot, days);
  const columns = sql.join(MEASURES.map((measure) => sql.ref(`r.${measure}`)));
  const any = sql.join(
    MEASURES.map((measure) => sql`${sql.ref(`r.${measure}`)} <> 0`),
    sql` OR `,
  );
  const { rows } = await sql<PurchaseSums & { key: string; owed: bigint }>`
    SELECT r.supplier_id AS key, ${columns}, -o.amount AS owed
    FROM (SELECT * FROM ${sumsBetween(PURCHASES, ends, keys)} r WHERE ${any} ORDER BY supplier_id LIMIT ${count}) r
    CROSS JOIN LATERAL (SELECT s.amount FROM (SELECT ${PAYABLE} || r.supplier_id AS account_id) k ${sumsIn(ENTRIES, ends.until)}) o
    ORDER BY r.supplier_id`.execute(snapshot.trx);
  return rows;
}
