/** Tickets of waiting queues. Those that come within 10 ms are written together, in the order in which they came. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { IdentityDb } from '../../../libs/identity/tables.js';
import type { QueueSettings } from '../../../libs/ledger/events.js';
import { type Draws, drawOf } from '../../../libs/waiting-queue/draw.js';
import type { Passes } from '../../../libs/waiting-queue/pass.js';
import { cursorAfter, LIMIT_DEFAULT, type Paging, readCursor } from '../../../projections/as-of/cursor.js';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { activityOf } from '../../../projections/read-models/master-data.js';
import { getDocument } from '../documents/read-documents.js';
import { Problem } from '../http/problem.js';
import type { LogLine } from '../log.js';
import type { ReadModels } from '../read-models.js';
import {
  findQueue,
  lockOrMakeQueue,
  openQueues,
  type QueueKey,
  type QueueRow,
  queueIs,
  startIfDue,
  type Trx,
} from './queue-rows.js';
import type { DrawPage, Ticket, WaitingQueue } from './waiting-queue.dto.js';

const GATHER_MS = 10;
const TOGETHER_MAX = 2000;
/** Groups of the same sale need not read it each time. */
const SALE_FRESH_MS = 500;
const SEEN_MAX = 1000;

interface Asked {
  customer_id: string;
  joined_by: string;
  answer: PromiseWithResolvers<Joined>;
}
export interface Joined {
  is_new: boolean;
  ticket: Ticket;
}
interface TicketRow {
  customer_id: string;
  number: number | null;
  state: 'waiting' | 'let_in' | 'used' | 'lapsed';
  pass_expires_at: Date | null;
  joined_at: Date;
}
const TICKET = sql`customer_id, number::float8, state, pass_expires_at, joined_at`;

export interface WaitingQueuesParts {
  db: IdentityDb;
  models: Pick<ReadModels, 'read'>;
  draws: Draws;
  passes: Passes;
  log: LogLine;
}

export class WaitingQueues {
  private readonly gathering = new Map<string, Asked[]>();
  private readonly seen = new LRUCache<string, { sale: SaleOfQueue; at_ms: number }>({ max: SEEN_MAX });

  constructor(private readonly parts: WaitingQueuesParts) {}

  /**
   * The same ticket as before, until its pass was used or has lapsed: then another one behind all others.
   * @throws Problem unknown_flash_sale, flash_sale_closed, no_queue, unknown_customer, inactive_customer
   */
  async join(key: QueueKey, customer_id: string, joined_by: string, min_position?: number): Promise<Joined> {
    await this.reach(key, min_position);
    if (min_position !== undefined) this.seen.delete(nameOf(key));
    const answer = Promise.withResolvers<Joined>();
    const name = nameOf(key);
    const gathering = this.gathering.get(name);
    const asked = { customer_id, joined_by, answer };
    if (gathering !== undefined) gathering.push(asked);
    else {
      this.gathering.set(name, [asked]);
      void this.writeGroups(key, name);
    }
    return answer.promise;
  }

  /** @throws Problem unknown_flash_sale, no_queue, unknown_record */
  async ticket(key: QueueKey, customer_id: string, shows_pass: boolean, min_position?: number): Promise<Ticket> {
    await this.reach(key, min_position);
    const { db } = this.parts;
    const [queue, { rows }] = await Promise.all([
      this.queueOf(key),
      sql<TicketRow>`SELECT ${TICKET} FROM queue_tickets WHERE ${queueIs(key)} AND customer_id = ${customer_id}`.execute(
        db,
      ),
    ]);
    const { flash_sale_id } = key;
    if (rows[0] === undefined) throw new Problem('unknown_record', { flash_sale_id, customer_id });
    const { pass, ...ticket } = this.ticketView(queue!, rows[0]);
    return shows_pass && pass !== undefined ? { ...ticket, pass } : ticket;
  }

  /** @throws Problem unknown_flash_sale, no_queue */
  async figures(key: QueueKey, shows_passes: boolean, min_position?: number): Promise<WaitingQueue> {
    const { ledger } = key;
    const [sale, row] = await Promise.all([
      this.parts.models.read({ ledger, min_position }, (snapshot) => saleIn(snapshot, key)),
      findQueue(this.parts.db, key),
    ]);
    if (row === undefined && sale.queue === undefined)
      throw new Problem('no_queue', { flash_sale_id: key.flash_sale_id });
    const queue = row ?? emptyQueue(key);
    const { early, seed, started_at } = queue;
    const { let_in: passes_out, used: passes_used, lapsed: passes_lapsed } = ticketsOf(queue);
    return {
      ...shownQueue(queue, sale),
      starts_at: sale.starts_at,
      ...(sale.queue !== undefined && { settings: sale.queue }),
      drawn: started_at === null ? 0 : early,
      seed,
      ...(shows_passes && { passes_out, passes_used, passes_lapsed }),
    };
  }

  /** What was drawn, in the order of the numbers; nothing before the start. @throws Problem unknown_flash_sale, no_queue */
  async draw(
    key: QueueKey,
    { limit = LIMIT_DEFAULT, cursor, min_position }: Paging & { min_position?: number | undefined },
    shows_customers: boolean,
  ): Promise<DrawPage> {
    await this.reach(key, min_position);
    const list = JSON.stringify(['draw', key.ledger, key.flash_sale_id]);
    const [after = 0] = readCursor(list, cursor, 'whole') ?? [];
    const queue = await this.queueOf(key);
    if (!queue?.seed) return { data: [], next_cursor: null };
    const { rows } = await sql<{ customer_id: string; number: number }>`
      SELECT customer_id, drawn_number::float8 AS number FROM queue_tickets
      WHERE ${queueIs(key)} AND drawn_number > ${after} ORDER BY drawn_number LIMIT ${limit + 1}`.execute(
      this.parts.db,
    );
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      data: rows.slice(0, limit).map(({ customer_id, number }) => ({
        number,
        draw: drawOf(queue.seed!, customer_id),
        ...(shows_customers && { customer_id }),
      })),
      next_cursor: last === undefined ? null : cursorAfter(list, [last.number]),
    };
  }

  /** As streams and metrics show them. */
  open(ledger?: string): Promise<QueueRow[]> {
    return openQueues(this.parts.db, ledger);
  }

  /** @throws Problem unknown_flash_sale; no_queue where there never was one */
  async assertQueue(key: QueueKey): Promise<void> {
    await this.figures(key, false);
  }

  private async reach({ ledger }: QueueKey, min_position: number | undefined): Promise<void> {
    if (min_position !== undefined) await this.parts.models.read({ ledger, min_position }, async () => {});
  }

  private async queueOf(key: QueueKey): Promise<QueueRow | undefined> {
    const row = await findQueue(this.parts.db, key);
    if (row === undefined) await this.assertQueue(key);
    return row;
  }

  private async writeGroups(key: QueueKey, name: string): Promise<void> {
    const gathering = this.gathering.get(name)!;
    while (gathering.length > 0) {
      await sleep(GATHER_MS);
      const group = gathering.splice(0, TOGETHER_MAX);
      try {
        await this.write(key, group);
      } catch (error) {
        for (const { answer } of group) answer.reject(error);
      }
    }
    this.gathering.delete(name);
  }

  private async write(key: QueueKey, group: readonly Asked[]): Promise<void> {
    const by_customer = new Map<string, Asked>();
    for (const asked of group) if (!by_customer.has(asked.customer_id)) by_customer.set(asked.customer_id, asked);
    const { position, sale, customers } = await this.known(key, [...by_customer.keys()]);
    const { flash_sale_id } = key;
    const { queue: settings, starts_at } = sale;
    if (sale.status === 'closed') throw new Problem('flash_sale_closed', { flash_sale_id });
    if (settings === undefined) throw new Problem('no_queue', { flash_sale_id });
    const { draws, log } = this.parts;
    const admitted = [...by_customer.values()].filter(({ customer_id }) => customers.get(customer_id) === true);
    const { queue, tickets } = await this.parts.db.transaction().execute(async (trx) => {
      const locked = await lockOrMakeQueue(trx, key, position);
      const queue = await startIfDue(trx, locked, { starts_at, draw: settings.draw }, draws, log);
      return { queue, tickets: await take(trx, queue, admitted) };
    });
    for (const asked of group) {
      const { customer_id, answer } = asked;
      const found = tickets.get(customer_id);
      if (found === undefined)
        answer.reject(
          new Problem(customers.has(customer_id) ? 'inactive_customer' : 'unknown_customer', { customer_id }),
        );
      else {
        const is_new = found.is_new && by_customer.get(customer_id) === asked;
        answer.resolve({ is_new, ticket: this.ticketView(queue, found.row) });
      }
    }
  }

  /** The sale may be as it was a moment ago, unless somebody who asks knows better. */
  private known(key: QueueKey, customer_ids: readonly string[]) {
    const name = nameOf(key);
    return this.parts.models.read({ ledger: key.ledger }, async (snapshot) => {
      const seen = this.seen.get(name);
      const is_fresh = seen !== undefined && performance.now() - seen.at_ms < SALE_FRESH_MS;
      const sale = is_fresh ? seen.sale : await saleIn(snapshot, key);
      if (!is_fresh) this.seen.set(name, { sale, at_ms: performance.now() });
      const customers = await activityOf(snapshot, 'customer', customer_ids);
      return { position: snapshot.position, sale, customers };
    });
  }

  private ticketView(queue: QueueRow, row: TicketRow): Ticket {
    const { ledger: ledger_id, flash_sale_id, serving, let_in_per_minute, now } = queue;
    const { customer_id, number, state, pass_expires_at, joined_at } = row;
    const expires_at = pass_expires_at?.toISOString();
    const status = state === 'let_in' && pass_expires_at! <= now ? 'lapsed' : state;
    const ahead = status === 'waiting' && number !== null ? number - serving - 1 : null;
    return {
      flash_sale_id,
      customer_id,
      number,
      status,
      serving,
      ahead,
      estimated_seconds: ahead === null ? null : estimate(ahead, let_in_per_minute),
      ...(status === 'let_in' && {
        pass: this.parts.passes.sign({
          ledger_id,
          flash_sale_id,
          customer_id,
          number: number!,
          expires_at: expires_at!,
        }),
        pass_expires_at: expires_at!,
      }),
      joined_at: joined_at.toISOString(),
    };
  }
}

/** Gives numbers, or leaves them to the draw. The queue must be locked. */
async function take(
  trx: Trx,
  queue: QueueRow,
  asked: readonly Asked[],
): Promise<Map<string, { is_new: boolean; row: TicketRow }>> {
  const { ledger, flash_sale_id, last_number, started_at } = queue;
  const ids = asked.map(({ customer_id }) => customer_id);
  const by = asked.map(({ joined_by }) => joined_by);
  const is_started = started_at !== null;
  const count = sql.ref(is_started ? 'last_number' : 'early');
  const made = await sql<TicketRow>`
    WITH made AS (
      INSERT INTO queue_tickets AS t (ledger, flash_sale_id, customer_id, joined_by, number)
      SELECT ${ledger}, ${flash_sale_id}, a.customer_id, a.joined_by,
        CASE WHEN ${is_started}::boolean THEN ${last_number}::bigint + row_number() OVER (ORDER BY a.nth) END
      FROM unnest(${ids}::text[], ${by}::text[]) WITH ORDINALITY a (customer_id, joined_by, nth)
      WHERE NOT EXISTS (
        SELECT FROM queue_tickets k
        WHERE k.ledger = ${ledger} AND k.flash_sale_id = ${flash_sale_id} AND k.customer_id = a.customer_id
          AND (k.state = 'waiting' OR (k.state = 'let_in' AND k.pass_expires_at > clock_timestamp())))
      ON CONFLICT (customer_id, flash_sale_id, ledger) DO UPDATE SET number = excluded.number, state = 'waiting',
        pass_expires_at = NULL, joined_at = clock_timestamp(), joined_by = excluded.joined_by
      RETURNING ${TICKET}),
    counted AS (UPDATE waiting_queues SET ${count} = ${count} + (SELECT count(*) FROM made) WHERE ${queueIs(queue)})
    SELECT * FROM made`.execute(trx);
  const tickets = new Map(made.rows.map((row) => [row.customer_id, { is_new: true, row }]));
  const others = ids.filter((customer_id) => !tickets.has(customer_id));
  if (others.length === 0) return tickets;
  const found = await sql<TicketRow>`
    SELECT ${TICKET} FROM queue_tickets WHERE ${queueIs(queue)} AND customer_id = ANY (${others}::text[])`.execute(trx);
  for (const row of found.rows) tickets.set(row.customer_id, { is_new: false, row });
  return tickets;
}

function nameOf({ ledger, flash_sale_id }: QueueKey): string {
  return `${ledger} ${flash_sale_id}`;
}

/** Of a flash sale what its queue needs. */
export interface SaleOfQueue {
  kind: 'flash_sale';
  number: string;
  created_by: string;
  position: number;
  status: string;
  starts_at: string;
  queue?: QueueSettings;
}
/** @throws Problem unknown_flash_sale */
export function saleIn(snapshot: Snapshot, { flash_sale_id }: QueueKey): Promise<SaleOfQueue> {
  return getDocument<SaleOfQueue>(snapshot, 'flash_sale', flash_sale_id, undefined);
}

/** Without tickets. */
function emptyQueue(key: QueueKey): QueueRow {
  const counts = { early: 0, last_number: 0, serving: 0, used: 0, passes_out: 0, credit: 0, let_in_per_minute: 0 };
  const moments = { looked_at: new Date(0), started_at: null, ended_at: null, now: new Date(0) };
  return { ...key, ...counts, ...moments, remaining: null, followed: -1, seed: null, is_lifted: false };
}

export function ticketsOf({ early, last_number, serving, used, passes_out, started_at }: QueueRow) {
  const waiting = started_at === null ? early : last_number - serving;
  return { waiting, let_in: passes_out, used, lapsed: Math.max(0, serving - used - passes_out) };
}

/** What everybody may know. `sale`: where it is known, later than what the inlet has seen. */
export function shownQueue(row: QueueRow, sale?: SaleOfQueue) {
  const { flash_sale_id, last_number, serving, let_in_per_minute, remaining, started_at } = row;
  const is_over = sale === undefined ? row.ended_at !== null : sale.status === 'closed';
  const is_lifted = sale === undefined ? row.is_lifted : sale.queue === undefined;
  const unless_over = is_lifted ? 'lifted' : started_at === null ? 'before_start' : 'open';
  const status: WaitingQueue['status'] = is_over ? 'ended' : unless_over;
  const { waiting } = ticketsOf(row);
  const per_minute = Math.round(let_in_per_minute);
  return { flash_sale_id, status, serving, last_number, waiting, let_in_per_minute: per_minute, remaining };
}

function estimate(ahead: number, let_in_per_minute: number): number | null {
  return let_in_per_minute < 1 ? null : Math.ceil(((ahead + 1) * 60) / let_in_per_minute);
}
