import { type RawBuilder, sql } from 'kysely';
import { withAdjustedCosts } from '../../libs/documents/adjusted-costs.js';
import { type DocumentView, viewDocument } from '../../libs/documents/documents.js';
import { type DocumentKind, KINDS } from '../../libs/ledger/document-kinds.js';
import type { Postings, RecordedEvent } from '../../libs/ledger/events.js';
import { LIMIT_DEFAULT, type Page, type Paging, type PeriodFilter, pageOf, readCursor } from '../as-of/cursor.js';
import { cutAt, knownAt, type Snapshot } from '../as-of/snapshot.js';
import { backdatedRows, int8, isIncluded, lastBefore } from '../engine/as-of-rows.js';
import { rowsOf } from '../engine/upsert-rows.js';
import { changedCosts } from './cost-adjustments.js';
import { type DocumentKey, hasChanged, historiesOf, isChangedAcross, isOfState, statesOf } from './documents.js';

export interface DocumentFilter extends PeriodFilter, Paging {
  kinds?: readonly DocumentKind[];
  party_id?: string;
  status?: string;
  payment_status?: string;
  created_by?: string;
}

const CANDIDATES_MAX = 2000;

/** The last recorded first; documents as they were. All pages are of the first one's position. */
export async function listDocuments(now: Snapshot, filter: DocumentFilter = {}): Promise<Page<DocumentView>> {
  const { limit = LIMIT_DEFAULT, cursor, ...criteria } = filter;
  const list = JSON.stringify(['documents', now.ledger, criteria, now.as_of]);
  const [position, page_after] = readCursor(list, cursor, 'whole', 'whole') ?? [];
  const snapshot = await knownAt(now, position);
  const within = await boundsOf(snapshot, criteria);
  const views = new Map<string, DocumentView>();
  const found: Candidate[] = [];
  let after = page_after;
  for (let count = limit + 1; found.length <= limit; count = Math.min(4 * count, CANDIDATES_MAX)) {
    const rows = await candidates(snapshot, within, criteria, after, count);
    const unsure = rows.filter(({ unsure }) => unsure);
    for (const [number, view] of await viewsOf(snapshot, unsure)) views.set(number, view);
    found.push(...rows.filter(({ number, unsure }) => !unsure || matches(views.get(number)!, criteria)));
    if (rows.length < count) break;
    after = Number(rows.at(-1)!.position);
  }
  const shown = found.slice(0, limit).filter(({ number }) => !views.has(number));
  for (const [number, view] of await viewsOf(snapshot, shown)) views.set(number, view);
  const keyOf = ({ position }: Candidate) => [snapshot.position, Number(position)];
  return pageOf(found, limit, snapshot.position, list, keyOf, ({ number }) => views.get(number)!);
}

function matches(document: DocumentView, { status, payment_status }: DocumentFilter): boolean {
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
  { kinds = KINDS, party_id, status, payment_status, created_by, from }: DocumentFilter,
  after: number | undefined,
  count: number,
): Promise<Candidate[]> {
  const conditions = (columns: Record<string, string | undefined>) =>
    Object.entries(columns).flatMap(([column, value]) =>
      value === undefined ? [] : [sql`m.${sql.ref(column)} = ${value}`],
    );
  const all = (of: readonly RawBuilder<unknown>[]) => (of.length === 0 ? sql`true` : sql.join(of, sql` AND `));
  const since = from === undefined ? [] : [sql`m.effective_at >= ${from}`];
  const constant = conditions({ party_id, created_by });
  const changing = conditions({ status, payment_status });
  const is_sure = snapshot.present || changing.length === 0;
  const last = after === undefined ? snapshot.position : after - 1;
  const newest = sql`ORDER BY m.position DESC LIMIT ${count}`;
  const onTime = (which: RawBuilder<unknown>, unsure: RawBuilder<unknown>) =>
    sql`SELECT m.number, m.position, ${unsure} AS unsure FROM documents m
      WHERE m.ledger = ${snapshot.ledger} AND ${all([which, ...constant, ...since])}
      AND m.position > ${above} AND m.position <= least(${int8(cut.as_of_position)}, ${int8(last)}) ${newest}`;
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
      sql`m.ledger = ${snapshot.ledger} AND m.kind = r.kind AND m.position > ${cut.as_of_position} AND m.position <= ${last}`,
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
