/** F10: the projector is killed in the middle of batches. Reliability asks for KILLS=100. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import type { EventStore, StoredEvent } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import type { Postings } from '../../libs/ledger/events.js';
import { type Child, startChild } from '../../libs/process/child.js';
import { projectorProgram } from '../../libs/process/programs.js';
import { openDatabase } from '../../projections/database/database.js';
import type { Db } from '../../projections/database/tables.js';
import { applyEvents } from '../../projections/projector/projector.js';
import { createTables } from '../../projections/projector/schema.js';
import { type EventStoreProcess, startEventStoreProcess } from '../support/event-store.js';
import { logOf } from '../support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../support/postgres.js';
import { chanceOf, seedOf } from '../support/random.js';
import { randomHistory } from '../support/random-history.js';
import { tableContents } from '../support/read-models.js';
import { waitForPosition } from '../support/wait-for-position.js';

const seed = seedOf();
const kills = Number(process.env.KILLS ?? 5);
const dist = pathToFileURL(`${join(process.cwd(), 'dist')}/`);
let postgres: PostgresServer;
let log_process: EventStoreProcess;
let store: EventStore;
let database_url: string;
let db: Db;
let log_dir: string;
let projector: Child | undefined;

beforeAll(async () => {
  log_dir = await mkdtemp(join(tmpdir(), 'factory-ledger-projector-'));
  [postgres, log_process] = await Promise.all([startPostgres(), startEventStoreProcess({ memory: true })]);
  database_url = await createDatabase(postgres);
  store = connectEventStore({ url: log_process.url });
  db = openDatabase(database_url);
}, 60_000);
afterAll(async () => {
  await projector?.stop();
  await db?.destroy();
  await store?.close();
  await Promise.all([postgres?.stop(), log_process?.stop()]);
  await rm(log_dir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  projector = startChild(projectorProgram({ dist, log_dir }, { eventstore_url: log_process.url, database_url }));
  await projector.ready;
}
const append = (events: readonly StoredEvent[]) => store.append('ledger-main', events[0]!.revision - 1, events);
const arrives = ({ revision }: StoredEvent) => waitForPosition(db, 'main', revision, 30_000);

/** One that a batch of these events writes after `events`; last `ledgers`, before the checkpoint. */
function tableOf(kill: number, events: readonly StoredEvent[]): string {
  const has = (postings: keyof Postings) => events.some(({ data }) => ((data as Postings)[postings] ?? []).length > 0);
  const tables = [
    'ledgers',
    ...(has('stock') ? ['movements', 'stock'] : []),
    ...(has('journal') ? ['entries', 'balances'] : []),
  ];
  return tables[kill % tables.length]!;
}

async function killInTheMiddle(table: string, events: readonly StoredEvent[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`LOCK TABLE ${sql.table(table)} IN EXCLUSIVE MODE`.execute(trx);
    await append(events);
    const half_written = sql`SELECT FROM pg_locks waiting JOIN pg_locks written ON written.pid = waiting.pid
      WHERE NOT waiting.granted AND waiting.relation = ${table}::regclass
        AND written.granted AND written.mode = 'RowExclusiveLock' AND written.relation = 'events'::regclass`;
    for (const until_ms = performance.now() + 30_000; (await half_written.execute(trx)).rows.length === 0; ) {
      if (performance.now() > until_ms) throw new Error(`No batch that is half written waits before ${table}.`);
      await sleep(5);
    }
    await projector!.kill();
  });
}

it(`the projector, killed ${kills} times in the middle of a batch, leaves what a fold of the log leaves (SEED=${seed})`, async () => {
  const log = logOf(randomHistory(chanceOf(seed), 800));
  const first = kills + (log.length % kills);
  const size = (log.length - first) / kills;
  await append(log.slice(0, first));
  await start();
  await projector!.stop();
  for (let kill = 0, from = first; kill < kills; kill += 1, from += size) {
    await start();
    expect(await arrives(log[from - 1]!)).toBe(true);
    const events = log.slice(from, from + size);
    await killInTheMiddle(tableOf(kill, events), events);
  }
  await start();
  expect(await arrives(log.at(-1)!)).toBe(true);

  const folded = openDatabase(await createDatabase(postgres));
  await createTables(folded, 'read');
  await applyEvents(folded, log);
  const [found, expected] = [await tableContents(db), await tableContents(folded)];
  await folded.destroy();
  expect({ ...found, checkpoint: [] }).toEqual({ ...expected, checkpoint: [] });
}, 300_000);
