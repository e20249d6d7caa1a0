/**
 * Lets in: raises the number that is served, twice a second, and gives out passes. Every instance looks, and whoever has the lock of the row does
 * it; where one is killed in the midst nothing was done, and the next look does it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { IdentityDb } from '../../../libs/identity/tables.js';
import type { QueueSettings, UsedPass } from '../../../libs/ledger/events.js';
import type { Draws } from '../../../libs/waiting-queue/draw.js';
import { letIn, measuredRate } from '../../../libs/waiting-queue/inlet.js';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { flashSaleFigures } from '../../../projections/read-models/flash-sales.js';
import { eventsBehind } from '../../../projections/read-models/list-events.js';
import { Problem } from '../http/problem.js';
import type { LogLine } from '../log.js';
import type { ReadModels } from '../read-models.js';
import { lockQueue, type QueueKey, type QueueRow, queueIs, startIfDue, type Trx } from './queue-rows.js';
import { type SaleOfQueue, saleIn } from './waiting-queues.js';

const LOOK_EVERY_MS = 500;
/** Of another instance, that was this short a time ago. */
const LOOKED_MS = 400;
const IDLE_LOOK_EVERY_MS = 1000;
const EVENTS_TOGETHER = 1000;
const CLEAN_EVERY_MS = 3_600_000;
const KEPT_DAYS = 7;

export interface QueueInletParts {
  db: IdentityDb;
  models: Pick<ReadModels, 'read'>;
  draws: Draws;
  log: LogLine;
}

interface Open extends QueueKey {
  followed: number;
}
/** Of the ledger, as far as it can be read. */
interface Seen {
  position: number;
  recorded_at: string;
  sale: SaleOfQueue;
  remaining: number;
  used: (UsedPass & { customer_id: string; position: number })[];
}

export class QueueInlet {
  constructor(private readonly parts: QueueInletParts) {}

  async run(signal: AbortSignal): Promise<void> {
    const { log } = this.parts;
    let is_away = false;
    let cleaned_at_ms = performance.now();
    while (!signal.aborted) {
      let pause_ms = IDLE_LOOK_EVERY_MS;
      try {
        const open = await this.open();
        if (open.length > 0) pause_ms = LOOK_EVERY_MS;
        const failures: unknown[] = [];
        for (const { is_due, ...key } of open) if (is_due) await this.look(key).catch((error) => failures.push(error));
        if (failures.length > 0) throw failures[0];
        if (performance.now() - cleaned_at_ms > CLEAN_EVERY_MS) {
          cleaned_at_ms = performance.now();
          await this.cleanUp();
        }
        is_away = false;
      } catch (error) {
        if (!is_away) log('warn', 'A waiting queue stands still', { error: `${error}` });
        is_away = true;
      }
      await sleep(pause_ms, undefined, { signal }).catch(() => {});
    }
  }

  private async open(): Promise<(Open & { is_due: boolean })[]> {
    const { rows } = await sql<Open & { is_due: boolean }>`
      SELECT ledger, flash_sale_id, followed::float8, looked_at NOT BETWEEN clock_timestamp() - make_interval(secs => ${LOOKED_MS / 1000}) AND clock_timestamp() AS is_due
      FROM waiting_queues WHERE ended_at IS NULL`.execute(this.parts.db);
    return rows;
  }

  /** One look at one queue. */
  async look({ followed, ...key }: Open): Promise<void> {
    const { db, models, draws, log } = this.parts;
    const seen = await models.read({ ledger: key.ledger }, (snapshot) => see(snapshot, key, followed)).catch(unseen);
    if (seen === undefined) return;
    await db.transaction().execute(async (trx) => {
      const locked = await lockQueue(trx, key);
      if (locked === undefined || locked.ended_at !== null) return;
      const since_ms = locked.now.getTime() - locked.looked_at.getTime();
      // Less than nothing: another Postgres has taken over, whose clock is behind.
      if (since_ms >= 0 && since_ms < LOOKED_MS) return;
      const { sale } = seen;
      await countUsed(trx, locked, seen);
      if (sale.status === 'closed') return end(trx, key);
      if (sale.queue === undefined) return standStill(trx, locked, seen);
      const queue = await startIfDue(trx, locked, { starts_at: sale.starts_at, draw: sale.queue.draw }, draws, log);
      if (queue.started_at === null) return standStill(trx, queue, seen);
      return raise(trx, queue, seen, sale.queue);
    });
  }

  private async cleanUp(): Promise<void> {
    const { db } = this.parts;
    const old = sql`q.ended_at < clock_timestamp() - make_interval(days => ${KEPT_DAYS})`;
    await sql`
      DELETE FROM queue_tickets t USING waiting_queues q
      WHERE t.ledger = q.ledger AND t.flash_sale_id = q.flash_sale_id AND ${old}`.execute(db);
    await sql`DELETE FROM waiting_queues q WHERE ${old}`.execute(db);
  }
}

/** Read models that are being made do not know it yet. */
function unseen(error: unknown): undefined {
  if (error instanceof Problem && error.code === 'unknown_flash_sale') return undefined;
  throw error;
}

async function see(snapshot: Snapshot, key: QueueKey, followed: number): Promise<Seen> {
  const sale = await saleIn(snapshot, key);
  const figures = await flashSaleFigures(snapshot, [key.flash_sale_id]);
  const [last] = await eventsBehind(snapshot, snapshot.position - 1, 1);
  const used: Seen['used'] = [];
  for (let behind = followed; ; ) {
    const events = await eventsBehind(snapshot, behind, EVENTS_TOGETHER, ['FlashOrderPlaced']);
    for (const { data, position } of events) {
      const { customer_id, passes = [] } = data as { customer_id: string; passes?: UsedPass[] };
      for (const pass of passes)
        if (pass.flash_sale_id === key.flash_sale_id) used.push({ ...pass, customer_id, position });
    }
    if (events.length < EVENTS_TOGETHER) break;
    behind = events.at(-1)!.position;
  }
  const { position } = snapshot;
  return { position, recorded_at: last!.recorded_at, sale, remaining: figures.get(key.flash_sale_id)!.remaining, used };
}

/** The position moves on in the same transaction, so that each is counted once. */
async function countUsed(trx: Trx, { followed, ...key }: QueueRow, { position, used }: Seen): Promise<void> {
  // Another instance may have counted some of them meanwhile.
  const fresh = used.filter((each) => each.position > followed);
  if (fresh.length > 0) {
    const customers = fresh.map(({ customer_id }) => customer_id);
    const numbers = fresh.map(({ number }) => number);
    await sql`
      UPDATE queue_tickets t SET state = 'used'
      FROM unnest(${customers}::text[], ${numbers}::bigint[]) u (customer_id, number)
      WHERE t.ledger = ${key.ledger} AND t.flash_sale_id = ${key.flash_sale_id} AND t.customer_id = u.customer_id
        AND t.number = u.number`.execute(trx);
  }
  await sql`
    UPDATE waiting_queues SET used = used + ${fresh.length}, followed = greatest(followed, ${position}) WHERE ${queueIs(key)}`.execute(
    trx,
  );
}

async function end(trx: Trx, key: QueueKey): Promise<void> {
  await sql`UPDATE waiting_queues SET ended_at = clock_timestamp(), passes_out = 0 WHERE ${queueIs(key)}`.execute(trx);
}

async function standStill(trx: Trx, queue: QueueRow, { sale, remaining }: Seen): Promise<void> {
  await sql`
    UPDATE waiting_queues SET looked_at = clock_timestamp(), is_lifted = ${sale.queue === undefined}, remaining = ${remaining},
      let_in_per_minute = 0
    WHERE ${queueIs(queue)}`.execute(trx);
}

async function raise(trx: Trx, queue: QueueRow, seen: Seen, settings: QueueSettings): Promise<void> {
  const { ledger, flash_sale_id, serving, last_number, now, looked_at, started_at } = queue;
  const of_queue = sql`t.ledger = ${ledger} AND t.flash_sale_id = ${flash_sale_id}`;
  // Passes are good by the time of the ledger, which an instance's clock may have brought ahead of Postgres'.
  const at = sql`greatest(clock_timestamp(), ${seen.recorded_at}::timestamptz)`;
  await sql`
    UPDATE queue_tickets t SET state = 'lapsed' WHERE ${of_queue} AND t.state = 'let_in' AND t.pass_expires_at <= ${at}`.execute(
    trx,
  );
  const { rows } = await sql<{
    out: number;
  }>`SELECT count(*)::float8 AS out FROM queue_tickets t WHERE ${of_queue} AND t.state = 'let_in'`.execute(trx);
  const { out } = rows[0]!;
  const elapsed_ms = Math.max(0, now.getTime() - Math.max(looked_at.getTime(), started_at!.getTime()));
  const { per_minute, pass_seconds, passes_max, passes_per_piece } = settings;
  const { count, credit } = letIn({
    ...{ per_minute, passes_max, passes_per_piece, remaining: seen.remaining, out },
    ...{ waiting: last_number - serving, credit: queue.credit, elapsed_ms },
  });
  if (count > 0)
    await sql`
      UPDATE queue_tickets t SET state = 'let_in',
        pass_expires_at = date_trunc('milliseconds', ${at} + make_interval(secs => ${pass_seconds}))
      WHERE ${of_queue} AND t.number > ${serving} AND t.number <= ${serving + count}`.execute(trx);
  await sql`
    UPDATE waiting_queues SET looked_at = clock_timestamp(), is_lifted = false, remaining = ${seen.remaining}, serving = serving + ${count},
      passes_out = ${out + count}, credit = ${credit},
      let_in_per_minute = ${measuredRate(queue.let_in_per_minute, count, elapsed_ms)}
    WHERE ${queueIs(queue)}`.execute(trx);
}
