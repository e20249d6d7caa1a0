import { sql } from 'kysely';
import type { DocumentView } from '../../libs/documents/documents.js';
import { toMajor } from '../../libs/ledger/money.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { listDocuments } from '../read-models/list-documents.js';
import { type ProfitFigures, profitOfDay } from '../read-models/profit.js';

export interface LowStock {
  item_id: string;
  name: string;
  available: number;
  reorder_level: number;
}
/** Major units. */
export interface Dashboard {
  day: string;
  stock: { items: number; pieces: number; reserved: number; value: number };
  /** At or below their reorder level, the shortest first. */
  low_stock: LowStock[];
  today: ProfitFigures;
  owed: { to_us: number; by_us: number };
  last_documents: DocumentView[];
  position: number;
}

const LOW_STOCK_MAX = 50;
const DOCUMENTS_MAX = 10;

export async function dashboard(snapshot: Snapshot, day: string): Promise<Dashboard> {
  const { data } = await listDocuments(snapshot, { limit: DOCUMENTS_MAX });
  return {
    day,
    stock: await stockTotals(snapshot),
    low_stock: await lowStock(snapshot),
    today: await profitOfDay(snapshot, day),
    owed: { to_us: await balanceOf(snapshot, 'receivable:'), by_us: await balanceOf(snapshot, 'payable:') },
    last_documents: data,
    position: snapshot.position,
  };
}

async function stockTotals({ trx, ledger, digits }: Snapshot): Promise<Dashboard['stock']> {
  const { rows } = await sql<Record<'items' | 'pieces' | 'reserved' | 'value', bigint>>`
    SELECT count(DISTINCT item_id) FILTER (WHERE on_hand > 0) AS items, coalesce(sum(on_hand), 0)::bigint AS pieces,
      coalesce(sum(reserved), 0)::bigint AS reserved, coalesce(sum(value), 0)::bigint AS value
    FROM stock WHERE ledger = ${ledger}`.execute(trx);
  const { items, pieces, reserved, value } = rows[0]!;
  return { items: Number(items), pieces: Number(pieces), reserved: Number(reserved), value: toMajor(value, digits) };
}

async function lowStock({ trx, ledger }: Snapshot): Promise<LowStock[]> {
  const { rows } = await sql<{ item_id: string; name: string; available: bigint; reorder_level: bigint }>`
    SELECT * FROM (
      SELECT m.id AS item_id, m.attributes->>'name' AS name, (m.attributes->>'reorder_level')::bigint AS reorder_level,
        (SELECT coalesce(sum(s.on_hand - s.reserved), 0)::bigint FROM stock s WHERE s.ledger = m.ledger AND s.item_id = m.id)
          AS available
      FROM masters m WHERE m.ledger = ${ledger} AND m.kind = 'item' AND m.active
        AND m.attributes->>'reorder_level' IS NOT NULL) i
    WHERE available <= reorder_level ORDER BY available - reorder_level, item_id LIMIT ${LOW_STOCK_MAX}`.execute(trx);
  return rows.map(({ available, reorder_level, ...row }) => ({
    ...row,
    available: Number(available),
    reorder_level: Number(reorder_level),
  }));
}

async function balanceOf({ trx, ledger, digits }: Snapshot, prefix: 'receivable:' | 'payable:'): Promise<number> {
  const { rows } = await sql<{ balance: bigint }>`SELECT coalesce(sum(balance), 0)::bigint AS balance FROM balances
    WHERE ledger = ${ledger} AND starts_with(account_id, ${prefix})`.execute(trx);
  const { balance } = rows[0]!;
  return toMajor(prefix === 'payable:' ? -balance : balance, digits);
}
