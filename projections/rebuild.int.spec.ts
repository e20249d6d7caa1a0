import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { EventStore } from '../libs/event-store/event-store.js';
import { connectEventStore } from '../libs/event-store/eventstoredb.js';
import { type EventStoreProcess, startEventStoreProcess } from '../test/support/event-store.js';
import { type LedgerHistory, logOf } from '../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../test/support/postgres.js';
import { chanceOf, seedOf } from '../test/support/random.js';
import { randomHistory } from '../test/support/random-history.js';
import { tableContents } from '../test/support/read-models.js';
import { trialBalance } from './balances.js';
import { inSnapshot, openDatabase } from './database.js';
import { runProjector } from './live.js';
import { applyEvents, TablesReplaced } from './projector.js';
import { rebuild } from './rebuild.js';
import { resolveScope, waitForPosition } from './scope.js';
import { listStock } from './stock.js';
import { createTables, type Db } from './tables.js';

const seed = seedOf();
let postgres: PostgresServer;
let log_process: EventStoreProcess;
let store: EventStore;
let db: Db;
let main: LedgerHistory;
beforeAll(async () => {
  [postgres, log_process] = await Promise.all([startPostgres(), startEventStoreProcess({ memory: true })]);
  store = connectEventStore({ url: log_process.url });
  db = openDatabase(await createDatabase(postgres));
  await createTables(db, 'read');
  main = randomHistory(chanceOf(seed), 1500);
}, 60_000);
afterAll(async () => {
  await db?.destroy();
  await store?.close();
  await Promise.all([postgres?.stop(), log_process?.stop()]);
});

/** Rows, and how the tables are made. */
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
  await store.append('ledger-main', from - 1, logOf(main).slice(from, to));
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
        const { position, debit, inventory, stock } = await inSnapshot(db, async (trx) => {
          const view = await resolveScope(trx, { ledger: 'main' });
          const { data, totals } = await trialBalance(trx, view);
          const rows = (await listStock(trx, view)).data;
          return {
            position: view.position,
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
        await sleep(5);
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
    stopping.abort();
    await running;

    const fresh = openDatabase(await createDatabase(postgres));
    await createTables(fresh, 'read');
    await applyEvents(fresh, logOf(main));
    // The log's own places differ from those of the fold in memory.
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
    await expect(applyEvents(db, logOf(main).slice(0, 1))).rejects.toThrow(TablesReplaced);
    expect(await rebuild(db, store)).toBe(main.events.length);
    expect(await applyEvents(db, logOf(main).slice(0, 1))).toEqual({ events: 0, halted: [] });
  });

  it('is run by one at a time', async () => {
    const [one, other] = await Promise.allSettled([rebuild(db, store), rebuild(db, store)]);
    expect([one.status, other.status].sort()).toEqual(['fulfilled', 'rejected']);
  });
});
