/** Webhooks as their admins see them. Each change raises `version`, by which whoever sends notices it. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { sql, type Transaction } from 'kysely';
import type { Sealing } from '../../../libs/identity/sealing.js';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import type { IdentityDb, IdentityTables } from '../../../libs/identity/tables.js';
import type { Envelope } from '../../../libs/ledger/commands.js';
import { cursorAfter, LIMIT_DEFAULT, type Paging, readCursor } from '../../../projections/as-of/cursor.js';
import { eventsBehind } from '../../../projections/read-models/list-events.js';
import type { AnsweredRequests } from '../http/answered-requests.js';
import { invalidFields, Problem } from '../http/problem.js';
import type { ReadModels } from '../read-models.js';
import { headersOf, TEST_TYPE, testBody } from './message.js';
import type { Poster } from './post.js';
import type { Attempt, AttemptPage, NewWebhook, Webhook, WebhookPage } from './webhooks.dto.js';

type Trx = Transaction<IdentityTables>;

export interface WebhookSettings {
  url: string;
  description?: string;
  types?: string[] | null;
}
export interface WebhookChange extends Partial<WebhookSettings> {
  active?: boolean;
}

/** Of a ledger. */
export const WEBHOOKS_MAX = 2000;
const SECRET_BYTES = 32;
/** Tests under way at a time. */
const TESTS_MAX = 16;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const COLUMNS = [
  'webhook_id',
  'url',
  'description',
  'types',
  'active',
  'disabled_reason',
  'position',
  'sent_position',
  'failures',
  'failing_since',
  'next_attempt_at',
  // While it holds, by the clock that has dated it.
  sql<Date | null>`CASE WHEN old_secret_until > clock_timestamp() THEN old_secret_until END`.as('old_secret_until'),
  'created_at',
  'created_by',
] as const;

export class Webhooks {
  private tests = 0;

  /** @param changed called after each change, for a sender that sleeps */
  constructor(
    private readonly db: IdentityDb,
    private readonly requests: AnsweredRequests,
    private readonly models: Pick<ReadModels, 'read'>,
    private readonly sealing: Sealing,
    private readonly poster: Pick<Poster, 'isTaken' | 'post'>,
    private readonly changed: () => void = () => {},
  ) {}

  /** @param from_position the first event to be sent; default: the next one @throws Problem url_refused, too_many_webhooks, validation */
  async create(
    ledger: string,
    envelope: Envelope,
    { from_position, ...settings }: WebhookSettings & { from_position?: number },
    reply?: FastifyReply,
  ): Promise<NewWebhook> {
    await this.assertTaken(settings.url);
    const start = await this.startAt(ledger, from_position);
    const { url, description = '', types = null } = settings;
    return this.once(ledger, envelope, reply, async (trx) => {
      const { count } = await trx
        .selectFrom('webhooks')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where('ledger', '=', ledger)
        .executeTakeFirstOrThrow();
      if (Number(count) >= WEBHOOKS_MAX) throw new Problem('too_many_webhooks', { webhooks_max: WEBHOOKS_MAX });
      const webhook_id = randomUUID();
      const secret = newSecret();
      const row = await trx
        .insertInto('webhooks')
        .values({
          ...{ webhook_id, ledger, url, description, types, created_by: envelope.actor },
          ...{ secret: this.sealing.seal(Buffer.from(secret), webhook_id), ...start },
        })
        .returning(COLUMNS)
        .executeTakeFirstOrThrow();
      await note(trx, 'WebhookCreated', envelope, row, { ledger, host: hostOf(url), types });
      return { ...viewOf(row), secret };
    });
  }

  async list(ledger: string, { limit = LIMIT_DEFAULT, cursor }: Paging): Promise<WebhookPage> {
    const list = JSON.stringify(['webhooks', ledger]);
    const [after = ''] = readCursor(list, cursor, 'text') ?? [];
    const rows = await this.of(ledger)
      .where(sql<boolean>`webhook_id::text > ${after}`)
      .orderBy(sql`webhook_id::text`)
      .limit(limit + 1)
      .execute();
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      data: rows.slice(0, limit).map(viewOf),
      next_cursor: last === undefined ? null : cursorAfter(list, [last.webhook_id]),
    };
  }

  async get(ledger: string, webhook_id: string): Promise<Webhook> {
    const row = await this.of(ledger).where('webhook_id', '=', known(webhook_id)).executeTakeFirst();
    if (row === undefined) throw unknown(webhook_id);
    return viewOf(row);
  }

  /** Made active again it begins where it was. */
  async change(
    ledger: string,
    envelope: Envelope,
    webhook_id: string,
    change: WebhookChange,
    reply?: FastifyReply,
  ): Promise<Webhook> {
    if (change.url !== undefined) await this.assertTaken(change.url);
    const { url, description, types, active } = change;
    return this.once(ledger, envelope, reply, async (trx) => {
      const row = await this.update(trx, ledger, webhook_id, {
        ...(url !== undefined && { url }),
        ...(description !== undefined && { description }),
        ...(types !== undefined && { types }),
        ...(active !== undefined && { active, disabled_reason: null }),
        ...((active === true || url !== undefined) && atOnce()),
      });
      const told = { ...(url !== undefined && { host: hostOf(url) }), ...(types !== undefined && { types }), active };
      await note(trx, 'WebhookChanged', envelope, row, { ledger, ...told });
      return viewOf(row);
    });
  }

  /** @param valid_hours for which the old secret signs as well */
  async rotate(
    ledger: string,
    envelope: Envelope,
    webhook_id: string,
    valid_hours: number,
    reply?: FastifyReply,
  ): Promise<NewWebhook> {
    return this.once(ledger, envelope, reply, async (trx) => {
      const secret = newSecret();
      const row = await this.update(trx, ledger, webhook_id, {
        old_secret: sql`secret`,
        old_secret_until: sql<Date>`clock_timestamp() + make_interval(hours => ${valid_hours})`,
        secret: this.sealing.seal(Buffer.from(secret), webhook_id),
      });
      await note(trx, 'WebhookSecretRotated', envelope, row, { ledger, valid_hours });
      return { ...viewOf(row), secret };
    });
  }

  /** The event at `from_position` is sent next, whether it was sent before or not. @throws Problem validation */
  async replay(
    ledger: string,
    envelope: Envelope,
    webhook_id: string,
    from_position: number,
    reply?: FastifyReply,
  ): Promise<Webhook> {
    const start = await this.startAt(ledger, from_position);
    return this.once(ledger, envelope, reply, async (trx) => {
      const row = await this.update(trx, ledger, webhook_id, { ...start, sent_position: null, ...atOnce() });
      await note(trx, 'WebhookReplayed', envelope, row, { ledger, from_position });
      return viewOf(row);
    });
  }

  async remove(ledger: string, { actor }: Pick<Envelope, 'actor'>, webhook_id: string): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      const removed = await trx
        .deleteFrom('webhooks')
        .where('ledger', '=', ledger)
        .where('webhook_id', '=', known(webhook_id))
        .returning('url')
        .executeTakeFirst();
      if (removed === undefined) throw unknown(webhook_id);
      await trx.deleteFrom('webhook_attempts').where('webhook_id', '=', webhook_id).execute();
      await noteSecurityEvent(trx, 'WebhookRemoved', actor, { webhook_id, ledger, host: hostOf(removed.url) });
    });
  }

  /** Sends an event of no ledger, now. It counts as neither success nor failure. */
  async test(ledger: string, envelope: Envelope, webhook_id: string, reply?: FastifyReply): Promise<Attempt> {
    const found = await this.db
      .selectFrom('webhooks')
      .select(['url', 'secret', 'old_secret'])
      .select(sql<boolean>`coalesce(old_secret_until > clock_timestamp(), false)`.as('old_holds'))
      .where('ledger', '=', ledger)
      .where('webhook_id', '=', known(webhook_id))
      .executeTakeFirst();
    if (found === undefined) throw unknown(webhook_id);
    const before = await this.requests.earlier<Attempt>(ledger, envelope, reply);
    if (before !== undefined) return before;
    if (this.tests >= TESTS_MAX) throw new Problem('overloaded', {}, { headers: { 'retry-after': '5' } });
    this.tests += 1;
    try {
      const { url, secret, old_secret, old_holds } = found;
      const sealed = [secret, ...(old_secret !== null && old_holds ? [old_secret] : [])];
      const secrets = sealed.flatMap((each) => this.sealing.open(each, webhook_id)?.toString() ?? []);
      const now = new Date();
      const message_id = `test-${randomUUID()}`;
      const body = testBody(ledger, now.toISOString());
      const { status, error, duration_ms } = await this.poster.post(
        url,
        headersOf(message_id, body, secrets, now),
        body,
      );
      return await this.once(ledger, envelope, reply, async (trx) => {
        const row = await trx
          .insertInto('webhook_attempts')
          .values({ webhook_id, message_id, type: TEST_TYPE, attempted_at: now, duration_ms, status, error })
          .returningAll()
          .executeTakeFirstOrThrow();
        return attemptOf(row);
      });
    } finally {
      this.tests -= 1;
    }
  }

  /** The last first. */
  async attempts(
    ledger: string,
    webhook_id: string,
    { failed = false, limit = LIMIT_DEFAULT, cursor }: Paging & { failed?: boolean },
  ): Promise<AttemptPage> {
    await this.get(ledger, webhook_id);
    const list = JSON.stringify(['attempts', webhook_id, failed]);
    const [before] = readCursor(list, cursor, 'text') ?? [];
    const rows = await this.db
      .selectFrom('webhook_attempts')
      .selectAll()
      .where('webhook_id', '=', webhook_id)
      .$if(before !== undefined, (query) => query.where('attempt_id', '<', before!))
      .$if(failed, (query) => query.where(sql<boolean>`coalesce(status NOT BETWEEN 200 AND 299, true)`))
      .orderBy('attempt_id', 'desc')
      .limit(limit + 1)
      .execute();
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      data: rows.slice(0, limit).map(attemptOf),
      next_cursor: last === undefined ? null : cursorAfter(list, [last.attempt_id]),
    };
  }

  private of(ledger: string) {
    return this.db.selectFrom('webhooks').select(COLUMNS).where('ledger', '=', ledger);
  }

  private async update(
    trx: Trx,
    ledger: string,
    webhook_id: string,
    set: Record<string, unknown>,
  ): Promise<WebhookRow> {
    const row = await trx
      .updateTable('webhooks')
      .set({ ...set, version: sql<number>`version + 1` })
      .where('ledger', '=', ledger)
      .where('webhook_id', '=', known(webhook_id))
      .returning(COLUMNS)
      .executeTakeFirst();
    if (row === undefined) throw unknown(webhook_id);
    return row;
  }

  private async assertTaken(url: string): Promise<void> {
    if (!(await this.poster.isTaken(url))) throw new Problem('url_refused');
  }

  /** @throws Problem unknown_ledger; validation beyond the next event */
  private startAt(ledger: string, from_position?: number) {
    return this.models.read({ ledger }, async (snapshot) => {
      const position = (from_position ?? snapshot.position + 1) - 1;
      if (position > snapshot.position)
        throw invalidFields([{ path: 'from_position', message: `must be at most ${snapshot.position + 1}` }]);
      const [event] = position < 0 ? [] : await eventsBehind(snapshot, position - 1, 1);
      return { position, position_hash: event === undefined ? null : `${event.metadata.hash}` };
    });
  }

  private async once<T>(
    ledger: string,
    envelope: Envelope,
    reply: FastifyReply | undefined,
    work: (trx: Trx) => Promise<T>,
  ): Promise<T> {
    const answer = await this.requests.once(ledger, envelope, work, reply);
    this.changed();
    return answer;
  }
}

/** How many the sender has made inactive that are so still. */
export async function disabledWebhooks(db: IdentityDb): Promise<{ ledger: string; reason: string; count: number }[]> {
  const { rows } = await sql<{ ledger: string; reason: string; count: number }>`
    SELECT ledger, disabled_reason AS reason, count(*)::int AS count FROM webhooks
    WHERE NOT active AND disabled_reason IS NOT NULL GROUP BY ledger, disabled_reason`.execute(db);
  return rows;
}

function note(
  trx: Trx,
  type: 'WebhookCreated' | 'WebhookChanged' | 'WebhookSecretRotated' | 'WebhookReplayed',
  { actor }: Envelope,
  { webhook_id }: { webhook_id: string },
  about: Record<string, unknown>,
): Promise<void> {
  return noteSecurityEvent(trx, type, actor, { webhook_id, ...about });
}

/** The path may hold a secret of the receiver's. */
function hostOf(url: string): string {
  return new URL(url).host;
}

function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** Without waiting for what was scheduled after failures. */
function atOnce() {
  return { failures: 0, failing_since: null, next_attempt_at: sql<Date>`clock_timestamp()` };
}

function known(webhook_id: string): string {
  if (!UUID.test(webhook_id)) throw unknown(webhook_id);
  return webhook_id;
}
function unknown(webhook_id: string): Problem {
  return new Problem('unknown_record', { webhook_id });
}

type WebhookRow = Omit<
  Webhook,
  | 'position'
  | 'sent_position'
  | 'failing_since'
  | 'next_attempt_at'
  | 'old_secret_until'
  | 'created_at'
  | 'disabled_reason'
> & {
  disabled_reason: string | null;
  position: string;
  sent_position: string | null;
  failing_since: Date | null;
  next_attempt_at: Date;
  old_secret_until: Date | null;
  created_at: Date;
};
function viewOf(row: WebhookRow): Webhook {
  const { position, sent_position, failing_since, next_attempt_at, old_secret_until, created_at } = row;
  return {
    webhook_id: row.webhook_id,
    url: row.url,
    description: row.description,
    types: row.types,
    active: row.active,
    disabled_reason: row.disabled_reason as Webhook['disabled_reason'],
    position: Number(position),
    sent_position: sent_position === null ? null : Number(sent_position),
    failures: row.failures,
    failing_since: failing_since?.toISOString() ?? null,
    next_attempt_at: row.active && row.failures > 0 ? next_attempt_at.toISOString() : null,
    old_secret_until: old_secret_until?.toISOString() ?? null,
    created_at: created_at.toISOString(),
    created_by: row.created_by,
  };
}

interface AttemptRow {
  attempt_id: string;
  message_id: string;
  position: string | null;
  type: string;
  attempted_at: Date;
  duration_ms: number;
  status: number | null;
  error: string | null;
}
function attemptOf({ attempt_id, message_id, position, type, attempted_at, duration_ms, status, error }: AttemptRow) {
  return {
    ...{ attempt_id, message_id, position: position === null ? null : Number(position), type, duration_ms, status },
    attempted_at: attempted_at.toISOString(),
    error: error as Attempt['error'],
  };
}
