import { type RawBuilder, sql } from 'kysely';
import { type DocumentView, viewDocument } from '../../libs/documents/documents.js';
import { type DocumentKind, KINDS } from '../../libs/ledger/document-kinds.js';
import { cursorAfter, LIMIT_DEFAULT, type Page, type Paging, type PeriodFilter, readCursor } from '../as-of/cursor.js';
import { cutAt, type Snapshot } from '../as-of/snapshot.js';
import { backdatedRows, isIncluded, lastBefore } from '../engine/as-of-rows.js';
import { type DocumentKey, hasChanged, historiesOf, isChangedAcross } from './documents.js';

export interface DocumentFilter extends PeriodFilter, Paging {
  kinds?: readonly DocumentKind[];
  party_id?: string;
  status?: string;
  payment_status?: string;
  created_by?: string;
}

/** A filter without an index of its own takes several looks; then the page is short and its cursor goes on. */
const looks_max = 20;
const candidates_max = 2000;

/** The last recorded first. Filters compare documents as they were. */
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
  /** The row matches, or has changed since. */
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
  const unlessChanged = (conditions: readonly RawBuilder<unknown>[]) =>
    snapshot.present || conditions.length === 0
      ? all(conditions)
      : sql`(${hasChanged(snapshot)} OR ${all(conditions)})`;
  const since = from === undefined ? sql`true` : sql`m.effective_at >= ${from}`;
  const last = after === undefined ? snapshot.position : after - 1;
  const newest = sql`ORDER BY m.position DESC LIMIT ${count}`;
  const onTime = (lead: RawBuilder<unknown>, maybe: RawBuilder<unknown>) =>
    sql`(SELECT m.number, m.position, ${since} AND ${maybe} AS maybe FROM documents m
      WHERE m.ledger = ${snapshot.ledger} AND m.kind = k.kind AND ${lead}
      AND m.position > ${above} AND m.position <= least(${cut.as_of_position}::bigint, ${last}::bigint) ${newest})`;
  // One condition is looked up; the others select among its rows.
  const [lead, ...rest] = constant.length > 0 ? constant : changing;
  const on_time =
    constant.length > 0 || snapshot.present || lead === undefined
      ? [onTime(lead ?? sql`true`, constant.length > 0 ? sql`${all(rest)} AND ${unlessChanged(changing)}` : all(rest))]
      : [
          onTime(sql`${lead} AND m.last_position <= ${snapshot.as_of_position}`, all(rest)),
          onTime(sql`${hasChanged(snapshot)} AND ${isChangedAcross(snapshot)}`, sql`true`),
        ];
  const backdated = backdatedRows(cut, 'documents', {
    columns: sql`m.number, m.position, ${since} AND ${all(constant)} AND ${unlessChanged(changing)} AS maybe`,
    wanted: sql`m.ledger = ${snapshot.ledger} AND m.kind = k.kind AND m.position > ${cut.as_of_position} AND m.position <= ${last}`,
    order: newest,
  });
  const { rows } = await sql<Candidate>`SELECT m.* FROM unnest(${kinds}::text[]) AS asked (name)
    CROSS JOIN LATERAL (SELECT asked.name COLLATE "C" AS kind) k
    CROSS JOIN LATERAL (${sql.join([...on_time, ...backdated], sql` UNION ALL `)}) m ${newest}`.execute(snapshot.trx);
  return rows;
}

export async function findDocument(snapshot: Snapshot, number: string): Promise<DocumentView | undefined> {
  const rows = await snapshot.trx
    .selectFrom('documents as m')
    .select(['m.number', 'm.position'])
    .where('m.ledger', '=', snapshot.ledger)
    .where('m.number', '=', number)
    .where(isIncluded(snapshot))
    .execute();
  return (await viewsOf(snapshot, rows)).get(number);
}

async function viewsOf(snapshot: Snapshot, rows: readonly DocumentKey[]): Promise<Map<string, DocumentView>> {
  const histories = await historiesOf(snapshot, rows);
  return new Map([...histories].map(([number, history]) => [number, viewDocument(history, snapshot.digits)]));
}
