import { sql } from 'kysely';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { mastersIn } from '../read-models/master-data.js';
import { partiesOf, partyMonths, type TradingKind } from '../read-models/party-months.js';
import { daysWithin, periodEnd, periodsOf } from '../read-models/report-periods.js';

export const PARTY_GROUPS = ['party', 'month'] as const;
export type PartyGroup = (typeof PARTY_GROUPS)[number];

/** Days of the ledger, both included. */
export interface TradeFilter extends Paging {
  from?: string;
  to?: string;
}
/** What a row is about: a month, cut to the period, or the whole period (`month` null). */
export interface Span {
  month: string | null;
  from: string | null;
  to: string | null;
}
export type DayRange = { from?: string; to?: string };

type RowsIn<R> = (within: DayRange, after: string | undefined, count: number, ids?: readonly string[]) => Promise<R[]>;

/** Over months and, in each, rows by key; only months and parties of `party_months`. */
export async function overSpans<R extends { key: string }>(
  snapshot: Snapshot,
  kind: TradingKind,
  { from, to, group_by, limit = LIMIT_DEFAULT, cursor }: TradeFilter & { group_by: PartyGroup },
  rowsIn: RowsIn<R>,
): Promise<Page<{ row: R; span: Span }>> {
  const list = JSON.stringify(['trade', kind, snapshot.ledger, from, to, group_by, snapshot.as_of]);
  const after = readCursor(list, cursor, 'text', 'text');
  const rows: { row: R; span: Span }[] = [];
  const within = await daysWithin(snapshot, { from, to });
  const months = within && periodsOf(within.from, within.to, 'month', MONTHS_MAX + 1).map(({ key }) => key);
  if (group_by === 'party') {
    const span = { month: null, from: from ?? null, to: to ?? null };
    let last = after?.[1];
    while (months !== undefined && rows.length <= limit) {
      const count = Math.min(limit + 1 - rows.length, PAIRS_MAX);
      const ids = months.length > MONTHS_MAX ? undefined : await partiesOf(snapshot, { kind, months }, last, count);
      const found = await rowsIn({ from, to }, last, count, ids);
      for (const row of found) rows.push({ row, span });
      last = ids === undefined ? found.at(-1)?.key : ids.at(-1);
      if ((ids ?? found).length < count) break;
    }
  } else {
    let last = after && { month: after[0], party_id: after[1] };
    while (within !== undefined && rows.length <= limit) {
      const count = Math.min(limit + 1 - rows.length, PAIRS_MAX);
      const pairs = await partyMonths(snapshot, { kind, ...within }, last, count);
      for (const [month, parties] of Map.groupBy(pairs, (pair) => pair.month)) {
        const span = spanOf(month, within);
        const ids = parties.map(({ party_id }) => party_id);
        for (const row of await rowsIn(span, undefined, ids.length, ids)) rows.push({ row, span: { month, ...span } });
      }
      last = pairs.at(-1);
      if (pairs.length < count) break;
    }
  }
  const keyOf = ({ row, span }: (typeof rows)[number]) => [span.month ?? '', row.key];
  return pageOf(rows, limit, snapshot.position, list, keyOf, (row) => row);
}

const PAIRS_MAX = 10_000;
/** In a longer period most parties have traded, and all are looked at. */
const MONTHS_MAX = 24;

function spanOf(month: string, { from, to }: { from: string; to: string }): { from: string; to: string } {
  const [first, last] = [`${month}-01`, periodEnd(`${month}-01`, 'month')];
  return { from: first > from ? first : from, to: last < to ? last : to };
}

export async function namesOf(
  snapshot: Snapshot,
  kind: 'customer' | 'supplier',
  rows: readonly { row: { key: string } }[],
): Promise<Map<string, string>> {
  const ids = [...new Set(rows.map(({ row }) => row.key))];
  const { rows: found } = await sql<{ id: string; name: string }>`SELECT m.id, m.attributes->>'name' AS name
    FROM ${mastersIn(snapshot, kind)} m WHERE m.id = ANY(${ids}::text[])`.execute(snapshot.trx);
  return new Map(found.map(({ id, name }) => [id, name]));
}
