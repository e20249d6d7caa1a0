/** Senders on a real Postgres, receivers over HTTP that check each signature with the library of Standard Webhooks. The ledger is ours. */
import { hash, randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { BlockList } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { migrateIdentity } from '../../../libs/identity/migrations.js';
import { Sealing } from '../../../libs/identity/sealing.js';
import { type IdentityDb, openIdentity } from '../../../libs/identity/tables.js';
import { uuidOf } from '../../../libs/ledger/codec.js';
import type { AuditEvent } from '../../../projections/read-models/list-events.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../../test/support/postgres.js';
import { startReceiver, type WebhookReceiver } from '../../../test/support/webhook-receiver.js';
import { Poster } from './post.js';
import { type SenderOptions, type SenderParts, WebhookSender } from './sender.js';
import { disabledWebhooks } from './webhooks.js';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;
const OLD_SECRET = `whsec_${Buffer.from('the one before, as long as that ').toString('base64')}`;
const HERE = new BlockList();
HERE.addSubnet('127.0.0.0', 8, 'ipv4');
const QUICK: Partial<SenderOptions> = { look_every_ms: 10, claim_every_ms: 50, save_every_ms: 20, stop_ms_max: 100 };

let postgres: PostgresServer;
let db: IdentityDb;
let sealing: Sealing;
let poster: Poster;
let log: AuditEvent[];
let senders: { stop: AbortController; running: Promise<void> }[];
let receivers: Receiver[];

beforeAll(async () => {
  postgres = await startPostgres();
  db = openIdentity(await createDatabase(postgres), () => {});
  await migrateIdentity(db);
});
afterAll(async () => {
  await db?.destroy();
  await postgres?.stop();
});

beforeEach(() => {
  sealing = new Sealing('a key for the secrets of webhooks', 'webhooks');
  poster = new Poster({ allowed: HERE, attempt_ms_max: 1000 });
  log = [];
  senders = [];
  receivers = [];
});
afterEach(async () => {
  for (const { stop, running } of senders) {
    stop.abort();
    await running;
  }
  poster.close();
  for (const each of receivers) each.close();
  for (const table of ['webhooks', 'webhook_attempts', 'security_outbox'] as const)
    await db.deleteFrom(table).execute();
});

function record(count: number, { type = 'SaleRecorded', text = '' } = {}): void {
  for (let n = 0; n < count; n += 1) {
    const position = log.length;
    const recorded_at = new Date().toISOString();
    const metadata = { hash: hash('sha256', `${position} ${type} ${text}`) };
    log.push({
      ...{
        position,
        type,
        actor: 'maria',
        recorded_at,
        effective_at: recorded_at,
        data: { n: position, text },
        metadata,
      },
    });
  }
}

function send(options: Partial<SenderOptions> = {}, parts: Partial<SenderParts> = {}): AbortController {
  const sender = new WebhookSender(
    {
      db,
      heads: async () => new Map([['main', log.length - 1]]),
      read: async (_ledger, position, count) => log.slice(position + 1, position + 1 + count),
      ...{ sealing, poster, log: () => {} },
      ...parts,
    },
    { ...QUICK, ...options },
  );
  const stop = new AbortController();
  senders.push({ stop, running: sender.run(stop.signal) });
  return stop;
}

type Receiver = WebhookReceiver & { webhook_id: string };

async function receiver(
  row: { position?: number; types?: string[] | null; old_secret?: string } = {},
  secret = SECRET,
): Promise<Receiver> {
  const webhook_id = randomUUID();
  const found = Object.assign(await startReceiver(secret), { webhook_id });
  receivers.push(found);
  const { position = -1, types = null, old_secret } = row;
  await db
    .insertInto('webhooks')
    .values({
      ...{ webhook_id, ledger: 'main', url: found.url, description: '', types, position, created_by: 'ada' },
      position_hash: position < 0 ? null : `${log[position]!.metadata.hash}`,
      secret: sealing.seal(Buffer.from(SECRET), webhook_id),
      old_secret: old_secret === undefined ? null : sealing.seal(Buffer.from(old_secret), webhook_id),
    })
    .execute();
  if (old_secret !== undefined)
    await db
      .updateTable('webhooks')
      .set({ old_secret_until: sql<Date>`clock_timestamp() + interval '1 hour'` })
      .execute();
  return found;
}

const rowOf = ({ webhook_id }: Receiver) =>
  db.selectFrom('webhooks').selectAll().where('webhook_id', '=', webhook_id).executeTakeFirstOrThrow();
const change = ({ webhook_id }: Receiver, set: Record<string, unknown>) =>
  db
    .updateTable('webhooks')
    .set({ ...set, version: sql<number>`version + 1` })
    .where('webhook_id', '=', webhook_id)
    .execute();
async function until(done: () => unknown): Promise<void> {
  for (const give_up_at_ms = Date.now() + 15_000; !(await done()); await sleep(10))
    if (Date.now() > give_up_at_ms) throw new Error(`It did not come to pass: ${done}`);
}
const settled = (to: Receiver, position = log.length - 1) =>
  until(async () => {
    const row = await rowOf(to);
    return Number(row.position) === position && row.lease_until === null;
  });
const positions = ({ received }: Receiver) => received.map(({ position }) => position);
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const disabled = async () =>
  (await db.selectFrom('security_outbox').select(['type', 'data']).execute()).map(({ type, data }) => [
    type,
    data.reason,
  ]);

describe('events', () => {
  test('come in order, each once, signed, with the position of the one before', async () => {
    record(450);
    const to = await receiver();
    send();
    await settled(to);
    record(5, { text: 'é 🍾\n"' });
    await settled(to);
    expect(positions(to)).toEqual(numbers(0, 454));
    expect(to.received.map(({ previous_position }) => previous_position)).toEqual([null, ...numbers(0, 453)]);
    expect(to.received.map(({ id }) => id)).toEqual(log.map(({ metadata }) => uuidOf(`${metadata.hash}`)));
    const { position, type, actor, recorded_at, effective_at, data } = log[450]!;
    expect(to.received[450]!.body).toEqual({
      ...{
        type,
        timestamp: recorded_at,
        ledger_id: 'main',
        position,
        previous_position: 449,
        actor,
        effective_at,
        data,
      },
    });
    expect(to.together).toBe(1);
  });

  test('name the trace of their command, where it was recorded', async () => {
    record(2);
    const [$correlationId, $causationId] = ['c'.repeat(32), 'd'.repeat(16)];
    Object.assign(log[1]!.metadata, { $correlationId, $causationId });
    const to = await receiver();
    send();
    await settled(to);
    expect(to.received.map(({ headers }) => headers.traceparent)).toEqual([
      undefined,
      `00-${$correlationId}-${$causationId}-01`,
    ]);
  });

  test('of the types that are wanted come alone, and the position goes on', async () => {
    record(3);
    record(2, { type: 'WasteRecorded' });
    record(250);
    record(1, { type: 'WasteRecorded' });
    record(1);
    const to = await receiver({ types: ['WasteRecorded'] });
    send();
    await settled(to);
    expect(to.received.map(({ position, previous_position }) => [position, previous_position])).toEqual([
      [3, null],
      [4, 3],
      [255, 4],
    ]);
  });

  test('begin where the webhook begins, and are sent again from where it is set back to', async () => {
    record(10);
    const to = await receiver({ position: 7 });
    send();
    await settled(to);
    expect(positions(to)).toEqual([8, 9]);
    await change(to, { position: 3, position_hash: `${log[3]!.metadata.hash}`, sent_position: null });
    await until(() => to.received.length === 8);
    expect(positions(to).slice(2)).toEqual(numbers(4, 9));
    expect(to.received[2]!.previous_position).toBeNull();
  });

  test('of a mebibyte arrive whole', async () => {
    record(1, { text: 'x'.repeat(1024 * 1024) });
    const to = await receiver();
    send();
    await settled(to);
    expect(to.received[0]!.body.data.text.length).toBe(1024 * 1024);
  });

  test('are signed by both secrets while they change', async () => {
    record(1);
    const knows_old = await receiver({ old_secret: OLD_SECRET }, OLD_SECRET);
    const knows_new = await receiver({ old_secret: OLD_SECRET }, SECRET);
    send();
    await settled(knows_old);
    await settled(knows_new);
    expect([positions(knows_old), positions(knows_new)]).toEqual([[0], [0]]);
    await change(knows_old, { old_secret_until: sql`clock_timestamp() - interval '1 second'` });
    record(1);
    await until(async () => (await rowOf(knows_old)).failures === 1);
    expect(positions(knows_old)).toEqual([0]);
  });
});

describe('a receiver that fails', () => {
  test('is tried again later, keeps its order, and keeps nobody else waiting', async () => {
    const bad = await receiver();
    const good = await receiver();
    let failures = 2;
    bad.answer = (response, { position }) => response.writeHead(position === 1 && failures-- > 0 ? 500 : 200).end();
    record(4);
    send();
    await settled(good);
    await until(async () => (await rowOf(bad)).failures === 1);
    const { position, next_attempt_at, failing_since } = await rowOf(bad);
    expect(position).toBe('0');
    expect(failing_since).not.toBeNull();
    const wait_s = (next_attempt_at.getTime() - Date.now()) / 1000;
    expect(wait_s).toBeGreaterThan(3.5);
    expect(wait_s).toBeLessThan(6.1);
    const soon = () => change(bad, { next_attempt_at: sql`clock_timestamp()` });
    await soon();
    await until(async () => (await rowOf(bad)).failures === 2);
    expect(((await rowOf(bad)).next_attempt_at.getTime() - Date.now()) / 1000).toBeGreaterThan(280);
    await soon();
    await settled(bad);
    expect(positions(bad)).toEqual([0, 1, 1, 1, 2, 3]);
    expect(new Set(bad.received.slice(1, 4).map(({ id }) => id)).size).toBe(1);
    expect(positions(good)).toEqual([0, 1, 2, 3]);
    expect(await rowOf(bad)).toMatchObject({ failures: 0, failing_since: null });
    const attempts = await db
      .selectFrom('webhook_attempts')
      .select(['position', 'status'])
      .where('webhook_id', '=', bad.webhook_id)
      .orderBy('attempt_id')
      .execute();
    expect(attempts.map(({ position, status }) => [Number(position), status])).toEqual([
      [0, 200],
      [1, 500],
      [1, 500],
      [1, 200],
      [2, 200],
      [3, 200],
    ]);
  });

  test.each<[string, string, (response: ServerResponse) => void]>([
    ['that redirects', 'status', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['that closes the connection', 'connection_failed', (response) => response.destroy()],
    ['that never answers', 'timeout', () => {}],
  ])('one %s fails', async (_what, error, answer) => {
    const to = await receiver();
    to.answer = answer;
    record(2);
    send();
    await until(async () => (await rowOf(to)).failures === 1);
    await until(() => db.selectFrom('webhook_attempts').select('attempt_id').executeTakeFirst());
    const attempt = await db.selectFrom('webhook_attempts').selectAll().executeTakeFirstOrThrow();
    expect(attempt.error ?? 'status').toBe(error);
    expect(positions(to)).toEqual([0]);
  });

  test('is asked when it wants to be', async () => {
    const to = await receiver();
    to.answer = (response) => response.writeHead(429, { 'retry-after': '900' }).end();
    record(1);
    send();
    await until(async () => (await rowOf(to)).failures === 1);
    expect(((await rowOf(to)).next_attempt_at.getTime() - Date.now()) / 1000).toBeGreaterThan(890);
  });

  test('and says that it is gone is disabled, and that is told', async () => {
    const to = await receiver();
    to.answer = (response) => response.writeHead(410).end();
    record(2);
    const told: string[] = [];
    send({}, { disabled: (reason) => told.push(reason) });
    await until(async () => !(await rowOf(to)).active);
    expect(await rowOf(to)).toMatchObject({ disabled_reason: 'gone', position: '-1', lease_until: null });
    expect(await disabled()).toEqual([['WebhookDisabled', 'gone']]);
    expect(told).toEqual(['gone']);
    expect(await disabledWebhooks(db)).toEqual([{ ledger: 'main', reason: 'gone', count: 1 }]);
    record(1);
    await sleep(100);
    expect(positions(to)).toEqual([0]);
  });

  test('for five days is disabled', async () => {
    const to = await receiver();
    to.answer = (response) => response.writeHead(500).end();
    record(1);
    await change(to, { failures: 12, failing_since: sql`clock_timestamp() - interval '119 hours'` });
    send();
    await until(async () => (await rowOf(to)).failures === 13);
    expect((await rowOf(to)).active).toBe(true);
    const five_days = sql`clock_timestamp() - interval '121 hours'`;
    await change(to, { failing_since: five_days, next_attempt_at: sql`clock_timestamp()` });
    await until(async () => !(await rowOf(to)).active);
    expect(await disabled()).toEqual([['WebhookDisabled', 'failing']]);
  });
});

describe('a webhook is disabled where', () => {
  test('the ledger has another event than the one that was sent', async () => {
    record(3);
    const to = await receiver({ position: 1 });
    log.length = 1;
    record(3, { text: 'another history' });
    send();
    await until(async () => !(await rowOf(to)).active);
    expect((await rowOf(to)).disabled_reason).toBe('history_differs');
    expect(to.received).toEqual([]);
  });

  test('its secret cannot be read', async () => {
    record(1);
    const to = await receiver();
    sealing = new Sealing('another key than it was sealed with', 'webhooks');
    send();
    await until(async () => (await rowOf(to)).disabled_reason === 'secret_lost');
    expect(to.received).toEqual([]);
  });
});

describe('several senders', () => {
  test('never send to one webhook at a time, and each event once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => receiver()));
    for (const to of all) to.answer = (response) => setTimeout(() => response.writeHead(200).end(), Math.random() * 4);
    for (let n = 0; n < 3; n += 1) send({ turn_ms_max: 60 });
    for (let n = 0; n < 20; n += 1) {
      record(10);
      await sleep(10);
    }
    for (const to of all) await settled(to);
    for (const to of all) expect(positions(to)).toEqual(numbers(0, 199));
    expect(all.map(({ together }) => together)).toEqual(all.map(() => 1));
    const leases = (await db.selectFrom('webhooks').select('lease').execute()).map(({ lease }) => Number(lease));
    expect(Math.min(...leases)).toBeGreaterThan(1);
  });

  test('one that was stopped in the midst is taken over from, and what it then writes counts for nothing', async () => {
    record(3);
    const to = await receiver();
    const frozen = Promise.withResolvers<void>();
    const lease = { lease_ms: 1500, attempt_ms_max: 200 };
    let asked = 0;
    send(lease, {
      poster: {
        post: async () => {
          asked += 1;
          await frozen.promise;
          return { status: 500, error: null, duration_ms: 1, retry_after_s: 0 };
        },
      },
    });
    await until(() => asked === 1);
    send(lease);
    await until(() => to.received.length === 3);
    await settled(to, 2);
    frozen.resolve();
    await sleep(200);
    expect(await rowOf(to)).toMatchObject({ position: '2', failures: 0, active: true });
    expect(positions(to)).toEqual([0, 1, 2]);
  });

  test('one whose lease is running out sends nothing that it could not have finished', async () => {
    record(50);
    const to = await receiver();
    to.answer = (response) => setTimeout(() => response.writeHead(200).end(), 100);
    // It saves only because its lease runs out.
    const slow = { lease_ms: 1000, attempt_ms_max: 300, save_every_ms: 100_000, turn_ms_max: 100_000 };
    send(slow);
    send(slow);
    await until(() => to.received.length === 50);
    expect(positions(to)).toEqual(numbers(0, 49));
    expect(to.together).toBe(1);
  });

  test('a stop ends what is under way, frees the webhook, and loses nothing', async () => {
    record(500);
    const to = await receiver();
    to.answer = (response) => setTimeout(() => response.writeHead(200).end(), 2);
    const stop = send();
    await until(() => to.received.length > 20);
    stop.abort();
    await senders.pop()!.running;
    const { position, lease_until } = await rowOf(to);
    expect([Number(position), lease_until]).toEqual([to.received.length - 1, null]);
    send();
    await settled(to);
    expect(positions(to)).toEqual(numbers(0, 499));
  });
});

test('a change while events are sent is noticed, and begins anew from what is saved', async () => {
  record(300);
  const to = await receiver();
  const other = await receiver({ position: 299 });
  to.answer = (response) => setTimeout(() => response.writeHead(200).end(), 3);
  send();
  await until(() => to.received.length > 20);
  await change(to, { url: other.url });
  await settled(to);
  const [first, second] = [positions(to), positions(other)];
  expect(first).toEqual(numbers(0, first.length - 1));
  expect(second[0]).toBeLessThanOrEqual(first.length);
  expect(second).toEqual(numbers(second[0]!, 299));
});

test('a change just after the last event is noticed at once', async () => {
  record(5);
  const to = await receiver();
  send({ save_every_ms: 300 });
  await until(() => to.received.length === 5);
  await change(to, { position: 2, position_hash: `${log[2]!.metadata.hash}` });
  const since_ms = Date.now();
  await until(() => to.received.length === 7);
  expect(Date.now() - since_ms).toBeLessThan(5000);
});

test('Postgres goes and comes back: events are sent in order, and none is left out', async () => {
  record(100);
  const to = await receiver();
  to.answer = (response) => setTimeout(() => response.writeHead(200).end(), 5);
  send();
  await until(() => to.received.length > 10);
  await postgres.kill();
  await sleep(300);
  await postgres.restart();
  record(20);
  await settled(to);
  const first_times = positions(to).filter((position, at, all) => all.indexOf(position) === at);
  expect(first_times).toEqual(numbers(0, 119));
}, 60_000);
