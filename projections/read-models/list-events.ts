import { type RawBuilder, sql } from 'kysely';
import { LIMIT_DEFAULT, type Page, type Paging, type PeriodFilter, pageOf, readCursor } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import type { RowOf } from '../database/tables.js';
import { backdatedRows, lastBefore } from '../engine/as-of-rows.js';
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

export interface EventFilter extends PeriodFilter, Paging {
  actor?: string;
  types?: string[];
  entity?: Entity;
  order?: 'newest_first' | 'oldest_first';
}

/** Security events happen by their own clocks: cut by times, not positions. */
export interface ClockTimes {
  time?: 'recorded_at' | 'effective_at';
  recorded_by?: string;
}

export async function listEvents(snapshot: Snapshot, filter: EventFilter & ClockTimes = {}): Promise<Page<AuditEvent>> {
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

/** Behind the position `after`; NaN: from the beginning. */
export async function eventsAfter(
  snapshot: Snapshot,
  criteria: Omit<EventFilter, keyof Paging> & ClockTimes,
  after: number,
  count: number,
): Promise<AuditEvent[]> {
  const { actor, types, entity, from, to, order = 'newest_first', time = 'recorded_at', recorded_by } = criteria;
  const oldest_first = order === 'oldest_first';
  const { ledger } = snapshot;
  // Recorded times follow positions; effective times have no such order.
  const in_order = time === 'recorded_at';
  const above = sql`greatest(${in_order && from !== undefined ? lastBefore(snapshot, from) : sql`-1`}, ${oldest_first && !Number.isNaN(after) ? after : -1}::bigint)`;
  const until = sql`least(${in_order && to !== undefined ? lastBefore(snapshot, to, '<=') : sql`${snapshot.position}::bigint`},
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
  const on_time = sources.map(({ rows }) =>
    filters.length === 0
      ? sql`(${rows})`
      : sql`(SELECT m.position FROM (${rows}) n JOIN events m ON m.ledger = ${ledger} AND m.position = n.position
          WHERE ${and(filters)} ${first})`,
  );
  const named = sources.flatMap(({ names }) => (names === undefined ? [] : [names]));
  const backdated =
    in_order && named.length > 0
      ? backdatedRows(snapshot, 'events', {
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
  // Together they hold the first of all.
  const { rows } = await sql<RowOf<typeof events>>`SELECT m.* FROM (SELECT DISTINCT m.position
      FROM (${sql.join([...on_time, ...backdated], sql` UNION ALL `)}) m ${first}) n
    JOIN events m ON m.ledger = ${ledger} AND m.position = n.position ${first}`.execute(snapshot.trx);
  return rows.map(({ ledger: _, backdated_day: __, position, ...row }) => ({ position: Number(position), ...row }));
}
