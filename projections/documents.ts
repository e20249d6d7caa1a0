/**
 * Documents as people look for them. The table holds what lists filter by; the document itself is always told from its events, so a list,
 * a single document and an answer of the past are the same words by the same function.
 */
import { type RawBuilder, sql } from 'kysely';
import { billOf, openAmount, paymentStatus } from '../libs/ledger/bill.js';
import { calendarDay, type DocumentKind, kindOf, PREFIXES } from '../libs/ledger/calendar.js';
import { type DocumentView, ending, viewDocument } from '../libs/ledger/documents.js';
import type { RecordedEvent } from '../libs/ledger/events.js';
import { documentsNamed } from '../libs/ledger/state.js';
import { rowsOf } from './bulk.js';
import { type Columns, CopyRows } from './copy-rows.js';
import { cursorAfter, LIMIT_DEFAULT, type Page, type Paging, readCursor } from './cursor.js';
import { type Fact, PoisonEvent } from './fact.js';
import { resolveScope, type Scope, type View } from './scope.js';
import { counts, lastBefore } from './series.js';
import type { PeriodFilter } from './stock.js';
import type { Db, Row } from './tables.js';
import type { Writer } from './writer.js';

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
  const { actor, effective_at } = first.metadata;
  const bill = billOf(history);
  const data = first.data as Record<string, string | undefined>;
  const command = (first.type === 'ApprovalRequested' ? first.data.command : {}) as typeof data;
  const party = data.customer_id ?? data.supplier_id ?? data.party_id ?? command.customer_id ?? command.supplier_id;
  const total = data.total_price ?? data.amount ?? data.total_cost;
  const due = data.due_date ?? calendarDay(effective_at, time_zone);
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

/** The events of documents by number, as far as they count in the view. */
export async function historiesOf(
  db: Db,
  view: View,
  rows: readonly Pick<Row<'documents'>, 'number' | 'position'>[],
): Promise<Map<string, RecordedEvent[]>> {
  if (rows.length === 0) return new Map();
  const documents = sql`SELECT ${view.ledger}::text AS ledger, r.number, r.position
    FROM ${rowsOf({ number: 'text', position: 'bigint' }, rows)}`;
  const events = (await historyRows(documents, counts(view)).execute(db)).rows;
  const histories = Map.groupBy(events, ({ number }) => number);
  return new Map([...histories].map(([number, history]) => [number, history.map(recordedEvent)]));
}

async function viewsOf(
  db: Db,
  view: View,
  rows: readonly Pick<Row<'documents'>, 'number' | 'position'>[],
): Promise<Map<string, DocumentView>> {
  const histories = await historiesOf(db, view, rows);
  return new Map([...histories].map(([number, history]) => [number, viewDocument(history, view.digits)]));
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

/** A list never looks at more than this many times its limit in one go: a page may be short, and its cursor goes on. */
const looks_max = 20;

const KINDS: readonly DocumentKind[] = Object.values(PREFIXES);

/**
 * The last recorded first. Status and payment status are those of the view: where a document has changed since, it is told anew before
 * it is compared.
 */
export async function listDocuments(
  db: Db,
  scope: Scope | View,
  filter: DocumentFilter = {},
): Promise<Page<DocumentView>> {
  const view = await resolveScope(db, scope);
  const { limit = LIMIT_DEFAULT, cursor, ...criteria } = filter;
  const list = JSON.stringify(['documents', view.ledger, criteria, view.as_of]);
  const data: DocumentView[] = [];
  let after = readCursor(list, cursor, 'whole')?.[0];
  for (let looks = 0; looks < looks_max; looks += 1) {
    const wanted = limit - data.length;
    const rows = await candidates(db, view, criteria, after, wanted + 1);
    const views = await viewsOf(db, view, rows.slice(0, wanted));
    for (const { number } of rows.slice(0, wanted)) {
      const document = views.get(number)!;
      if (criteria.status !== undefined && document.status !== criteria.status) continue;
      if (criteria.payment_status !== undefined && document.payment_status !== criteria.payment_status) continue;
      data.push(document);
    }
    if (rows.length <= wanted) return { data, next_cursor: null, position: view.position };
    after = Number(rows[wanted - 1]!.position);
    if (data.length >= limit) break;
  }
  return { data, next_cursor: cursorAfter(list, [after!]), position: view.position };
}

type Candidate = Pick<Row<'documents'>, 'number' | 'position'>;

async function candidates(
  db: Db,
  view: View,
  { kinds = KINDS, party_id, status, payment_status, created_by, from, to }: DocumentFilter,
  after: number | undefined,
  count: number,
): Promise<Candidate[]> {
  // What has not changed since the view is as the table says.
  const asOfView = (column: string, value: string) =>
    sql`(m.last_position > ${view.settled} OR m.${sql.ref(column)} = ${value})`;
  const wanted = [
    sql`m.ledger = ${view.ledger}`,
    ...(view.present ? [] : [counts(view)]),
    ...(party_id === undefined ? [] : [sql`m.party_id = ${party_id}`]),
    ...(status === undefined ? [] : [asOfView('status', status)]),
    ...(payment_status === undefined ? [] : [asOfView('payment_status', payment_status)]),
    ...(created_by === undefined ? [] : [sql`m.created_by = ${created_by}`]),
    ...(from === undefined ? [] : [sql`m.effective_at >= ${from} AND m.position > ${lastBefore(view, from)}`]),
    ...(to === undefined ? [] : [sql`m.effective_at <= ${to}`]),
    ...(after === undefined ? [] : [sql`m.position < ${after}`]),
  ];
  const newest = (more: RawBuilder<unknown>) => sql<Candidate>`SELECT m.number, m.position FROM documents m
    WHERE ${sql.join([...wanted, more], sql` AND `)} ORDER BY m.position DESC LIMIT ${count}`;
  // An index gives the order for one kind, party or author: several kinds are read side by side.
  const one = party_id !== undefined || created_by !== undefined;
  const query = one
    ? newest(sql`m.kind = ANY(${kinds}::text[])`)
    : sql<Candidate>`SELECT c.* FROM unnest(${kinds}::text[]) AS of (kind)
        CROSS JOIN LATERAL (${newest(sql`m.kind = of.kind COLLATE "C"`)}) c ORDER BY c.position DESC LIMIT ${count}`;
  return (await query.execute(db)).rows;
}

/** undefined where there is no such document, or was none in the view. */
export async function findDocument(db: Db, scope: Scope | View, number: string): Promise<DocumentView | undefined> {
  const view = await resolveScope(db, scope);
  const { rows } = await sql<Pick<Row<'documents'>, 'number' | 'position'>>`SELECT m.number, m.position FROM documents m
    WHERE m.ledger = ${view.ledger} AND m.number = ${number} AND ${counts(view)}`.execute(db);
  return (await viewsOf(db, view, rows)).get(number);
}
