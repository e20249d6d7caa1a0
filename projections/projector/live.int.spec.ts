import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, StoredEvent } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { type EventStoreProcess, startEventStoreProcess } from '../../test/support/event-store.js';
import { LedgerHistory, logOf } from '../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { ask } from '../../test/support/read-models.js';
import { waitForPosition } from '../../test/support/wait-for-position.js';
import { openDatabase } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { listStock } from '../read-models/stock.js';
import { projectionHealth } from './health.js';
import { LogRefused, limits, runProjector } from './live.js';
import { createTables } from './schema.js';

let postgres: PostgresServer;
let log_process: EventStoreProcess;
let store: EventStore;
let db: Db;
beforeAll(async () => {
  [postgres, log_process] = await Promise.all([startPostgres(), startEventStoreProcess()]);
  store = connectEventStore({ url: log_process.url });
  db = openDatabase(await createDatabase(postgres));
  await createTables(db, 'read');
}, 30_000);
afterAll(async () => {
  await db?.destroy();
  await store?.close();
  await Promise.all([postgres?.stop(), log_process?.stop()]);
});

function shop(ledger: string): LedgerHistory {
  const history = new LedgerHistory(ledger, '2026-03-02T08:00:00.000Z');
  history.give({ type: 'register', kind: 'item', id: 'bottle', attributes: { name: 'Bottle', kind: 'bottle' } });
  history.give({ type: 'register', kind: 'supplier', id: 'SUPP', attributes: { name: 'Preforms Ltd' } });
  buy(history, 10);
  return history;
}
function buy(history: LedgerHistory, quantity: number): void {
  const line_items = [{ item_id: 'bottle', quantity, unit_price: '1.50' }];
  history.give({ type: 'record_purchase', supplier_id: 'SUPP', line_items });
}

async function append(history: LedgerHistory, from = 0): Promise<void> {
  const events = logOf(history);
  for (let next = from; next < events.length; next += 500) {
    const result = await store.append(`ledger-${history.ledger}`, next - 1, events.slice(next, next + 500));
    expect(result).toEqual({ outcome: 'appended', revision: Math.min(next + 500, events.length) - 1 });
  }
}

function follow() {
  const stopping = new AbortController();
  const lines: string[] = [];
  const running = runProjector({ db, store, signal: stopping.signal, log: (line) => void lines.push(line) });
  const ended = running.catch((error: Error) => error);
  return {
    lines,
    ended,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

const onHand = async (ledger: string) => (await ask(db, { ledger }, listStock)).data.map(({ on_hand }) => on_hand);

it('follows the log, also after a stop', async () => {
  const history = shop('main');
  await append(history);
  const first = follow();
  expect(await waitForPosition(db, 'main', history.events.length - 1, 5000)).toBe(true);
  expect(await onHand('main')).toEqual([10]);
  expect(await waitForPosition(db, 'main', history.events.length, 50)).toBe(false);
  await first.stop();
  const before = history.events.length;
  buy(history, 5);
  await append(history, before);
  const second = follow();
  expect(await waitForPosition(db, 'main', before, 5000)).toBe(true);
  await second.stop();
  expect(await onHand('main')).toEqual([15]);
  expect(await projectionHealth(db)).toMatchObject({ state: 'stopped', outdated: false, events: before + 1 });
});

it('halts only the ledger of an event that it cannot understand, and goes on with it when it can', async () => {
  const bad = shop('bad');
  await append(bad);
  const [last] = logOf(bad).slice(-1) as [StoredEvent];
  const poison = { ...last, id: 'b6fc3ac6-25f4-4b6f-8f1b-1a2f7f1b9f01', type: 'MoonEclipsed' };
  await store.append('ledger-bad', bad.events.length - 1, [poison]);
  const projector = follow();
  expect(await waitForPosition(db, 'bad', bad.events.length - 1, 5000)).toBe(true);
  const good = shop('good');
  await append(good);
  expect(await waitForPosition(db, 'good', good.events.length - 1, 5000)).toBe(true);
  const { ledgers } = await projectionHealth(db);
  expect(ledgers.find(({ ledger_id }) => ledger_id === 'bad')).toMatchObject({
    position: bad.events.length - 1,
    halted: { position: bad.events.length },
  });
  expect(projector.lines.filter((line) => line.startsWith('HALTED'))).toHaveLength(1);
  await projector.stop();

  const again = follow();
  await sleep(200);
  await again.stop();
  expect(again.lines).toContain('ledger bad is still halted');

  const real = store;
  store = { ...real, read: (...args) => understood(real.read(...args)) };
  const repaired = follow();
  expect(await waitForPosition(db, 'bad', bad.events.length, 5000)).toBe(true);
  await repaired.stop();
  store = real;
  expect((await projectionHealth(db)).ledgers.every(({ halted }) => halted === null)).toBe(true);
  expect(await onHand('bad')).toEqual([10]);
});

const haltsOf = async (ledger: string) =>
  (await projectionHealth(db)).ledgers.filter(({ ledger_id }) => ledger_id === ledger).map(({ halted }) => halted);

async function halted(ledger: string, behind: number): Promise<LedgerHistory> {
  const history = shop(ledger);
  await append(history);
  const [last] = logOf(history).slice(-1) as [StoredEvent];
  const poison = { ...last, id: last.id.replace(/^.{8}/, '5f0e1a2b'), type: 'MoonEclipsed' };
  await store.append(`ledger-${ledger}`, history.events.length - 1, [poison]);
  const projector = follow();
  for (let tries = 0; tries < 100 && (await haltsOf(ledger))[0] == null; tries += 1) await sleep(50);
  expect(await haltsOf(ledger)).toEqual([expect.objectContaining({ position: history.events.length })]);
  await projector.stop();
  history.give({ type: 'register', kind: 'item', id: 'moon', attributes: { name: 'Moon', kind: 'other' } });
  const before = history.events.length;
  for (let n = 0; n < behind; n += 1) buy(history, 1);
  await append(history, before);
  return history;
}

it('goes on with a halted ledger beside a second live projector, which halts nothing for what it has not seen', async () => {
  const history = await halted('shared', limits.events_max + 500);
  const real = store;
  const second = follow();
  await sleep(300);
  let slow = true;
  async function* slowly(stream: string, events: AsyncIterable<StoredEvent>) {
    let read = 0;
    for await (const event of understood(events)) {
      read += 1;
      if (stream === 'ledger-shared' && slow && read === limits.events_max + 100) {
        slow = false;
        const before = history.events.length;
        buy(history, 1);
        await real.append('ledger-shared', before - 1, logOf(history).slice(before));
        await sleep(1500);
      }
      yield event;
    }
  }
  store = { ...real, read: (...args) => slowly(args[0], real.read(...args)) };
  const resuming = follow();
  try {
    expect(await waitForPosition(db, 'shared', history.events.length, 15_000)).toBe(true);
    await sleep(500);
    expect([...second.lines, ...resuming.lines].filter((line) => line.startsWith('HALTED'))).toEqual([]);
    expect(await haltsOf('shared')).toEqual([null]);
  } finally {
    store = real;
    await Promise.all([second.stop(), resuming.stop()]);
  }
  expect(await onHand('shared')).toEqual([10 + limits.events_max + 500 + 1]);
}, 60_000);

it('leaves nothing of other ledgers out when it goes on with a halted one', async () => {
  const good = shop('beside');
  await append(good);
  const before = good.events.length;
  const stopped = await halted('alone', 0);
  buy(good, 5);
  await append(good, before);
  const last = stopped.events.length;
  buy(stopped, 1);
  await append(stopped, last);
  const real = store;
  store = { ...real, read: (...args) => understood(real.read(...args)) };
  const projector = follow();
  try {
    expect(await waitForPosition(db, 'beside', before, 5000)).toBe(true);
    expect(await waitForPosition(db, 'alone', last, 5000)).toBe(true);
  } finally {
    store = real;
    await projector.stop();
  }
  expect([await onHand('beside'), await onHand('alone')]).toEqual([[15], [11]]);
  expect([...(await haltsOf('beside')), ...(await haltsOf('alone'))]).toEqual([null, null]);
});

async function* understood(events: AsyncIterable<StoredEvent>): AsyncGenerator<StoredEvent> {
  for await (const event of events) {
    const data = { kind: 'item', id: 'moon', attributes: { name: 'Moon', kind: 'other' } };
    yield event.type === 'MoonEclipsed' ? { ...event, type: 'ItemRegistered', data } : event;
  }
}

it('refuses a log that was restored from a backup which lacks the last event of one ledger', async () => {
  const restored_process = await startEventStoreProcess({ memory: true });
  const real = store;
  store = connectEventStore({ url: restored_process.url });
  try {
    for (const ledger of ['main', 'bad', 'good', 'shared', 'beside', 'alone']) {
      const events: StoredEvent[] = [];
      for await (const event of real.read(`ledger-${ledger}`, 0)) events.push(event);
      if (ledger === 'main') events.pop();
      await store.append(`ledger-${ledger}`, -1, events);
    }
    const before = await onHand('main');
    const refused = await follow().ended;
    expect(refused).toBeInstanceOf(LogRefused);
    expect((refused as Error).message).toMatch(
      /^The log is older than the read models: they know ledger main up to position \d+, .* Restore the newer log, or drop/,
    );
    expect(await onHand('main')).toEqual(before);
  } finally {
    await store.close();
    store = real;
    await restored_process.stop();
  }
});

it('takes two batches and no more while Postgres is paused, and then leaves none out', async () => {
  const history = shop('paused');
  await append(history);
  const real = store;
  let taken = 0;
  async function* counted(messages: ReturnType<EventStore['subscribeAll']>) {
    for await (const portion of messages) {
      taken += portion.filter(({ kind }) => kind === 'event').length;
      yield portion;
    }
  }
  store = { ...real, subscribeAll: (...args) => counted(real.subscribeAll(...args)) };
  const projector = follow();
  try {
    expect(await waitForPosition(db, 'paused', history.events.length - 1, 5000)).toBe(true);
    const before = history.events.length;
    while (history.events.length < before + 10_000) buy(history, 1);
    taken = 0;
    await postgres.freeze();
    const log = logOf(history);
    for (let from = before; from < log.length; from += 500)
      await real.append('ledger-paused', from - 1, log.slice(from, from + 500));
    for (let seen = -1; seen < taken || taken < limits.events_max; await sleep(500)) seen = taken;
    // One written, one waiting, one portion in the reader's hand.
    expect(taken).toBeLessThanOrEqual(2 * limits.events_max + 64);
  } finally {
    postgres.thaw();
    store = real;
  }
  expect(await waitForPosition(db, 'paused', history.events.length - 1, 30_000)).toBe(true);
  await projector.stop();
  expect(await onHand('paused')).toEqual([10_010]);
  expect((await projectionHealth(db)).ledgers.every(({ halted }) => halted === null)).toBe(true);
}, 90_000);

it('refuses a log that is older than the read models, and one that is another', async () => {
  const other_process = await startEventStoreProcess({ memory: true });
  const real = store;
  store = connectEventStore({ url: other_process.url });
  try {
    const older = await follow().ended;
    expect(older).toBeInstanceOf(LogRefused);
    expect((older as Error).message).toMatch(/is older than the read models/);
    for (const ledger of ['main', 'bad', 'good', 'shared', 'beside', 'alone', 'paused']) {
      const history = new LedgerHistory(ledger, '2027-01-01T00:00:00.000Z');
      while (history.events.length < 40)
        history.give({
          type: 'register',
          kind: 'location',
          id: `place-${history.events.length}`,
          attributes: { name: 'x' },
        });
      const events = logOf(history).map((event) => ({ ...event, id: event.id.replace(/^./, 'f') }));
      await store.append(`ledger-${ledger}`, -1, events);
    }
    expect(((await follow().ended) as Error).message).toMatch(/is another one/);
  } finally {
    await store.close();
    store = real;
    await other_process.stop();
  }
});
