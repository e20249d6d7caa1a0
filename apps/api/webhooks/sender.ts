/**
 * Sends the events of ledgers to webhooks. Each webhook has a position of its own, so that one that is dead keeps nobody from anything: its
 * events wait, in order. The row is the queue. An instance that wants to send takes the row by a lease with a number; what it writes counts
 * only while the row has that number.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Sealing } from '../../../libs/identity/sealing.js';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import type { IdentityDb } from '../../../libs/identity/tables.js';
import { traceparentOf } from '../../../libs/tracing/traceparent.js';
import { type OpenSpan, openSpan } from '../../../libs/tracing/tracing.js';
import type { AuditEvent } from '../../../projections/read-models/list-events.js';
import { RecentEvents } from '../../../projections/read-models/recent-events.js';
import type { LogLine } from '../log.js';
import { bodyOf, headersOf, type Message, messageOf } from './message.js';
import { ATTEMPT_MS_MAX, type Attempted, type Failure, type Poster } from './post.js';
import { FAILING_S_MAX, waitAfter } from './schedule.js';

export type DisabledReason = 'gone' | 'failing' | 'history_differs' | 'secret_lost';
export type SentOutcome = 'delivered' | 'refused' | Failure;

export interface SenderParts {
  db: IdentityDb;
  /** The last readable position of each ledger. */
  heads(): Promise<ReadonlyMap<string, number>>;
  /** The first events behind a position, at most `count`. */
  read(ledger: string, position: number, count: number): Promise<AuditEvent[]>;
  sealing: Sealing;
  poster: Pick<Poster, 'post'>;
  log: LogLine;
  /** @param since_ms of the event's recording */
  attempted?: (outcome: SentOutcome, since_ms: number) => void;
  disabled?: (reason: DisabledReason) => void;
}
export interface SenderOptions {
  /** Webhooks that are sent to at a time. */
  held_max: number;
  lease_ms: number;
  /** That an attempt may take. */
  attempt_ms_max: number;
  look_every_ms: number;
  claim_every_ms: number;
  save_every_ms: number;
  /** A webhook with more to send lets others have their turn after so long. */
  turn_ms_max: number;
  /** For what is under way at a stop. */
  stop_ms_max: number;
}
const OPTIONS: SenderOptions = {
  held_max: 256,
  lease_ms: 15_000,
  attempt_ms_max: ATTEMPT_MS_MAX,
  look_every_ms: 100,
  claim_every_ms: 1000,
  save_every_ms: 200,
  turn_ms_max: 5000,
  stop_ms_max: 2000,
};
/** Of the lease, for what comes between. */
const MARGIN = 0.1;
const PAGE = 200;
const CLEAN_EVERY_MS = 600_000;
const ATTEMPTS_KEPT_DAYS = 30;
const ATTEMPTS_KEPT = 10_000;

/** A webhook that this instance alone may send to. */
interface Held {
  webhook_id: string;
  ledger: string;
  url: string;
  types: ReadonlySet<string> | undefined;
  secrets: string[];
  lease: string;
  version: number;
  position: number;
  position_hash: string | null;
  sent_position: number | null;
  failures: number;
  /** Until it was taken. */
  failing_s: number;
  /** Before the next attempt. */
  wait_s: number;
  taken_at_ms: number;
  renewed_at_ms: number;
  /** Taken by another, changed or removed. */
  is_lost: boolean;
  is_released: boolean;
  /** Read ahead. */
  ahead: Message[];
}
interface AttemptRow {
  webhook_id: string;
  message_id: string;
  position: number;
  type: string;
  attempted_at: string;
  duration_ms: number;
  status: number | null;
  error: string | null;
}

export class WebhookSender {
  private readonly options: SenderOptions;
  private readonly held = new Map<string, Promise<void>>();
  private readonly recent = new Map<string, Promise<RecentEvents<Message>>>();
  private readonly unsaved = new Set<Held>();
  private attempts: AttemptRow[] = [];
  private saving: Promise<void> = Promise.resolve();
  private save_timer: NodeJS.Timeout | undefined;
  private heads: ReadonlyMap<string, number> = new Map();
  private has_more = true;
  private is_stopping = false;
  private readonly over = new AbortController();

  constructor(
    private readonly parts: SenderParts,
    options: Partial<SenderOptions> = {},
  ) {
    this.options = { ...OPTIONS, ...options };
  }

  /** Until the signal aborts and what was under way has ended. */
  async run(signal: AbortSignal): Promise<void> {
    const { look_every_ms, claim_every_ms, stop_ms_max } = this.options;
    let claimed_at_ms = Number.NEGATIVE_INFINITY;
    let cleaned_at_ms = performance.now();
    let is_away = false;
    while (!signal.aborted) {
      const since_ms = performance.now();
      try {
        const is_new = await this.look();
        // What could not be saved while Postgres was away.
        if (this.unsaved.size > 0 && this.save_timer === undefined) await this.save();
        if (is_new || this.has_more || since_ms - claimed_at_ms >= claim_every_ms) {
          claimed_at_ms = since_ms;
          this.has_more = false;
          await this.claim();
        }
        if (since_ms - cleaned_at_ms > CLEAN_EVERY_MS) {
          cleaned_at_ms = since_ms;
          await this.cleanUp();
        }
        is_away = false;
      } catch (error) {
        if (!is_away) this.parts.log('warn', 'Webhooks wait for Postgres', { error: `${error}` });
        is_away = true;
      }
      // Where Postgres is slow, it is asked less often.
      const pause_ms = Math.max(look_every_ms, 3 * (performance.now() - since_ms));
      await sleep(pause_ms, undefined, { signal }).catch(() => {});
    }
    this.is_stopping = true;
    const timer = setTimeout(() => this.over.abort(), stop_ms_max);
    await Promise.all(this.held.values());
    clearTimeout(timer);
    clearTimeout(this.save_timer);
    await this.save().catch(() => {});
  }

  /** @returns whether there are new events */
  private async look(): Promise<boolean> {
    const heads = await this.parts.heads();
    const is_new = [...heads].some(([ledger, head]) => head !== this.heads.get(ledger));
    this.heads = heads;
    if (is_new)
      for (const [ledger, opened] of this.recent) {
        const recent = await opened;
        await recent.advance(heads.get(ledger) ?? recent.position);
      }
    return is_new;
  }

  private async claim(): Promise<void> {
    const room = this.options.held_max - this.held.size;
    if (room <= 0) return;
    const taken_at_ms = performance.now();
    const { rows } = await sql<Claimed>`
      UPDATE webhooks w SET lease = w.lease + 1, lease_until = ${this.leaseEnd()}
      FROM (
        SELECT c.webhook_id FROM webhooks c
        JOIN unnest(${[...this.heads.keys()]}::text[], ${[...this.heads.values()]}::bigint[]) h (ledger, head)
          ON h.ledger = c.ledger AND c.position < h.head
        WHERE c.active AND c.next_attempt_at <= clock_timestamp()
          AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp())
        ORDER BY c.next_attempt_at LIMIT ${room} FOR UPDATE OF c SKIP LOCKED) due
      WHERE w.webhook_id = due.webhook_id
      RETURNING w.webhook_id, w.ledger, w.url, w.types, w.secret, w.lease, w.version, w.position, w.position_hash,
        w.sent_position, w.failures, w.old_secret, w.old_secret_until > clock_timestamp() AS old_holds,
        coalesce(extract(epoch FROM clock_timestamp() - w.failing_since), 0)::float8 AS failing_s`.execute(
      this.parts.db,
    );
    if (rows.length === room) this.has_more = true;
    for (const row of rows) {
      const held = this.heldOf(row, taken_at_ms);
      const serving = this.serve(held).finally(() => this.held.delete(held.webhook_id));
      this.held.set(held.webhook_id, serving);
    }
  }

  private heldOf({ types, secret, old_secret, old_holds, ...row }: Claimed, taken_at_ms: number): Held {
    const sealed = [secret, ...(old_secret !== null && old_holds ? [old_secret] : [])];
    const secrets = sealed.flatMap((each) => this.parts.sealing.open(each, row.webhook_id)?.toString() ?? []);
    return {
      ...row,
      types: types === null ? undefined : new Set(types),
      secrets,
      position: Number(row.position),
      sent_position: row.sent_position === null ? null : Number(row.sent_position),
      wait_s: 0,
      taken_at_ms,
      renewed_at_ms: taken_at_ms,
      is_lost: false,
      is_released: false,
      ahead: [],
    };
  }

  private async serve(held: Held): Promise<void> {
    try {
      const reason = await this.send(held);
      if (reason !== undefined && !held.is_lost) return await this.disable(held, reason);
    } catch (error) {
      this.parts.log('warn', 'A webhook has to wait', { webhook_id: held.webhook_id, error: `${error}` });
      held.wait_s = Math.max(held.wait_s, 1);
    }
    if (held.is_lost) await this.giveBack(held);
    held.is_released = true;
    this.saveSoon(held);
  }

  /** Until there is nothing more, its turn is over or an attempt has failed. @returns why it is to be disabled */
  private async send(held: Held): Promise<DisabledReason | undefined> {
    if (held.secrets.length === 0) return 'secret_lost';
    if (!(await this.isSameHistory(held))) return 'history_differs';
    const until_ms = performance.now() + this.options.turn_ms_max;
    for (;;) {
      const message = await this.next(held);
      if (message === undefined || held.is_lost || this.is_stopping) return undefined;
      if (performance.now() > until_ms) return undefined;
      if (held.types !== undefined && !held.types.has(message.type)) {
        this.settle(held, message);
        continue;
      }
      if (!(await this.holds(held))) return undefined;
      const body = bodyOf(message, held.sent_position);
      const now = new Date();
      const { trace: parent } = message;
      const span = parent && openSpan('webhook', { parent, kind: 'client' });
      const trace = span?.trace ?? parent;
      const headers = {
        ...headersOf(message.id, body, held.secrets, now),
        ...(trace !== undefined && { traceparent: traceparentOf(trace) }),
      };
      const attempted = await this.parts.poster.post(held.url, headers, body, this.over.signal);
      endSpan(span, held, attempted);
      // Given up by us, so nothing is known of it: it is sent again.
      if (this.over.signal.aborted && attempted.status === null) return undefined;
      this.note(held, message, attempted, now);
      if (!isDelivered(attempted)) return this.failed(held, attempted);
      held.sent_position = message.position;
      Object.assign(held, { failures: 0, failing_s: 0, taken_at_ms: performance.now() });
      this.settle(held, message);
    }
  }

  private settle(held: Held, { position, hash }: Message): void {
    held.position = position;
    held.position_hash = hash;
    this.saveSoon(held);
  }

  private failed(held: Held, { status, retry_after_s }: Attempted): DisabledReason | undefined {
    held.failures += 1;
    held.wait_s = waitAfter(held.failures, retry_after_s, Math.random());
    if (status === 410) return 'gone';
    const failing_s = held.failures === 1 ? 0 : held.failing_s + (performance.now() - held.taken_at_ms) / 1000;
    return failing_s > FAILING_S_MAX ? 'failing' : undefined;
  }

  private note(held: Held, message: Message, { status, error, duration_ms }: Attempted, at: Date): void {
    const { webhook_id } = held;
    const { id: message_id, position, type } = message;
    const row = { webhook_id, message_id, position, type, duration_ms, status, error };
    this.attempts.push({ ...row, attempted_at: at.toISOString() });
    const outcome = error ?? (isDelivered({ status }) ? 'delivered' : 'refused');
    this.parts.attempted?.(outcome, Date.now() - Date.parse(message.recorded_at));
  }

  /** Whether it may send for the whole of an attempt. The clock of this process goes on while it is stopped. */
  private async holds(held: Held): Promise<boolean> {
    const { lease_ms, attempt_ms_max } = this.options;
    const fresh_ms = lease_ms * (1 - MARGIN) - attempt_ms_max;
    const isFresh = () => performance.now() - held.renewed_at_ms < fresh_ms && !held.is_lost;
    if (isFresh()) return true;
    this.unsaved.add(held);
    await this.save();
    return isFresh();
  }

  /** undefined at the present. */
  private async next(held: Held): Promise<Message | undefined> {
    const recent = await this.recentOf(held.ledger);
    const wanted = held.position + 1;
    const known = recent.at(wanted);
    if (known !== undefined || held.position >= recent.position) return known;
    if (held.ahead[0]?.position !== wanted) {
      const events = await this.parts.read(held.ledger, held.position, PAGE);
      held.ahead = events.map((event) => messageOf(held.ledger, event).value);
    }
    return held.ahead[0]?.position === wanted ? held.ahead.shift() : undefined;
  }

  private recentOf(ledger: string): Promise<RecentEvents<Message>> {
    const known = this.recent.get(ledger);
    if (known !== undefined) return known;
    const recent = new RecentEvents(
      (position, count) => this.parts.read(ledger, position, count),
      (event) => messageOf(ledger, event),
    );
    const opened = recent.advance(this.heads.get(ledger) ?? -1).then(() => recent);
    this.recent.set(ledger, opened);
    opened.catch(() => this.recent.delete(ledger));
    return opened;
  }

  /** A log that was restored to an earlier moment gives its positions to other events. */
  private async isSameHistory({ ledger, position, position_hash }: Held): Promise<boolean> {
    if (position_hash === null) return true;
    const recent = (await this.recentOf(ledger)).at(position);
    if (recent !== undefined) return recent.hash === position_hash;
    const [event] = await this.parts.read(ledger, position - 1, 1);
    return event !== undefined && event.position === position && event.metadata.hash === position_hash;
  }

  private async disable(held: Held, reason: DisabledReason): Promise<void> {
    const { webhook_id, ledger, lease, version, position, position_hash, sent_position, failures } = held;
    this.unsaved.delete(held);
    await this.save();
    const is_done = await this.parts.db.transaction().execute(async (trx) => {
      const changed = await trx
        .updateTable('webhooks')
        .set({ active: false, disabled_reason: reason, position, position_hash, sent_position, failures })
        .set({ lease_until: null })
        .where('webhook_id', '=', webhook_id)
        .where('lease', '=', lease)
        .where('version', '=', version)
        .returning('webhook_id')
        .executeTakeFirst();
      if (changed === undefined) return false;
      await noteSecurityEvent(trx, 'WebhookDisabled', 'system', { webhook_id, ledger, reason });
      return true;
    });
    if (!is_done) return this.giveBack(held);
    this.parts.log('warn', 'A webhook was disabled', { webhook_id, ledger, reason });
    this.parts.disabled?.(reason);
  }

  /** Changed meanwhile: whoever takes it next begins with what it is now. */
  private async giveBack({ webhook_id, lease }: Held): Promise<void> {
    await this.parts.db
      .updateTable('webhooks')
      .set({ lease_until: null })
      .where('webhook_id', '=', webhook_id)
      .where('lease', '=', lease)
      .execute()
      .catch(() => {});
    this.has_more = true;
  }

  private saveSoon(held: Held): void {
    this.unsaved.add(held);
    this.save_timer ??= setTimeout(() => {
      this.save_timer = undefined;
      this.save().catch(() => {});
    }, this.options.save_every_ms);
  }

  /** All at once, one after the other. What cannot be saved is kept for the next time. */
  private save(): Promise<void> {
    this.saving = this.saving.catch(() => {}).then(() => this.saveNow());
    return this.saving;
  }

  private async saveNow(): Promise<void> {
    const helds = [...this.unsaved].filter(({ is_lost }) => !is_lost);
    const attempts = this.attempts;
    this.unsaved.clear();
    this.attempts = [];
    if (helds.length + attempts.length === 0) return;
    const asked_at_ms = performance.now();
    try {
      const saved = await this.write(helds, attempts);
      for (const held of helds) {
        held.renewed_at_ms = asked_at_ms;
        if (!saved.has(held.webhook_id)) {
          held.is_lost = true;
          if (held.is_released) await this.giveBack(held);
          continue;
        }
        // What came until the row was free again.
        if (held.is_released && (this.heads.get(held.ledger) ?? -1) > held.position) this.has_more = true;
      }
    } catch (error) {
      for (const held of helds) this.unsaved.add(held);
      this.attempts = [...attempts, ...this.attempts].slice(-ATTEMPTS_KEPT);
      throw error;
    }
  }

  /** What is lost in a crash of Postgres is sent again. @returns whose lease it has renewed */
  private async write(helds: readonly Held[], attempts: readonly AttemptRow[]): Promise<Set<string>> {
    const column = <K extends keyof Held>(name: K) => helds.map((held) => held[name]);
    return this.parts.db.transaction().execute(async (trx) => {
      await sql`SET LOCAL synchronous_commit = off`.execute(trx);
      if (attempts.length > 0)
        await sql`
          INSERT INTO webhook_attempts (webhook_id, message_id, position, type, attempted_at, duration_ms, status, error)
          SELECT * FROM json_to_recordset(${JSON.stringify(attempts)}::json) AS a (webhook_id uuid, message_id text,
            position bigint, type text, attempted_at timestamptz, duration_ms integer, status smallint, error text)`.execute(
          trx,
        );
      if (helds.length === 0) return new Set<string>();
      const { rows } = await sql<{ webhook_id: string }>`
        UPDATE webhooks w SET position = s.position, position_hash = s.position_hash, sent_position = s.sent_position,
          failures = s.failures,
          failing_since = CASE WHEN s.failures > 0 THEN coalesce(w.failing_since, clock_timestamp()) END,
          next_attempt_at = CASE WHEN s.is_released THEN clock_timestamp() + make_interval(secs => s.wait_s) ELSE w.next_attempt_at END,
          lease_until = CASE WHEN s.is_released THEN NULL ELSE ${this.leaseEnd()} END
        FROM unnest(${column('webhook_id')}::uuid[], ${column('lease')}::bigint[], ${column('version')}::int[],
          ${column('position')}::bigint[], ${column('position_hash')}::text[], ${column('sent_position')}::bigint[],
          ${column('failures')}::int[], ${column('wait_s')}::float8[], ${column('is_released')}::boolean[])
          s (webhook_id, lease, version, position, position_hash, sent_position, failures, wait_s, is_released)
        WHERE w.webhook_id = s.webhook_id AND w.lease = s.lease AND w.version = s.version
        RETURNING w.webhook_id`.execute(trx);
      return new Set(rows.map(({ webhook_id }) => webhook_id));
    });
  }

  private leaseEnd() {
    return sql<Date>`clock_timestamp() + make_interval(secs => ${this.options.lease_ms / 1000})`;
  }

  private async cleanUp(): Promise<void> {
    const { db } = this.parts;
    const ago = (hours: number) => sql<Date>`clock_timestamp() - make_interval(hours => ${hours})`;
    await db
      .deleteFrom('webhook_attempts')
      .where('attempted_at', '<', ago(24 * ATTEMPTS_KEPT_DAYS))
      .execute();
    const webhooks = await db.selectFrom('webhooks').select('webhook_id').execute();
    for (const { webhook_id } of webhooks)
      await sql`
        DELETE FROM webhook_attempts WHERE webhook_id = ${webhook_id} AND attempt_id <= (
          SELECT attempt_id FROM webhook_attempts WHERE webhook_id = ${webhook_id}
          ORDER BY attempt_id DESC OFFSET ${ATTEMPTS_KEPT} LIMIT 1)`.execute(db);
  }
}

interface Claimed {
  webhook_id: string;
  ledger: string;
  url: string;
  types: string[] | null;
  secret: Buffer;
  old_secret: Buffer | null;
  old_holds: boolean | null;
  lease: string;
  version: number;
  position: string;
  position_hash: string | null;
  sent_position: string | null;
  failures: number;
  failing_s: number;
}

export function endSpan(span: OpenSpan | undefined, { webhook_id, ledger }: Held, attempted: Attempted): void {
  const { status, error } = attempted;
  const attributes = {
    'factory_ledger.ledger': ledger,
    'factory_ledger.webhook': webhook_id,
    ...(status !== null && { 'http.response.status_code': status }),
    ...(error !== null && { 'error.type': error }),
  };
  span?.end(attributes, { is_failed: !isDelivered(attempted) });
}

function isDelivered({ status }: Pick<Attempted, 'status'>): boolean {
  return status !== null && status >= 200 && status < 300;
}
