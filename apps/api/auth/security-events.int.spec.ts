import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { checkChain } from '../../../libs/audit/chain.js';
import { readChained } from '../../../libs/audit/signed-checkpoint.js';
import type { EventStore } from '../../../libs/event-store/event-store.js';
import { connectEventStore } from '../../../libs/event-store/eventstoredb.js';
import { unhide } from '../../../libs/event-store/stream-damage.js';
import { SECURITY_BOOK, SECURITY_STREAM } from '../../../libs/event-store/streams.js';
import { migrateIdentity } from '../../../libs/identity/migrations.js';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import { type IdentityDb, openIdentity } from '../../../libs/identity/tables.js';
import { type EventStoreProcess, startEventStoreProcess } from '../../../test/support/event-store.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../../test/support/postgres.js';
import { touchLog } from '../../../test/support/touch.js';
import { carrySecurityEvents } from './security-events.js';

let postgres: PostgresServer;
let server: EventStoreProcess;
let store: EventStore;
let db: IdentityDb;
let carriers: { stop: AbortController; running: Promise<void> }[];

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

beforeEach(async () => {
  server = await startEventStoreProcess();
  store = connectEventStore({ url: server.url });
  db = openIdentity(await createDatabase(postgres), () => {});
  await migrateIdentity(db);
  carriers = [];
});
afterEach(async () => {
  for (const { stop, running } of carriers) {
    stop.abort();
    await running;
  }
  await db.destroy();
  await store.close();
  await server.stop();
});

function carry(through: EventStore = store): void {
  const stop = new AbortController();
  carriers.push({ stop, running: carrySecurityEvents(db, through, () => {}, stop.signal) });
}

const note = (n: number) => noteSecurityEvent(db, 'SignedIn', 'maria', { n });

async function untilCarried(): Promise<unknown[]> {
  while ((await db.selectFrom('security_outbox').select('id').execute()).length > 0) await sleep(20);
  const numbers: unknown[] = [];
  for await (const { data } of store.read(SECURITY_STREAM, 0)) numbers.push((data as { n: number }).n);
  return numbers;
}

const first = (count: number) => Array.from({ length: count }, (_, n) => n);

test('migrating twice changes nothing', async () => {
  await note(0);
  await migrateIdentity(db);
  expect(await db.selectFrom('security_outbox').selectAll().execute()).toHaveLength(1);
});

test('waiting events are carried in order, also more than one batch', async () => {
  for (const n of first(250)) await note(n);
  carry();
  expect(await untilCarried()).toEqual(first(250));
});

test('several instances carry each event once', async () => {
  for (let n = 0; n < 3; n += 1) carry();
  for (const n of first(40)) await note(n);
  expect(await untilCarried()).toEqual(first(40));
});

test('a restored outbox writes nothing again, however much was written since', async () => {
  await note(0);
  const restored = await db.selectFrom('security_outbox').selectAll().execute();
  carry();
  await untilCarried();
  for (const n of first(130)) await note(n + 1);
  await untilCarried();
  for (const { id: _, data, metadata, ...row } of restored)
    await db
      .insertInto('security_outbox')
      .values({ ...row, data: JSON.stringify(data), metadata: JSON.stringify(metadata) })
      .execute();
  await note(131);
  expect(await untilCarried()).toEqual(first(132));
});

test('an event that was written though its answer was lost is not written again', async () => {
  let lost = 0;
  const forgetful: EventStore = {
    ...store,
    append: async (stream, expected, events) => {
      const result = await store.append(stream, expected, events);
      lost += 1;
      return lost > 2 ? result : { outcome: 'unknown', reason: 'lost' };
    },
  };
  carry(forgetful);
  await note(0);
  while (lost === 0) await sleep(20);
  await note(1);
  expect(await untilCarried()).toEqual([0, 1]);
});

test('nothing is lost while the log is away', async () => {
  carry();
  await note(0);
  await untilCarried();
  await server.kill();
  await note(1);
  await note(2);
  await sleep(700);
  await server.restart();
  expect(await untilCarried()).toEqual([0, 1, 2]);
});

test('what is rolled back never happened', async () => {
  const rolled_back = db.transaction().execute(async (trx) => {
    await noteSecurityEvent(trx, 'UserCreated', 'admin', { n: 1 });
    throw new Error('no');
  });
  await expect(rolled_back).rejects.toThrow('no');
  carry();
  await note(2);
  expect(await untilCarried()).toEqual([2]);
});

async function findings(): Promise<unknown[]> {
  const chain = checkChain();
  for await (const event of readChained(store, SECURITY_BOOK, 0)) chain.next(event);
  return chain.findings();
}

test('each event is linked to the one before it, over batches and instances', async () => {
  for (let n = 0; n < 2; n += 1) carry();
  for (const n of first(130)) await note(n);
  await untilCarried();
  expect(await findings()).toEqual([]);
});

test('events of before there was a chain are vouched for by the first one that is linked', async () => {
  const old = (n: number, actor: string) => ({ id: randomUUID(), type: 'SignedIn', data: { n }, metadata: { actor } });
  await store.append(SECURITY_STREAM, -1, [old(0, 'ann'), old(1, 'bob')]);
  await note(2);
  carry();
  expect(await untilCarried()).toEqual([0, 1, 2]);
  expect(await findings()).toEqual([]);
  const altered: EventStore = {
    ...store,
    async *read(...args) {
      for await (const event of store.read(...args))
        yield event.revision === 1 ? { ...event, metadata: { actor: 'eve' } } : event;
    },
  };
  const chain = checkChain();
  for await (const event of readChained(altered, SECURITY_BOOK, 0)) chain.next(event);
  expect(chain.findings()).toMatchObject([{ position: 2, kind: 'broken_link' }]);
});

test('a foreign event is found, and the chain goes on behind it', async () => {
  carry();
  await note(0);
  await untilCarried();
  const forged = { id: randomUUID(), type: 'SignedIn', data: { n: 1 }, metadata: { actor: 'eve' } };
  await store.append(SECURITY_STREAM, 0, [forged]);
  await note(2);
  expect(await untilCarried()).toEqual([0, 1, 2]);
  expect(await findings()).toContainEqual(expect.objectContaining({ position: 1, kind: 'altered' }));
});

test('a deleted stream is not begun anew: what happens waits until it is whole again', async () => {
  carry();
  await note(0);
  await untilCarried();
  const touch = touchLog(server.url);
  await touch.softDelete(SECURITY_STREAM);
  await touch.close();
  await note(1);
  await sleep(1500);
  expect(await db.selectFrom('security_outbox').select('id').execute()).toHaveLength(1);
  await unhide(store, SECURITY_STREAM);
  expect(await untilCarried()).toEqual([0, 1]);
  expect(await findings()).toEqual([]);
});
