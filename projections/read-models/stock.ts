import { type RawBuilder, sql } from 'kysely';
import { levelOf, type StockLevel } from '../../libs/documents/figures.js';
import type { AsOf } from '../as-of/as-of.js';
import { LIMIT_DEFAULT, type PageBetween, type Paging, pageBetween, readCursor } from '../as-of/cursor.js';
import { lookUp, type Snapshot } from '../as-of/snapshot.js';
import { QueryRefused } from '../database/query-refused.js';
import { type TableOf, table } from '../database/tables.js';
import { sumsIn } from '../engine/as-of-sums.js';
import type { BalanceCache } from '../engine/balance-cache.js';
import { type IncomingEvent, momentsOf } from '../engine/incoming-event.js';
import { appendRunningBalances, deltasByKey, runningBalances } from '../engine/running-balances.js';
import { type SearchOrder, searchRows } from '../engine/search.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';
import { upsertRows } from '../engine/upsert-rows.js';
import { minor, type Range } from './search-documents.js';

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

const MEASURED = {
  on_hand: sql`m.on_hand`,
  reserved: sql`m.reserved`,
  available: sql`(m.on_hand - m.reserved)`,
  value: sql`m.value`,
};
export type StockMeasure = keyof typeof MEASURED;
export interface StockFilter extends Paging {
  item_id?: string;
  location_id?: string;
  /** Whole numbers as text; of `value` decimals in major units. */
  measures?: Partial<Record<StockMeasure, Range>>;
  /** Default: by item, upwards. */
  sort?: { by: StockOrder; descending: boolean };
}
export const STOCK_ORDERS = ['item_id', 'location_id', 'on_hand', 'value'] as const;
export type StockOrder = (typeof STOCK_ORDERS)[number];
const PLACE = [
  { name: 'item_id', type: 'text' },
  { name: 'location_id', type: 'text' },
] as const;
const ORDERS: Record<StockOrder, SearchOrder['columns']> = {
  item_id: PLACE,
  location_id: [PLACE[1], PLACE[0]],
  on_hand: [{ name: 'on_hand', type: 'bigint' }, ...PLACE],
  value: [{ name: 'value', type: 'bigint' }, ...PLACE],
};
const BY_ITEM = { by: 'item_id', descending: false } as const;

/** Every location that an item has ever been at. @throws QueryRefused only_at_present, list_too_broad */
export async function listStock(snapshot: Snapshot, filter: StockFilter = {}): Promise<PageBetween<StockAtPlace>> {
  const { item_id, location_id, limit = LIMIT_DEFAULT, cursor, measures = {}, sort = BY_ITEM } = filter;
  const list = JSON.stringify(['stock', snapshot.ledger, item_id, location_id, measures, sort]);
  const types = ORDERS[sort.by].map(({ type }) => type);
  const [back = 0, ...key] = readCursor(list, cursor, 'whole', ...types) ?? [];
  const beside = [...Object.keys(measures), ...(sort.by === 'item_id' ? [] : ['sort'])];
  if (beside.length > 0 && !snapshot.present) throw new QueryRefused('only_at_present', { parameters: beside });
  const reading = {
    after: cursor === undefined ? undefined : (key as string[]),
    descending: sort.descending !== (back === 1),
    limit: limit + 1,
  };
  const rows =
    beside.length > 0
      ? await searchStock(snapshot, filter, sort.by, reading)
      : await stockRows(snapshot, placesIn(snapshot, { item_id, location_id }, 'k'), reading);
  return pageBetween(
    rows,
    { limit, position: snapshot.position, list, after: cursor !== undefined, back: back === 1 },
    (row, towards_begin) => [
      towards_begin ? 1 : 0,
      ...ORDERS[sort.by].map(({ name }) => `${row[name as keyof StockRow]}`),
    ],
    ({ item_id, location_id, on_hand, value, reserved }) => ({
      item_id,
      location_id,
      ...levelOf({ on_hand, value, reserved }, snapshot.digits),
    }),
  );
}

interface Reading {
  after?: readonly string[] | undefined;
  descending?: boolean;
  limit: number;
}

function placesIn(
  { ledger }: Snapshot,
  { item_id, location_id }: Pick<StockFilter, 'item_id' | 'location_id'>,
  row: 'k' | 'm',
): RawBuilder<unknown> {
  const given = Object.entries({ ledger, item_id, location_id }).filter(([, value]) => value !== undefined);
  return sql.join(
    given.map(([name, value]) => sql`${sql.ref(`${row}.${name}`)} = ${value}`),
    sql` AND `,
  );
}

/** No index has amounts: each change of a place would have to change it, too. */
function searchStock(
  snapshot: Snapshot,
  { item_id, location_id, measures = {} }: StockFilter,
  by: StockOrder,
  reading: Reading & { descending: boolean },
): Promise<StockRow[]> {
  const from = sql`stock m WHERE ${placesIn(snapshot, { item_id, location_id }, 'm')}`;
  const bounds = Object.entries(measures).flatMap(([name, { least, most }]) => {
    const [from, to] =
      name === 'value' ? [minor(least, snapshot.digits, 'up'), minor(most, snapshot.digits, 'down')] : [least, most];
    const measure = MEASURED[name as StockMeasure];
    return [
      ...(from === undefined ? [] : [sql`${measure} >= ${from}::bigint`]),
      ...(to === undefined ? [] : [sql`${measure} <= ${to}::bigint`]),
    ];
  });
  const filters = [{ wanted: sql`true`, from }, ...bounds.map((wanted) => ({ wanted }))];
  const { descending, after, limit } = reading;
  return searchRows<StockRow>(snapshot.trx, {
    columns: sql`m.item_id, m.location_id, m.on_hand, m.value, m.reserved`,
    filters,
    order: { columns: ORDERS[by], descending, from, is_indexed: by === 'item_id' || by === 'location_id' },
    ...(after !== undefined && { after }),
    limit,
  });
}

async function stockRows(
  snapshot: Snapshot,
  places: RawBuilder<unknown>,
  { after, descending = false, limit }: Reading,
): Promise<StockRow[]> {
  const [way, beyond] = descending ? [sql`DESC`, sql`<`] : [sql`ASC`, sql`>`];
  const wanted =
    after === undefined ? places : sql`${places} AND (k.item_id, k.location_id) ${beyond} (${after[0]}, ${after[1]})`;
  const source = snapshot.present
    ? sql`SELECT k.item_id, k.location_id, k.on_hand, k.value, k.reserved FROM stock k WHERE ${wanted}`
    : sql`SELECT k.item_id, k.location_id, s.quantity AS on_hand, s.value, s.hold AS reserved
        FROM stock k ${sumsIn(MOVEMENTS, snapshot)} WHERE ${wanted} AND ${begunIn(snapshot)} AND s.included`;
  return lookUp(snapshot, sql<StockRow>`${source} ORDER BY k.item_id ${way}, k.location_id ${way} LIMIT ${limit}`);
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
  const rows = await stockRows(snapshot, placesIn(snapshot, { item_id }, 'k'), { limit: 10_000 });
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
