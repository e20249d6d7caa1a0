/** Who did what, when: every event as it was recorded. Documents' stories and any other history are told from here. */

import { type RawBuilder, sql } from 'kysely';
import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { monthAfter, monthBefore } from '../../libs/ledger/calendar.js';
import { documentsNamed, KINDS } from '../../libs/ledger/document-kinds.js';
import { toMajor } from '../../libs/ledger/money.js';
import { type AsOf, dayNumber } from '../as-of/as-of.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import { type Snapshot } from '../as-of/snapshot.js';
import { upsertRows } from '../engine/bulk.js';
import { type Columns, CopyRows } from '../engine/copy-rows.js';
import type { Fact } from '../engine/incoming-event.js';
import { counts, lastBefore, lastRows, lateRows, type Window } from '../engine/running-balances.js';
import type { Row } from '../engine/tables.js';
import type { Writer } from '../engine/writer.js';
import { ENTRIES } from './balances.js';
import { daysWithin } from './periods.js';
import { MOVEMENTS, type PeriodFilter } from './stock.js';

const EVENTS = {
  ledger: 'text',
  position: 'bigint',
  type: 'text',
  actor: 'text',
  recorded_at: 'timestamptz',
  effective_at: 'timestamptz',
  data: 'json',
  metadata: 'json',
  late_1: 'integer',
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
  late_1: number | null;
}

export function copyEvents(writer: Writer, told: readonly Told[]): void {
  const events = new CopyRows('events', EVENTS);
  const mentions = new CopyRows('mentions', MENTIONS);
  for (const { ledger, position, type, actor, recorded, effective, bytes, entities, late_1 } of told) {
    events.add([ledger, position, type, actor, recorded, effective, bytes.data, bytes.metadata, late_1]);
    for (const entity of entities) mentions.add([ledger, entity, position]);
  }
  writer.copy(events);
  writer.copy(mentions);
}

export function projectEvents(writer: Writer, facts: readonly Fact[]): void {
  copyEvents(
    writer,
    facts.map((fact) => {
      const { ledger, event, bytes, recorded_ms: recorded, effective_ms: effective } = fact;
      const { position, type, metadata } = event;
      const entities = [...new Set(entitiesNamed(event))];
      const late_1 = lateDayOf(fact);
      return { ledger, position, type, actor: metadata.actor, recorded, effective, bytes, entities, late_1 };
    }),
  );
  upsertRows(
    writer,
    'late_days',
    { ledger: 'text', day: 'date', first_position: 'bigint', position: 'bigint' },
    lateDays(facts),
    sql`(ledger, day) DO UPDATE SET position = excluded.position`,
  );
}

function entitiesNamed(event: Fact['event']): string[] {
  if ('kind' in event.data) return [`${event.data.kind}:${event.data.id}`];
  return documentsNamed(event).more;
}

/** The day of what is late, counted from 1970. */
export function lateDayOf({ late, day }: Fact): number | null {
  return late ? dayNumber(day) : null;
}

function lateDays(facts: readonly Fact[]) {
  const days = new Map<string, { ledger: string; day: string; first_position: number; position: number }>();
  for (const { ledger, day, late, event } of facts) {
    if (!late) continue;
    const { position } = event;
    const { first_position = position } = days.get(`${ledger}\n${day}`) ?? {};
    days.set(`${ledger}\n${day}`, { ledger, day, first_position, position });
  }
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

export async function listEvents(snapshot: Snapshot, filter: EventFilter & BookTimes = {}): Promise<Page<AuditEvent>> {
  const { limit = LIMIT_DEFAULT, cursor, ...criteria } = filter;
  const list = JSON.stringify(['events', snapshot.ledger, criteria, snapshot.as_of]);
  const rows = await eventsAfter(snapshot, criteria, readCursor(list, cursor, 'whole')?.[0] ?? Number.NaN, limit + 1);
  return pageOf(
    rows,
    limit,
    snapshot.position,
    list,
    ({ position }) => [position],
    (row) => row,
  );
}

/** The first `count` behind the position `after`, which is NaN for those from the beginning of the order. */
export async function eventsAfter(
  snapshot: Snapshot,
  criteria: Omit<EventFilter, keyof Paging> & BookTimes,
  after: number,
  count: number,
): Promise<AuditEvent[]> {
  const { actor, types, entity, from, to, order = 'newest_first', time = 'recorded_at', recorded_by } = criteria;
  const oldest_first = order === 'oldest_first';
  const { ledger } = snapshot;
  // A ledger's events are recorded in the order of their positions, so its times are positions. A clock of their own has no such order.
  const in_order = time === 'recorded_at';
  const above = sql`greatest(${in_order && from !== undefined ? lastBefore(snapshot, from) : sql`-1`}, ${oldest_first && !Number.isNaN(after) ? after : -1}::bigint)`;
  const until = sql`least(${in_order && to !== undefined ? lastBefore(snapshot, to, true) : sql`${snapshot.position}::bigint`},
    ${Math.min(snapshot.position, oldest_first || Number.isNaN(after) ? Number.MAX_SAFE_INTEGER : after - 1)}::bigint)`;
  const by_clock = [
    ...(snapshot.as_of === undefined ? [] : [sql`m.effective_at <= ${snapshot.as_of}`]),
    ...(from === undefined ? [] : [sql`m.effective_at >= ${from}`]),
    ...(to === undefined ? [] : [sql`m.effective_at <= ${to}`]),
    ...(recorded_by === undefined ? [] : [sql`m.recorded_at <= ${recorded_by}`]),
  ];
  const own = [...(actor === undefined ? [] : [sql`m.actor = ${actor}`]), ...(in_order ? [] : by_clock)];
  const of_types = types === undefined ? [] : [sql`m.type = ANY(${types})`];
  const and = (conditions: readonly RawBuilder<unknown>[]) => sql.join(conditions, sql` AND `);
  const first = sql`ORDER BY m.position ${sql.raw(oldest_first ? 'ASC' : 'DESC')} LIMIT ${count}`;
  const end = in_order ? sql`least(${until}, ${snapshot.as_of_position}::bigint)` : until;
  const part = { above, until, end, count, oldest_first, first };
  const sources = entity === undefined ? [everyEvent(ledger, types, own, part)] : sourcesOf(snapshot, entity, part);
  const filters = entity === undefined ? [] : [...own, ...of_types];
  const as_of_position = sources.map(({ rows }) =>
    filters.length === 0
      ? sql`(${rows})`
      : sql`(SELECT m.position FROM (${rows}) n JOIN events m ON m.ledger = ${ledger} AND m.position = n.position
          WHERE ${and(filters)} ${first})`,
  );
  const named = sources.flatMap(({ names }) => (names === undefined ? [] : [names]));
  const late =
    in_order && named.length > 0
      ? lateRows(snapshot, 'events', {
          columns: sql`m.position`,
          wanted: and([
            sql`m.ledger = ${ledger} AND m.position > ${above} AND m.position > ${snapshot.as_of_position} AND m.position <= ${until}`,
            sql`(${sql.join(named, sql` OR `)})`,
            ...own,
            ...of_types,
          ]),
          order: first,
        })
      : [];
  // Each way of naming the thing gives its first rows in order; together they hold the first of all.
  const { rows } = await sql<Row<'events'>>`SELECT m.* FROM (SELECT DISTINCT m.position
      FROM (${sql.join([...as_of_position, ...late], sql` UNION ALL `)}) m ${first}) n
    JOIN events m ON m.ledger = ${ledger} AND m.position = n.position ${first}`.execute(snapshot.trx);
  return rows.map(({ ledger: _, late_1: __, position, ...row }) => ({ position: Number(position), ...row }));
}

/** A way to the events of a thing. */
interface Source {
  /** Their positions within the part, the first of them unless they are few; behind `as_of_position` only what `names` does not say. */
  rows: RawBuilder<unknown>;
  /** For WHERE: whether a late event `m` is one of these. */
  names?: RawBuilder<unknown>;
}
/** What is asked for of all: behind one position, up to another, and of what was recorded on time up to `end`. */
interface Part {
  above: RawBuilder<unknown>;
  until: RawBuilder<unknown>;
  end: RawBuilder<unknown>;
  count: number;
  oldest_first: boolean;
  /** ORDER BY and LIMIT. */
  first: RawBuilder<unknown>;
}
const settledIn = ({ above, end }: Part) => sql`m.position > ${above} AND m.position <= ${end}`;

function everyEvent(
  ledger: string,
  types: string[] | undefined,
  own: readonly RawBuilder<unknown>[],
  part: Part,
): Source {
  const wanted = sql.join([sql`m.ledger = ${ledger}`, settledIn(part), ...own], sql` AND `);
  const of_type = sql`SELECT m.position FROM events m WHERE ${wanted} AND m.type = t.type COLLATE "C" ${part.first}`;
  const rows =
    types === undefined
      ? sql`SELECT m.position FROM events m WHERE ${wanted} ${part.first}`
      : sql`SELECT m.position FROM unnest(${types}::text[]) t (type) CROSS JOIN LATERAL (${of_type}) m`;
  return { rows, names: sql`true` };
}

/** Each table that names the thing. */
function sourcesOf(snapshot: AsOf, { kind, id }: Entity, part: Part): Source[] {
  const { ledger } = snapshot;
  const firstOf = (rows: RawBuilder<unknown>) =>
    sql`SELECT m.position FROM ${rows} AND ${settledIn(part)} ${part.first}`;
  const mentioned = (entity: string): Source => ({
    rows: firstOf(sql`mentions m WHERE m.ledger = ${ledger} AND m.entity = ${entity}`),
    names: sql`EXISTS (SELECT FROM mentions n WHERE n.ledger = ${ledger} AND n.entity = ${entity} AND n.position = m.position)`,
  });
  const master = mentioned(`${kind}:${id}`);
  const places = sql`SELECT item_id, location_id FROM stock WHERE ledger = ${ledger}`;
  switch (kind) {
    case 'user': {
      const own = sql`m.actor = ${id}`;
      return [{ rows: firstOf(sql`events m WHERE m.ledger = ${ledger} AND ${own}`), names: own }, master];
    }
    case 'document': {
      const same = sql`d.ledger = ${ledger} AND d.number = ${id}`;
      const names = sql`EXISTS (SELECT FROM documents d WHERE ${same} AND d.position = m.position)`;
      return [
        { rows: firstOf(sql`(SELECT d.position FROM documents d WHERE ${same}) m WHERE true`), names },
        mentioned(id),
      ];
    }
    case 'item':
      return [master, moved(snapshot, sql`${places} AND item_id = ${id}`, part)];
    case 'location':
      return [master, moved(snapshot, sql`${places} AND location_id = ${id}`, part)];
    case 'account':
      return [master, posted(snapshot, id, part)];
    case 'supplier':
    case 'customer':
      return [
        master,
        ...ofParty(snapshot, id, part),
        posted(snapshot, `${kind === 'customer' ? 'receivable' : 'payable'}:${id}`, part),
      ];
    default:
      return kind satisfies never;
  }
}

function windowOf({ above, until, oldest_first }: Part, limit: number): Window {
  return { limit, oldest_first, wanted: sql`m.position > ${above} AND m.position <= ${until}` };
}

/** The places that moved last each have their last movements: of places without end no more are read than a page can show. */
function moved(snapshot: AsOf, places: RawBuilder<unknown>, part: Part): Source {
  const direction = sql.raw(part.oldest_first ? 'ASC' : 'DESC');
  const first_places = sql`SELECT k.item_id, k.location_id FROM ${lastRows(MOVEMENTS, snapshot, places, windowOf(part, 1))}
    ORDER BY k.position ${direction} LIMIT ${part.count}`;
  return {
    rows: sql`SELECT k.position FROM ${lastRows(MOVEMENTS, snapshot, first_places, windowOf(part, part.count))}`,
  };
}
function posted(snapshot: AsOf, account_id: string, part: Part): Source {
  const account = sql`SELECT ${account_id}::text AS account_id`;
  return { rows: sql`SELECT k.position FROM ${lastRows(ENTRIES, snapshot, account, windowOf(part, part.count))}` };
}

/**
 * Documents of a customer or supplier. What becomes of them later moves the party's account, but for approvals and for what costs nothing;
 * nothing of that is ever dated back.
 */
function ofParty({ ledger }: AsOf, party_id: string, part: Part): Source[] {
  const own = sql`d.party_id = ${party_id} AND d.ledger = ${ledger}`;
  return [
    {
      rows: sql`SELECT m.position FROM unnest(${KINDS}::text[]) k (kind) CROSS JOIN LATERAL (SELECT m.position FROM documents m
        WHERE m.party_id = ${party_id} AND m.ledger = ${ledger} AND m.kind = k.kind COLLATE "C" AND ${settledIn(part)} ${part.first}) m`,
      names: sql`EXISTS (SELECT FROM documents d WHERE ${own} AND d.kind = ANY(${KINDS}::text[]) AND d.position = m.position)`,
    },
    {
      rows: sql`SELECT m.position FROM documents d JOIN mentions m ON m.ledger = d.ledger AND m.entity = d.number
        WHERE ${own} AND (d.kind = 'approval' OR d.total = 0) AND ${settledIn(part)} ${part.first}`,
    },
  ];
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
export async function listPeriods(snapshot: Snapshot): Promise<{ data: Period[]; position: number }> {
  const { rows } = await sql<PeriodRow>`
    SELECT m.data->>'month' AS month, m.type, m.actor, m.recorded_at, m.position FROM events m
    WHERE m.ledger = ${snapshot.ledger} AND m.type IN ('PeriodClosed', 'PeriodReopened') AND ${counts(snapshot)}
    ORDER BY m.position`.execute(snapshot.trx);
  const begun = rows.length === 0 ? undefined : await daysWithin(snapshot, {});
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
  return { data, position: snapshot.position };
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
export async function listThresholds(snapshot: Snapshot): Promise<{ data: Threshold[]; position: number }> {
  const { rows } = await sql<Omit<PeriodRow, 'month' | 'type'> & { threshold: string; reason: string | null }>`
    SELECT coalesce(m.data->>'new', m.data->>'approval_threshold') AS threshold, m.data->>'reason' AS reason, m.actor,
      m.recorded_at, m.position FROM events m
    WHERE m.ledger = ${snapshot.ledger} AND m.type IN ('LedgerOpened', 'ApprovalThresholdChanged') AND ${counts(snapshot)}
    ORDER BY m.position DESC`.execute(snapshot.trx);
  const data = rows.map(({ threshold, reason, actor, recorded_at, position }) => ({
    approval_threshold: toMajor(threshold, snapshot.digits),
    reason,
    decided_by: actor,
    decided_at: recorded_at,
    position: Number(position),
  }));
  return { data, position: snapshot.position };
}
