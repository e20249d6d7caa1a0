import { sql } from 'kysely';
import { adjustedPostings } from '../../libs/ledger/adjustments.js';
import type { Postings } from '../../libs/ledger/events.js';
import { toMajor } from '../../libs/ledger/money.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { runningSums } from '../engine/as-of-sums.js';
import { cellsOf, isOfKey } from '../engine/keys.js';
import type { RunningBalances } from '../engine/running-balances.js';
import { rowsOf } from '../engine/upsert-rows.js';
import { ENTRIES } from './balances.js';
import type { Entity } from './event-sources.js';
import type { AuditEvent } from './list-events.js';
import { MOVEMENTS } from './stock.js';

/** `kind` and `id`: of the changed entity, since a user changes many. `old`: null for a new field. */
export interface Change {
  kind: string;
  id: string;
  /** By location, `locations.main.on_hand`, or of a location, `items.bottle.on_hand`. */
  field: string;
  old: unknown;
  new: unknown;
}
interface FigureRow extends Record<string, bigint | string> {
  position: bigint;
}

export async function figureChanges(
  snapshot: Snapshot,
  { kind, id }: Entity,
  rows: readonly AuditEvent[],
): Promise<Map<number, Change[]>> {
  const stock = (own: 'item_id' | 'location_id', other: 'item_id' | 'location_id') =>
    figureRows(snapshot, MOVEMENTS, rows, (key) => key[own] === id).then((found) =>
      found.flatMap((row) => {
        const name = `${other === 'item_id' ? 'items' : 'locations'}.${row[other]}`;
        return [
          changeOf(row, `${name}.on_hand`, row.quantity as bigint, row.now_quantity as bigint, Number),
          changeOf(row, `${name}.value`, row.value as bigint, row.now_value as bigint, major),
          changeOf(row, `${name}.reserved`, row.hold as bigint, row.now_hold as bigint, Number),
        ];
      }),
    );
  const account = async (account_id: string, field: string, sign: 1n | -1n) =>
    (await figureRows(snapshot, ENTRIES, rows, (key) => key.account_id === account_id)).map((row) =>
      changeOf(row, field, sign * (row.amount as bigint), sign * (row.now_amount as bigint), major),
    );
  const major = (minor: bigint) => toMajor(minor, snapshot.digits);
  const changeOf = (
    { position }: FigureRow,
    field: string,
    moved: bigint,
    now: bigint,
    shown: (figure: bigint) => number,
  ) => ({ position: Number(position), moved, change: { kind, id, field, old: shown(now - moved), new: shown(now) } });
  const found = {
    item: () => stock('item_id', 'location_id'),
    location: () => stock('location_id', 'item_id'),
    account: () => account(id, 'balance', 1n),
    customer: () => account(`receivable:${id}`, 'receivable', 1n),
    supplier: () => account(`payable:${id}`, 'payable', -1n),
    document: async () => [],
    user: async () => [],
  };
  const changes = (await found[kind]()).filter(({ moved }) => moved !== 0n);
  const by_position = Map.groupBy(changes, ({ position }) => position);
  return new Map([...by_position].map(([position, all]) => [position, all.map(({ change }) => change)]));
}

async function figureRows(
  snapshot: Snapshot,
  balances: RunningBalances,
  events: readonly AuditEvent[],
  isWanted: (key: Record<string, unknown>) => boolean,
): Promise<FigureRow[]> {
  const touched = new Map<string, object>();
  for (const { position, data } of events) {
    const { stock = [], holds = [], journal = [], adjusted } = data as Postings;
    const more = adjustedPostings(adjusted).map(({ postings }) => postings);
    const keys: object[] =
      balances.name === MOVEMENTS.name
        ? [...stock, ...holds, ...more.flatMap((postings) => postings.stock)]
        : [...journal, ...more.flatMap((postings) => postings.journal)];
    for (const key of keys)
      if (isWanted({ ...key }))
        touched.set(
          JSON.stringify([position, ...balances.keys.map((name) => (key as unknown as Record<string, string>)[name])]),
          {
            position,
            ...key,
          },
        );
  }
  if (touched.size === 0) return [];
  const key_columns = Object.fromEntries(balances.keys.map((key) => [key, 'text' as const]));
  const of_key = isOfKey('k', { ...cellsOf('r', balances.keys), ledger: sql`${snapshot.ledger}` });
  const keys = balances.keys.map((column) => sql.ref(`k.${column}`));
  // Rows of one event have the same sums.
  const figures = balances.measures.flatMap((measure) => [
    sql`sum(${sql.ref(`k.${measure}`)})::bigint AS ${sql.ref(measure)}`,
    sql`min(${sql.ref(`s.${measure}`)}) AS ${sql.ref(`now_${measure}`)}`,
  ]);
  const { rows } = await sql<FigureRow>`SELECT k.position, ${sql.join([...keys, ...figures])}
    FROM ${rowsOf({ position: 'bigint', ...key_columns }, [...touched.values()])}
    JOIN ${sql.table(balances.name)} k ON ${of_key} AND k.position = r.position
    ${runningSums(balances, snapshot)}
    GROUP BY k.position, ${sql.join(keys)} ORDER BY k.position, ${sql.join(keys)}`.execute(snapshot.trx);
  return rows;
}
