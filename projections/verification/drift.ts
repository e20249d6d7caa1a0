/** A cheap continuous check of a moving window of events and of the totals; documents are left to verify.ts. */
import { sql } from 'kysely';
import type { EventStore, StoredEvent } from '../../libs/event-store/event-store.js';
import { ledgerStream } from '../../libs/event-store/streams.js';
import { decode } from '../../libs/ledger/codec.js';
import { inReadTransaction } from '../database/read-transaction.js';
import type { Db } from '../database/tables.js';
import { cellsOf, isOfKey } from '../engine/keys.js';
import { BY_EVENT, expectRows, KEYS, MEASURES, type Row } from './expected.js';

export interface Drift {
  rows: number;
  totals: number;
  from: number;
  next: number;
}

const WINDOW_EVENTS = 200;

/** At `from`, or at 0 where the ledger ends before it. @throws QueryRefused read_models_missing */
export async function measureDrift(db: Db, store: EventStore, ledger_id: string, from: number): Promise<Drift> {
  const none = { rows: 0, totals: 0, from: 0, next: 0 };
  const before = await inReadTransaction(db, (trx) => bookOf(trx, ledger_id));
  if (before === undefined) return none;
  const begin = from <= before.position ? from : 0;
  const stored: StoredEvent[] = [];
  // Events never change, so the log is read before the transaction.
  for await (const event of store.read(ledgerStream(ledger_id), begin, { max: WINDOW_EVENTS })) stored.push(event);
  return inReadTransaction(db, async (trx) => {
    const book = await bookOf(trx, ledger_id);
    if (book === undefined) return none;
    const books_end = Number(book.position) + 1;
    const end = Math.min(begin + WINDOW_EVENTS, books_end);
    const expected = expectRows(book);
    const rows: Record<keyof typeof BY_EVENT, Row[]> = {
      ...{
        events: [],
        mentions: [],
        movements: [],
        entries: [],
        sales: [],
        purchases: [],
        documents: [],
        document_parts: [],
        allotments: [],
      },
      ...{ sales_by_day: [], purchases_by_day: [], cost_adjustments: [] },
    };
    for (const event of stored.filter(({ revision }) => revision < end))
      for (const { table, row } of expected.next({ ...decode(event), id: event.id, bytes: event.bytes }, []))
        rows[table].push(row);
    let wrong = await wrongEvents(trx, ledger_id, rows.events, begin, end);
    wrong += await missingMentions(trx, ledger_id, rows.mentions);
    for (const table of ['movements', 'entries', 'sales', 'purchases', 'allotments'] as const)
      wrong += await wrongRunningBalances(trx, ledger_id, table, rows[table]);
    wrong += await wrongStock(trx, ledger_id, rows.movements);
    wrong += await wrongCostAdjustments(trx, ledger_id, rows.cost_adjustments, begin, end);
    const totals = await wrongTotals(trx, ledger_id);
    return { rows: wrong, totals, from: begin, next: end < books_end ? end : 0 };
  });
}

async function bookOf(trx: Db, ledger_id: string) {
  const query = trx.selectFrom('ledgers').selectAll().where('ledger', '=', ledger_id).where('position', '>=', 0n);
  return query.executeTakeFirst();
}

async function wrongEvents(
  trx: Db,
  ledger_id: string,
  expected: readonly Row[],
  begin: number,
  end: number,
): Promise<number> {
  const { rows } =
    await sql<Row>`SELECT position, type, actor, recorded_at, effective_at, data::text, metadata::text, backdated_day FROM events
    WHERE ledger = ${ledger_id} AND position >= ${begin} AND position < ${end}`.execute(trx);
  const found = new Map(rows.map((row) => [Number(row.position), row]));
  const { columns } = BY_EVENT.events;
  return expected.filter((row) => columns.some((column) => found.get(row.position as number)?.[column] !== row[column]))
    .length;
}

async function missingMentions(trx: Db, ledger_id: string, expected: readonly Row[]): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`SELECT count(*) FROM ${recordset(expected, ['entity'], [])}
    WHERE NOT EXISTS (SELECT FROM mentions m WHERE m.ledger = ${ledger_id} AND m.entity = r.entity AND m.position = r.position)`.execute(
    trx,
  );
  return Number(rows[0]!.count);
}

/** Missing, of another amount, or with a sum that does not follow from the event before and all that this one did to the key. */
async function wrongRunningBalances(
  trx: Db,
  ledger_id: string,
  table: keyof typeof KEYS,
  expected: readonly Row[],
): Promise<number> {
  const measures = MEASURES[table];
  const ofKey = (row: string) => isOfKey(row, { ...cellsOf('r', KEYS[table]), ledger: sql`${ledger_id}` });
  const right = measures.map(
    (measure) => sql`${sql.ref(`t.${measure}`)} = ${sql.ref(`r.${measure}`)}
      AND ${sql.ref(`t.run_${measure}`)} = coalesce(${sql.ref(`p.run_${measure}`)}, 0) + ${sql.ref(`a.${measure}`)}`,
  );
  const sums = measures.map((measure) => sql`sum(${sql.ref(`s.${measure}`)}) AS ${sql.ref(measure)}`);
  const { rows } = await sql<{
    count: bigint;
  }>`SELECT count(*) FROM ${recordset(expected, KEYS[table], ['of_position', ...measures])}
    LEFT JOIN ${sql.table(table)} t ON ${ofKey('t')} AND t.position = r.position AND t.of_position IS NOT DISTINCT FROM r.of_position
    LEFT JOIN LATERAL (SELECT ${sql.join(sums)} FROM ${sql.table(table)} s WHERE ${ofKey('s')} AND s.position = r.position) a ON true
    LEFT JOIN LATERAL (SELECT * FROM ${sql.table(table)} b WHERE ${ofKey('b')} AND b.position < r.position
      ORDER BY b.position DESC LIMIT 1) p ON true
    WHERE (${sql.join(right, sql` AND `)}) IS NOT TRUE`.execute(trx);
  return Number(rows[0]!.count);
}

function recordset(rows: readonly Row[], keys: readonly string[], measures: readonly string[]) {
  const columns = [
    ...keys.map((key) => sql`${sql.ref(key)} text`),
    ...['position', ...measures].map((name) => sql`${sql.ref(name)} bigint`),
  ];
  const json = JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  return sql`json_to_recordset(${json}::json) AS r (${sql.join(columns)})`;
}

async function wrongStock(trx: Db, ledger_id: string, moved: readonly Row[]): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`SELECT count(*) FROM
    (SELECT DISTINCT item_id, location_id FROM ${recordset(moved, KEYS.movements, [])}) k
    LEFT JOIN stock s ON s.ledger = ${ledger_id} AND s.item_id = k.item_id AND s.location_id = k.location_id
    LEFT JOIN LATERAL (SELECT * FROM movements m
      WHERE ${isOfKey('m', { ...cellsOf('k', KEYS.movements), ledger: sql`${ledger_id}` })} ORDER BY m.position DESC LIMIT 1) l ON true
    WHERE (s.on_hand, s.value, s.reserved) IS DISTINCT FROM (l.run_quantity, l.run_value, l.run_hold)`.execute(trx);
  return Number(rows[0]!.count);
}

/** Missing, different, or of no event. */
async function wrongCostAdjustments(
  trx: Db,
  ledger_id: string,
  expected: readonly Row[],
  begin: number,
  end: number,
): Promise<number> {
  const texts = ['item_id', 'location_id', 'effective_at'];
  const { rows } = await sql<{ count: bigint }>`SELECT count(*)
    FROM ${recordset(expected, texts, ['of_position', 'line', 'value'])}
    FULL JOIN (SELECT * FROM cost_adjustments WHERE ledger = ${ledger_id} AND position >= ${begin} AND position < ${end}) t
      ON (t.position, t.of_position, t.line) = (r.position, r.of_position, r.line)
    WHERE (t.item_id, t.location_id, t.effective_at, t.value)
      IS DISTINCT FROM (r.item_id, r.location_id, r.effective_at::timestamptz, r.value)`.execute(trx);
  return Number(rows[0]!.count);
}

/** Debits equal credits; inventory equals the value of all stock. */
async function wrongTotals(trx: Db, ledger_id: string): Promise<number> {
  const { rows } = await sql<{ books: bigint; inventory: bigint; stock: bigint }>`SELECT
    coalesce(sum(balance), 0)::bigint AS books,
    coalesce(sum(balance) FILTER (WHERE account_id = 'inventory'), 0)::bigint AS inventory,
    (SELECT coalesce(sum(value), 0)::bigint FROM stock WHERE ledger = ${ledger_id}) AS stock
    FROM balances WHERE ledger = ${ledger_id}`.execute(trx);
  const { books, inventory, stock } = rows[0]!;
  return Number(books !== 0n) + Number(inventory !== stock);
}
