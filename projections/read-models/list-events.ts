import { type RawBuilder, sql } from 'kysely';
import { LIMIT_DEFAULT, type Page, type Paging, type PeriodFilter, pageOf, readCursor } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import type { RowOf } from '../database/tables.js';
import { backdatedRows, int8, lastBefore } from '../engine/as-of-rows.js';
import { type Entity, everyEvent, sourcesOf } from './event-sources.js';
import { events } from './events.js';

export interface AuditEvent {
  position: number;
  type: string;
  actor: string;
  recorded_at: string;
  effective_at: string;
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

/**
 * `from` and `to` are instants, both included: of the recorded time, of security events the effective one. Actor and
 * types go with users alone, no other entity.
 */
export interface EventFilter extends PeriodFilter, Paging {
  actor?: string;
  types?: string[];
  entity?: Entity;
  order?: 'newest_first' | 'oldest_first';
}

export interface Bounds {
  /** Positions behind it. */
  above: RawBuilder<unknown>;
  until: RawBuilder<unknown>;
  /** A further condition on an event `m`. */
  wanted?: RawBuilder<unknown>;
}

export async function listEvents(snapshot: Snapshot, filter: EventFilter = {}): Promise<Page<AuditEvent>> {
  return pageOfEvents(snapshot, filter, recordedWithin(snapshot, filter));
}

/** The first `count` behind a position, the oldest first. */
export function eventsBehind(
  snapshot: Snapshot,
  position: number,
  count: number,
  types?: string[],
): Promise<AuditEvent[]> {
  return eventsAfter(snapshot, { types, order: 'oldest_first' }, recordedWithin(snapshot, {}), position, count);
}

/** A ledger's recorded times follow positions. */
export function recordedWithin(snapshot: Snapshot, { from, to }: PeriodFilter): Bounds {
  return {
    above: from === undefined ? sql`-1` : lastBefore(snapshot, from),
    until: to === undefined ? int8(snapshot.position) : lastBefore(snapshot, to, '<='),
  };
}

export async function pageOfEvents(
  snapshot: Snapshot,
  { limit = LIMIT_DEFAULT, cursor, ...criteria }: EventFilter,
  bounds: Bounds,
): Promise<Page<AuditEvent>> {
  const list = JSON.stringify(['events', snapshot.ledger, criteria, snapshot.as_of]);
  const after = readCursor(list, cursor, 'whole')?.[0] ?? Number.NaN;
  const rows = await eventsAfter(snapshot, criteria, bounds, after, limit + 1);
  return pageOf(
    rows,
    limit,
    snapshot.position,
    list,
    ({ position }) => [position],
    (row) => row,
  );
}

/** Behind the position `after`; NaN: from the beginning. */
export async function eventsAfter(
  snapshot: Snapshot,
  { actor, types, entity, order }: Pick<EventFilter, 'actor' | 'types' | 'entity' | 'order'>,
  { above: lowest, until: highest, wanted = sql`true` }: Bounds,
  after: number,
  count: number,
): Promise<AuditEvent[]> {
  const { ledger, position, as_of_position } = snapshot;
  const oldest_first = order === 'oldest_first';
  const behind = oldest_first && !Number.isNaN(after) ? after : -1;
  const before = oldest_first || Number.isNaN(after) ? position + 1 : after;
  const above = sql`greatest(${lowest}, ${int8(behind)})`;
  const until = sql`least(${highest}, ${int8(Math.min(position, before - 1))})`;
  const first = sql`ORDER BY m.position ${sql.raw(oldest_first ? 'ASC' : 'DESC')} LIMIT ${count}`;
  const end = sql`least(${until}, ${int8(as_of_position)})`;
  const part = { above, until, end, wanted, count, oldest_first, first };
  const sources =
    entity === undefined
      ? [everyEvent(ledger, { actor, types }, part)]
      : sourcesOf(snapshot, entity, { actor, types }, part);
  const on_time = sources.map(({ rows }) => sql`(${rows})`);
  const named = sources.flatMap(({ names }) => (names === undefined ? [] : [names]));
  const backdated = backdatedRows(snapshot, 'events', {
    columns: sql`m.position`,
    wanted: sql`m.ledger = ${ledger} AND m.position > ${above} AND m.position > ${as_of_position} AND m.position <= ${until}
      AND (${sql.join(named, sql` OR `)}) AND ${wanted}`,
    order: first,
  });
  // Together they hold the first of all.
  const { rows } = await sql<RowOf<typeof events>>`SELECT m.* FROM (SELECT DISTINCT m.position
      FROM (${sql.join([...on_time, ...backdated], sql` UNION ALL `)}) m ${first}) n
    JOIN events m ON m.ledger = ${ledger} AND m.position = n.position ${first}`.execute(snapshot.trx);
  return rows.map(({ ledger: _, backdated_day: __, position, ...row }) => ({ position: Number(position), ...row }));
}
