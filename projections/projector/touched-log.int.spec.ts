import type { EventStore } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { unhide } from '../../libs/event-store/stream-damage.js';
import { type EventStoreProcess, startEventStoreProcess } from '../../test/support/event-store.js';
import { factoryLog, WORKED_EXAMPLE } from '../../test/support/factory-log.js';
import { LedgerHistory, logOf } from '../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { type Touch, touchLog } from '../../test/support/touch.js';
import { waitForPosition } from '../../test/support/wait-for-position.js';
import { openDatabase } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { type ProjectionHalt, projectionHealth } from './health.js';
import { runProjector } from './live.js';
import { rebuild } from './rebuild.js';
import { createTables } from './schema.js';

const LOG = factoryLog(WORKED_EXAMPLE);
const EARLIER = LOG.slice(0, -1);

let postgres: PostgresServer;
let log_process: EventStoreProcess;
let store: EventStore;
let touch: Touch;
let db: Db;
beforeAll(async () => {
  postgres = await startPostgres();
}, 30_000);
afterAll(() => postgres?.stop());

let projector: { stop(): Promise<void> } | undefined;
beforeEach(async () => {
  log_process = await startEventStoreProcess({ memory: true });
  store = connectEventStore({ url: log_process.url });
  touch = touchLog(log_process.url);
  db = openDatabase(await createDatabase(postgres));
  await createTables(db, 'read');
  await store.append('ledger-main', -1, EARLIER);
});
afterEach(async () => {
  await projector?.stop();
  projector = undefined;
  await touch.close();
  await db.destroy();
  await store.close();
  await log_process.stop();
});

function follow(log: EventStore = store) {
  const stopping = new AbortController();
  const running = runProjector({ db, store: log, signal: stopping.signal, log: () => {} });
  projector = {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
async function haltOf(ledger: string): Promise<ProjectionHalt | null | undefined> {
  return (await projectionHealth(db)).ledgers.find(({ ledger_id }) => ledger_id === ledger)?.halted;
}
async function expectHalt(ledger: string, halt: object | null): Promise<void> {
  const until_ms = performance.now() + 5000;
  while (performance.now() < until_ms && ((await haltOf(ledger)) === null) !== (halt === null))
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await haltOf(ledger)).toEqual(halt && expect.objectContaining(halt));
}
async function expectOthersGoOn(): Promise<void> {
  const other = new LedgerHistory('other', '2026-03-02T08:00:00.000Z');
  await store.append('ledger-other', -1, logOf(other));
  expect(await waitForPosition(db, 'other', other.events.length - 1, 5000)).toBe(true);
}
const end = EARLIER.length - 1;
const hidden = expect.stringContaining('the stream ledger-main was deleted, which hides its events');

describe.each<[string, (stream: string) => Promise<unknown>, string]>([
  ['deleted', (stream) => touch.softDelete(stream), 'was deleted, which hides its events'],
  ['truncated', (stream) => touch.setMetadata(stream, { truncateBefore: 3 }), 'hides events ($tb 3)'],
  ['bounded', (stream) => touch.setMetadata(stream, { maxCount: 2 }), 'hides events ($maxCount 2)'],
  ['given an age', (stream) => touch.setMetadata(stream, { maxAge: 3600 }), 'hides events ($maxAge 3600)'],
])('a stream that is %s', (_, damage, reason) => {
  it('halts its ledger at once; unhidden, it goes on with nothing left out', async () => {
    follow();
    expect(await waitForPosition(db, 'main', end, 5000)).toBe(true);
    await damage('ledger-main');
    await expectHalt('main', { position: end + 1, reason: expect.stringContaining(reason) });
    await expectOthersGoOn();
    await store.append('ledger-main', end, LOG.slice(-1));
    await unhide(store, 'ledger-main');
    await expectHalt('main', null);
    expect(await waitForPosition(db, 'main', end + 1, 5000)).toBe(true);
  });
});

describe('a stream that was deleted while nobody followed it', () => {
  it('halts its ledger at a start, too, and no other', async () => {
    follow();
    expect(await waitForPosition(db, 'main', end, 5000)).toBe(true);
    await projector!.stop();
    await touch.softDelete('ledger-main');
    for (let starts = 0; starts < 2; starts += 1) {
      follow();
      await expectHalt('main', { position: end + 1, reason: hidden });
      if (starts === 0) await expectOthersGoOn();
      await projector!.stop();
    }
    await unhide(store, 'ledger-main');
    follow();
    await expectHalt('main', null);
  });

  it('halts its ledger, too, where it is deleted while the projector looks at it', async () => {
    follow();
    expect(await waitForPosition(db, 'main', end, 5000)).toBe(true);
    await projector!.stop();
    const read = store.read.bind(store);
    const racing: EventStore = Object.create(store, {
      read: {
        value: async function* (...[stream, from, options]: Parameters<EventStore['read']>) {
          if (stream === 'ledger-main' && from === end) await touch.softDelete(stream);
          yield* read(stream, from, options);
        },
      },
    });
    follow(racing);
    await expectHalt('main', { position: end + 1, reason: hidden });
    await expectOthersGoOn();
  });

  it('is rebuilt from what is hidden, and stays halted', async () => {
    await touch.softDelete('ledger-main');
    await rebuild(db, store);
    expect(await haltOf('main')).toMatchObject({ position: end + 1, reason: hidden });
  });
});

it('halts a ledger with a tombstone, while it runs and at a start, and no other', async () => {
  follow();
  expect(await waitForPosition(db, 'main', end, 5000)).toBe(true);
  await touch.tombstone('ledger-main');
  const halt = { position: end + 1, reason: expect.stringContaining('the stream ledger-main was deleted for ever') };
  await expectHalt('main', halt);
  await projector!.stop();
  follow();
  await expectOthersGoOn();
  await expectHalt('main', halt);
});

it('halts the book of security events when its stream is deleted', async () => {
  const noted = { actor: 'ann', recorded_at: '2026-03-02T08:00:00.000Z' };
  await touch.append('security', 'SignedIn', { username: 'ann' }, noted);
  follow();
  expect(await waitForPosition(db, '@security', 0, 5000)).toBe(true);
  await touch.softDelete('security');
  await expectHalt('@security', { position: 1, reason: expect.stringContaining('the stream security was deleted') });
});

it('minds no other metadata', async () => {
  follow();
  expect(await waitForPosition(db, 'main', end, 5000)).toBe(true);
  await touch.setMetadata('ledger-main', { owner: 'ann', acl: { deleteRoles: ['$admins'] } });
  await store.append('ledger-main', end, LOG.slice(-1));
  expect(await waitForPosition(db, 'main', end + 1, 5000)).toBe(true);
  expect(await haltOf('main')).toBeNull();
});

it('halts a ledger at an event that nobody decided, though it reads like one', async () => {
  follow();
  expect(await waitForPosition(db, 'main', end, 5000)).toBe(true);
  const { type, data, metadata } = EARLIER.find(({ type }) => type === 'CustomerRegistered')!;
  const attributes = { ...(data as { attributes: object }).attributes, name: 'Mallory' };
  await touch.append(
    'ledger-main',
    type,
    { ...(data as object), id: 'CUST-666', attributes },
    {
      ...(metadata as object),
      recorded_at: '2026-03-03T08:00:00.000Z',
    },
  );
  const reason = expect.stringContaining('it does not follow the one before by its hash');
  await expectHalt('main', { position: end + 1, reason });
  expect(await waitForPosition(db, 'main', end + 1, 0)).toBe(false);
  await expectOthersGoOn();
});
