import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { type EventStoreProcess, startEventStoreProcess } from '../../test/support/event-store.js';
import { type LedgerHistory, logOf } from '../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { chanceOf, seedOf } from '../../test/support/random.js';
import { randomHistory } from '../../test/support/random-history.js';
import { tableContents } from '../../test/support/read-models.js';
import { waitForPosition } from '../../test/support/wait-for-position.js';
import { openDatabase } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { runProjector } from './live.js';
import { rebuild } from './rebuild.js';
import { lastRebuild, type RebuildView, requestRebuild } from './rebuild-requests.js';
import { watchRebuilds } from './rebuilds.js';
import { createTables } from './schema.js';

const seed = seedOf();
let postgres: PostgresServer;
let log_process: EventStoreProcess;
let store: EventStore;
let db: Db;
let db_url: string;
let main: LedgerHistory;
beforeAll(async () => {
  [postgres, log_process] = await Promise.all([startPostgres(), startEventStoreProcess({ memory: true })]);
  store = connectEventStore({ url: log_process.url });
  db_url = await createDatabase(postgres);
  db = openDatabase(db_url);
  await createTables(db, 'read');
  main = randomHistory(chanceOf(seed), 800);
  await store.append('ledger-main', -1, logOf(main));
}, 60_000);
afterAll(async () => {
  await db?.destroy();
  await store?.close();
  await Promise.all([postgres?.stop(), log_process?.stop()]);
});

function projector() {
  const stopping = new AbortController();
  const quiet = { db, store, signal: stopping.signal, log: () => {} };
  const running = Promise.all([runProjector(quiet), watchRebuilds(quiet)]);
  return async () => {
    stopping.abort();
    await running;
  };
}

async function until(status: RebuildView['status']): Promise<RebuildView> {
  for (let tries = 0; tries < 300; tries += 1) {
    const last = await lastRebuild(db);
    if (last?.status === status) return last;
    await sleep(50);
  }
  throw new Error(`never ${status}: ${JSON.stringify(await lastRebuild(db))}`);
}

it(`is asked for, told of while it runs, and done once (SEED=${seed})`, async () => {
  expect(await lastRebuild(db)).toBeUndefined();
  const stop = projector();
  expect(await waitForPosition(db, 'main', main.events.length - 1, 10_000)).toBe(true);
  const { checkpoint: _, ...before } = await tableContents(db);
  const made_at = async () => (await db.selectFrom('meta').select('made_at').executeTakeFirstOrThrow()).made_at;
  const made_before = await made_at();

  const asked = await requestRebuild(db, 'ann');
  const again = await requestRebuild(db, 'bob');
  expect(again).toMatchObject({ rebuild_id: asked.rebuild_id, requested_by: 'ann' });
  const done = await until('done');
  const events = main.events.length;
  expect(done).toMatchObject({ rebuild_id: asked.rebuild_id, progress: { events, of: events }, seconds_left: 0 });
  expect(await made_at()).not.toBe(made_before);
  const { checkpoint: __, ...after } = await tableContents(db);
  expect(after).toEqual(before);
  expect((await requestRebuild(db, 'bob')).rebuild_id).not.toBe(asked.rebuild_id);
  await until('done');
  await stop();
});

it('is carried out by one of two projectors, and its state is told truly all the while', async () => {
  const stopping = new AbortController();
  const lines: string[] = [];
  const other_db = openDatabase(db_url);
  const watch = (of: Db) =>
    watchRebuilds({ db: of, store, signal: stopping.signal, log: (line) => void lines.push(line) });
  const watching = Promise.all([watch(db), watch(other_db)]);
  const { rebuild_id } = await requestRebuild(db, 'ann');
  const seen: RebuildView[] = [];
  for (let tries = 0; tries < 500 && seen.at(-1)?.status !== 'done'; tries += 1) {
    seen.push((await lastRebuild(db))!);
    await sleep(20);
  }
  await sleep(2500);
  seen.push((await lastRebuild(db))!);
  stopping.abort();
  await watching;
  await other_db.destroy();
  const order = ['requested', 'running', 'done'];
  const stages = seen.map(({ status }) => order.indexOf(status));
  expect(stages).toEqual(stages.toSorted((a, b) => a - b));
  expect(seen.filter(({ status }) => status !== 'requested').map(({ error }) => error)).not.toContainEqual(
    expect.anything(),
  );
  expect(seen.at(-1)).toMatchObject({ rebuild_id, status: 'done', seconds_left: 0 });
  expect(lines.filter((line) => line.endsWith('begins'))).toEqual([`rebuild ${rebuild_id} begins`]);
});

it('goes on in the next projector where one was interrupted', async () => {
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  const options = { signal: interrupted.signal, events_max: 100, onProgress: stop };
  await expect(rebuild(db, store, options)).rejects.toThrow();
  const { rebuild_id } = await requestRebuild(db, 'ann');
  await sql`UPDATE operations.rebuilds SET status = 'running' WHERE rebuild_id = ${rebuild_id}`.execute(db);
  const { rows } = await sql<{ events: bigint }>`SELECT events FROM read_next.checkpoint`.execute(db);
  expect(Number(rows[0]!.events)).toBeGreaterThan(0);

  const end = projector();
  expect(await until('done')).toMatchObject({ rebuild_id, error: null, progress: { events: main.events.length } });
  await end();
});

it('waits where somebody else is at it', async () => {
  await requestRebuild(db, 'ann');
  const key = sql`hashtextextended('factory-ledger rebuild', 0)`;
  const end = await db.connection().execute(async (other) => {
    await sql`SELECT pg_advisory_lock(${key})`.execute(other);
    const stop = projector();
    for (let tries = 0; (await lastRebuild(db))?.error == null && tries < 200; tries += 1) await sleep(50);
    expect(await lastRebuild(db)).toMatchObject({ status: 'requested', error: 'a rebuild is running already' });
    await sql`SELECT pg_advisory_unlock(${key})`.execute(other);
    return stop;
  });
  expect((await until('done')).error).toBeNull();
  await end();
});
