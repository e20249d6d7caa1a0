/** Open amounts of bills, which sum to the parties' balances at every moment. */
import { type RawBuilder, sql } from 'kysely';
import { billOf, openAmount } from '../../libs/ledger/bill.js';
import { calendarDay } from '../../libs/ledger/calendar.js';
import { toMajor } from '../../libs/ledger/money.js';
import type { AsOf } from '../as-of/as-of.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { backdatedRows } from '../engine/as-of-rows.js';
import { historiesOf, isChangedAcross } from '../read-models/documents.js';

const BUCKETS = ['not_due', 'days_0_30', 'days_31_60', 'days_61_90', 'days_over_90'] as const;
type Bucket = (typeof BUCKETS)[number];
type Amounts = Record<Bucket, bigint>;

/** Major units; negative where more was paid than the bills are now worth. */
export type Ages = Record<Bucket | 'total', number>;
export type AgingRow = { owed: 'to_us' | 'by_us'; party_id: string } & Ages;
export type AgingReport = Page<AgingRow> & { totals: Record<AgingRow['owed'], Ages> };

interface Open {
  kind: string;
  party_id: string;
  bucket: Bucket;
  open: bigint;
}

/** Of the moment asked for, of the recording of `position`, or of `now`. */
export function agingDay(
  { time_zone, recorded_by }: AsOf,
  { as_of, known_at, position }: { as_of?: string; known_at?: string; position?: number },
  now: string,
): string {
  const when = as_of ?? known_at ?? (position === undefined ? undefined : recorded_by) ?? now;
  return when.length === 'yyyy-mm-dd'.length ? when : calendarDay(when, time_zone);
}

/** Later pages count ages to the same `day` (in the cursor). A bill without a due date is due on its own day. */
export async function aging(
  snapshot: Snapshot,
  { day: of_day, limit = LIMIT_DEFAULT, cursor }: { day: string } & Paging,
): Promise<AgingReport> {
  const list = JSON.stringify(['aging', snapshot.ledger, snapshot.as_of]);
  const [day = of_day, ...after] = readCursor(list, cursor, 'text', 'text', 'text') ?? [];
  const parties = new Map<string, Amounts>();
  const totals = { to_us: nothing(), by_us: nothing() };
  for (const { kind, party_id, bucket, open } of [
    ...(await unchanged(snapshot, day)),
    ...(await changed(snapshot, day)),
  ]) {
    const owed = kind === 'sale' ? 'to_us' : 'by_us';
    const key = JSON.stringify([owed, party_id]);
    const amounts = parties.get(key) ?? nothing();
    parties.set(key, amounts);
    amounts[bucket] += open;
    totals[owed][bucket] += open;
  }
  const rows = [...parties]
    .map(([key, amounts]) => ({ key: JSON.parse(key) as [AgingRow['owed'], string], amounts }))
    .filter(({ amounts }) => BUCKETS.some((bucket) => amounts[bucket] !== 0n))
    .sort((a, b) => order(a.key, b.key))
    .filter(({ key }) => cursor === undefined || order(key, after) > 0);
  const shape = ({ key: [owed, party_id], amounts }: (typeof rows)[number]) => ({
    owed,
    party_id,
    ...inMajor(amounts, snapshot.digits),
  });
  const page = pageOf(rows, limit, snapshot.position, list, ({ key }) => [day, ...key], shape);
  return {
    ...page,
    totals: { to_us: inMajor(totals.to_us, snapshot.digits), by_us: inMajor(totals.by_us, snapshot.digits) },
  };
}

const bucketAt = (day: string): RawBuilder<unknown> => sql`CASE WHEN m.due_day > ${day}::date THEN 'not_due'
  WHEN ${day}::date - m.due_day <= 30 THEN 'days_0_30' WHEN ${day}::date - m.due_day <= 60 THEN 'days_31_60'
  WHEN ${day}::date - m.due_day <= 90 THEN 'days_61_90' ELSE 'days_over_90' END`;
const bills = ({ ledger }: AsOf) => sql`m.ledger = ${ledger} AND m.kind IN ('sale', 'purchase', 'late_cost')`;

async function unchanged(snapshot: Snapshot, day: string): Promise<Open[]> {
  const since = snapshot.present
    ? sql``
    : sql`AND m.last_position <= ${snapshot.as_of_position} AND m.position <= ${snapshot.as_of_position}`;
  const { rows } = await sql<Open>`SELECT m.kind, m.party_id, ${bucketAt(day)} AS bucket, sum(m.open)::bigint AS open
    FROM documents m WHERE ${bills(snapshot)} AND m.open <> 0 ${since} GROUP BY 1, 2, 3`.execute(snapshot.trx);
  return rows;
}

async function changed(snapshot: Snapshot, day: string): Promise<Open[]> {
  if (snapshot.present) return [];
  const columns = sql`m.kind, m.party_id, ${bucketAt(day)} AS bucket, m.number, m.position`;
  const backdated = backdatedRows(snapshot, 'documents', {
    columns,
    wanted: sql`${bills(snapshot)} AND m.position > ${snapshot.as_of_position} AND m.position <= ${snapshot.position}`,
    order: sql``,
  });
  const across = sql`(SELECT ${columns} FROM documents m WHERE ${bills(snapshot)} AND ${isChangedAcross(snapshot)})`;
  const { rows } = await sql<Omit<Open, 'open'> & { number: string; position: bigint }>`
    ${sql.join([across, ...backdated], sql` UNION ALL `)}`.execute(snapshot.trx);
  const histories = await historiesOf(snapshot, rows);
  return rows.map((row) => ({ ...row, open: openAmount(billOf(histories.get(row.number)!)!) }));
}

function nothing(): Amounts {
  return { not_due: 0n, days_0_30: 0n, days_31_60: 0n, days_61_90: 0n, days_over_90: 0n };
}
function inMajor(amounts: Amounts, digits: number): Ages {
  const total = BUCKETS.reduce((sum, bucket) => sum + amounts[bucket], 0n);
  const ages = Object.fromEntries(BUCKETS.map((bucket) => [bucket, toMajor(amounts[bucket], digits)]));
  return { ...(ages as Record<Bucket, number>), total: toMajor(total, digits) };
}
function order([owed, id]: readonly string[], [other_owed, other_id]: readonly string[]): number {
  if (owed !== other_owed) return owed === 'to_us' ? -1 : 1;
  return id! < other_id! ? -1 : Number(id! > other_id!);
}
