import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { EventStore, StoredEvent, SubscriptionMessage } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { type EventStoreProcess, startEventStoreProcess } from '../../test/support/event-store.js';
import { type LedgerHistory, logOf } from '../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { chanceOf, seedOf } from '../../test/support/random.js';
import { randomHistory } from '../../test/support/random-history.js';
import { tableContents } from '../../test/support/read-models.js';
import { waitForPosition } from '../../test/support/wait-for-position.js';
import { inSnapshot } from '../as-of/snapshot.js';
import { openDatabase } from '../database/database.js';
import { inReadTransaction } from '../database/read-transaction.js';
import type { Db } from '../database/tables.js';
import { trialBalance } from '../read-models/balances.js';
import { listStock } from '../read-models/stock.js';
import { measureDrift } from '../verification/drift.js';
import { TablesReplaced } from './batch.js';
import { projectionHealth } from './health.js';
import { runProjector } from './live.js';
import { applyEvents } from './projector.js';
import { rebuild } from './rebuild.js';
import { createTables } from './schema.js';
import { dropOldTables, RebuildRefused } from './swap.js';

const seed = seedOf();
let postgres: PostgresServer;
let log_process: EventStoreProcess;
let store: EventStore;
let db: Db;
let main: LedgerHistory;
let log: StoredEvent[];
beforeAll(async () => {
  [postgres, log_process] = await Promise.all([startPostgres(), startEventStoreProcess({ memory: true })]);
  store = connectEventStore({ url: log_process.url });
  db = openDatabase(await createDatabase(postgres));
  await createTables(db, 'read');
  main = randomHistory(chanceOf(seed), 1500);
  log = logOf(main);
}, 60_000);
afterAll(async () => {
  await db?.destroy();
  await store?.close();
  await Promise.all([postgres?.stop(), log_process?.stop()]);
});

type Change = <E extends StoredEvent>(event: E) => E | undefined;

async function made(): Promise<object> {
  return { ...(await design(db)), ...(await tableContents(db)) };
}
async function design(of: Db): Promise<{ indexes: unknown[]; settings: unknown[] }> {
  const indexes = await sql`SELECT indexdef FROM pg_indexes WHERE schemaname = 'read' ORDER BY 1`.execute(of);
  const settings = await sql`SELECT relname, reloptions FROM pg_class WHERE relnamespace = 'read'::regnamespace
    AND relkind = 'r' ORDER BY 1`.execute(of);
  return { indexes: indexes.rows, settings: settings.rows };
}
async function append(from: number, to: number): Promise<void> {
  await store.append('ledger-main', from - 1, log.slice(from, to));
}

describe(`a rebuild (SEED=${seed})`, () => {
  it('goes on beside the live tables and takes their place, while commands and readers go on', async () => {
    const half = main.events.length >> 1;
    await append(0, half);
    const stopping = new AbortController();
    const running = runProjector({ db, store, signal: stopping.signal, log: () => {} });
    await waitForPosition(db, 'main', half - 1, 10_000);

    let done = false;
    const writing = (async () => {
      for (let from = half; from < main.events.length; from += 5) {
        await append(from, from + 5);
        await sleep(5);
      }
    })();
    const reading = (async () => {
      let last = 0;
      for (let reads = 0; ; reads += 1) {
        const { position, debit, inventory, stock } = await inSnapshot(db, { ledger: 'main' }, async (snapshot) => {
          const { data, totals } = await trialBalance(snapshot);
          const rows = (await listStock(snapshot)).data;
          return {
            position: snapshot.position,
            debit: [totals.debit, totals.credit],
            inventory: data.find(({ account_id }) => account_id === 'inventory')?.balance ?? 0,
            stock: rows.reduce((cents, { value }) => cents + Math.round(value * 100), 0),
          };
        });
        expect(debit[0]).toBe(debit[1]);
        expect(Math.round(inventory * 100)).toBe(stock);
        expect(position).toBeGreaterThanOrEqual(last);
        last = position;
        if (done) return reads;
        await sleep(20);
      }
    })();
    const made_at = async () => (await db.selectFrom('meta').select('made_at').executeTakeFirstOrThrow()).made_at;
    const before = await made_at();
    for (let times = 0; times < 3; times += 1) await rebuild(db, store);
    expect(await made_at()).not.toBe(before);
    await writing;
    expect(await waitForPosition(db, 'main', main.events.length - 1, 10_000)).toBe(true);
    done = true;
    expect(await reading).toBeGreaterThan(3);
    await rebuild(db, store);
    expect((await projectionHealth(db)).state).toBe('live');
    stopping.abort();
    await running;

    const fresh = openDatabase(await createDatabase(postgres));
    await createTables(fresh, 'read');
    await applyEvents(fresh, log);
    const [rebuilt, folded] = [await tableContents(db), await tableContents(fresh)];
    expect(await design(db)).toEqual(await design(fresh));
    await fresh.destroy();
    expect({ ...rebuilt, checkpoint: [] }).toEqual({ ...folded, checkpoint: [] });
  });

  it('goes on where it was interrupted', async () => {
    const before = await made();
    const stopping = new AbortController();
    let done = 0;
    const stop = ({ events }: { events: number }) => {
      done = events;
      stopping.abort();
    };
    const interrupted = rebuild(db, store, { signal: stopping.signal, events_max: 100, onProgress: stop });
    await expect(interrupted).rejects.toThrow();
    const seen: number[] = [];
    await rebuild(db, store, { events_max: 100, onProgress: ({ events }) => void seen.push(events) });
    expect(done).toBeGreaterThan(0);
    expect(seen[0]).toBeGreaterThan(done);
    expect(seen.at(-1)).toBe(main.events.length);
    expect(await made()).toEqual(before);
  });

  it('looks sums up again when there are too many to remember', async () => {
    const before = await made();
    await rebuild(db, store, { events_max: 100, sums_max: 20 });
    expect(await made()).toEqual(before);
  });

  it('replaces tables of another version, into which nobody writes meanwhile', async () => {
    await db.updateTable('meta').set({ version: 0 }).execute();
    await expect(applyEvents(db, log.slice(0, 1))).rejects.toThrow(TablesReplaced);
    expect(await rebuild(db, store)).toBe(main.events.length);
    expect(await applyEvents(db, log.slice(0, 1))).toEqual({ events: 0, halted: [] });
  });

  it('is run by one at a time', async () => {
    const [one, other] = await Promise.allSettled([rebuild(db, store), rebuild(db, store)]);
    expect([one.status, other.status].sort()).toEqual(['fulfilled', 'rejected']);
  });

  const made_at = async () => (await db.selectFrom('meta').select('made_at').executeTakeFirstOrThrow()).made_at;
  const oldSchemas = async () =>
    (
      await sql<{
        name: string;
      }>`SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'read_%' ORDER BY 1`.execute(db)
    ).rows;

  it('reads again what Postgres loses by a crash between two of its batches', async () => {
    const before = await made();
    const size = 100;
    let lost = 0;
    async function* crashing(messages: ReturnType<EventStore['readAll']>) {
      let read = 0;
      for await (const portion of messages) {
        for (const message of portion) {
          yield [message];
          read += message.kind === 'event' ? 1 : 0;
          if (lost > 0 || read !== 5 * size) continue;
          const applied = async () =>
            Number(
              (await sql<{ events: bigint }>`SELECT events FROM read_next.checkpoint`.execute(db)).rows[0]!.events,
            );
          while ((await applied()) < read) await sleep(1);
          await postgres.kill();
          await postgres.restart();
          for (;;) {
            const now = await applied().catch(() => undefined);
            if (now === undefined) continue;
            lost = read - now;
            break;
          }
        }
      }
    }
    const crashed = {
      ...store,
      readAll: (...args: Parameters<EventStore['readAll']>) => crashing(store.readAll(...args)),
    };
    await rebuild(db, crashed, { events_max: size }).catch(() => rebuild(db, store, { events_max: size }));
    expect(lost).toBeGreaterThan(0);
    expect(await made()).toEqual(before);
  }, 60_000);

  it('puts no tables in the place of others that know more, or are not halted', async () => {
    const [before, of] = [await made(), await made_at()];
    const middle = main.events.length >> 1;
    const isOurs = (event: StoredEvent) => event.stream === 'ledger-main';
    const poisoned: Change = (event) =>
      isOurs(event) && event.revision === middle ? { ...event, type: 'MoonEclipsed' } : event;
    async function* eachOf(
      events: AsyncIterable<StoredEvent>,
      change: (event: StoredEvent) => StoredEvent | undefined,
    ) {
      for await (const event of events) {
        const changed = change(event);
        if (changed !== undefined) yield changed;
      }
    }
    async function* allOf(messages: ReturnType<EventStore['readAll']>, change: Change) {
      for await (const portion of messages)
        yield portion.flatMap((message): SubscriptionMessage[] => {
          if (message.kind !== 'event') return [message];
          const event = change(message.event);
          return event === undefined ? [] : [{ ...message, event }];
        });
    }
    const logWith = (change: Change): EventStore => ({
      ...store,
      read: (...args) => eachOf(store.read(...args), change),
      readAll: (...args) => allOf(store.readAll(...args), change),
    });
    await expect(rebuild(db, logWith(poisoned))).rejects.toThrow(RebuildRefused);
    await expect(rebuild(db, logWith(poisoned))).rejects.toThrow(/main up to position .*MoonEclipsed/);
    expect(await made_at()).toBe(of);
    expect(await rebuild(db, store)).toBe(main.events.length);
    expect(await made()).toEqual(before);
    const now = await made_at();
    const older: Change = (event) => (isOurs(event) && event.revision > middle ? undefined : event);
    await expect(rebuild(db, logWith(older))).rejects.toThrow(/where the log ends/);
    expect(await made_at()).toBe(now);
    await rebuild(db, store);
    expect(await made()).toEqual(before);
  });

  it('waits for a report of 12 s without being felt by other readers', async () => {
    const of = await made_at();
    const report = inReadTransaction(db, (trx) => sql`SELECT pg_sleep(12)`.execute(trx));
    const rebuilt = rebuild(db, store);
    const indexes = async (schema: string) =>
      (await sql`SELECT FROM pg_indexes WHERE schemaname = ${schema}`.execute(db)).rows.length;
    while ((await indexes('read_next')) < (await indexes('read'))) await sleep(20);
    const reads_ms: number[] = [];
    let reported = false;
    report.then(() => {
      reported = true;
    });
    while (!reported) {
      const since_ms = performance.now();
      await inSnapshot(db, { ledger: 'main' }, async () => {});
      reads_ms.push(performance.now() - since_ms);
      await sleep(40);
    }
    expect(await made_at()).toBe(of);
    await rebuilt;
    expect(await made_at()).not.toBe(of);
    expect(reads_ms.length).toBeGreaterThan(100);
    expect(reads_ms.toSorted((a, b) => a - b)[Math.floor(reads_ms.length * 0.99)]).toBeLessThan(200);
  }, 60_000);

  it('is done when the new tables are in place, though somebody still reads the old ones', async () => {
    const of = await made_at();
    await db.transaction().execute(async (trx) => {
      await sql`SELECT FROM events LIMIT 1`.execute(trx);
      expect(await rebuild(db, store)).toBe(main.events.length);
      expect(await rebuild(db, store)).toBe(main.events.length);
      expect(await made_at()).not.toBe(of);
      expect(await oldSchemas()).toEqual([{ name: expect.stringMatching(/^read_old_/) }]);
    });
    await dropOldTables(db);
    expect(await oldSchemas()).toEqual([]);
  });

  it('lets a self-check see one set of tables, also where another takes its place meanwhile', async () => {
    const swapping: EventStore = {
      ...store,
      async *read(...args) {
        await rebuild(db, store);
        yield* store.read(...args);
      },
    };
    expect(await measureDrift(db, swapping, 'main', 0)).toMatchObject({ rows: 0, totals: 0 });
    let stopped = false;
    const rebuilding = (async () => {
      while (!stopped) await rebuild(db, store);
    })();
    for (let from = 0, times = 0; times < 20; times += 1) {
      const { rows, totals, next } = await measureDrift(db, store, 'main', from);
      expect({ rows, totals }).toEqual({ rows: 0, totals: 0 });
      from = next;
    }
    stopped = true;
    await rebuilding;
  }, 60_000);
});
