import { sql } from 'kysely';
import type { EventStore } from '../libs/event-store/event-store.js';
import { connectEventStore } from '../libs/event-store/eventstoredb.js';
import { type EventStoreProcess, startEventStoreProcess } from '../test/support/event-store.js';
import { EVERY_KIND, factoryLog } from '../test/support/factory-log.js';
import { createDatabase, type PostgresServer, startPostgres } from '../test/support/postgres.js';
import { openDatabase } from './database.js';
import { AT_THE_END, BY_EVENT } from './expected.js';
import { applyEvents } from './projector.js';
import { createTables, type Db } from './tables.js';
import { verifyLedger } from './verify.js';

const LOG = factoryLog(EVERY_KIND);

let postgres: PostgresServer;
let log_process: EventStoreProcess;
let store: EventStore;
let db: Db;
beforeAll(async () => {
  [postgres, log_process] = await Promise.all([startPostgres(), startEventStoreProcess({ memory: true })]);
  store = connectEventStore({ url: log_process.url });
  db = openDatabase(await createDatabase(postgres));
  await createTables(db, 'read');
  await store.append('ledger-main', -1, LOG);
  const events = [];
  for await (const event of store.readAll(undefined, { stream_prefixes: ['ledger-'] })) events.push(event);
  expect((await applyEvents(db, events)).halted).toEqual([]);
}, 30_000);
afterAll(async () => {
  await db?.destroy();
  await store?.close();
  await Promise.all([postgres?.stop(), log_process?.stop()]);
});

const verify = () => verifyLedger(db, store, 'main');

describe('verification', () => {
  it('compares every row of every table and finds none that differs', async () => {
    const { findings, differences, rows_of, rows_compared, position } = await verify();
    expect(findings).toEqual([]);
    expect(differences).toEqual([]);
    expect(position).toBe(LOG.length - 1);
    let total = 0;
    for (const table of [...Object.keys(BY_EVENT), ...Object.keys(AT_THE_END)]) {
      const { rows } = await sql<{ count: bigint }>`SELECT count(*) FROM ${sql.table(table)}`.execute(db);
      expect([table, rows_of[table]]).toEqual([table, Number(rows[0]!.count)]);
      expect([table, rows_of[table]! > 0]).toEqual([table, true]);
      total += rows_of[table]!;
    }
    expect(rows_compared).toBe(total);
  });

  it('finds a changed value in every column of every table', async () => {
    for (const [table, { key, columns }] of Object.entries({ ...BY_EVENT, ...AT_THE_END }))
      for (const column of columns) {
        const differences = await afterTampering(async (trx) => {
          const { rows } = await sql<{ type: string; old: unknown }>`
            SELECT pg_typeof(${sql.ref(column)})::text AS type, ${sql.ref(column)} AS old FROM ${sql.table(table)} LIMIT 1`.execute(trx);
          const other = otherValue(rows[0]!.type, rows[0]!.old, column);
          await sql`UPDATE ${sql.table(table)} SET ${sql.ref(column)} = ${other}
            WHERE ctid = (SELECT ctid FROM ${sql.table(table)} LIMIT 1)`.execute(trx);
        });
        // What a document came to is told with the events in Postgres, and may differ with one of them.
        const own = differences.filter((difference) => difference.table === table);
        expect([table, column, own.map(({ expected }) => Object.keys(expected ?? {}))]).toEqual([table, column, [[column]]]);
        expect(Object.keys(own[0]!.key)).toEqual(key);
      }
  }, 120_000);

  it('finds a row that is missing and one that is too many, in every table', async () => {
    for (const [table, { key }] of Object.entries({ ...BY_EVENT, ...AT_THE_END })) {
      if (table === 'ledgers') continue;
      const missing = await afterTampering((trx) =>
        sql`DELETE FROM ${sql.table(table)} WHERE ctid = (SELECT ctid FROM ${sql.table(table)} LIMIT 1)`.execute(trx),
      );
      expect(missing).toContainEqual(expect.objectContaining({ table, found: null }));
      const last = key.at(-1)!;
      const surplus = await afterTampering((trx) =>
        sql`WITH one AS (SELECT * FROM ${sql.table(table)} LIMIT 1)
          INSERT INTO ${sql.table(table)} SELECT (jsonb_populate_record(one.*::text::${sql.table(table)}, jsonb_build_object(${sql.lit(last)}::text,
            ${otherKey(last)}))).* FROM one`.execute(trx),
      );
      expect([table, surplus.filter((each) => each.table === table && each.expected === null).length]).toEqual([table, 1]);
    }
  }, 60_000);

  it('finds a log that was altered', async () => {
    const damaged = factoryLog(EVERY_KIND).map((event) => ({ ...event, data: { ...(event.data as object) } }));
    damaged[20]!.data = { ...(damaged[20]!.data as object), notes: 'never said' };
    const other = connectEventStore({ url: log_process.url });
    const renamed = { ...other, read: (_stream: string, ...rest: [number]) => other.read('ledger-damaged', ...rest) };
    await other.append('ledger-damaged', -1, damaged);
    const { findings, differences } = await verifyLedger(db, renamed, 'main');
    await other.close();
    expect(findings.map(({ position, kind }) => [position, kind])).toEqual([[20, 'altered']]);
    expect(differences.map(({ table, key }) => [table, key])).toEqual([['events', { position: 20n }]]);
  });
});

/** What verification finds after a change that is taken back. */
async function afterTampering(tamper: (trx: Db) => Promise<unknown>) {
  const schema = 'tampered';
  await sql`CREATE SCHEMA ${sql.id(schema)}`.execute(db);
  const tables = [...Object.keys(BY_EVENT), ...Object.keys(AT_THE_END), 'meta'];
  for (const table of tables)
    await sql`CREATE TABLE ${sql.id(schema, table)} AS TABLE ${sql.id('read', table)}`.execute(db);
  const copy = openDatabase(postgres_url(), { schema });
  try {
    await tamper(copy);
    const { differences, findings } = await verifyLedger(copy, store, 'main');
    expect(findings).toEqual([]);
    return differences;
  } finally {
    await copy.destroy();
    await sql`DROP SCHEMA ${sql.id(schema)} CASCADE`.execute(db);
  }
}
