import { isDeepStrictEqual } from 'node:util';
import { type SqlBool, sql } from 'kysely';
import { viewDocument } from '../../libs/documents/documents.js';
import { documentsNamed } from '../../libs/ledger/document-kinds.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import { cursorAfter, LIMIT_DEFAULT, type Page, type Paging, type PeriodFilter, readCursor } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { historiesOf, recordedEvent } from './documents.js';
import type { Entity } from './event-sources.js';
import { type Change, figureChanges } from './history-figures.js';
import { type AuditEvent, eventsAfter, listEvents, recordedWithin } from './list-events.js';
import { securityBook } from './security.js';
import { securityChanges } from './security-events.js';

export interface HistoryEntry {
  /** Null for a security event. */
  position: number | null;
  security_position?: number;
  type: string;
  number: string | null;
  actor: string;
  recorded_at: string;
  effective_at: string;
  changes: Change[];
}
type HistoryFilter = { entity: Entity; order?: 'newest_first' | 'oldest_first' } & PeriodFilter & Paging;

/** For a user: all that they changed, and security events by or about them. */
export async function history(snapshot: Snapshot, filter: HistoryFilter): Promise<Page<HistoryEntry>> {
  const { entity } = filter;
  const { data: events, ...page } = await (entity.kind === 'user' ? userEvents : listEvents)(snapshot, filter);
  const rows = events.filter((row) => !isSecurity(row));
  const figures = await figureChanges(snapshot, entity, rows);
  const documents = await documentChanges(snapshot, entity, rows);
  const data = events.map((row): HistoryEntry => {
    if (isSecurity(row)) return securityEntry(row);
    const { position, type, actor, recorded_at, effective_at } = row;
    const changes = [
      ...masterChanges(row, entity),
      ...(documents.get(position) ?? []),
      ...(figures.get(position) ?? []),
    ];
    return { position, type, number: numberOf(row), actor, recorded_at, effective_at, changes };
  });
  return { data, ...page };
}

type UserEvent = AuditEvent & { of_security?: true };
const isSecurity = ({ of_security }: UserEvent) => of_security === true;

function securityEntry(row: UserEvent): HistoryEntry {
  const { position: security_position, type, actor, recorded_at, effective_at } = row;
  const changes = securityChanges(row);
  return { position: null, security_position, type, number: null, actor, recorded_at, effective_at, changes };
}

/** By the time each was noted, each stream in its own order; the cursor holds a position of each. */
async function userEvents(snapshot: Snapshot, filter: HistoryFilter): Promise<Page<UserEvent>> {
  const { limit = LIMIT_DEFAULT, cursor, ...criteria } = filter;
  const newest_first = criteria.order !== 'oldest_first';
  const list = JSON.stringify(['user history', snapshot.ledger, criteria, snapshot.as_of, snapshot.recorded_by]);
  const from = readCursor(list, cursor, 'whole', 'whole') ?? [Number.NaN, Number.NaN];
  const ledger: UserEvent[] = await eventsAfter(
    snapshot,
    criteria,
    recordedWithin(snapshot, criteria),
    from[0],
    limit + 1,
  );
  const book = await securityBook(snapshot, criteria);
  const security = (await eventsAfter(book.snapshot, criteria, book.bounds, from[1], limit + 1)).map(
    (row): UserEvent => ({ ...row, of_security: true }),
  );
  const data: UserEvent[] = [];
  const next = [0, 0];
  while (data.length < limit) {
    const [act, event] = [ledger[next[0]!], security[next[1]!]];
    if (act === undefined && event === undefined) break;
    const first = event === undefined || (act !== undefined && act.recorded_at >= event.effective_at === newest_first);
    data.push(first ? act! : event!);
    next[first ? 0 : 1]! += 1;
  }
  const keys = [ledger, security].map((rows, stream) => {
    const last = rows[next[stream]! - 1];
    if (last !== undefined) return last.position;
    // What is recorded from now on is newer than this page.
    return newest_first ? (rows[0]?.position ?? -1) + 1 : Number.isNaN(from[stream]!) ? -1 : from[stream]!;
  });
  const more = next[0]! < ledger.length || next[1]! < security.length;
  return { data, next_cursor: more ? cursorAfter(list, keys) : null, position: snapshot.position };
}

export function numberOf(row: AuditEvent): string | null {
  const { first, more } = documentsNamed(asRecorded(row));
  return first ?? more[0] ?? null;
}

function asRecorded({ position, ...row }: AuditEvent): RecordedEvent {
  return recordedEvent({ ...row, position: BigInt(position) });
}

function masterChanges(row: AuditEvent, entity: Entity): Change[] {
  const { data } = asRecorded(row);
  if (!('kind' in data)) return [];
  const { kind, id } = data;
  if (entity.kind !== 'user' && (entity.kind !== kind || entity.id !== id)) return [];
  if ('changes' in data) return data.changes.map((change) => ({ kind, id, ...change }));
  return Object.entries(data.attributes).map(([field, value]) => ({ kind, id, field, old: null, new: value }));
}

const IDENTITY = new Set(['kind', 'number', 'position']);

async function documentChanges(
  snapshot: Snapshot,
  entity: Entity,
  rows: readonly AuditEvent[],
): Promise<Map<number, Change[]>> {
  if (entity.kind !== 'document' && entity.kind !== 'user') return new Map();
  const touched = rows.flatMap((row) => {
    const { first, more } = documentsNamed(asRecorded(row));
    const numbers = [...new Set([...(first === undefined ? [] : [first]), ...more])];
    return numbers.flatMap((number) => (entity.kind === 'user' || number === entity.id ? [{ row, number }] : []));
  });
  const numbers = [...new Set(touched.map(({ number }) => number))];
  const known = await snapshot.trx
    .selectFrom('documents')
    .select(['number', 'position'])
    .where('ledger', '=', snapshot.ledger)
    .where(sql<SqlBool>`number = ANY(${numbers}::text[])`)
    .execute();
  const histories = await historiesOf(snapshot, known);
  const changes = new Map<number, Change[]>();
  for (const { row, number } of touched) {
    const events = histories.get(number) ?? [];
    const index = events.findIndex(({ position }) => position === row.position);
    if (index < 0 || documentsNamed(events[0]!).first !== number) continue;
    const before = index === 0 ? undefined : viewDocument(events.slice(0, index), snapshot.digits);
    const after = viewDocument(events.slice(0, index + 1), snapshot.digits);
    const changed = differences(before, after).map((change) => ({ kind: after.kind, id: number, ...change }));
    changes.set(row.position, [...(changes.get(row.position) ?? []), ...changed]);
  }
  return changes;
}

function differences(before: Record<string, unknown> | undefined, after: Record<string, unknown>) {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after)]);
  return [...fields].flatMap((field) => {
    const change = { field, old: before?.[field] ?? null, new: after[field] ?? null };
    return IDENTITY.has(field) || isDeepStrictEqual(change.old, change.new) ? [] : [change];
  });
}
