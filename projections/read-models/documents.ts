/**
 * Documents as people look for them. The table holds what lists filter by; the document itself is always told from its events, so a list,
 * a single document and an answer of the past are the same words by the same function.
 */

import { type RawBuilder, sql } from 'kysely';
import { type DocumentView, ending, viewDocument } from '../../libs/documents/documents.js';
import { billOf, openAmount, paymentStatus } from '../../libs/ledger/bill.js';
import { calendarDay } from '../../libs/ledger/calendar.js';
import { type DocumentKind, documentsNamed, KINDS, kindOf } from '../../libs/ledger/document-kinds.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import { type AsOf, dayNumber } from '../as-of/as-of.js';
import { cursorAfter, LIMIT_DEFAULT, type Page, type Paging, readCursor } from '../as-of/cursor.js';
import { cutAt, type Snapshot } from '../as-of/snapshot.js';
import { rowsOf } from '../engine/bulk.js';
import { type Columns, CopyRows } from '../engine/copy-rows.js';
import { type Fact, PoisonEvent } from '../engine/incoming-event.js';
import { counts, lastBefore, lateRows } from '../engine/running-balances.js';
import type { Row } from '../engine/tables.js';
import type { Writer } from '../engine/writer.js';
import type { PeriodFilter } from './stock.js';

const COLUMNS = {
  ledger: 'text',
  number: 'text',
  kind: 'text',
  position: 'bigint',
  last_position: 'bigint',
  status: 'text',
  payment_status: 'text',
  party_id: 'text',
  created_by: 'text',
  effective_at: 'timestamptz',
  due_day: 'date',
  total: 'bigint',
  open: 'bigint',
  late_1: 'integer',
} as const satisfies Columns;
const NAMES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

/** A document that a batch adds to: the last of the facts that name it, and its events as far as they are known. */
interface Touched {
  number: string;
  fact: Fact;
  history: RecordedEvent[];
}

/** The events of the batch must have been asked to be written: a document whose first event is older is read back whole, all in one query. */
export async function projectDocuments(writer: Writer, facts: readonly Fact[]): Promise<void> {
  const made = new Map<string, Touched>();
  const older = new Map<string, Touched>();
  for (const fact of facts) {
    const { first, more } = documentsNamed(fact.event);
    if (first !== undefined) made.set(`${fact.ledger}\n${first}`, { number: first, fact, history: [fact.event] });
    for (const number of more) {
      const name = `${fact.ledger}\n${number}`;
      const known = made.get(name);
      if (known === undefined) older.set(name, { number, fact, history: [] });
      else made.set(name, { number, fact, history: [...known.history, fact.event] });
    }
  }
  const rows = new CopyRows('documents', COLUMNS);
  for (const document of made.values()) {
    const row = documentRow(document);
    rows.add(NAMES.map((name) => row[name]));
  }
  writer.copy(rows);
  await readBack(writer, older);
  if (older.size === 0) return;
  writer.runLater(sql`UPDATE documents d SET last_position = r.last_position, status = r.status,
    payment_status = r.payment_status, open = r.open
    FROM ${rowsOf(COLUMNS, [...older.values()].map(documentRow))} WHERE d.ledger = r.ledger AND d.number = r.number`);
}

async function readBack(writer: Writer, older: Map<string, Touched>): Promise<void> {
  if (older.size === 0) return;
  const names = [...older.values()].map(({ number, fact }) => ({ ledger: fact.ledger, number }));
  const rows = await writer.run(
    historyRows(sql`SELECT d.ledger, d.number, d.position FROM ${rowsOf({ ledger: 'text', number: 'text' }, names)}
      JOIN documents d ON d.ledger = r.ledger AND d.number = r.number`),
  );
  for (const { ledger, number, ...row } of rows) older.get(`${ledger}\n${number}`)!.history.push(recordedEvent(row));
  for (const { number, fact, history } of older.values())
    if (history.length === 0) throw new PoisonEvent(fact, `it names ${number}, which does not exist`);
}

function documentRow({ number, fact: { ledger, time_zone }, history }: Touched) {
  const first = history[0]!;
  const { actor, effective_at, recorded_at } = first.metadata;
  const day = calendarDay(effective_at, time_zone);
  const bill = billOf(history);
  const data = first.data as Record<string, string | undefined>;
  const command = (first.type === 'ApprovalRequested' ? first.data.command : {}) as typeof data;
  const party = data.customer_id ?? data.supplier_id ?? data.party_id ?? command.customer_id ?? command.supplier_id;
  const total = data.total_price ?? data.amount ?? data.total_cost;
  const due = data.due_date ?? day;
  return {
    ledger,
    number,
    kind: kindOf(number)!,
    position: first.position,
    last_position: history.at(-1)!.position,
    status: ending(history, number).status,
    payment_status: bill === undefined ? null : paymentStatus(bill),
    party_id: party ?? null,
    created_by: data.requested_by ?? actor,
    effective_at,
    due_day: bill === undefined ? null : due,
    total: total === undefined ? null : BigInt(total),
    open: bill === undefined ? null : openAmount(bill),
    late_1: effective_at < recorded_at ? dayNumber(day) : null,
  };
}

// ── Histories ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface HistoryRow {
  ledger: string;
  number: string;
  position: bigint;
  type: string;
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

/** The events of documents, oldest first. `documents` has ledger, number and position (of the first event); `where` is about events `m`. */
function historyRows(documents: RawBuilder<unknown>, where = sql`true`): RawBuilder<HistoryRow> {
  return sql<HistoryRow>`
    SELECT d.ledger, d.number, m.position, m.type, m.data, m.metadata FROM (${documents}) d
    CROSS JOIN LATERAL (SELECT d.position UNION ALL
      SELECT n.position FROM mentions n WHERE n.ledger = d.ledger AND n.entity = d.number) p (position)
    JOIN events m ON m.ledger = d.ledger AND m.position = p.position
    WHERE ${where} ORDER BY d.ledger, d.number, m.position`;
}

/** Events in the read models came out of the codec, so nothing is left to check. */
export function recordedEvent(row: Pick<HistoryRow, 'position' | 'type' | 'data' | 'metadata'>): RecordedEvent {
  const { type, data, metadata, position } = row;
  return { type, data, metadata, position: Number(position) } as unknown as RecordedEvent;
}

/** The events of documents by number, as far as they count in the snapshot. */
export async function historiesOf(
  snapshot: Snapshot,
  rows: readonly Pick<Row<'documents'>, 'number' | 'position'>[],
): Promise<Map<string, RecordedEvent[]>> {
  if (rows.length === 0) return new Map();
  const documents = sql`SELECT ${snapshot.ledger}::text AS ledger, r.number, r.position
    FROM ${rowsOf({ number: 'text', position: 'bigint' }, rows)}`;
  const events = (await historyRows(documents, counts(snapshot)).execute(snapshot.trx)).rows;
  const histories = Map.groupBy(events, ({ number }) => number);
  return new Map([...histories].map(([number, history]) => [number, history.map(recordedEvent)]));
}

async function viewsOf(
  snapshot: Snapshot,
  rows: readonly Pick<Row<'documents'>, 'number' | 'position'>[],
): Promise<Map<string, DocumentView>> {
  const histories = await historiesOf(snapshot, rows);
  return new Map([...histories].map(([number, history]) => [number, viewDocument(history, snapshot.digits)]));
}

// ── Queries ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `from` and `to` are instants of the document's effective time, both included. */
export interface DocumentFilter extends PeriodFilter, Paging {
  kinds?: readonly DocumentKind[];
  party_id?: string;
  status?: string;
  payment_status?: string;
  created_by?: string;
}

/**
 * A list looks at more and more candidates in one go, so often and at so many at most: a page may be short, and its cursor goes on. One that
 * an index gives by all that is asked for finds its page at the first look.
 */
const looks_max = 20;
const candidates_max = 2000;

/**
 * The last recorded first. Status and payment status are those of the snapshot: where a document has changed since, it is told anew before
 * it is compared.
 */
export async function listDocuments(snapshot: Snapshot, filter: DocumentFilter = {}): Promise<Page<DocumentView>> {
  const { limit = LIMIT_DEFAULT, cursor, ...criteria } = filter;
  const list = JSON.stringify(['documents', snapshot.ledger, criteria, snapshot.as_of]);
  const within = await boundsOf(snapshot, criteria);
  const data: DocumentView[] = [];
  let after = readCursor(list, cursor, 'whole')?.[0];
  for (let looks = 0, count = limit + 1; looks < looks_max; looks += 1, count = Math.min(4 * count, candidates_max)) {
    const rows = await candidates(snapshot, within, criteria, after, count);
    const asked = rows.filter(({ maybe }) => maybe);
    const views = await viewsOf(snapshot, asked.slice(0, limit - data.length));
    let done = rows.length < count;
    for (const { number, position, maybe } of rows) {
      // One more than the page holds: there is a next one.
      if (data.length >= limit) return { data, next_cursor: cursorAfter(list, [after!]), position: snapshot.position };
      const document = views.get(number);
      if (maybe && document === undefined) {
        done = false;
        break;
      }
      after = Number(position);
      if (document === undefined) continue;
      if (criteria.status !== undefined && document.status !== criteria.status) continue;
      if (criteria.payment_status !== undefined && document.payment_status !== criteria.payment_status) continue;
      data.push(document);
    }
    if (done) return { data, next_cursor: null, position: snapshot.position };
  }
  return { data, next_cursor: cursorAfter(list, [after!]), position: snapshot.position };
}

/**
 * Where documents of a period stand that count in the snapshot: those that were recorded between two positions, and behind the second one only
 * late ones of some days (as-of.ts says why).
 */
interface Bounds {
  above: RawBuilder<unknown>;
  cut: Snapshot;
}
async function boundsOf(snapshot: Snapshot, { from, to }: PeriodFilter): Promise<Bounds> {
  return {
    above: from === undefined ? sql`-1` : lastBefore(snapshot, from),
    cut: to === undefined ? snapshot : await cutAt(snapshot, to),
  };
}

type Candidate = Pick<Row<'documents'>, 'number' | 'position'> & {
  /** What the table knows of it is as asked for, or has changed since the snapshot. */
  maybe: boolean;
};

async function candidates(
  snapshot: Snapshot,
  { above, cut }: Bounds,
  { kinds = KINDS, party_id, status, payment_status, created_by, from }: DocumentFilter,
  after: number | undefined,
  count: number,
): Promise<Candidate[]> {
  const is = (column: string, value: string | undefined) =>
    value === undefined ? [] : [sql`m.${sql.ref(column)} = ${value}`];
  const constant = [...is('party_id', party_id), ...is('created_by', created_by)];
  const changing = [...is('status', status), ...is('payment_status', payment_status)];
  const all = (conditions: readonly RawBuilder<unknown>[]) =>
    conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `);
  // What has not changed since the snapshot is as the table says.
  const asOfView = (conditions: readonly RawBuilder<unknown>[]) =>
    snapshot.present || conditions.length === 0
      ? all(conditions)
      : sql`(${hasChanged(snapshot)} OR ${all(conditions)})`;
  const since = from === undefined ? sql`true` : sql`m.effective_at >= ${from}`;
  const last = after === undefined ? snapshot.position : after - 1;
  const newest = sql`ORDER BY m.position DESC LIMIT ${count}`;
  const settledIn = (lead: RawBuilder<unknown>, maybe: RawBuilder<unknown>) =>
    sql`(SELECT m.number, m.position, ${since} AND ${maybe} AS maybe FROM documents m
      WHERE m.ledger = ${snapshot.ledger} AND m.kind = k.kind AND ${lead}
      AND m.position > ${above} AND m.position <= least(${cut.as_of_position}::bigint, ${last}::bigint) ${newest})`;
  // One condition is looked up; the others are told with each row, so that no more rows are read than asked for.
  const [lead, ...rest] = constant.length > 0 ? constant : changing;
  const as_of_position =
    constant.length > 0 || snapshot.present || lead === undefined
      ? [settledIn(lead ?? sql`true`, constant.length > 0 ? sql`${all(rest)} AND ${asOfView(changing)}` : all(rest))]
      : [
          settledIn(sql`${lead} AND m.last_position <= ${snapshot.as_of_position}`, all(rest)),
          settledIn(sql`${hasChanged(snapshot)} AND ${isChangedAcross(snapshot)}`, sql`true`),
        ];
  const late = lateRows(cut, 'documents', {
    columns: sql`m.number, m.position, ${since} AND ${all(constant)} AND ${asOfView(changing)} AS maybe`,
    wanted: sql`m.ledger = ${snapshot.ledger} AND m.kind = k.kind AND m.position > ${cut.as_of_position} AND m.position <= ${last}`,
    order: newest,
  });
  const { rows } = await sql<Candidate>`SELECT m.* FROM unnest(${kinds}::text[]) AS asked (name)
    CROSS JOIN LATERAL (SELECT asked.name COLLATE "C" AS kind) k
    CROSS JOIN LATERAL (${sql.join([...as_of_position, ...late], sql` UNION ALL `)}) m ${newest}`.execute(snapshot.trx);
  return rows;
}

/** For WHERE: whether a document `m` is not what it was in the snapshot. */
function hasChanged({ as_of_position }: AsOf): RawBuilder<unknown> {
  return sql`m.last_position > ${as_of_position}`;
}
/** For WHERE, by index: whether it was there at the last position that counts whole, and has changed since. */
export function isChangedAcross({ as_of_position }: AsOf): RawBuilder<unknown> {
  return sql`m.last_position > m.position AND int8range(m.position, m.last_position) @> ${as_of_position}::bigint`;
}

/** undefined where there is no such document, or was none in the snapshot. */
export async function findDocument(snapshot: Snapshot, number: string): Promise<DocumentView | undefined> {
  const { rows } = await sql<Pick<Row<'documents'>, 'number' | 'position'>>`SELECT m.number, m.position FROM documents m
    WHERE m.ledger = ${snapshot.ledger} AND m.number = ${number} AND ${counts(snapshot)}`.execute(snapshot.trx);
  return (await viewsOf(snapshot, rows)).get(number);
}
