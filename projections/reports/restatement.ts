/** A report as known at two moments, and the events that made the difference. */
import { type RawBuilder, sql } from 'kysely';
import { dayEnd, dayStart } from '../../libs/ledger/calendar.js';
import { toMajor } from '../../libs/ledger/money.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import { type Snapshot, snapshotAt } from '../as-of/snapshot.js';
import { cellsOf, isOfKey } from '../engine/keys.js';
import { rowsOf } from '../engine/upsert-rows.js';
import { trialBalance } from '../read-models/balances.js';
import { PROFIT_GROUPS, type ProfitGroup, profit } from '../read-models/profit.js';
import { MOVEMENTS } from '../read-models/stock.js';
import { STOCK_GROUPS, type StockGroup } from './stock-groups.js';
import { stockValuation } from './stock-valuation.js';

export const RESTATED = {
  'profit-loss': PROFIT_GROUPS,
  'trial-balance': ['account'],
  'stock-valuation': STOCK_GROUPS,
} as const;
export type RestatedReport = keyof typeof RESTATED;
export type RestatedGroup = (typeof RESTATED)[RestatedReport][number];

export interface RestatementFilter extends Paging {
  report: RestatedReport;
  group_by: RestatedGroup;
  /** Days of the ledger, both included. Of a balance or value only `to`: at its end. */
  from?: string;
  to?: string;
}
/** Pieces, and major units. */
export type Figures = Record<string, number>;
export interface RestatedBy {
  position: number;
  type: string;
  number: string | null;
  actor: string;
  recorded_at: string;
  effective_at: string;
  /** Before the earlier of the two moments: no new business. */
  backdated: boolean;
}
export interface RestatedRow {
  key: string;
  location_id: string | null;
  before: Figures;
  after: Figures;
  difference: Figures;
  events: RestatedBy[];
  events_total: number;
}
export interface Known {
  known_at: string;
  position: number;
}
export type Restatement = Page<RestatedRow> & {
  report: RestatedReport;
  group_by: RestatedGroup;
  known_at: Known;
  versus: Known;
  totals: Record<'before' | 'after' | 'difference', Figures>;
};

const EVENTS_MAX = 20;

/** `known_at` and `versus` are instants. Only rows that differ. */
export async function restatement(
  snapshot: Snapshot,
  [known_at, versus]: readonly [string, string],
  filter: RestatementFilter,
): Promise<Restatement> {
  const { report, group_by, from, to, limit = LIMIT_DEFAULT, cursor } = filter;
  const as_of = report === 'profit-loss' || to === undefined ? undefined : dayEnd(to, snapshot.time_zone);
  const states = [
    await snapshotAt(snapshot, { known_at, as_of }),
    await snapshotAt(snapshot, { known_at: versus, as_of }),
  ] as const;
  const [before, after] = [await rowsIn(states[0], filter), await rowsIn(states[1], filter)];
  const { ledger, digits } = snapshot;
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const all = names.map((name) => compared(name, before.get(name), after.get(name), digits));
  const list = JSON.stringify(['restatement', ledger, report, group_by, from, to, known_at]);
  const last = readCursor(list, cursor, 'text')?.[0];
  const rows = all.filter(
    ({ name, difference }) =>
      Object.values(difference).some((figure) => figure !== 0) && (last === undefined || name > last),
  );
  const { position } = states[1];
  const page = pageOf(
    rows,
    limit,
    position,
    list,
    ({ name }) => [name],
    (row) => row,
  );
  const causes = await eventsBetween(states, [known_at, versus], filter, page.data);
  const data = page.data.map(({ name, ...row }): RestatedRow => {
    const events = causes.get(name) ?? [];
    return { ...row, events: events.map(({ total: _, ...event }) => event), events_total: events[0]?.total ?? 0 };
  });
  const known = { known_at: { known_at, position: states[0].position }, versus: { known_at: versus, position } };
  return { report, group_by, ...known, ...page, data, totals: totalsOf(all, digits) };
}

type Compared = Omit<RestatedRow, 'events' | 'events_total'> & { name: string };

function compared(name: string, before: Figures | undefined, after: Figures | undefined, digits: number): Compared {
  const [key, location_id] = JSON.parse(name) as [string, string | null];
  const none = Object.fromEntries(Object.keys({ ...before, ...after }).map((figure) => [figure, 0]));
  const figures = { before: before ?? none, after: after ?? none };
  return { name, key, location_id, ...figures, difference: plus(figures.after, figures.before, -1, digits) };
}

function totalsOf(rows: readonly Compared[], digits: number): Restatement['totals'] {
  const sum = (side: 'before' | 'after' | 'difference') =>
    rows.reduce((total, row) => plus(row[side], total, 1, digits), {} as Figures);
  return { before: sum('before'), after: sum('after'), difference: sum('difference') };
}

/** Exact: figures are whole minor units. */
function plus(figures: Figures, others: Figures, sign: 1 | -1, digits: number): Figures {
  const units = (figure = 0) => BigInt(Math.round(figure * 10 ** digits));
  return Object.fromEntries(
    Object.entries(figures).map(([name, figure]) => [
      name,
      toMajor(units(figure) + BigInt(sign) * units(others[name]), digits),
    ]),
  );
}

async function rowsIn(
  snapshot: Snapshot,
  { report, group_by, from, to }: RestatementFilter,
): Promise<Map<string, Figures>> {
  const limit = Number.MAX_SAFE_INTEGER;
  const named = (key: string | null, location_id: string | null, figures: Figures): [string, Figures] => [
    JSON.stringify(key === null ? [location_id, null] : [key, location_id]),
    figures,
  ];
  switch (report) {
    case 'profit-loss': {
      const { data } = await profit(snapshot, { from, to, group_by: group_by as ProfitGroup, limit });
      return new Map(data.map(({ key, ...figures }) => named(key, null, figures)));
    }
    case 'trial-balance': {
      const { data } = await trialBalance(snapshot);
      return new Map(data.map(({ account_id, debit, credit }) => named(account_id, null, { debit, credit })));
    }
    case 'stock-valuation': {
      const { data } = await stockValuation(snapshot, { group_by: group_by as StockGroup, limit });
      return new Map(
        data.map(({ item_id, location_id, on_hand, value }) => named(item_id, location_id, { on_hand, value })),
      );
    }
    default:
      return report satisfies never;
  }
}

async function eventsBetween(
  states: readonly [Snapshot, Snapshot],
  known: readonly [string, string],
  filter: RestatementFilter,
  rows: readonly Compared[],
): Promise<Map<string, (RestatedBy & { total: number })[]>> {
  const [first, last] = states.map(({ position }) => position).sort((a, b) => a - b) as [number, number];
  const earlier = [...known].sort()[0]!;
  const { ledger, time_zone } = states[0];
  const { from, to, report } = filter;
  const happened = [
    ...(to === undefined ? [] : [sql`m.effective_at <= ${dayEnd(to, time_zone)}`]),
    ...(from === undefined || report !== 'profit-loss' ? [] : [sql`m.effective_at >= ${dayStart(from, time_zone)}`]),
  ];
  const wanted = [sql`m.position > ${first} AND m.position <= ${last}`, ...happened];
  const keys = rows.map(({ name, key, location_id }) => ({ name, a: key, b: location_id }));
  const { rows: found } = await sql<
    Omit<RestatedBy, 'position'> & { name: string; position: bigint; total: bigint }
  >`SELECT r.name, e.position, e.type, e.data->>'number' AS number, e.actor, e.recorded_at, e.effective_at, c.backdated, c.total
    FROM ${rowsOf({ name: 'text', a: 'text', b: 'text' }, keys)} CROSS JOIN LATERAL (
      SELECT d.*, count(*) OVER () AS total FROM (
        SELECT m.position, bool_or(m.effective_at <= ${earlier}) AS backdated
        FROM ${sourceOf(ledger, filter)} AND ${sql.join(wanted, sql` AND `)} GROUP BY 1) d
      ORDER BY d.backdated DESC, d.position LIMIT ${EVENTS_MAX}) c
    JOIN events e ON e.ledger = ${ledger} AND e.position = c.position
    ORDER BY r.name, c.backdated DESC, e.position`.execute(states[0].trx);
  const events = found.map(({ position, total, ...event }) => ({
    ...event,
    position: Number(position),
    total: Number(total),
  }));
  const by_name = Map.groupBy(events, ({ name }) => name);
  return new Map([...by_name].map(([name, all]) => [name, all.map(({ name: _, ...event }) => event)]));
}

/** For FROM … WHERE: the rows `m` that belong to the row `r` of the report. */
function sourceOf(ledger: string, { report, group_by }: RestatementFilter): RawBuilder<unknown> {
  const of_ledger = { ledger: sql`${ledger}` };
  if (report === 'trial-balance')
    return sql`entries m WHERE ${isOfKey('m', { account_id: sql.ref('r.a'), ...of_ledger })}`;
  if (report === 'stock-valuation') {
    const keys = {
      place: sql`p.item_id = r.a AND p.location_id = r.b`,
      item: sql`p.item_id = r.a`,
      location: sql`p.location_id = r.a`,
    };
    return sql`stock p JOIN movements m ON ${isOfKey('m', { ...cellsOf('p', MOVEMENTS.keys), ...of_ledger })}
      WHERE p.ledger = ${ledger} AND ${keys[group_by as StockGroup]} AND (m.quantity <> 0 OR m.value <> 0)`;
  }
  if (group_by === 'item' || group_by === 'customer')
    return sql`sales m WHERE ${isOfKey('m', { id: sql.ref('r.a'), dimension: sql`${group_by}`, ...of_ledger })}`;
  const [start, end] =
    group_by === 'month'
      ? [sql`(r.a || '-01')::date`, sql`((r.a || '-01')::date + interval '1 month')::date`]
      : [sql`r.a::date`, sql`r.a::date + 1`];
  return sql`sales_by_day m WHERE m.ledger = ${ledger} AND m.day >= ${start} AND m.day < ${end}`;
}
