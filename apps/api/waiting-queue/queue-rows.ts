/** The row of a queue in Postgres. Whoever gives numbers or lets in holds its lock, so that each sees what the one before did. */
import { sql, type Transaction } from 'kysely';
import type { IdentityDb, IdentityTables } from '../../../libs/identity/tables.js';
import type { QueueDraw } from '../../../libs/ledger/events.js';
import { type Draws, seedHash } from '../../../libs/waiting-queue/draw.js';
import type { LogLine } from '../log.js';

export type Trx = Transaction<IdentityTables>;

export interface QueueKey {
  ledger: string;
  flash_sale_id: string;
}

/** Of the columns those that are told. */
export interface QueueRow extends QueueKey {
  early: number;
  last_number: number;
  serving: number;
  used: number;
  passes_out: number;
  remaining: number | null;
  credit: number;
  let_in_per_minute: number;
  followed: number;
  seed: string | null;
  is_lifted: boolean;
  looked_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  /** By the clock of Postgres, the one that all instances share. */
  now: Date;
}

/** Numbered at a time: a statement has five seconds. */
const DRAWN_TOGETHER = 20_000;

/** Postgres gives 64 bits as text. */
const COLUMNS = sql`ledger, flash_sale_id, early::float8, last_number::float8, serving::float8, used::float8, passes_out::float8,
  remaining::float8, credit, let_in_per_minute, followed::float8, seed, is_lifted, looked_at, started_at, ended_at, clock_timestamp() AS now`;

export function queueIs({ ledger, flash_sale_id }: QueueKey) {
  return sql<boolean>`ledger = ${ledger} AND flash_sale_id = ${flash_sale_id}`;
}

export async function findQueue(db: IdentityDb, key: QueueKey): Promise<QueueRow | undefined> {
  const { rows } = await sql<QueueRow>`SELECT ${COLUMNS} FROM waiting_queues WHERE ${queueIs(key)}`.execute(db);
  return rows[0];
}

/** Of one ledger or all; those that ended a moment ago as well, so that this is told. */
export async function openQueues(db: IdentityDb, ledger?: string): Promise<QueueRow[]> {
  const { rows } = await sql<QueueRow>`
    SELECT ${COLUMNS} FROM waiting_queues
    WHERE (ended_at IS NULL OR ended_at > clock_timestamp() - interval '1 minute') AND (${ledger ?? null}::text IS NULL OR ledger = ${ledger ?? null})`.execute(
    db,
  );
  return rows;
}

/** Until the end of the transaction. */
export async function lockQueue(trx: Trx, key: QueueKey): Promise<QueueRow | undefined> {
  const { rows } = await sql<QueueRow>`SELECT ${COLUMNS} FROM waiting_queues WHERE ${queueIs(key)} FOR UPDATE`.execute(
    trx,
  );
  return rows[0];
}

/** @param position of the ledger, up to which no order has used a pass of it */
export async function lockOrMakeQueue(trx: Trx, key: QueueKey, position: number): Promise<QueueRow> {
  const locked = await lockQueue(trx, key);
  if (locked !== undefined) return locked;
  const { ledger, flash_sale_id } = key;
  await trx
    .insertInto('waiting_queues')
    .values({ ledger, flash_sale_id, followed: position })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return (await lockQueue(trx, key))!;
}

export interface Start {
  starts_at: string;
  draw: QueueDraw;
}
/** Numbers those who came before the start. The queue must be locked: a ticket is early, or comes behind all of these. */
export async function startIfDue(
  trx: Trx,
  queue: QueueRow,
  { starts_at, draw }: Start,
  draws: Draws,
  log: LogLine,
): Promise<QueueRow> {
  const { ledger, flash_sale_id, early, now, started_at } = queue;
  if (started_at !== null || Date.parse(starts_at) > now.getTime()) return queue;
  const seed = draws.seedOf(draw.draw_id);
  if (seedHash(seed) !== draw.seed_hash)
    log('error', 'A draw is not the one that was announced: MFA_KEY has changed since', { ledger, flash_sale_id });
  if (early > 0) {
    await sql`CREATE TEMPORARY TABLE drawn (customer_id text PRIMARY KEY, number bigint) ON COMMIT DROP`.execute(trx);
    await sql`
      INSERT INTO drawn SELECT customer_id, row_number() OVER (ORDER BY sha256(convert_to(${`${seed}:`} || customer_id, 'UTF8')))
      FROM queue_tickets WHERE ${queueIs(queue)}`.execute(trx);
    for (let from = 0; from < early; from += DRAWN_TOGETHER)
      await sql`
        UPDATE queue_tickets t SET number = d.number, drawn_number = d.number FROM drawn d
        WHERE t.ledger = ${ledger} AND t.flash_sale_id = ${flash_sale_id} AND t.customer_id = d.customer_id
          AND d.number > ${from} AND d.number <= ${from + DRAWN_TOGETHER}`.execute(trx);
  }
  await sql`
    UPDATE waiting_queues SET started_at = clock_timestamp(), seed = ${seed}, seed_hash = ${draw.seed_hash}, last_number = early
    WHERE ${queueIs(queue)}`.execute(trx);
  return (await lockQueue(trx, queue))!;
}
