/** Pieces of flash sales: what remains, what orders hold, what is sold, and what was released. */
import { sql } from 'kysely';
import type { AllotmentPosting } from '../../libs/ledger/events.js';
import { lookUp, type Snapshot } from '../as-of/snapshot.js';
import type { TableOf } from '../database/tables.js';
import { sumsIn } from '../engine/as-of-sums.js';
import type { BalanceCache } from '../engine/balance-cache.js';
import { type IncomingEvent, momentsOf } from '../engine/incoming-event.js';
import { appendRunningBalances, deltasByKey, runningBalances } from '../engine/running-balances.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';

const MEASURES = ['remaining', 'held', 'sold', 'returned'] as const;
export const ALLOTMENTS = runningBalances('allotments', ['flash_sale_id'], MEASURES, { never_negative: MEASURES });
declare module '../database/tables.js' {
  interface Tables {
    allotments: TableOf<typeof ALLOTMENTS>;
  }
}

export async function projectFlashSales(
  writer: TransactionWriter,
  incoming: readonly IncomingEvent[],
  cache: BalanceCache,
): Promise<void> {
  const deltas = incoming.flatMap(momentsOf).flatMap((each) => {
    const { allotments = [] } = each.postings;
    return deltasByKey(
      each,
      allotments.map((posting) => ({ key: [posting.flash_sale_id], amounts: amountsOf(posting) })),
    );
  });
  await appendRunningBalances(writer, ALLOTMENTS, deltas, cache);
}

/** What is no longer held and was not sold has come back. */
function amountsOf({ remaining, held, sold }: AllotmentPosting): bigint[] {
  return [remaining, held, sold, Math.max(0, -held - sold)].map(BigInt);
}

/** Pieces. `returned`: by orders that were released. */
export interface FlashSaleFigures {
  remaining: number;
  held: number;
  sold: number;
  returned: number;
}

export async function flashSaleFigures(
  snapshot: Snapshot,
  flash_sale_ids: readonly string[],
): Promise<Map<string, FlashSaleFigures>> {
  if (flash_sale_ids.length === 0) return new Map();
  const rows = await lookUp(
    snapshot,
    sql<Record<keyof FlashSaleFigures, bigint> & { flash_sale_id: string }>`
      SELECT k.flash_sale_id, s.remaining, s.held, s.sold, s.returned
      FROM unnest(${flash_sale_ids}::text[]) k (flash_sale_id) ${sumsIn(ALLOTMENTS, snapshot)}`,
  );
  return new Map(
    rows.map(({ flash_sale_id, remaining, held, sold, returned }) => [
      flash_sale_id,
      { remaining: Number(remaining), held: Number(held), sold: Number(sold), returned: Number(returned) },
    ]),
  );
}
