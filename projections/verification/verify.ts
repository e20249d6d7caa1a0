/** Compares every row with the log, and checks chain, checkpoints and rules. Both sides stream in the log's order. */
import type { Finding } from '../../libs/audit/chain.js';
import { headOf, readCheckpoints } from '../../libs/audit/export.js';
import { type InspectOptions, inspect } from '../../libs/audit/inspect.js';
import { chainedEventOf, chaining } from '../../libs/audit/signed-checkpoint.js';
import type { EventStore, StoredEvent } from '../../libs/event-store/event-store.js';
import { findLoss } from '../../libs/event-store/stream-damage.js';
import { ledgerStream, SECURITY_BOOK } from '../../libs/event-store/streams.js';
import { decode } from '../../libs/ledger/codec.js';
import { documentsNamed } from '../../libs/ledger/document-kinds.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import type { Db } from '../database/tables.js';
import { type Comparison, compareRows, type Difference, EVENT_TABLES } from './compare-rows.js';
import { type EndTable, expectRows, expectSecurityRows, type Row } from './expected.js';
import { type OrderedTables, overSnapshot } from './ordered-tables.js';
import { openUserCheck } from './user-check.js';

export interface Verification {
  ledger_id: string;
  /** Where the read models stood at the start. */
  position: number;
  head_hash: string;
  checkpoints: number;
  rows_compared: number;
  rows_of: Record<string, number>;
  rows_different: number;
  differences: Difference[];
  findings: Finding[];
}

export interface VerifyOptions extends InspectOptions {
  signal?: AbortSignal;
  on_progress?: (events: number, of: number) => void;
}

const CHUNK_EVENTS = 2000;

/** `ledger_id` may be SECURITY_BOOK. @throws QueryRefused unknown_ledger; what the log or Postgres threw */
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
    const damage = await findLoss(store, stream, signal);
    if (damage !== undefined) {
      const kind = damage.can_unhide ? 'hidden' : 'missing';
      const findings: Finding[] = [{ position: damage.position, kind, detail: `${damage.reason}.` }];
      return { ledger_id, position, head_hash: '', checkpoints: 0, findings, ...comparison.result() };
    }
    const end = Math.max((await headOf(store, stream))?.revision ?? -1, position);
    const checkpoints = await readCheckpoints(store, ledger_id, end + 1);
    const inspector = inspect(ledger_id, checkpoints, options);
    const next = chaining(ledger_id);
    const book = (ledger_id === SECURITY_BOOK ? securityRows : ledgerRows)(tables, comparison);
    let events = 0;
    let readable = true;
    for await (const stored of store.read(stream, 0, { max: end + 1, signal })) {
      inspector.next(next(chainedEventOf(stored)));
      if (readable && stored.revision <= position)
        try {
          await book.expect(stored);
        } catch (error) {
          if (!(error instanceof Unreadable)) throw error;
          inspector.report({ position: events, kind: 'unreadable', detail: error.message });
          readable = false;
        }
      events += 1;
      if (events % CHUNK_EVENTS > 0 && events !== position + 1) continue;
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

export async function listBooks(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('ledgers').select('ledger').orderBy('ledger').execute();
  return [...rows.map(({ ledger }) => ledger).filter((ledger) => ledger !== SECURITY_BOOK), SECURITY_BOOK];
}

interface BookRows {
  /** @throws Unreadable */
  expect(stored: StoredEvent): Promise<void>;
  compare(position: number): Promise<void>;
  end(): Promise<void>;
}

function ledgerRows(tables: OrderedTables, comparison: Comparison): BookRows {
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

function securityRows(tables: OrderedTables, comparison: Comparison): BookRows {
  const expected = expectSecurityRows();
  const compare = async (position: number) =>
    comparison.found('security_events', await tables.rowsUpTo('security_events', position));
  return {
    async expect(stored) {
      for (const [table, row] of expected.next(stored)) comparison.expect(table, row);
    },
    compare,
    async end() {
      await compare(Number.POSITIVE_INFINITY);
      for (const [table, row] of expected.end()) comparison.expect(table, row);
      for (const table of ['security_days', 'security_book'] as const)
        comparison.found(table, await tables.rowsOf(table));
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

/** Later ones name the document which it begins. */
async function withFollowUps(
  stored: StoredEvent,
  tables: OrderedTables,
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
