/** With the running sums of its day (`run_…`) after the event, in recorded order: a day at any position is one look-up. */
import { type RawBuilder, sql } from 'kysely';
import { calendarDay } from '../../libs/ledger/calendar.js';
import type { PeriodFilter } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { columnsOf, type Table, table } from '../database/tables.js';
import type { BalanceCache, Sums } from './balance-cache.js';
import { CopyRows } from './copy-rows.js';
import type { Moment } from './incoming-event.js';
import type { TransactionWriter } from './transaction-writer.js';
import { rowsOf } from './upsert-rows.js';

type Columns<M extends string> = Record<'ledger', 'id'> &
  Record<'day', 'date'> &
  Record<'position' | M | `run_${M}`, 'bigint'> &
  Record<'effective_at', 'timestamptz'> &
  Record<'of_position', 'bigint?'>;

export interface DaySums<M extends string = string> extends Table {
  measures: readonly M[];
}

export function daySums<const M extends string>(name: string, measures: readonly M[]): DaySums<M> & Table<Columns<M>> {
  const runs = measures.map((measure) => `run_${measure}` as const);
  const columns = {
    ledger: 'id',
    day: 'date',
    position: 'bigint',
    effective_at: 'timestamptz',
    ...columnsOf([...measures, ...runs], 'bigint'),
    of_position: 'bigint?',
  } as Columns<M>;
  const create = sql.raw(`CREATE INDEX IF NOT EXISTS ${name}_by_day ON ${name} (ledger, day, position)
    INCLUDE (${runs.join(', ')})`);
  return { ...table(name, columns, { key_indexes: [{ name: `${name}_by_day`, create }] }), measures };
}

export interface DayDelta {
  incoming: Moment;
  amounts: Sums;
}

export async function appendDaySums(
  writer: TransactionWriter,
  { name: table, columns, measures }: DaySums,
  deltas: readonly DayDelta[],
  cache: BalanceCache,
): Promise<void> {
  const sums = cache.of(table);
  const days = new Map<string, { ledger: string; day: string }>();
  for (const { incoming } of deltas) {
    const { ledger, day } = incoming;
    const name = `${ledger}\n${day}`;
    if (!cache.isComplete(ledger) && sums.get(name) === undefined) days.set(name, { ledger, day });
  }
  const runs = measures.map((measure) => `run_${measure}`);
  const rows =
    days.size === 0
      ? []
      : await writer.run(sql<{ ledger: string; day: string } & Record<string, bigint>>`
    SELECT r.ledger, r.day, l.* FROM ${rowsOf({ ledger: 'text', day: 'date' }, [...days.values()])}
    CROSS JOIN LATERAL (SELECT ${sql.join(runs.map((run) => sql.ref(run)))} FROM ${sql.table(table)} s
      WHERE s.ledger = r.ledger AND s.day = r.day ORDER BY s.position DESC LIMIT 1) l`);
  for (const { ledger, day, ...last } of rows)
    sums.set(
      `${ledger}\n${day}`,
      runs.map((run) => (last as Record<string, bigint>)[run]!),
    );
  const lines = new CopyRows(table, columns);
  let added = 0;
  for (const [at, { incoming, amounts }] of deltas.entries()) {
    const { ledger, day, event, effective_ms, of_position = null } = incoming;
    for (; added <= at || deltas[added]?.incoming.event === event; added += 1)
      sums.add(`${ledger}\n${deltas[added]!.incoming.day}`, deltas[added]!.amounts);
    lines.add([ledger, day, event.position, effective_ms, ...amounts, ...sums.get(`${ledger}\n${day}`)!, of_position]);
  }
  writer.copy(lines);
}

/** Of days that have any, `from` and `to` included; by `key`, an expression of `d.day`, in its order. */
export async function sumsOfDays<M extends string>(
  { trx, ledger, position, as_of, time_zone }: Snapshot,
  { name: table, measures }: DaySums<M>,
  key: RawBuilder<unknown>,
  { from, to }: PeriodFilter,
): Promise<({ key: string } & Record<M, bigint>)[]> {
  const cut = as_of === undefined ? undefined : calendarDay(as_of, time_zone);
  const last = cut !== undefined && (to === undefined || cut < to) ? cut : to;
  const bounds = [
    ...(from === undefined ? [] : [sql`day >= ${from}::date`]),
    ...(last === undefined ? [] : [sql`day <= ${last}::date`]),
  ];
  const within = bounds.length === 0 ? sql`true` : sql.join(bounds, sql` AND `);
  const edge = (direction: 'ASC' | 'DESC') =>
    sql`(SELECT day FROM ${sql.table(table)} WHERE ledger = ${ledger} AND ${within} ORDER BY day ${sql.raw(direction)} LIMIT 1)`;
  const partly = cut === undefined ? sql`NULL::date` : sql`${cut}::date`;
  const columns = (of: (measure: M) => RawBuilder<unknown>) =>
    sql.join(measures.map((measure) => sql`${of(measure)} AS ${sql.ref(measure)}`));
  const { rows } = await sql<{ key: string } & Record<M, bigint>>`
    SELECT ${key} AS key, ${columns((measure) => sql`sum(s.${sql.ref(measure)})::bigint`)}
    FROM (SELECT first + n AS day FROM (SELECT ${edge('ASC')} AS first, ${edge('DESC')} AS last) ends, generate_series(0, last - first) n OFFSET 0) d
    CROSS JOIN LATERAL (
      (SELECT ${columns((measure) => sql.ref(`run_${measure}`))} FROM ${sql.table(table)} m
        WHERE m.ledger = ${ledger} AND m.day = d.day AND m.position <= ${position} AND d.day IS DISTINCT FROM ${partly}
        ORDER BY m.position DESC LIMIT 1)
      UNION ALL
      (SELECT ${sql.join(measures.map((measure) => sql.ref(`m.${measure}`)))} FROM ${sql.table(table)} m
        WHERE m.ledger = ${ledger} AND m.day = d.day AND m.position <= ${position} AND d.day = ${partly}
        AND m.effective_at <= ${as_of ?? null})) s
    GROUP BY 1 ORDER BY 1`.execute(trx);
  return rows;
}
