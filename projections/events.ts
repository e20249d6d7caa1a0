/** Who did what, when: every event as it was recorded. Documents' stories and any other history are told from here. */

import { type RawBuilder, sql } from 'kysely';
import type { StoredEvent } from '../libs/event-store/event-store.js';
import { monthAfter, monthBefore } from '../libs/ledger/calendar.js';
import { toMajor } from '../libs/ledger/money.js';
import { documentsNamed } from '../libs/ledger/state.js';
import { upsertRows } from './bulk.js';
import { type Columns, CopyRows } from './copy-rows.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from './cursor.js';
import type { Fact } from './fact.js';
import { daysWithin } from './periods.js';
import { resolveScope, type Scope, type View } from './scope.js';
import { counts, isOfKey } from './series.js';
import type { PeriodFilter } from './stock.js';
import type { Db, Row } from './tables.js';
import type { Writer } from './writer.js';

const EVENTS = {
  ledger: 'text',
  position: 'bigint',
  type: 'text',
  actor: 'text',
  recorded_at: 'timestamptz',
  effective_at: 'timestamptz',
  data: 'json',
  metadata: 'json',
} as const satisfies Columns;
const MENTIONS = { ledger: 'text', entity: 'text', position: 'bigint' } as const satisfies Columns;

/** An event as `events` has it, and what it names. */
interface Told {
  ledger: string;
  position: number;
  type: string;
  actor: string;
  /** ISO 8601, or milliseconds since 1970. */
  recorded: string | number;
  effective: string | number;
  bytes: StoredEvent['bytes'];
  entities: readonly string[];
}

export function copyEvents(writer: Writer, told: readonly Told[]): void {
  const events = new CopyRows('events', EVENTS);
  const mentions = new CopyRows('mentions', MENTIONS);
  for (const { ledger, position, type, actor, recorded, effective, bytes, entities } of told) {
    events.add([ledger, position, type, actor, recorded, effective, bytes.data, bytes.metadata]);
    for (const entity of entities) mentions.add([ledger, entity, position]);
  }
  writer.copy(events);
  writer.copy(mentions);
}

export function projectEvents(writer: Writer, facts: readonly Fact[]): void {
  copyEvents(
    writer,
    facts.map(({ ledger, event, bytes, recorded_ms: recorded, effective_ms: effective }) => {
      const { position, type, metadata } = event;
      const entities = [...new Set(entitiesNamed(event))];
      return { ledger, position, type, actor: metadata.actor, recorded, effective, bytes, entities };
    }),
  );
  upsertRows(
    writer,
    'late_days',
    { ledger: 'text', day: 'date', position: 'bigint' },
    lateDays(facts),
    sql`(ledger, day) DO UPDATE SET position = excluded.position`,
  );
}

function entitiesNamed(event: Fact['event']): string[] {
  if ('kind' in event.data) return [`${event.data.kind}:${event.data.id}`];
  return documentsNamed(event).more;
}

function lateDays(facts: readonly Fact[]) {
  const days = new Map<string, { ledger: string; day: string; position: number }>();
  for (const { ledger, day, late, event } of facts)
    if (late) days.set(`${ledger}\n${day}`, { ledger, day, position: event.position });
  return [...days.values()];
}

// ── Queries ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface AuditEvent {
  position: number;
  type: string;
  actor: string;
  recorded_at: string;
  effective_at: string;
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

/** What a history can be about. Ids of master data hold a colon after their kind nowhere else. */
export type Entity = {
  kind: 'document' | 'item' | 'supplier' | 'customer' | 'location' | 'account' | 'user';
  id: string;
};

/** `from` and `to` are instants of the recorded time, both included. */
export interface EventFilter extends PeriodFilter, Paging {
  actor?: string;
  types?: string[];
  entity?: Entity;
  order?: 'newest_first' | 'oldest_first';
}

/** How the times of a book that is no ledger's are asked for. */
export interface BookTimes {
  /** Of which time `from` and `to` are. Default `recorded_at`. */
  time?: 'recorded_at' | 'effective_at';
  /** Only what was recorded by then. */
  recorded_by?: string;
}

export async function listEvents(
  db: Db,
  scope: Scope | View,
  filter: EventFilter & BookTimes = {},
): Promise<Page<AuditEvent>> {
  const view = await resolveScope(db, scope);
  const { limit = LIMIT_DEFAULT, cursor, ...criteria } = filter;
  const list = JSON.stringify(['events', view.ledger, criteria, view.as_of]);
  const rows = await eventsAfter(db, view, criteria, readCursor(list, cursor, 'whole')?.[0] ?? Number.NaN, limit + 1);
  return pageOf(
    rows,
    limit,
    view.position,
    list,
    ({ position }) => [position],
    (row) => row,
  );
}

/** The first `count` behind the position `after`, which is NaN for those from the beginning of the order. */
export async function eventsAfter(
  db: Db,
  view: View,
  criteria: Omit<EventFilter, keyof Paging> & BookTimes,
  after: number,
  count: number,
): Promise<AuditEvent[]> {
  const { actor, types, entity, from, to, order = 'newest_first', time = 'recorded_at', recorded_by } = criteria;
  const descending = order === 'newest_first';
  const at = sql.ref(`m.${time}`);
  const wanted = [
    sql`m.ledger = ${view.ledger}`,
    counts(view),
    ...(actor === undefined ? [] : [sql`m.actor = ${actor}`]),
    ...(types === undefined ? [] : [sql`m.type = ANY(${types})`]),
    ...(from === undefined ? [] : [sql`${at} >= ${from}`]),
    ...(to === undefined ? [] : [sql`${at} <= ${to}`]),
    ...(recorded_by === undefined ? [] : [sql`m.recorded_at <= ${recorded_by}`]),
    ...(Number.isNaN(after) ? [] : [sql`m.position ${sql.raw(descending ? '<' : '>')} ${after}`]),
  ];
  // Each way of naming the thing gives its first rows in order; together they hold the first of all.
  const firstOf = (source: RawBuilder<unknown>) => sql`(SELECT m.* FROM ${source} WHERE ${sql.join(wanted, sql` AND `)}
    ORDER BY m.position ${sql.raw(descending ? 'DESC' : 'ASC')} LIMIT ${count})`;
  const naming = (name: RawBuilder<unknown>) =>
    sql`(${name}) n JOIN events m ON m.ledger = ${view.ledger} AND m.position = n.position`;
  const sources = entity === undefined ? [sql`events m`] : (await positionsNaming(db, view.ledger, entity)).map(naming);
  const { rows } = await sql<
    Row<'events'>
  >`SELECT DISTINCT ON (m.position) m.* FROM (${sql.join(sources.map(firstOf), sql` UNION ALL `)}) m
    ORDER BY m.position ${sql.raw(descending ? 'DESC' : 'ASC')} LIMIT ${count}`.execute(db);
  return rows.map(({ ledger: _, position, ...row }) => ({ position: Number(position), ...row }));
}

/** The positions of all events that touch a thing, by each table that names it. */
async function positionsNaming(db: Db, ledger: string, { kind, id }: Entity): Promise<RawBuilder<unknown>[]> {
  const mentioned = (entity: string) =>
    sql`SELECT position FROM mentions WHERE ledger = ${ledger} AND entity = ${entity}`;
  const master = mentioned(`${kind}:${id}`);
  switch (kind) {
    case 'user':
      return [sql`SELECT position FROM events WHERE ledger = ${ledger} AND actor = ${id}`, master];
    case 'document':
      return [sql`SELECT position FROM documents WHERE ledger = ${ledger} AND number = ${id}`, mentioned(id)];
    case 'item':
      return [master, ...(await placesOf(db, ledger, id))];
    case 'location':
      return [master, sql`SELECT position FROM movements WHERE ledger = ${ledger} AND location_id = ${id}`];
    case 'account':
      return [
        master,
        sql`SELECT position FROM entries m WHERE ${isOfKey('m', { account_id: sql`${id}`, ledger: sql`${ledger}` })}`,
      ];
    case 'supplier':
    case 'customer':
      return [
        master,
        sql`SELECT position FROM documents WHERE ledger = ${ledger} AND party_id = ${id}`,
        sql`SELECT n.position FROM documents d JOIN mentions n ON n.ledger = d.ledger AND n.entity = d.number
          WHERE d.ledger = ${ledger} AND d.party_id = ${id}`,
      ];
    default:
      return kind satisfies never;
  }
}

/** Place by place, because the index has an item's movements in order at one place. */
async function placesOf(db: Db, ledger: string, item_id: string): Promise<RawBuilder<unknown>[]> {
  const { rows } = await sql<{ location_id: string }>`SELECT location_id FROM stock
    WHERE ledger = ${ledger} AND item_id = ${item_id}`.execute(db);
  return rows.map(({ location_id }) => {
    const key = { item_id: sql`${item_id}`, location_id: sql`${location_id}`, ledger: sql`${ledger}` };
    return sql`SELECT position FROM movements m WHERE ${isOfKey('m', key)}`;
  });
}

/** A month that is closed, or was and has been reopened. */
export interface Period {
  month: string;
  status: 'closed' | 'open';
  decided_by: string;
  decided_at: string;
  position: number;
}
interface PeriodRow {
  month: string;
  type: string;
  actor: string;
  recorded_at: string;
  position: bigint;
}

/** All of them, the last month first. Older ledgers have months without a closing of their own: the closing of a later one closed them, too. */
export async function listPeriods(db: Db, scope: Scope | View): Promise<{ data: Period[]; position: number }> {
  const view = await resolveScope(db, scope);
  const { rows } = await sql<PeriodRow>`
    SELECT m.data->>'month' AS month, m.type, m.actor, m.recorded_at, m.position FROM events m
    WHERE m.ledger = ${view.ledger} AND m.type IN ('PeriodClosed', 'PeriodReopened') AND ${counts(view)}
    ORDER BY m.position`.execute(db);
  const begun = rows.length === 0 ? undefined : await daysWithin(db, view, {});
  let closed_through = begun === undefined ? undefined : monthBefore(begun.from.slice(0, 7));
  const periods = new Map<string, Period>();
  for (const { month, type, actor, recorded_at, position } of rows) {
    const decided = { decided_by: actor, decided_at: recorded_at, position: Number(position) };
    const status = type === 'PeriodClosed' ? 'closed' : 'open';
    let each =
      status === 'closed' && closed_through !== undefined && closed_through < month
        ? monthAfter(closed_through)
        : month;
    for (; each <= month; each = monthAfter(each)) periods.set(each, { month: each, status, ...decided });
    closed_through = status === 'closed' ? month : monthBefore(month);
  }
  const data = [...periods.values()].sort((one, other) => (one.month < other.month ? 1 : -1));
  return { data, position: view.position };
}

/** What two people are needed for: the terms that the ledger was opened with, and each change. */
export interface Threshold {
  approval_threshold: number;
  reason: string | null;
  decided_by: string;
  decided_at: string;
  position: number;
}
/** The last first. */
export async function listThresholds(db: Db, scope: Scope | View): Promise<{ data: Threshold[]; position: number }> {
  const view = await resolveScope(db, scope);
  const { rows } = await sql<Omit<PeriodRow, 'month' | 'type'> & { threshold: string; reason: string | null }>`
    SELECT coalesce(m.data->>'new', m.data->>'approval_threshold') AS threshold, m.data->>'reason' AS reason, m.actor,
      m.recorded_at, m.position FROM events m
    WHERE m.ledger = ${view.ledger} AND m.type IN ('LedgerOpened', 'ApprovalThresholdChanged') AND ${counts(view)}
    ORDER BY m.position DESC`.execute(db);
  const data = rows.map(({ threshold, reason, actor, recorded_at, position }) => ({
    approval_threshold: toMajor(threshold, view.digits),
    reason,
    decided_by: actor,
    decided_at: recorded_at,
    position: Number(position),
  }));
  return { data, position: view.position };
}
