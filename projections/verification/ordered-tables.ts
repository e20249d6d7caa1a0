/** Rows in the order of the log, through cursors. */
import { sql } from 'kysely';
import { SECURITY_BOOK } from '../../libs/event-store/streams.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import { QueryRefused } from '../database/query-refused.js';
import type { Db } from '../database/tables.js';
import {
  AT_THE_END,
  BY_EVENT,
  type EndTable,
  type EventTable,
  OF_SECURITY,
  type Row,
  type SecurityTable,
} from './expected.js';

const SHARED: Record<SecurityTable, string> = {
  security_events: 'events',
  security_days: 'backdated_days',
  security_book: 'ledgers',
};
export interface OrderedTables {
  position: number;
  rowsUpTo(table: EventTable | SecurityTable, position: number): Promise<Row[]>;
  rowsOf(table: EndTable | SecurityTable): Promise<Row[]>;
  /** Later events that name the document begun here. Positions must rise from call to call. */
  followUps(position: number): Promise<RecordedEvent[]>;
}

/** Tables cannot be replaced while cursors are opened; open ones keep the old. */
export async function overSnapshot<T>(
  db: Db,
  ledger_id: string,
  work: (tables: OrderedTables) => Promise<T>,
): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const tables = await db.transaction().execute(async (guard) => {
        await sql`LOCK TABLE meta IN ACCESS SHARE MODE`.execute(guard);
        return openTables(trx, ledger_id);
      });
      return work(tables);
    });
}

async function openTables(trx: Db, ledger_id: string): Promise<OrderedTables> {
  // Everything sorted is read.
  await sql`SELECT set_config('work_mem', '64MB', true), set_config('cursor_tuple_fraction', '1', true)`.execute(trx);
  const ledger = await trx.selectFrom('ledgers').select('position').where('ledger', '=', ledger_id).executeTakeFirst();
  const position = Number(ledger?.position ?? -1);
  if (position < 0 && ledger_id !== SECURITY_BOOK) throw new QueryRefused('unknown_ledger', { ledger_id });
  const literal = sql.lit(ledger_id);
  const cursors = {} as Record<string, Cursor>;
  const of_book = ledger_id === SECURITY_BOOK ? OF_SECURITY : { ...BY_EVENT, ...AT_THE_END };
  for (const [table, { key, columns }] of Object.entries(of_book) as [string, { key: string[]; columns: string[] }][]) {
    const list = sql.join(
      [...key, ...columns].map((column) =>
        JSON_COLUMNS.has(column) ? sql`${sql.ref(column)}::text` : sql.ref(column),
      ),
    );
    const from = sql.table(SHARED[table as SecurityTable] ?? table);
    const order = table in AT_THE_END ? sql`` : sql`ORDER BY position`;
    cursors[table] = await openCursor(trx, table, sql`SELECT ${list} FROM ${from} WHERE ledger = ${literal} ${order}`);
  }
  const follow_ups = await openCursor(
    trx,
    'follow_ups',
    sql`SELECT d.position AS of, e.position, e.type, e.data, e.metadata FROM documents d
      JOIN mentions m ON m.ledger = d.ledger AND m.entity = d.number
      JOIN events e ON e.ledger = m.ledger AND e.position = m.position
      WHERE d.ledger = ${literal} ORDER BY d.position, e.position`,
  );
  return {
    position,
    rowsUpTo: (table, position) => cursors[table]!.takeWhile((row) => Number(row.position) <= position),
    rowsOf: (table) => cursors[table]!.takeWhile(() => true),
    async followUps(position) {
      const rows = await follow_ups.takeWhile((row) => Number(row.of) <= position);
      return rows
        .filter((row) => Number(row.of) === position)
        .map((row) => ({ ...row, position: Number(row.position) }) as unknown as RecordedEvent);
    },
  };
}

const JSON_COLUMNS = new Set(['data', 'metadata', 'attributes']);
const FETCH_ROWS = 2000;

interface Cursor {
  takeWhile(wanted: (row: Row) => boolean): Promise<Row[]>;
}

async function openCursor(trx: Db, name: string, query: ReturnType<typeof sql>): Promise<Cursor> {
  const cursor = sql.id(`verify_${name}`);
  await sql`DECLARE ${cursor} NO SCROLL CURSOR FOR ${query}`.execute(trx);
  let ahead: Row[] = [];
  let ended = false;
  return {
    async takeWhile(wanted) {
      const taken: Row[] = [];
      for (;;) {
        const end = ahead.findIndex((row) => !wanted(row));
        if (end >= 0) {
          taken.push(...ahead.splice(0, end));
          return taken;
        }
        for (const row of ahead) taken.push(row);
        ahead = [];
        if (ended) return taken;
        const { rows } = await sql<Row>`FETCH ${sql.lit(FETCH_ROWS)} FROM ${cursor}`.execute(trx);
        ended = rows.length < FETCH_ROWS;
        ahead = rows;
      }
    },
  };
}
