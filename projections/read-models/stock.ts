import { type RawBuilder, sql } from 'kysely';
import { levelOf, type StockLevel } from '../../libs/documents/figures.js';
import type { AsOf } from '../as-of/as-of.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import { lookUp, type Snapshot } from '../as-of/snapshot.js';
import { type TableOf, table } from '../database/tables.js';
import { sumsIn } from '../engine/as-of-sums.js';
import type { BalanceCache } from '../engine/balance-cache.js';
import { type IncomingEvent, momentsOf } from '../engine/incoming-event.js';
import { appendRunningBalances, deltasByKey, runningBalances } from '../engine/running-balances.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';
import { upsertRows } from '../engine/upsert-rows.js';

const MEASURES = ['quantity', 'value', 'hold'] as const;
/** `run_quantity` is on hand, `run_value` its value, `run_hold` what is reserved. */
export const MOVEMENTS = runningBalances('movements', ['item_id', 'location_id'], MEASURES, {
  never_negative: MEASURES,
});
export const stock = table(
  'stock',
  {
    ledger: 'id',
    item_id: 'id',
    location_id: 'id',
    on_hand: 'bigint',
    value: 'bigint',
    reserved: 'bigint',
    first_position: 'bigint',
  },
  {
    key: ['ledger', 'item_id', 'location_id'],
    fillfactor: 50,
    lookups: { by_location: '(ledger, location_id, item_id)' },
  },
);
declare module '../database/tables.js' {
  interface Tables {
    movements: TableOf<typeof MOVEMENTS>;
    stock: TableOf<typeof stock>;
  }
}

export async function projectStock(
  writer: TransactionWriter,
  incoming: readonly IncomingEvent[],
  cache: BalanceCache,
): Promise<void> {
  const deltas = incoming.flatMap(momentsOf).flatMap((each) => {
    const { stock = [], holds = [] } = each.postings;
    return deltasByKey(each, [
      ...stock.map((p) => ({ key: [p.item_id, p.location_id], amounts: [BigInt(p.quantity), BigInt(p.value), 0n] })),
      ...holds.map((p) => ({ key: [p.item_id, p.location_id], amounts: [0n, 0n, BigInt(p.quantity)] })),
    ]);
  });
  const touched = await appendRunningBalances(writer, MOVEMENTS, deltas, cache);
  const rows = touched.map(
    ({ ledger, key: [item_id, location_id], sums: [on_hand, value, reserved], first_position }) => ({
      ledger,
      item_id: item_id!,
      location_id: location_id!,
      on_hand: on_hand!,
      value: value!,
      reserved: reserved!,
      first_position,
    }),
  );
  upsertRows(writer, stock, rows, ['on_hand', 'value', 'reserved']);
}

export interface StockAtPlace extends StockLevel {
  item_id: string;
  location_id: string;
}
interface StockRow {
  item_id: string;
  location_id: string;
  on_hand: bigint;
  value: bigint;
  reserved: bigint;
}

/** Every location that an item has ever been at. */
export async function listStock(
  snapshot: Snapshot,
  filter: { item_id?: string; location_id?: string } & Paging = {},
): Promise<Page<StockAtPlace>> {
  const { item_id, location_id, limit = LIMIT_DEFAULT, cursor } = filter;
  const list = JSON.stringify(['stock', snapshot.ledger, item_id, location_id]);
  const after = readCursor(list, cursor, 'text', 'text');
  const wanted = [
    sql`k.ledger = ${snapshot.ledger}`,
    ...(item_id === undefined ? [] : [sql`k.item_id = ${item_id}`]),
    ...(location_id === undefined ? [] : [sql`k.location_id = ${location_id}`]),
    ...(after === undefined ? [] : [sql`(k.item_id, k.location_id) > (${after[0]}, ${after[1]})`]),
  ];
  const rows = await stockRows(snapshot, sql.join(wanted, sql` AND `), limit + 1);
  const keyOf = (row: StockRow) => [row.item_id, row.location_id];
  return pageOf(rows, limit, snapshot.position, list, keyOf, ({ item_id, location_id, ...row }) => ({
    item_id,
    location_id,
    ...levelOf(row, snapshot.digits),
  }));
}

async function stockRows(snapshot: Snapshot, wanted: ReturnType<typeof sql>, limit: number): Promise<StockRow[]> {
  const source = snapshot.present
    ? sql`SELECT k.item_id, k.location_id, k.on_hand, k.value, k.reserved FROM stock k WHERE ${wanted}`
    : sql`SELECT k.item_id, k.location_id, s.quantity AS on_hand, s.value, s.hold AS reserved
        FROM stock k ${sumsIn(MOVEMENTS, snapshot)} WHERE ${wanted} AND ${begunIn(snapshot)} AND s.included`;
  return lookUp(snapshot, sql<StockRow>`${source} ORDER BY k.item_id, k.location_id LIMIT ${limit}`);
}

/** All places, and those that an event behind `position` names with the last such event; a present snapshot. */
export async function stockTouched(
  { trx, ledger, digits }: Snapshot,
  position: number,
  { all }: { all: boolean },
): Promise<{ row: StockAtPlace; touched: number }[]> {
  const { rows } = await sql<StockRow & { touched: bigint }>`
    SELECT k.item_id, k.location_id, k.on_hand, k.value, k.reserved, coalesce(t.position, -1) AS touched
    FROM stock k ${sql.raw(all ? 'LEFT' : 'INNER')} JOIN (
      SELECT p->>'item_id' AS item_id, p->>'location_id' AS location_id, max(e.position) AS position
      FROM events e, unnest(ARRAY[e.data->'stock', e.data->'holds', e.data->'adjusted']) postings,
        json_array_elements(postings) p
      WHERE e.ledger = ${ledger} AND e.position > ${position} GROUP BY 1, 2) t
      ON k.item_id = t.item_id AND k.location_id = t.location_id
    WHERE k.ledger = ${ledger} ORDER BY k.item_id, k.location_id`.execute(trx);
  return rows.map(({ item_id, location_id, touched, ...row }) => ({
    row: { item_id, location_id, ...levelOf(row, digits) },
    touched: Number(touched),
  }));
}

/** For WHERE, on a row `k` of `stock`: can have been there. */
export function begunIn({ backdated, as_of_position, position }: AsOf): RawBuilder<unknown> {
  return sql`k.first_position <= ${backdated ? position : as_of_position}`;
}

export async function stockOfItem(
  snapshot: Snapshot,
  item_id: string,
): Promise<StockLevel & { item_id: string; locations: (StockLevel & { location_id: string })[]; position: number }> {
  const wanted = sql`k.ledger = ${snapshot.ledger} AND k.item_id = ${item_id}`;
  const rows = await stockRows(snapshot, wanted, 10_000);
  const total = { on_hand: 0n, value: 0n, reserved: 0n };
  for (const row of rows) {
    total.on_hand += row.on_hand;
    total.value += row.value;
    total.reserved += row.reserved;
  }
  return {
    item_id,
    ...levelOf(total, snapshot.digits),
    locations: rows.map(({ item_id: _, location_id, ...row }) => ({ location_id, ...levelOf(row, snapshot.digits) })),
    position: snapshot.position,
  };
}
