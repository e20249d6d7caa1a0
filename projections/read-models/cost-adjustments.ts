/** What backdated events have changed of the costs of earlier events' stock postings. */
import { type RawBuilder, sql } from 'kysely';
import { adjustmentsIn } from '../../libs/ledger/adjustments.js';
import type { Postings } from '../../libs/ledger/events.js';
import { toMajor } from '../../libs/ledger/money.js';
import { LIMIT_DEFAULT, type Page, type Paging, type PeriodFilter, pageOf, readCursor } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { type TableOf, table } from '../database/tables.js';
import { isIncluded } from '../engine/as-of-rows.js';
import { CopyRows } from '../engine/copy-rows.js';
import type { IncomingEvent } from '../engine/incoming-event.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';
import { rowsOf } from '../engine/upsert-rows.js';
import { causeOf } from './events.js';

export const cost_adjustments = table(
  'cost_adjustments',
  {
    ledger: 'id',
    /** Of the event that caused it, and of the event whose cost changed. */
    position: 'bigint',
    of_position: 'bigint',
    /** Index of the changed event's stock posting. */
    line: 'integer',
    item_id: 'id',
    location_id: 'id',
    /** Of the changed event. */
    effective_at: 'timestamptz',
    /** Change of the value of the stock. */
    value: 'bigint',
  },
  {
    key: ['ledger', 'position', 'of_position', 'line'],
    lookups: { by_event: '(ledger, of_position, position)', by_item: '(ledger, item_id, position)' },
  },
);
declare module '../database/tables.js' {
  interface Tables {
    cost_adjustments: TableOf<typeof cost_adjustments>;
  }
}

export function projectCostAdjustments(writer: TransactionWriter, incoming: readonly IncomingEvent[]): void {
  const rows = new CopyRows(cost_adjustments.name, cost_adjustments.columns);
  for (const { ledger, event } of incoming) {
    const { adjusted } = event.data as Postings;
    if (adjusted === undefined) continue;
    for (const { position, line, item_id, location_id, effective_ms, value } of adjustmentsIn(adjusted))
      if (item_id !== undefined && location_id !== undefined)
        rows.add([ledger, event.position, position, line, item_id, location_id, effective_ms, value]);
  }
  writer.copy(rows);
}

// ── Queries ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface CostAdjustment {
  /** Of the event that caused it. */
  position: number;
  /** The document that caused it, and the one whose cost changed. */
  cause: string;
  number: string;
  /** Of the event whose cost changed, and its position. */
  type: string;
  of_position: number;
  item_id: string;
  location_id: string;
  /** Change of the value of the stock, in major units: −5 where a sale costs 5 more. */
  value: number;
  effective_at: string;
  recorded_at: string;
  actor: string;
}
interface AdjustmentFilter extends PeriodFilter, Paging {
  item_id?: string;
  location_id?: string;
  /** The document whose cost changed. */
  number?: string;
  /** The document that caused it. */
  cause?: string;
}
type AdjustmentRow = Omit<CostAdjustment, 'position' | 'of_position' | 'value'> &
  Record<'position' | 'of_position' | 'value', bigint> & { line: number };

/** The last recorded first. `from` and `to` are instants of the effective time of what was changed. */
export async function listCostAdjustments(
  snapshot: Snapshot,
  filter: AdjustmentFilter = {},
): Promise<Page<CostAdjustment>> {
  const { item_id, location_id, number, cause, from, to, limit = LIMIT_DEFAULT, cursor } = filter;
  const list = JSON.stringify([
    'adjustments',
    snapshot.ledger,
    item_id,
    location_id,
    number,
    cause,
    from,
    to,
    snapshot.as_of,
  ]);
  const after = readCursor(list, cursor, 'whole', 'whole', 'whole');
  const named = (of: 'of_position' | 'position', number: string) =>
    of === 'of_position'
      ? sql`m.of_position IN (SELECT position FROM documents d WHERE d.ledger = ${snapshot.ledger} AND d.number = ${number}
          UNION ALL SELECT position FROM mentions n WHERE n.ledger = ${snapshot.ledger} AND n.entity = ${number})`
      : sql`${causeOf('e')} = ${number}`;
  const wanted: RawBuilder<unknown>[] = [
    sql`m.ledger = ${snapshot.ledger} AND ${isIncluded(snapshot)}`,
    ...(item_id === undefined ? [] : [sql`m.item_id = ${item_id}`]),
    ...(location_id === undefined ? [] : [sql`m.location_id = ${location_id}`]),
    ...(number === undefined ? [] : [named('of_position', number)]),
    ...(cause === undefined ? [] : [named('position', cause)]),
    ...(from === undefined ? [] : [sql`m.effective_at >= ${from}`]),
    ...(to === undefined ? [] : [sql`m.effective_at <= ${to}`]),
    ...(after === undefined
      ? []
      : [sql`(m.position, m.of_position, m.line) < (${after[0]}, ${after[1]}, ${after[2]})`]),
  ];
  const { rows } = await sql<AdjustmentRow>`
    SELECT m.position, ${causeOf('e')} AS cause, a.data->>'number' AS number, a.type, m.of_position, m.line, m.item_id, m.location_id,
      m.value, m.effective_at, e.recorded_at, e.actor
    FROM cost_adjustments m
    JOIN events e ON e.ledger = m.ledger AND e.position = m.position
    JOIN events a ON a.ledger = m.ledger AND a.position = m.of_position
    WHERE ${sql.join(wanted, sql` AND `)}
    ORDER BY m.position DESC, m.of_position DESC, m.line DESC LIMIT ${limit + 1}`.execute(snapshot.trx);
  const keyOf = (row: AdjustmentRow) => [Number(row.position), Number(row.of_position), row.line];
  return pageOf(rows, limit, snapshot.position, list, keyOf, ({ line: _, ...row }) => ({
    ...row,
    position: Number(row.position),
    of_position: Number(row.of_position),
    value: toMajor(row.value, snapshot.digits),
  }));
}

/** How the stock postings of an event have changed their value since, in minor units, by index, and the documents that caused it. */
export interface ChangedCosts {
  changes: Map<number, bigint>;
  causes: string[];
}

/** By position, of the events that have changed; the first `causes_max` causes. */
export async function changedCosts(
  snapshot: Snapshot,
  positions: readonly (number | bigint)[],
): Promise<Map<number, ChangedCosts>> {
  if (positions.length === 0) return new Map();
  const rows = positions.map((position) => ({ position }));
  const { rows: found } = await sql<{ of_position: bigint; line: number; value: bigint; causes: string[] }>`
    SELECT m.of_position, m.line, sum(m.value)::bigint AS value,
      (array_agg(DISTINCT ${causeOf('e')}))[1:${sql.lit(causes_max)}] AS causes
    FROM ${rowsOf({ position: 'bigint' }, rows)} JOIN cost_adjustments m ON m.ledger = ${snapshot.ledger} AND m.of_position = r.position
    JOIN events e ON e.ledger = m.ledger AND e.position = m.position
    WHERE ${isIncluded(snapshot)} GROUP BY 1, 2 HAVING sum(m.value) <> 0 ORDER BY 1, 2`.execute(snapshot.trx);
  return new Map(
    [...Map.groupBy(found, ({ of_position }) => Number(of_position))].map(([position, lines]) => [
      position,
      {
        changes: new Map(lines.map(({ line, value }) => [line, value])),
        causes: [...new Set(lines.flatMap(({ causes }) => causes))].sort().slice(0, causes_max),
      },
    ]),
  );
}
const causes_max = 20;
