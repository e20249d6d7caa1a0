import { type RawBuilder, sql } from 'kysely';
import { withAdjustedCosts } from '../../libs/documents/adjusted-costs.js';
import { type DocumentView, viewDocument } from '../../libs/documents/documents.js';
import { type DocumentKind, KINDS } from '../../libs/ledger/document-kinds.js';
import type { Postings, RecordedEvent } from '../../libs/ledger/events.js';
import {
  LIMIT_DEFAULT,
  type PageBetween,
  type Paging,
  type PeriodFilter,
  pageBetween,
  readCursor,
} from '../as-of/cursor.js';
import { cutAt, knownAt, type Snapshot } from '../as-of/snapshot.js';
import { QueryRefused } from '../database/query-refused.js';
import { backdatedRows, int8, isIncluded, lastBefore } from '../engine/as-of-rows.js';
import { rowsOf } from '../engine/upsert-rows.js';
import { changedCosts } from './cost-adjustments.js';
import { type DocumentKey, hasChanged, historiesOf, isChangedAcross, isOfState, statesOf } from './documents.js';
import {
  type DocumentOrder,
  type DocumentSearch,
  type DocumentTotals,
  keyTypes,
  PART_FIELDS,
  searchDocuments,
  totalsOfDocuments,
} from './search-documents.js';

export interface DocumentFilter extends Omit<DocumentSearch, 'kind'>, PeriodFilter, Paging {
  kinds?: readonly DocumentKind[];
  /** Default: the last recorded first; with `q` the last number. */
  sort?: { by: DocumentOrder; descending: boolean };
}

const CANDIDATES_MAX = 2000;

/**
 * Documents as they were, in the order of their recording, all pages of the first one's position; or as they are, in any order, each page
 * of the present.
 * @throws QueryRefused only_at_present, list_too_broad
 */
export async function listDocuments(now: Snapshot, filter: DocumentFilter = {}): Promise<PageBetween<DocumentView>> {
  const { limit = LIMIT_DEFAULT, cursor, sort = sortOf(filter), ...criteria } = filter;
  const list = JSON.stringify(['documents', now.ledger, criteria, sort, now.as_of]);
  const beside = parametersOfSearch({ ...criteria, sort });
  if (beside.length === 0)
    return recordedDocuments(now, criteria, { limit, cursor, list, newest_first: sort.descending });
  if (!now.present) throw new QueryRefused('only_at_present', { parameters: beside });
  const [back = 0, ...after] = readCursor(list, cursor, 'whole', ...keyTypes(sort.by)) ?? [];
  const rows = await searchDocuments(now, searchOf(criteria), sort.by, sort.descending !== (back === 1), {
    after: cursor === undefined ? undefined : (after as string[]),
    limit: limit + 1,
  });
  const views = await viewsOf(now, rows.slice(0, limit));
  return pageBetween(
    rows,
    { limit, position: now.position, list, after: cursor !== undefined, back: back === 1 },
    ({ key }, towards_begin) => [towards_begin ? 1 : 0, ...key],
    ({ number }) => views.get(number)!,
  );
}

/** Of all pages, as they are. @throws QueryRefused only_at_present */
export function documentTotals(
  now: Snapshot,
  { limit: _, cursor: __, sort: ___, ...criteria }: DocumentFilter,
): Promise<DocumentTotals> {
  if (!now.present) throw new QueryRefused('only_at_present', { parameters: ['totals'] });
  return totalsOfDocuments(now, searchOf(criteria));
}

function sortOf({ q }: DocumentFilter): NonNullable<DocumentFilter['sort']> {
  return { by: q === undefined ? 'recorded_at' : 'number', descending: true };
}
function searchOf({ kinds = [], ...criteria }: DocumentFilter): DocumentSearch {
  if (kinds.length !== 1) throw new Error('only documents of one kind can be searched');
  return { ...criteria, kind: kinds[0]! };
}
/** That a list of the past does not take. */
function parametersOfSearch({ sort, party_id, ...criteria }: DocumentFilter): string[] {
  return [
    ...(sort?.by === 'recorded_at' ? [] : ['sort']),
    ...(party_id === null ? ['party_id'] : []),
    ...([...PART_FIELDS, 'bill_number', 'total', 'open', 'due_day', 'q'] as const).filter(
      (name) => criteria[name] !== undefined,
    ),
  ];
}

interface RecordedPage {
  limit: number;
  cursor: string | undefined;
  list: string;
  newest_first: boolean;
}

async function recordedDocuments(
  now: Snapshot,
  criteria: Criteria,
  { limit, cursor, list, newest_first }: RecordedPage,
): Promise<PageBetween<DocumentView>> {
  const [back = 0, position, page_after] = readCursor(list, cursor, 'whole', 'whole', 'whole') ?? [];
  const snapshot = await knownAt(now, position);
  const within = await boundsOf(snapshot, criteria);
  const descending = newest_first !== (back === 1);
  const views = new Map<string, DocumentView>();
  const found: Candidate[] = [];
  let after = page_after;
  for (let count = limit + 1; found.length <= limit; count = Math.min(4 * count, CANDIDATES_MAX)) {
    const rows = await candidates(snapshot, within, criteria, { after, descending, count });
    const unsure = rows.filter(({ unsure }) => unsure);
    for (const [number, view] of await viewsOf(snapshot, unsure)) views.set(number, view);
    found.push(...rows.filter(({ number, unsure }) => !unsure || matches(views.get(number)!, criteria)));
    if (rows.length < count) break;
    after = Number(rows.at(-1)!.position);
  }
  const shown = found.slice(0, limit).filter(({ number }) => !views.has(number));
  for (const [number, view] of await viewsOf(snapshot, shown)) views.set(number, view);
  return pageBetween(
    found,
    { limit, position: snapshot.position, list, after: cursor !== undefined, back: back === 1 },
    ({ position }, towards_begin) => [towards_begin ? 1 : 0, snapshot.position, Number(position)],
    ({ number }) => views.get(number)!,
  );
}

type Criteria = Pick<DocumentFilter, 'kinds' | 'party_id' | 'status' | 'payment_status' | 'created_by' | 'from' | 'to'>;

function matches(document: DocumentView, { status, payment_status }: Criteria): boolean {
  return (
    (status === undefined || document.status === status) &&
    (payment_status === undefined || document.payment_status === payment_status)
  );
}

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

type Candidate = DocumentKey & {
  /** Changed since: its row does not say what its status was. */
  unsure: boolean;
};

async function candidates(
  snapshot: Snapshot,
  { above, cut }: Bounds,
  { kinds = KINDS, party_id, status, payment_status, created_by, from }: Criteria,
  { after, descending, count }: { after: number | undefined; descending: boolean; count: number },
): Promise<Candidate[]> {
  const conditions = (columns: Record<string, string | null | undefined>) =>
    Object.entries(columns).flatMap(([column, value]) =>
      value === undefined ? [] : [sql`m.${sql.ref(column)} = ${value}`],
    );
  const all = (of: readonly RawBuilder<unknown>[]) => (of.length === 0 ? sql`true` : sql.join(of, sql` AND `));
  const since = from === undefined ? [] : [sql`m.effective_at >= ${from}`];
  const constant = conditions({ party_id, created_by });
  const changing = conditions({ status, payment_status });
  const is_sure = snapshot.present || changing.length === 0;
  const last = after === undefined || !descending ? snapshot.position : after - 1;
  const first = after === undefined || descending ? -1 : after;
  const newest = sql`ORDER BY m.position ${sql.raw(descending ? 'DESC' : 'ASC')} LIMIT ${count}`;
  const onTime = (which: RawBuilder<unknown>, unsure: RawBuilder<unknown>) =>
    sql`SELECT m.number, m.position, ${unsure} AS unsure FROM documents m
      WHERE m.ledger = ${snapshot.ledger} AND ${all([which, ...constant, ...since])}
      AND m.position > greatest(${above}, ${int8(first)}) AND m.position <= least(${int8(cut.as_of_position)}, ${int8(last)}) ${newest}`;
  const unchanged = is_sure ? sql`true` : sql`NOT ${hasChanged(snapshot)}`;
  const on_time = [
    constant.length + changing.length === 0
      ? sql`(SELECT m.* FROM ${rowsOf(
          { kind: 'text' },
          kinds.map((kind) => ({ kind })),
        )}
          CROSS JOIN LATERAL (${onTime(sql`m.kind = r.kind`, sql`false`)}) m)`
      : sql`(SELECT m.* FROM ${statesOf(kinds, { status, payment_status })}
          CROSS JOIN LATERAL (${onTime(sql`${isOfState} AND ${unchanged}`, sql`false`)}) m)`,
    ...(is_sure
      ? []
      : [sql`(${onTime(sql`m.kind = ANY(${kinds}::text[]) AND ${isChangedAcross(snapshot)}`, sql`true`)})`]),
  ];
  const backdated = backdatedRows(cut, 'documents', {
    columns: sql`m.number, m.position, ${is_sure ? sql`false` : hasChanged(snapshot)} AS unsure`,
    wanted: all([
      sql`m.ledger = ${snapshot.ledger} AND m.kind = r.kind AND m.position > greatest(${int8(cut.as_of_position)}, ${int8(first)}) AND m.position <= ${last}`,
      ...constant,
      ...since,
      is_sure ? all(changing) : sql`(${hasChanged(snapshot)} OR ${all(changing)})`,
    ]),
    order: newest,
  });
  const of_kinds = backdated.map(
    (rows) =>
      sql`(SELECT m.* FROM ${rowsOf(
        { kind: 'text' },
        kinds.map((kind) => ({ kind })),
      )} CROSS JOIN LATERAL (${rows}) m)`,
  );
  const { rows } = await sql<Candidate>`SELECT m.* FROM (${sql.join([...on_time, ...of_kinds], sql` UNION ALL `)}) m
    ${newest}`.execute(snapshot.trx);
  return rows;
}

export async function findDocument(snapshot: Snapshot, number: string): Promise<DocumentView | undefined> {
  return (await findDocuments(snapshot, [number])).get(number);
}

/** By number. */
export async function findDocuments(
  snapshot: Snapshot,
  numbers: readonly string[],
): Promise<Map<string, DocumentView>> {
  if (numbers.length === 0) return new Map();
  const rows = await snapshot.trx
    .selectFrom('documents as m')
    .select(['m.number', 'm.position'])
    .where('m.ledger', '=', snapshot.ledger)
    .where('m.number', 'in', numbers)
    .where(isIncluded(snapshot))
    .execute();
  return viewsOf(snapshot, rows);
}

async function viewsOf(snapshot: Snapshot, rows: readonly DocumentKey[]): Promise<Map<string, DocumentView>> {
  const histories = await historiesOf(snapshot, rows);
  const costed = [...histories.values()].flatMap(([first]) => (first !== undefined && hasCosts(first) ? [first] : []));
  const changed = await changedCosts(
    snapshot,
    costed.map(({ position }) => position),
  );
  return new Map(
    [...histories].map(([number, history]) => {
      const [document, changes] = [viewDocument(history, snapshot.digits), changed.get(history[0]!.position)];
      return [
        number,
        changes === undefined ? document : withAdjustedCosts(document, history[0]!, changes, snapshot.digits),
      ];
    }),
  );
}
function hasCosts({ data }: RecordedEvent): boolean {
  return ((data as Postings).stock ?? []).length > 0;
}
