/** What lists filter by; a document itself is always made from its events. */

import { type RawBuilder, sql } from 'kysely';
import { ending, statusesOf } from '../../libs/documents/documents.js';
import { thingsNamed } from '../../libs/documents/things-named.js';
import { billOf, openAmount, PAYMENT_STATUSES, paymentStatus } from '../../libs/ledger/bill.js';
import { calendarDay } from '../../libs/ledger/calendar.js';
import { DOCUMENT_KINDS, type DocumentKind, documentsNamed, kindOf, madeBy } from '../../libs/ledger/document-kinds.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import type { AsOf } from '../as-of/as-of.js';
import { dayNumber } from '../as-of/blocks.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { type NewRowOf, type RowOf, table } from '../database/tables.js';
import { backdatedDayLookups, isIncluded } from '../engine/as-of-rows.js';
import { type Cell, CopyRows } from '../engine/copy-rows.js';
import { type IncomingEvent } from '../engine/incoming-event.js';
import { PoisonEvent } from '../engine/poison-event.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';
import { rowsOf } from '../engine/upsert-rows.js';

/** Ends the indexes of lists: for each value of what may change, documents are in order. */
const BY_STATE = `kind, status, (coalesce(payment_status, '')), position`;

export const documents = table(
  'documents',
  {
    ledger: 'id',
    number: 'id',
    kind: 'id',
    position: 'bigint',
    last_position: 'bigint',
    status: 'text',
    payment_status: 'text?',
    party_id: 'id?',
    created_by: 'id',
    effective_at: 'timestamptz',
    due_day: 'date?',
    total: 'bigint?',
    open: 'bigint?',
    /** Of a backdated first event: its day, counted from 1970. */
    backdated_day: 'integer?',
  },
  {
    key: ['ledger', 'number'],
    fillfactor: 80,
    lookups: {
      by_kind: '(ledger, kind, position)',
      by_status: `(ledger, ${BY_STATE})`,
      by_party: `(party_id, ledger, ${BY_STATE}) WHERE party_id IS NOT NULL`,
      by_author: `(created_by, ledger, ${BY_STATE})`,
      by_party_and_author: `(party_id, created_by, ledger, ${BY_STATE}) WHERE party_id IS NOT NULL`,
      ...backdatedDayLookups('ledger, kind'),
      open: '(ledger, kind, position) INCLUDE (open) WHERE open <> 0',
      // One for each order of a list; filters by ranges read them, too.
      by_date: '(ledger, kind, effective_at, position)',
      by_total: '(ledger, kind, total, position) WHERE total IS NOT NULL',
      by_open: '(ledger, kind, open, position) WHERE open IS NOT NULL',
      by_due: '(ledger, kind, due_day, position) WHERE due_day IS NOT NULL',
      // Documents that existed at a position and have changed since.
      changed: 'USING gist (int8range(position, last_position)) WHERE last_position > position',
      // Later events do not post to the party's account.
      unposted: "(party_id, ledger) WHERE kind = 'approval' OR total = 0",
    },
  },
);
/** What a document's first event names, such as "item:bottle", with what lists are ordered by. Never changed. */
export const document_parts = table(
  'document_parts',
  {
    ledger: 'id',
    kind: 'id',
    part: 'id',
    position: 'bigint',
    effective_at: 'timestamptz',
    total: 'bigint?',
    due_day: 'date?',
    number: 'id',
  },
  {
    vacuumed_share: 0.02,
    // As keyNumber() makes it.
    generated: { hash: 'hashtextextended(part, hashtextextended(ledger, hashtextextended(kind, 0)))' },
    lookups: { by_part: '(hash, position) INCLUDE (effective_at, total, due_day, number)' },
  },
);
declare module '../database/tables.js' {
  interface Tables {
    documents: TableOf<typeof documents>;
    document_parts: TableOf<typeof document_parts>;
  }
}
const NAMES = Object.keys(documents.columns) as (keyof typeof documents.columns)[];

export type DocumentKey = Pick<RowOf<typeof documents>, 'number' | 'position'>;

interface Touched {
  number: string;
  incoming: IncomingEvent;
  history: RecordedEvent[];
}

/** The batch's events must have been copied: earlier documents are read back whole, in one query. */
export async function projectDocuments(writer: TransactionWriter, incoming: readonly IncomingEvent[]): Promise<void> {
  const made = new Map<string, Touched>();
  const older = new Map<string, Touched>();
  for (const each of incoming) {
    const { first, more } = documentsNamed(each.event);
    if (first !== undefined)
      made.set(`${each.ledger}\n${first}`, { number: first, incoming: each, history: [each.event] });
    for (const number of more) {
      const name = `${each.ledger}\n${number}`;
      const known = made.get(name);
      if (known === undefined) older.set(name, { number, incoming: each, history: [] });
      else made.set(name, { number, incoming: each, history: [...known.history, each.event] });
    }
  }
  const rows = new CopyRows(documents.name, documents.columns);
  const parts = new CopyRows(document_parts.name, document_parts.columns);
  for (const document of made.values()) {
    const { number } = document;
    const row = documentRow(document);
    rows.add(NAMES.map((name) => row[name] as Cell));
    for (const part of thingsNamed(document.history[0]!))
      parts.add([row.ledger, row.kind, part, row.position, row.effective_at, row.total, row.due_day, number] as Cell[]);
  }
  writer.copy(rows);
  writer.copy(parts);
  await readBack(writer, older);
  if (older.size === 0) return;
  writer.runLater(sql`UPDATE documents d SET last_position = r.last_position, status = r.status,
    payment_status = r.payment_status, open = r.open
    FROM ${rowsOf(documents.columns, [...older.values()].map(documentRow))} WHERE d.ledger = r.ledger AND d.number = r.number`);
}

async function readBack(writer: TransactionWriter, older: Map<string, Touched>): Promise<void> {
  if (older.size === 0) return;
  const names = [...older.values()].map(({ number, incoming }) => ({ ledger: incoming.ledger, number }));
  const rows = await writer.run(
    historyRows(sql`SELECT d.ledger, d.number, d.position FROM ${rowsOf({ ledger: 'text', number: 'text' }, names)}
      JOIN documents d ON d.ledger = r.ledger AND d.number = r.number`),
  );
  for (const { ledger, number, ...row } of rows) older.get(`${ledger}\n${number}`)!.history.push(recordedEvent(row));
  for (const { number, incoming, history } of older.values())
    if (history.length === 0) throw new PoisonEvent(incoming, `it names ${number}, which does not exist`);
}

function documentRow({ number, incoming: { ledger, time_zone }, history }: Touched): NewRowOf<typeof documents> {
  const first = history[0]!;
  const { effective_at, recorded_at } = first.metadata;
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
    created_by: madeBy(first),
    effective_at,
    due_day: bill === undefined ? null : due,
    total: total === undefined ? null : BigInt(total),
    open: bill === undefined ? null : openAmount(bill),
    backdated_day: effective_at < recorded_at ? dayNumber(day) : null,
  };
}

interface HistoryRow {
  ledger: string;
  number: string;
  position: bigint;
  type: string;
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

/** Oldest first. `documents`: a query of ledger, number, position; `where`: on an event `m`. */
function historyRows(documents: RawBuilder<unknown>, where = sql`true`): RawBuilder<HistoryRow> {
  return sql<HistoryRow>`
    SELECT d.ledger, d.number, m.position, m.type, m.data, m.metadata FROM (${documents}) d
    CROSS JOIN LATERAL (SELECT d.position UNION ALL
      SELECT n.position FROM mentions n WHERE n.ledger = d.ledger AND n.entity = d.number) p (position)
    JOIN events m ON m.ledger = d.ledger AND m.position = p.position
    WHERE ${where} ORDER BY d.ledger, d.number, m.position`;
}

/** No checks: events in the read models came out of the codec. */
export function recordedEvent(row: Pick<HistoryRow, 'position' | 'type' | 'data' | 'metadata'>): RecordedEvent {
  const { type, data, metadata, position } = row;
  return { type, data, metadata, position: Number(position) } as unknown as RecordedEvent;
}

export async function historiesOf(
  snapshot: Snapshot,
  rows: readonly DocumentKey[],
): Promise<Map<string, RecordedEvent[]>> {
  if (rows.length === 0) return new Map();
  const documents = sql`SELECT ${snapshot.ledger}::text AS ledger, r.number, r.position
    FROM ${rowsOf({ number: 'text', position: 'bigint' }, rows)}`;
  const events = (await historyRows(documents, isIncluded(snapshot)).execute(snapshot.trx)).rows;
  const histories = Map.groupBy(events, ({ number }) => number);
  return new Map([...histories].map(([number, history]) => [number, history.map(recordedEvent)]));
}

interface StatusFilter {
  status?: string;
  payment_status?: string;
}

/** For FROM, as `r`: the states of the filter that documents of these kinds can have, some fifty in all. */
export function statesOf(
  kinds: readonly DocumentKind[],
  { status, payment_status }: StatusFilter,
): RawBuilder<unknown> {
  const states = kinds.flatMap((kind) => {
    const is_bill = DOCUMENT_KINDS[kind].added_to_by.some(([type]) => type === 'PaymentReceived');
    const payments: readonly string[] = is_bill ? PAYMENT_STATUSES : [''];
    return statusesOf(kind).flatMap((status) => payments.map((payment) => ({ kind, status, payment })));
  });
  const asked = states.filter(
    (state) => state.status === (status ?? state.status) && state.payment === (payment_status ?? state.payment),
  );
  return rowsOf({ kind: 'text', status: 'text', payment: 'text' }, asked);
}
export const isOfState = sql`m.kind = r.kind AND m.status = r.status AND coalesce(m.payment_status, '') = r.payment`;

export function hasChanged({ as_of_position }: AsOf): RawBuilder<unknown> {
  return sql`m.last_position > ${as_of_position}`;
}
/** For WHERE, by index: existed at the as-of position and changed since. */
export function isChangedAcross({ as_of_position }: AsOf): RawBuilder<unknown> {
  return sql`m.last_position > m.position AND int8range(m.position, m.last_position) @> ${as_of_position}::bigint`;
}
