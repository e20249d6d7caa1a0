/** One consistent state of the read models, and what of it counts for a query. */
import { type RawBuilder, sql } from 'kysely';
import { dayEnd, isDay } from '../../libs/ledger/calendar.js';
import { inReadTransaction } from '../database/read-transaction.js';
import type { Db } from '../database/tables.js';
import { type AsOf, type AsOfQuery, resolveAsOf } from './as-of.js';

declare const consistent: unique symbol;

/**
 * A read-only REPEATABLE READ transaction and a resolved as-of query. Every query function takes one, so that all figures of an answer are of
 * the same state. Only this module makes one; a copy with another as-of is still of the same transaction.
 */
export interface Snapshot extends AsOf {
  readonly trx: Db;
  readonly [consistent]: true;
}

/**
 * Runs `answer` in one transaction. `as_of` and `known_at` may also be days (yyyy-mm-dd), which mean their end in the ledger's time zone.
 * @throws QueryRefused unknown_ledger, read_models_missing
 */
export function inSnapshot<T>(db: Db, query: AsOfQuery, answer: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  return inReadTransaction(db, async (trx) => answer(await snapshotIn(trx, query)));
}

/** The same transaction as of another query. */
export function snapshotAt({ trx, ledger }: Snapshot, query: Omit<AsOfQuery, 'ledger'>): Promise<Snapshot> {
  return snapshotIn(trx, { ledger, ...query });
}

/** The same snapshot, cut at `as_of` unless it is cut earlier already. */
export async function cutAt(snapshot: Snapshot, as_of: string): Promise<Snapshot> {
  if (snapshot.as_of !== undefined && snapshot.as_of <= as_of) return snapshot;
  return snapshotAt(snapshot, { position: snapshot.position, as_of });
}

async function snapshotIn(trx: Db, { as_of, known_at, ...query }: AsOfQuery): Promise<Snapshot> {
  if (!isDay(as_of) && !isDay(known_at)) return made(trx, await resolveAsOf(trx, { ...query, as_of, known_at }));
  const { time_zone } = await resolveAsOf(trx, { ledger: query.ledger });
  const instant = (when: string | undefined) => (isDay(when) ? dayEnd(when, time_zone) : when);
  return made(trx, await resolveAsOf(trx, { ...query, as_of: instant(as_of), known_at: instant(known_at) }));
}

function made(trx: Db, as_of: AsOf): Snapshot {
  return { ...as_of, trx } as Snapshot;
}

/**
 * Runs a statement that looks up single keys, with one plan for all values. By default Postgres would plan most of these anew each time,
 * because it takes an array of unknown length for a long one, and planning takes longer than the answer. Only backdated rows need such an
 * array.
 */
export async function lookUp<R>({ trx, backdated }: Snapshot, statement: RawBuilder<R>): Promise<R[]> {
  if (!backdated) return (await statement.execute(trx)).rows;
  const plan = (mode: string) => sql`SET LOCAL plan_cache_mode TO ${sql.raw(mode)}`.execute(trx);
  const [, { rows }] = await Promise.all([plan('force_generic_plan'), statement.execute(trx), plan('DEFAULT')]);
  return rows;
}
