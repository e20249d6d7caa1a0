import { type RawBuilder, sql } from 'kysely';
import type { EventStore, NewEvent, StoredEvent } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { type EventStoreProcess, startEventStoreProcess } from '../../test/support/event-store.js';
import { EVERY_KIND, factoryLog } from '../../test/support/factory-log.js';
import { eventsOf } from '../../test/support/portions.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { touchLog } from '../../test/support/touch.js';
import { openDatabase } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { applyEvents } from '../projector/projector.js';
import { createTables } from '../projector/schema.js';
import type { Difference } from './compare-rows.js';
import { measureDrift } from './drift.js';
import { AT_THE_END, BY_EVENT } from './expected.js';
import { verifyLedger } from './verify.js';

const TABLES = { ...BY_EVENT, ...AT_THE_END };
const LOG = factoryLog(EVERY_KIND);
const SPACED = 15;
const asAppended = (events: typeof LOG): NewEvent[] =>
  events.map((event) => (event.position === SPACED ? { ...event, json: spaced(event) } : event));

let postgres: PostgresServer;
let log_process: EventStoreProcess;
let store: EventStore;
let db: Db;
let copy: Db;
beforeAll(async () => {
  [postgres, log_process] = await Promise.all([startPostgres(), startEventStoreProcess({ memory: true })]);
  store = connectEventStore({ url: log_process.url });
  const url = await createDatabase(postgres);
  db = openDatabase(url);
  await createTables(db, 'read');
  await store.append('ledger-main', -1, asAppended(LOG));
  const events = await eventsOf(store.readAll(undefined, { stream_prefixes: ['ledger-'] }));
  expect((await applyEvents(db, events)).halted).toEqual([]);
  copy = openDatabase(url, { schema: 'copy' });
  await createTables(db, 'copy');
  for (const table of Object.keys(TABLES)) await refill(table);
}, 30_000);
afterAll(async () => {
  await copy?.destroy();
  await db?.destroy();
  await store?.close();
  await Promise.all([postgres?.stop(), log_process?.stop()]);
});

const spaced = ({ data, metadata }: Pick<StoredEvent, 'data' | 'metadata'>) => ({
  data: JSON.stringify(data, null, 2),
  metadata: JSON.stringify(metadata, null, 1),
});
const verify = () => verifyLedger(db, store, 'main');

describe('verification', () => {
  it('compares every row of every table and finds none that differs', async () => {
    const { findings, differences, rows_of, rows_compared, position } = await verify();
    expect(findings).toEqual([]);
    expect(differences).toEqual([]);
    expect(position).toBe(LOG.length - 1);
    let total = 0;
    for (const table of Object.keys(TABLES)) {
      const { rows } = await sql<{ count: bigint }>`SELECT count(*) FROM ${sql.table(table)}`.execute(db);
      expect([table, rows_of[table]]).toEqual([table, Number(rows[0]!.count)]);
      expect([table, rows_of[table]! > 0]).toEqual([table, true]);
      total += rows_of[table]!;
    }
    expect(rows_compared).toBe(total);
  });

  it('compares what an event says as the log has it, to the letter', async () => {
    const { rows } = await sql`SELECT data::text, metadata::text FROM events WHERE position = ${SPACED}`.execute(db);
    expect(rows).toEqual([spaced(LOG[SPACED]!)]);
  });

  it('finds a changed value in every column of every table', async () => {
    for (const [table, { key, columns }] of Object.entries(TABLES)) {
      if (columns.length === 0) continue;
      const differences = await afterTampering(table, ({ row, where }) => {
        const changes = columns.map((column) => sql`${sql.ref(column)} = ${otherValue(row[column] ?? null, column)}`);
        return sql`UPDATE ${sql.table(table)} SET ${sql.join(changes)} WHERE ${where}`.execute(copy);
      });
      // What a document has come to is told by events in Postgres, and may differ with one of them.
      const own = differences.filter((difference) => difference.table === table);
      expect([table, own.map(({ expected }) => Object.keys(expected ?? {}))]).toEqual([table, [columns]]);
      expect(Object.keys(own[0]!.key)).toEqual(key);
    }
  });

  it('finds a row that is missing and one that is too many, in every table', async () => {
    for (const [table, { key }] of Object.entries(TABLES)) {
      const last = key.at(-1);
      if (last === undefined) continue;
      const missing = await afterTampering(table, ({ where }) =>
        sql`DELETE FROM ${sql.table(table)} WHERE ${where}`.execute(copy),
      );
      expect(missing).toContainEqual(expect.objectContaining({ table, found: null }));
      const surplus = await afterTampering(table, ({ row, columns }) => {
        const values = columns.map((column) => (column === last ? otherValue(row[column], column) : sql.ref(column)));
        return sql`INSERT INTO ${sql.table(table)} (${sql.join(columns.map((name) => sql.ref(name)))}) SELECT ${sql.join(values)} FROM ${sql.table(table)} LIMIT 1`.execute(
          copy,
        );
      });
      expect([table, surplus.filter((each) => each.table === table && each.expected === null).length]).toEqual([
        table,
        1,
      ]);
    }
  }, 60_000);

  it('finds a log that was altered', async () => {
    const damaged = factoryLog(EVERY_KIND).map((event) => ({ ...event, data: { ...(event.data as object) } }));
    damaged[20]!.data = { ...(damaged[20]!.data as object), notes: 'never said' };
    expect(await store.append('ledger-damaged', -1, asAppended(damaged))).toMatchObject({ outcome: 'appended' });
    const read: EventStore['read'] = (stream, ...rest) =>
      store.read(stream === 'ledger-main' ? 'ledger-damaged' : stream, ...rest);
    const { findings, differences } = await verifyLedger(db, { ...store, read }, 'main');
    expect(findings.map(({ position, kind }) => [position, kind])).toEqual([[20, 'altered']]);
    expect(differences.map(({ table, key }) => [table, key])).toEqual([['events', { position: 20 }]]);
  });
});

describe('verification of a log that the read models are behind', () => {
  let behind: Db;
  beforeAll(async () => {
    behind = openDatabase(await createDatabase(postgres));
    await createTables(behind, 'read');
    await store.append('ledger-touched', -1, LOG);
    const last = LOG.at(-1)!;
    const foreign = { ...last, id: 'b6fc3ac6-25f4-4b6f-8f1b-1a2f7f1b9f01' };
    const events = await eventsOf(store.readAll(undefined, { stream_prefixes: ['ledger-touched'] }));
    await applyEvents(behind, events);
    await store.append('ledger-touched', LOG.length - 1, [foreign]);
    await applyEvents(
      behind,
      (await eventsOf(store.readAll(undefined, { stream_prefixes: ['ledger-touched'] }))).slice(-1),
    );
  });
  afterAll(() => behind?.destroy());

  it('goes to the end of the log and names the event that halted them', async () => {
    const { findings, position, differences } = await verifyLedger(behind, store, 'touched');
    expect(position).toBe(LOG.length - 1);
    expect(findings.map(({ position: at, kind }) => [at, kind])).toContainEqual([LOG.length, 'altered']);
    expect(differences.map(({ table, found }) => [table, found])).toEqual([
      ['ledgers', { halted_position: LOG.length }],
    ]);
  });

  it('tells that its events are hidden, and nothing else', async () => {
    const touch = touchLog(log_process.url);
    await touch.setMetadata('ledger-touched', { maxCount: 3 });
    await touch.close();
    const { findings, rows_different } = await verifyLedger(behind, store, 'touched');
    expect(findings).toEqual([
      { position: 0, kind: 'hidden', detail: expect.stringContaining('hides events ($maxCount 3); "cli unhide"') },
    ]);
    expect(rows_different).toBe(0);
  });

  it('tells that a scavenge has removed them, from which position on', async () => {
    const scavenged: EventStore = {
      ...store,
      async *readAll(...args) {
        for await (const messages of store.readAll(...args))
          yield messages.filter((each) => each.kind !== 'event' || each.event.revision < 1 || each.event.revision > 4);
      },
    };
    expect((await verifyLedger(behind, scavenged, 'touched')).findings).toEqual([
      { position: 1, kind: 'missing', detail: expect.stringMatching(/^a scavenge has removed .*only a backup/) },
    ]);
  });
});

describe('the self-check', () => {
  const drift = async () => {
    const { rows, totals } = await measureDrift(copy, store, 'main', 0);
    return rows + totals;
  };
  async function driftAfter(change: ReturnType<typeof sql>, table: string): Promise<number> {
    await change.execute(copy);
    const rows = await drift();
    await refill(table);
    return rows;
  }

  it('finds nothing wrong in any window, and comes round', async () => {
    const fine = { rows: 0, totals: 0, next: 0 };
    for (const from of [0, 7, LOG.length - 1])
      expect(await measureDrift(copy, store, 'main', from)).toEqual({ ...fine, from });
    expect(await measureDrift(copy, store, 'main', LOG.length)).toEqual({ ...fine, from: 0 });
    expect(await measureDrift(copy, store, 'nowhere', 5)).toEqual({ ...fine, from: 0 });
  });

  it('counts rows that differ and totals at odds', async () => {
    expect(await driftAfter(sql`UPDATE events SET actor = 'eve' WHERE position IN (3, 4)`, 'events')).toBe(2);
    expect(await driftAfter(sql`DELETE FROM mentions WHERE entity = 'customer:CUST-001'`, 'mentions')).toBe(2);
    expect(await driftAfter(sql`UPDATE sales SET revenue = revenue + 1 WHERE position = 18`, 'sales')).toBe(3);
    // The row, and the one behind it, whose sum no longer follows.
    const one = sql`ctid = (SELECT ctid FROM entries WHERE account_id = 'inventory' LIMIT 1)`;
    expect(await driftAfter(sql`UPDATE entries SET run_amount = run_amount + 1 WHERE ${one}`, 'entries')).toBe(2);
    expect(
      await driftAfter(
        sql`UPDATE stock SET value = value + 1 WHERE item_id = 'bottle-500ml-a' AND location_id = 'main'`,
        'stock',
      ),
    ).toBe(2);
    expect(await driftAfter(sql`UPDATE balances SET balance = balance + 1 WHERE account_id = 'cash'`, 'balances')).toBe(
      1,
    );
    const adjusted = sql`ctid = (SELECT ctid FROM cost_adjustments LIMIT 1)`;
    for (const [change, rows] of [
      [sql`UPDATE cost_adjustments SET value = value + 1 WHERE ${adjusted}`, 1],
      [sql`UPDATE cost_adjustments SET effective_at = effective_at + interval '1 second' WHERE ${adjusted}`, 1],
      [sql`DELETE FROM cost_adjustments WHERE ${adjusted}`, 1],
      // One is missing, and another one is of no event.
      [sql`UPDATE cost_adjustments SET of_position = of_position + 1000 WHERE ${adjusted}`, 2],
    ] as const)
      expect(await driftAfter(change, 'cost_adjustments')).toBe(rows);
    expect(await drift()).toBe(0);
  });
});

type One = { row: Record<string, unknown>; columns: string[]; where: ReturnType<typeof sql> };

async function afterTampering(table: string, tamper: (one: One) => Promise<unknown>): Promise<Difference[]> {
  const { rows } = await sql<
    Record<string, unknown>
  >`SELECT ctid::text AS ctid, ${await writtenOf(table)} FROM ${sql.table(table)} LIMIT 1`.execute(copy);
  const { ctid, ...row } = rows[0]!;
  await tamper({ row, columns: Object.keys(row), where: sql`ctid = ${ctid}::tid` });
  const { differences } = await verifyLedger(copy, store, 'main');
  await refill(table);
  return differences;
}
async function refill(table: string): Promise<void> {
  await sql`TRUNCATE ${sql.table(table)}`.execute(copy);
  const written = await writtenOf(table);
  await sql`INSERT INTO ${sql.table(table)} (${written}) SELECT ${written} FROM ${sql.id('read', table)}`.execute(copy);
}
/** Its columns but those that Postgres makes. */
async function writtenOf(table: string): Promise<RawBuilder<unknown>> {
  const { rows } = await sql<{ name: string }>`SELECT attname AS name FROM pg_attribute
    WHERE attrelid = ${`read.${table}`}::regclass AND attnum > 0 AND attgenerated = '' ORDER BY attnum`.execute(db);
  return sql.join(rows.map(({ name }) => sql.ref(name)));
}

function otherValue(old: unknown, column: string) {
  const is = sql.ref(column);
  if (typeof old === 'boolean') return sql`NOT ${is}`;
  if (typeof old === 'bigint' || typeof old === 'number') return sql`${is} + ${column === 'position' ? 1_000_000 : 1}`;
  if (typeof old === 'object' && old !== null) return sql`'{"other": true}'`;
  if (/_at$/.test(column)) return sql`${is} + interval '1 second'`;
  if (/^((due_)?day|month)$/.test(column)) return sql`coalesce(${is}, '2020-01-01') + 1`;
  return old === null ? sql`1` : sql`${is} || 'x'`;
}
