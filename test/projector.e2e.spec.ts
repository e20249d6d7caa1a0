import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EventStore } from '../libs/event-store/event-store.js';
import { connectEventStore } from '../libs/event-store/eventstoredb.js';
import { type Child, logTail, StartRefused, startChild } from '../libs/process/child.js';
import { projectorProgram } from '../libs/process/programs.js';
import { openDatabase } from '../projections/database/database.js';
import type { Db } from '../projections/database/tables.js';
import { projectionHealth } from '../projections/projector/health.js';
import { listStock } from '../projections/read-models/stock.js';
import { type EventStoreProcess, startEventStoreProcess } from './support/event-store.js';
import { LedgerHistory, logOf } from './support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from './support/postgres.js';
import { ask } from './support/read-models.js';
import { waitForPosition } from './support/wait-for-position.js';

const dist = pathToFileURL(`${join(process.cwd(), 'dist')}/`);
let postgres: PostgresServer;
let log_process: EventStoreProcess;
let store: EventStore;
let database_url: string;
let db: Db;
let log_dir: string;
let projector: Child | undefined;
const history = new LedgerHistory('main', '2026-03-02T08:00:00.000Z');

beforeAll(async () => {
  log_dir = await mkdtemp(join(tmpdir(), 'factory-ledger-projector-'));
  [postgres, log_process] = await Promise.all([startPostgres(), startEventStoreProcess()]);
  database_url = await createDatabase(postgres);
  store = connectEventStore({ url: log_process.url });
  db = openDatabase(database_url);
  history.give({ type: 'register', kind: 'item', id: 'bottle', attributes: { name: 'Bottle', kind: 'bottle' } });
  history.give({ type: 'register', kind: 'supplier', id: 'SUPP', attributes: { name: 'Preforms Ltd' } });
}, 60_000);
afterAll(async () => {
  await projector?.stop();
  await db?.destroy();
  await store?.close();
  await Promise.all([postgres?.stop(), log_process?.stop()]);
  await rm(log_dir, { recursive: true, force: true });
});

function start(eventstore_url = log_process.url): Child {
  projector = startChild(projectorProgram({ dist, log_dir }, { eventstore_url, database_url }));
  return projector;
}
async function buy(): Promise<number> {
  const from = history.events.length;
  history.give({
    type: 'record_purchase',
    supplier_id: 'SUPP',
    line_items: [{ item_id: 'bottle', quantity: 1, unit_price: '1' }],
  });
  const already = from > 14 ? from : 0;
  for (;;) {
    const result = await store.append('ledger-main', already - 1, logOf(history).slice(already));
    if (result.outcome === 'appended' || result.outcome === 'conflict') return from;
  }
}
const arrives = (position: number) => waitForPosition(db, 'main', position, 30_000);
const output = () => logTail(join(log_dir, 'projector.log'));

it('makes its tables, follows the log, and outlives Postgres and the event store', async () => {
  await start().ready;
  expect(await arrives(await buy())).toBe(true);
  await postgres.kill();
  const bought_meanwhile = await buy();
  await postgres.restart();
  expect(await arrives(bought_meanwhile)).toBe(true);
  await log_process.kill();
  await log_process.restart();
  expect(await arrives(await buy())).toBe(true);
  expect((await ask(db, { ledger: 'main' }, listStock)).data).toMatchObject([{ on_hand: 3, value: 3 }]);
  expect(output()).toMatch(/interrupted: /);
  expect(output()).toMatch(/going on|has lost its last commits/);
}, 90_000);

it('ends in order, and goes on after kill -9', async () => {
  process.kill(projector!.pid, 'SIGTERM');
  await projector!.exited;
  expect((await projectionHealth(db)).state).toBe('stopped');
  const bought_meanwhile = await buy();
  await start().ready;
  expect(await arrives(bought_meanwhile)).toBe(true);
  await projector!.kill();
  const bought_again = await buy();
  await start().ready;
  expect(await arrives(bought_again)).toBe(true);
  expect((await ask(db, { ledger: 'main' }, listStock)).data).toMatchObject([{ on_hand: 5 }]);
}, 60_000);

it('remakes tables of another version', async () => {
  await projector!.stop();
  await db.updateTable('meta').set({ version: 0 }).execute();
  await db.updateTable('stock').set({ on_hand: 77 }).execute();
  await start().ready;
  expect((await ask(db, { ledger: 'main' }, listStock)).data).toMatchObject([{ on_hand: 5 }]);
  expect(output()).toMatch(/rebuilt from \d+ events/);
}, 60_000);

it('refuses another log with one sentence', async () => {
  await projector!.stop();
  const other = await startEventStoreProcess({ memory: true });
  const refused = start(other.url);
  await expect(refused.ready).rejects.toThrow(StartRefused);
  await expect(refused.ready).rejects.toThrow(/older than the read models/);
  await other.stop();
}, 60_000);
