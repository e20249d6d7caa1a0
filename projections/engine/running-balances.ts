/**
 * What happened to each key, with running sums, so that no moment needs adding up the past. Nothing is recorded before
 * it happens: the sum as of T, known at P, is the running sum at the last position recorded by T, plus the *backdated*
 * rows from there to P that happened by T. Few are added one by one; for many, blocks of 1, 4, 16 and 64 days carry
 * running sums of their own, and what a block gained is the difference of two. At most three blocks of each size count.
 * Every sum belongs to a recorded position, so no backdated row is lost between sums.
 */

import { type RawBuilder, sql } from 'kysely';
import { BLOCK_DAYS, dayNumber } from '../as-of/blocks.js';
import { type Columns, columnsOf, type Index, type Table, table } from '../database/tables.js';
import type { BalanceCache, CachedSums, Sums } from './balance-cache.js';
import { type Cell, CopyRows } from './copy-rows.js';
import type { Moment } from './incoming-event.js';
import { cellsOf, hasTexts, isOfKey, keyNumber } from './keys.js';
import { PoisonEvent } from './poison-event.js';
import type { TransactionWriter } from './transaction-writer.js';
import { rowsOf } from './upsert-rows.js';

type BlockDays = (typeof BLOCK_DAYS)[number];
type OwnColumns<K extends string, M extends string> = Record<'ledger' | K, 'id'> &
  Record<'position', 'bigint'> &
  Record<'effective_at', 'timestamptz'> &
  Record<M | `run_${M}`, 'bigint'>;
type BlockColumns<M extends string> = Record<`backdated_${BlockDays}`, 'integer?'> &
  Record<'of_position', 'bigint?'> &
  Record<`backdated_${BlockDays}_${M}`, 'bigint?'>;

export interface RunningBalances extends Table {
  keys: readonly string[];
  measures: readonly string[];
  /** An event that would leave one below zero is poison. */
  never_negative: readonly string[];
  /** Of a row that is not backdated and adjusts nothing. */
  own: Columns;
}

/**
 * What an event adjusts of an earlier one has a row of its own, with that event's position (`of_position`) and moment. All rows of an event carry
 * the sums after the whole of it. A backdated row also has its block of each size (backdated_4) with the sums of that block (backdated_4_…).
 */
export function runningBalances<const K extends string, const M extends string>(
  name: string,
  keys: readonly K[],
  measures: readonly M[],
  { never_negative = [] }: { never_negative?: readonly M[] } = {},
): RunningBalances & Table<OwnColumns<K, M> & BlockColumns<M>> {
  const own = {
    ...columnsOf(['ledger', ...keys], 'id'),
    position: 'bigint',
    effective_at: 'timestamptz',
    ...columnsOf(
      measures.flatMap((measure) => [measure, `run_${measure}`]),
      'bigint',
    ),
  } as OwnColumns<K, M>;
  // First, since it is asked most and read without what comes before it.
  const columns = {
    ...columnsOf(
      BLOCK_DAYS.map((days) => `backdated_${days}`),
      'integer?',
    ),
    of_position: 'bigint?',
    ...own,
    ...columnsOf(
      BLOCK_DAYS.flatMap((days) => measures.map((measure) => `backdated_${days}_${measure}`)),
      'bigint?',
    ),
  } as unknown as OwnColumns<K, M> & BlockColumns<M>;
  const indexes = [keyIndex(name, keys), ...backdatedIndexes(name, keys, measures)];
  return { ...table(name, columns, { key_indexes: indexes }), keys, measures, never_negative, own };
}

function keyIndex(table: string, keys: readonly string[]): Index {
  const name = `${table}_by_key`;
  const number = keyNumber(Object.fromEntries([...keys, 'ledger'].map((column) => [column, sql.ref(column)])));
  return {
    name,
    create: sql`CREATE INDEX IF NOT EXISTS ${sql.id(name)} ON ${sql.id(table)} ((${number}), position)`,
  };
}

/** With all that a sum needs: the rows lie far apart. */
function backdatedIndexes(table: string, keys: readonly string[], measures: readonly string[]): Index[] {
  const texts = [...keys, 'ledger'].join(', ');
  const of = (name: string, block: string, sums: readonly string[], is_backdated: string): Index => ({
    name,
    backdated: true,
    create: sql.raw(`CREATE INDEX IF NOT EXISTS ${name} ON ${table} (${texts}, ${block}position)
      INCLUDE (${sums.join(', ')}) WHERE ${is_backdated} IS NOT NULL`),
  });
  const own = ['effective_at', ...measures];
  return [
    of(`${table}_backdated`, '', own, 'backdated_1'),
    ...BLOCK_DAYS.map((days) => {
      const block = `backdated_${days}`;
      const sums = measures.map((measure) => `${block}_${measure}`);
      return of(`${table}_${block}`, `${block}, `, days === 1 ? [...own, ...sums] : sums, block);
    }),
  ];
}

export interface Delta {
  incoming: Moment;
  key: string[];
  /** Ledger and key; no id holds a line feed. */
  name: string;
  amounts: Sums;
}

export function deltasByKey(incoming: Moment, postings: readonly { key: string[]; amounts: Sums }[]): Delta[] {
  const deltas: Delta[] = [];
  const known = new Map<string, Delta>();
  for (const { key, amounts } of postings) {
    let name = incoming.ledger;
    for (const text of key) name += `\n${text}`;
    const delta = known.get(name);
    if (delta !== undefined) delta.amounts = plus(delta.amounts, amounts);
    else {
      const added = { incoming, key, name, amounts };
      deltas.push(added);
      if (postings.length > 1) known.set(name, added);
    }
  }
  return deltas;
}
export function plus(sums: Sums, amounts: Sums): Sums {
  const result: Sums = [];
  for (let index = 0; index < sums.length; index += 1) result.push(sums[index]! + amounts[index]!);
  return result;
}

interface Balance {
  ledger: string;
  key: string[];
  sums: Sums;
  first_position: number;
}

/** In the order of the deltas. @returns the balances touched. @throws PoisonEvent */
export async function appendRunningBalances(
  writer: TransactionWriter,
  balances: RunningBalances,
  deltas: readonly Delta[],
  cache: BalanceCache,
): Promise<Balance[]> {
  if (deltas.length === 0) return [];
  const { name: table, columns, own } = balances;
  const backdated = deltas.filter(({ incoming }) => incoming.backdated);
  const [runs, ...blocks] = await Promise.all([
    loadSums(writer, balances, deltas, undefined, cache),
    ...BLOCK_DAYS.map((days) => loadSums(writer, balances, backdated, days, cache)),
  ]);
  const on_time_rows = new CopyRows(table, own);
  const backdated_rows = new CopyRows(table, columns);
  const touched = new Map<string, Delta>();
  const cells: Cell[] = [];
  /** Deltas up to here are added up already: all rows of an event carry the sums after the whole of it. */
  let added = 0;
  for (const [at, delta] of deltas.entries()) {
    const { incoming, key, name, amounts } = delta;
    const { event, backdated, of_position } = incoming;
    for (; added <= at || deltas[added]?.incoming.event === event; added += 1) {
      const next = deltas[added]!;
      runs!.add(next.name, next.amounts);
      if (!next.incoming.backdated) continue;
      for (const [index, days] of BLOCK_DAYS.entries()) blocks[index]!.add(nameOf(next, days), next.amounts);
    }
    const sums = runs!.get(name)!;
    assertNotNegative(balances, delta, sums);
    if (!touched.has(name)) touched.set(name, delta);
    cells.length = 0;
    const is_plain = !backdated && of_position === undefined;
    if (!is_plain) {
      for (const days of BLOCK_DAYS) cells.push(backdated ? blockOf(incoming.day, days) : null);
      cells.push(of_position ?? null);
    }
    cells.push(incoming.ledger);
    for (const text of key) cells.push(text);
    cells.push(event.position, incoming.effective_ms);
    for (let index = 0; index < sums.length; index += 1) cells.push(amounts[index]!, sums[index]!);
    if (is_plain) on_time_rows.add(cells);
    else {
      for (const [index, days] of BLOCK_DAYS.entries())
        cells.push(...(backdated ? blocks[index]!.get(nameOf(delta, days))! : balances.measures.map(() => null)));
      backdated_rows.add(cells);
    }
  }
  writer.copy(on_time_rows);
  writer.copy(backdated_rows);
  return [...touched].map(([name, { incoming, key }]) => {
    return { ledger: incoming.ledger, key, sums: runs!.get(name)!, first_position: incoming.event.position };
  });
}

function blockOf(day: string, days: number): number {
  return Math.floor(dayNumber(day) / days);
}
function nameOf({ incoming, name }: Delta, days: number | undefined): string {
  return days === undefined ? name : `${name}\n${blockOf(incoming.day, days)}`;
}
function assertNotNegative({ measures, never_negative }: RunningBalances, { incoming, key }: Delta, sums: Sums): void {
  for (const measure of never_negative) {
    const sum = sums[measures.indexOf(measure)]!;
    if (sum < 0n) throw new PoisonEvent(incoming, `it leaves ${sum} as ${measure} of ${key.join(' at ')}`);
  }
}

async function loadSums(
  writer: TransactionWriter,
  { name: table, keys, measures }: RunningBalances,
  deltas: readonly Delta[],
  days: number | undefined,
  cache: BalanceCache,
): Promise<CachedSums> {
  const run = days === undefined ? 'run' : `backdated_${days}`;
  const sums = cache.of(`${table} ${run}`);
  const wanted = new Map<string, Record<string, string | number>>();
  for (const delta of deltas) {
    const { ledger, day } = delta.incoming;
    if (cache.isComplete(ledger)) continue;
    const name = nameOf(delta, days);
    if (wanted.has(name) || sums.get(name) !== undefined) continue;
    const row: Record<string, string | number> = { name, ledger };
    if (days !== undefined) row.block = blockOf(day, days);
    for (const [index, key] of keys.entries()) row[key] = delta.key[index]!;
    wanted.set(name, row);
  }
  if (wanted.size === 0) return sums;
  const columns: Columns = { name: 'text', ledger: 'text' };
  if (days !== undefined) columns.block = 'bigint';
  Object.assign(columns, columnsOf(keys, 'text'));
  const rows = await writer.run(sql<{ name: string } & Record<string, bigint>>`
    SELECT r.name, l.* FROM ${rowsOf(columns, [...wanted.values()])}
    CROSS JOIN LATERAL (SELECT ${sql.join(measures.map((measure) => sql.ref(`s.${run}_${measure}`)))}
      FROM ${sql.table(table)} s WHERE ${isSameKey(keys, days)} ORDER BY s.position DESC LIMIT 1) l`);
  for (const row of rows)
    sums.set(
      row.name,
      measures.map((measure) => row[`${run}_${measure}`] as bigint),
    );
  return sums;
}

function isSameKey(keys: readonly string[], days: number | undefined): RawBuilder<unknown> {
  const key = { ...cellsOf('r', keys), ledger: sql.ref('r.ledger') };
  return days === undefined
    ? isOfKey('s', key)
    : sql`${hasTexts('s', key)} AND s.${sql.ref(`backdated_${days}`)} = r.block`;
}
