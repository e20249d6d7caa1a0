/**
 * The stream `security` is one more ledger in the tables. Effective time is when an instance of the API noted an event,
 * recorded time the log's: events that waited for the log must not change earlier answers.
 *
 * Instances have clocks of their own: an event is backdated where one before it was noted later. The others are in the
 * order of both times.
 */
import { type RawBuilder, sql } from 'kysely';
import { SECURITY_BOOK } from '../../libs/event-store/streams.js';
import { calendarDay } from '../../libs/ledger/calendar.js';
import { backdatedBlocks, dayNumber } from '../as-of/blocks.js';
import type { Page, PeriodFilter } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { int8 } from '../engine/as-of-rows.js';
import type { BalanceCache } from '../engine/balance-cache.js';
import { instantMs } from '../engine/copy-rows.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';
import { copyEvents } from './events.js';
import { type AuditEvent, type Bounds, type EventFilter, pageOfEvents } from './list-events.js';
import { type Data, type IncomingSecurityEvent, usernameIn } from './security-events.js';

export async function projectSecurity(
  writer: TransactionWriter,
  incoming: readonly IncomingSecurityEvent[],
  cache: BalanceCache,
): Promise<void> {
  if (incoming.length === 0) return;
  const clock = cache.of('security clock');
  let latest_ms = Number((clock.get(SECURITY_BOOK) ?? (await latestNoted(writer, cache)))[0]);
  const rows = incoming.map(({ recorded_at: recorded, effective_at, ...event }) => {
    const effective = instantMs(effective_at);
    const backdated_day = effective < latest_ms ? dayNumber(calendarDay(effective_at, 'UTC')) : null;
    latest_ms = Math.max(latest_ms, effective);
    return { ...event, recorded, effective, entities: [], backdated_day };
  });
  clock.set(SECURITY_BOOK, [BigInt(latest_ms)]);
  copyEvents(writer, rows);
}

/** As a sum of the balance cache; −1 before the first event. */
async function latestNoted(writer: TransactionWriter, cache: BalanceCache): Promise<bigint[]> {
  if (cache.isComplete(SECURITY_BOOK)) return [-1n];
  const rows = await writer.run(sql<{ effective_at: string }>`SELECT effective_at FROM events
    WHERE ledger = ${SECURITY_BOOK} AND backdated_day IS NULL ORDER BY position DESC LIMIT 1`);
  return [BigInt(rows[0] === undefined ? -1 : Date.parse(rows[0].effective_at))];
}

export interface SecurityEvent {
  security_position: number;
  type: string;
  actor: string;
  username: string | null;
  effective_at: string;
  recorded_at: string;
  data: Data;
}

/** Cut by both times of the ledger's snapshot. `entity`: by or about a user. */
export async function listSecurityEvents(snapshot: Snapshot, filter: EventFilter): Promise<Page<SecurityEvent>> {
  const { snapshot: of_security, bounds } = await securityBook(snapshot, filter);
  const { data, next_cursor } = await pageOfEvents(of_security, filter, bounds);
  const shape = ({ position, type, actor, effective_at, recorded_at, data }: AuditEvent): SecurityEvent => ({
    security_position: position,
    ...{ type, actor, username: usernameIn(data), effective_at, recorded_at, data },
  });
  return { data: data.map(shape), next_cursor, position: snapshot.position };
}

/** The snapshot that goes with a ledger's, and a period of it by effective time. */
export async function securityBook(
  snapshot: Snapshot,
  { from, to }: PeriodFilter,
): Promise<{ snapshot: Snapshot; bounds: Bounds }> {
  const { trx, recorded_by } = snapshot;
  const as_of = [snapshot.as_of, to].filter((instant) => instant !== undefined).sort()[0];
  const lastBy = (instant: string | undefined, last: (instant: string) => RawBuilder<unknown>) =>
    instant === undefined ? sql`head.position` : sql`coalesce(${last(instant)}, -1)`;
  const { rows } = await sql<{ position: bigint; as_of_position: bigint; days: number[] | null; last: bigint | null }>`
    SELECT cut.*, days.* FROM (SELECT coalesce((SELECT position FROM ledgers WHERE ledger = ${SECURITY_BOOK}), -1) AS position) head
    CROSS JOIN LATERAL (SELECT ${lastBy(recorded_by, lastRecorded)} AS position, ${lastBy(as_of, lastNoted)} AS as_of_position) cut
    CROSS JOIN LATERAL (SELECT array_agg(d.day - DATE '1970-01-01') AS days, max(d.position) AS last FROM backdated_days d
      WHERE d.ledger = ${SECURITY_BOOK} AND d.position > cut.as_of_position AND d.day <= (${as_of ?? null}::timestamptz AT TIME ZONE 'UTC')::date) days`.execute(
    trx,
  );
  const { position, as_of_position, days, last } = rows[0]!;
  const of_security = {
    ...snapshot,
    ...{
      ledger: SECURITY_BOOK,
      currency: '',
      digits: 0,
      time_zone: 'UTC',
      recorded_by: undefined,
      as_of,
      present: false,
    },
    position: Number(position),
    as_of_position: Math.min(Number(position), Number(as_of_position)),
    backdated: as_of && days ? backdatedBlocks(days, Number(last), calendarDay(as_of, 'UTC')) : undefined,
  };
  const bounds = {
    above: from === undefined ? sql`-1` : sql`coalesce(${lastNoted(from, '<')}, -1)`,
    until: int8(of_security.position),
    wanted: from === undefined ? undefined : sql`m.effective_at >= ${from}`,
  };
  return { snapshot: of_security, bounds };
}

const lastOf = (where: RawBuilder<unknown>, time: string) => sql`(SELECT e.position FROM events e
  WHERE e.ledger = ${sql.lit(SECURITY_BOOK)} AND ${where} ORDER BY e.${sql.ref(time)} DESC, e.position DESC LIMIT 1)`;
const lastRecorded = (instant: string) => lastOf(sql`e.recorded_at <= ${instant}`, 'recorded_at');
const lastNoted = (instant: string, by: '<' | '<=' = '<=') =>
  lastOf(sql`e.backdated_day IS NULL AND e.effective_at ${sql.raw(by)} ${instant}`, 'effective_at');
