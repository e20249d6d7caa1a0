/**
 * Verification: every row of every read model of a ledger, compared with what the log says. The log is read once, to its end; its hash
 * chain, its checkpoints and its rules are checked on the way. Postgres is read through cursors over one snapshot, in the order of the log,
 * so that neither side is ever held in memory. The projector goes on meanwhile. The security events are a book of their own, with a chain
 * and checkpoints but without rules; it says who the users are.
 */
import { sql } from 'kysely';
import type { Finding } from '../../libs/audit/chain.js';
import { chained, chaining, ledgerStream } from '../../libs/audit/checkpoint.js';
import { headOf, readCheckpoints } from '../../libs/audit/export.js';
import { type InspectOptions, inspect } from '../../libs/audit/inspect.js';
import type { EventStore, StoredEvent } from '../../libs/event-store/event-store.js';
import { findDamage } from '../../libs/event-store/stream-damage.js';
import { decode } from '../../libs/ledger/codec.js';
import { documentsNamed } from '../../libs/ledger/document-kinds.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import { QueryRefused } from '../database/query-refused.js';
import type { Db } from '../database/tables.js';
import { SECURITY_BOOK } from '../read-models/security.js';
import { openUserCheck } from '../read-models/user-check.js';
import {
  AT_THE_END,
  BY_EVENT,
  type EndTable,
  type EventTable,
  expectRows,
  expectSecurityRows,
  OF_SECURITY,
  type Row,
  type SecurityTable,
  USERS,
} from './expected.js';

/** A row that is not as the log says. `expected` or `found` is null where there should be no such row, or is none. */
export interface Difference {
  table: string;
  /** The row's key without the ledger. */
  key: Row;
  /** The columns that differ. */
  expected: Row | null;
  found: Row | null;
}

export interface Verification {
  ledger_id: string;
  /** Of the read models when it began: everything up to here was compared. */
  position: number;
  /** Hash of the event there. */
  head_hash: string;
  checkpoints: number;
  rows_compared: number;
  rows_of: Record<string, number>;
  /** How many rows differ; the first 100 of them are told. */
  rows_different: number;
  differences: Difference[];
  /** What is wrong with the log itself. */
  findings: Finding[];
}

export interface VerifyOptions extends InspectOptions {
  signal?: AbortSignal;
  on_progress?: (events: number, of: number) => void;
}

const differences_max = 100;
const chunk_events = 2000;

/**
 * `ledger_id` may be SECURITY_BOOK.
 * @throws QueryRefused unknown_ledger; EventStoreUnavailable or what Postgres threw; the signal's reason when it aborts.
 */
export async function verifyLedger(
  db: Db,
  store: EventStore,
  ledger_id: string,
  options: VerifyOptions = {},
): Promise<Verification> {
  const { signal, on_progress } = options;
  return overSnapshot(db, ledger_id, async (tables) => {
    const { position } = tables;
    const comparison = compareRows();
    const stream = ledgerStream(ledger_id);
    const damage = await findDamage(store, stream, signal);
    if (damage !== undefined) {
      const findings: Finding[] = [{ position: 0, kind: 'hidden', detail: `${damage.reason}.` }];
      return { ledger_id, position, head_hash: '', checkpoints: 0, findings, ...comparison.result() };
    }
    const end = Math.max((await headOf(store, stream))?.position ?? -1, position);
    const checkpoints = await readCheckpoints(store, ledger_id, end + 1);
    const inspector = inspect(ledger_id, checkpoints, options);
    const next = chaining(ledger_id);
    const book = (ledger_id === SECURITY_BOOK ? securityRows : ledgerRows)(tables, comparison);
    let events = 0;
    let readable = true;
    for await (const stored of store.read(stream, 0, { max: end + 1, signal })) {
      inspector.next(next(chained(stored)));
      if (readable && stored.revision <= position)
        try {
          await book.expect(stored);
        } catch (error) {
          if (!(error instanceof Unreadable)) throw error;
          inspector.report({ position: events, kind: 'unreadable', detail: error.message });
          readable = false;
        }
      events += 1;
      if (events % chunk_events > 0 && events !== position + 1) continue;
      if (events <= position + 1) await book.compare(stored.revision);
      on_progress?.(events, end + 1);
    }
    await book.end();
    if (ledger_id === SECURITY_BOOK) await compareUsers(db, store, comparison, signal);
    const { findings, head } = inspector.end(events <= end ? { position: end, hash: '' } : undefined);
    return {
      ledger_id,
      position,
      head_hash: head.hash,
      checkpoints: checkpoints.length,
      findings,
      ...comparison.result(),
    };
  });
}

/** Every ledger that the read models know, by its id, and SECURITY_BOOK. */
export async function listBooks(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('ledgers').select('ledger').orderBy('ledger').execute();
  return [...rows.map(({ ledger }) => ledger).filter((ledger) => ledger !== SECURITY_BOOK), SECURITY_BOOK];
}

/** What the read models should have of a book, and have. */
interface BookRows {
  /** Of the next event. @throws Unreadable */
  expect(stored: StoredEvent): Promise<void>;
  /** Everything that is expected by now, which is up to this position. */
  compare(position: number): Promise<void>;
  end(): Promise<void>;
}

function ledgerRows(tables: Tables, comparison: Comparison): BookRows {
  const expected = expectRows();
  const compare = async (position: number) => {
    for (const table of EVENT_TABLES) comparison.found(table, await tables.rowsUpTo(table, position));
  };
  return {
    async expect(stored) {
      for (const { table, row } of expected.next(...(await withFollowUps(stored, tables))))
        comparison.expect(table, row);
    },
    compare,
    async end() {
      await compare(Number.POSITIVE_INFINITY);
      for (const [table, rows] of Object.entries(expected.end()) as [EndTable, Row[]][]) {
        for (const row of rows) comparison.expect(table, row);
        comparison.found(table, await tables.rowsOf(table));
      }
    },
  };
}

function securityRows(tables: Tables, comparison: Comparison): BookRows {
  const compare = async (position: number) => {
    for (const table of ['security_events', 'security_mentions'] as const)
      comparison.found(table, await tables.rowsUpTo(table, position));
  };
  return {
    async expect(stored) {
      for (const [table, row] of expectSecurityRows(stored)) comparison.expect(table, row);
    },
    compare,
    async end() {
      await compare(Number.POSITIVE_INFINITY);
      comparison.found('security_book', await tables.rowsOf('security_book'));
    },
  };
}

async function compareUsers(
  db: Db,
  store: EventStore,
  comparison: Comparison,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { expected, found } = await openUserCheck(db, store)(signal);
  for (const row of expected) comparison.expect('users', row);
  comparison.found('users', found);
}

class Unreadable extends Error {}

/** The event, and the later ones that name the document which it begins. */
async function withFollowUps(
  stored: StoredEvent,
  tables: Tables,
): Promise<[RecordedEvent & Pick<StoredEvent, 'id' | 'bytes'>, RecordedEvent[]]> {
  let event: RecordedEvent;
  try {
    event = decode(stored);
  } catch (error) {
    throw new Unreadable((error as Error).message);
  }
  const { first } = documentsNamed(event);
  const follow_ups = first === undefined ? [] : await tables.followUps(event.position);
  return [{ ...event, id: stored.id, bytes: stored.bytes }, follow_ups];
}

// ── Comparing ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const TABLES = { ...BY_EVENT, ...AT_THE_END, ...OF_SECURITY, ...USERS };
/** Where the rows of the stream `security` stand. */
const SHARED: Record<SecurityTable, string> = {
  security_events: 'events',
  security_mentions: 'mentions',
  security_book: 'ledgers',
};
type Table = keyof typeof TABLES;
const EVENT_TABLES = Object.keys(BY_EVENT) as EventTable[];

/** As JSON can say it. */
function plain(value: Row[string] | undefined): Row[string] {
  if (typeof value !== 'bigint') return value ?? null;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

type Comparison = ReturnType<typeof compareRows>;

function compareRows() {
  const pending = new Map<Table, Map<string, Row>>();
  const rows_of: Record<string, number> = {};
  const differences: Difference[] = [];
  let rows_different = 0;
  const pick = (row: Row, columns: readonly string[]) =>
    Object.fromEntries(columns.map((column) => [column, plain(row[column])]));
  const nameOf = (table: Table, row: Row) => TABLES[table].key.map((column) => String(row[column])).join('\n');
  function differ(table: Table, expected: Row | null, found: Row | null, columns: readonly string[]): void {
    rows_different += 1;
    if (differences.length >= differences_max) return;
    const key = pick((expected ?? found)!, TABLES[table].key);
    differences.push({
      table,
      key,
      expected: expected && pick(expected, columns),
      found: found && pick(found, columns),
    });
  }
  return {
    expect(table: Table, row: Row): void {
      const rows = pending.get(table) ?? new Map<string, Row>();
      pending.set(table, rows);
      rows.set(nameOf(table, row), row);
    },
    /** All rows that there are for those expected since the last call. */
    found(table: Table, rows: readonly Row[]): void {
      const expected = pending.get(table) ?? new Map<string, Row>();
      pending.delete(table);
      const { columns } = TABLES[table];
      rows_of[table] = (rows_of[table] ?? 0) + rows.length;
      for (const row of rows) {
        const name = nameOf(table, row);
        const wanted = expected.get(name);
        expected.delete(name);
        const differing =
          wanted && columns.filter((column) => String(row[column] ?? null) !== String(wanted[column] ?? null));
        if (differing === undefined) differ(table, null, row, columns);
        else if (differing.length > 0) differ(table, wanted!, row, differing);
      }
      for (const row of expected.values()) differ(table, row, null, columns);
    },
    result: () => ({
      rows_compared: Object.values(rows_of).reduce((total, count) => total + count, 0),
      rows_of,
      rows_different,
      differences,
    }),
  };
}

// ── Reading Postgres in the order of the log ────────────────────────────────────────────────────────────────────────────────────

interface Tables {
  /** −1 where nothing of the security events was applied. */
  position: number;
  /** The rows of events up to this position that were not given yet. */
  rowsUpTo(table: EventTable | SecurityTable, position: number): Promise<Row[]>;
  rowsOf(table: EndTable | SecurityTable): Promise<Row[]>;
  /** The events that name the document whose first event is at this position; to be asked in rising order. */
  followUps(position: number): Promise<RecordedEvent[]>;
}

/** One transaction of one snapshot. Tables cannot be swapped for rebuilt ones while the cursors are opened; afterwards it does not matter. */
async function overSnapshot<T>(db: Db, ledger_id: string, work: (tables: Tables) => Promise<T>): Promise<T> {
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

async function openTables(trx: Db, ledger_id: string): Promise<Tables> {
  // Sorts are the only work here, and everything sorted is read.
  await sql`SELECT set_config('work_mem', '64MB', true), set_config('cursor_tuple_fraction', '1', true)`.execute(trx);
  const ledger = await trx.selectFrom('ledgers').select('position').where('ledger', '=', ledger_id).executeTakeFirst();
  const position = Number(ledger?.position ?? -1);
  if (position < 0 && ledger_id !== SECURITY_BOOK) throw new QueryRefused('unknown_ledger', { ledger_id });
  const literal = sql.lit(ledger_id);
  const cursors = {} as Record<Table, Cursor>;
  const of_book = ledger_id === SECURITY_BOOK ? OF_SECURITY : { ...BY_EVENT, ...AT_THE_END };
  for (const [table, { key, columns }] of Object.entries(of_book) as [Table, { key: string[]; columns: string[] }][]) {
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
    rowsUpTo: (table, position) => cursors[table].takeWhile((row) => Number(row.position) <= position),
    rowsOf: (table) => cursors[table].takeWhile(() => true),
    async followUps(position) {
      const rows = await follow_ups.takeWhile((row) => Number(row.of) <= position);
      return rows
        .filter((row) => Number(row.of) === position)
        .map((row) => ({ ...row, position: Number(row.position) }) as unknown as RecordedEvent);
    },
  };
}

const JSON_COLUMNS = new Set(['data', 'metadata', 'attributes']);
const fetch_rows = 2000;

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
        const { rows } = await sql<Row>`FETCH ${sql.lit(fetch_rows)} FROM ${cursor}`.execute(trx);
        ended = rows.length < fetch_rows;
        ahead = rows;
      }
    },
  };
}
