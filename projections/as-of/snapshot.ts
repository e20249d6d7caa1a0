import { type RawBuilder, sql } from 'kysely';
import { dayEnd, dayStart, isDay, justBefore } from '../../libs/ledger/calendar.js';
import { inReadTransaction } from '../database/read-transaction.js';
import type { Db } from '../database/tables.js';
import { type AsOf, type AsOfQuery, resolveAsOf } from './as-of.js';
import type { PeriodFilter } from './cursor.js';

declare const consistent: unique symbol;

/** A read-only REPEATABLE READ transaction and a resolved as-of query: all figures of an answer are of one state. */
export interface Snapshot extends AsOf {
  readonly trx: Db;
  readonly [consistent]: true;
}

/** A day means its end in the ledger's time zone. @throws QueryRefused unknown_ledger, read_models_missing */
export function inSnapshot<T>(db: Db, query: AsOfQuery, answer: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  return inReadTransaction(db, async (trx) => answer(await snapshotIn(trx, query)));
}

export function snapshotAt({ trx, ledger }: Snapshot, query: Omit<AsOfQuery, 'ledger'>): Promise<Snapshot> {
  return snapshotIn(trx, { ledger, ...query });
}

export async function knownAt(snapshot: Snapshot, position: number | undefined): Promise<Snapshot> {
  if (position === undefined || position >= snapshot.position) return snapshot;
  return snapshotAt(snapshot, { as_of: snapshot.as_of, position });
}

export async function cutAt(snapshot: Snapshot, as_of: string): Promise<Snapshot> {
  if (snapshot.as_of !== undefined && snapshot.as_of <= as_of) return snapshot;
  return snapshotAt(snapshot, { position: snapshot.position, as_of });
}

/** As of the end of a period of days (yyyy-mm-dd, both included), and of the moment before it. */
export async function endsOf(
  snapshot: Snapshot,
  { from, to }: PeriodFilter,
): Promise<{ until: Snapshot; before: Snapshot | undefined }> {
  const { time_zone } = snapshot;
  return {
    until: to === undefined ? snapshot : await cutAt(snapshot, dayEnd(to, time_zone)),
    before: from === undefined ? undefined : await cutAt(snapshot, justBefore(dayStart(from, time_zone))),
  };
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

/** One plan for all values: Postgres would plan anew, since it takes an array of unknown length for a long one. */
export async function lookUp<R>({ trx, backdated }: Snapshot, statement: RawBuilder<R>): Promise<R[]> {
  if (!backdated) return (await statement.execute(trx)).rows;
  const plan = (mode: string) => sql`SET LOCAL plan_cache_mode TO ${sql.raw(mode)}`.execute(trx);
  const [, { rows }] = await Promise.all([plan('force_generic_plan'), statement.execute(trx), plan('DEFAULT')]);
  return rows;
}
