import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { LedgerHistory, logOf } from '../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { type Chance, chanceOf, seedOf } from '../../test/support/random.js';
import { randomHistory } from '../../test/support/random-history.js';
import { ask, tableContents } from '../../test/support/read-models.js';
import { openDatabase, ping } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { emptyBalanceCache } from '../engine/balance-cache.js';
import { inTransaction } from '../engine/transaction-writer.js';
import { listDocuments } from '../read-models/list-documents.js';
import { applyBatch, openingOf, ReadModelsWentBack } from './batch.js';
import { loadCheckpoint } from './checkpoint.js';
import { applyEvents } from './projector.js';
import { createTables } from './schema.js';

const seed = seedOf();
let server: PostgresServer;
let log: StoredEvent[];
const opened: Db[] = [];
beforeAll(async () => {
  server = await startPostgres();
  const chance = chanceOf(seed);
  log = logOf(
    randomHistory(chance, 250, { ledger: 'main' }),
    randomHistory(chance, 150, { ledger: 'second', time_zone: 'Asia/Tokyo', backdated_percent: 70 }),
  );
});
afterAll(async () => {
  for (const db of opened) await db.destroy();
  await server?.stop();
});

async function emptyModels(): Promise<Db> {
  const db = openDatabase(await createDatabase(server));
  opened.push(db);
  await createTables(db, 'read');
  return db;
}
async function project(db: Db, events: readonly StoredEvent[], size: () => number): Promise<void> {
  for (let from = 0; from < events.length; ) {
    const batch = events.slice(from, from + size());
    await applyEvents(db, batch);
    from += batch.length;
  }
}

describe(`exactly once (SEED=${seed})`, () => {
  let expected: Record<string, string[]>;
  let whole: Db;
  beforeAll(async () => {
    whole = await emptyModels();
    await project(whole, log, () => log.length);
    expected = await tableContents(whole);
  });

  it.each([1, 7, 100])('gives the same tables in batches of %i', async (size) => {
    const db = await emptyModels();
    await project(db, log, () => size);
    expect(await tableContents(db)).toEqual(expected);
  });

  it('gives the same tables with sums in memory, whoever writes in between and whatever is rolled back', async () => {
    const db = await emptyModels();
    const cache = emptyBalanceCache();
    const chance = chanceOf(seed);
    for (let from = 0; from < log.length; ) {
      const batch = log.slice(from, from + chance.whole(1, 20));
      from += batch.length;
      if (chance.percent(30)) await applyEvents(db, batch);
      const rolledBack = () =>
        inTransaction(db, openingOf(batch), async (writer, opened) => {
          await applyBatch(writer, opened, batch, { cache });
          throw new Error('rolled back');
        });
      if (chance.percent(30)) await expect(rolledBack()).rejects.toThrow('rolled back');
      await applyEvents(db, batch, { cache });
    }
    expect(await tableContents(db)).toEqual(expected);
  });

  it('gives the same tables in any batches', async () => {
    const chance = chanceOf(seed);
    const db = await emptyModels();
    await project(db, log, () => chance.whole(1, 90));
    expect(await tableContents(db)).toEqual(expected);
  });

  it('changes nothing when the log comes again, or from a checkpoint that was rewound by 1 … N', async () => {
    expect(await applyEvents(whole, log)).toEqual({ events: 0, halted: [] });
    for (let back = 1; back < log.length; back += 1) {
      const { commit, prepare } = log[log.length - 1 - back]!.log_position!;
      await whole.updateTable('checkpoint').set({ commit_position: commit, prepare_position: prepare }).execute();
      expect(await loadCheckpoint(whole)).toEqual({ commit, prepare });
      await project(whole, log.slice(log.length - back), () => 100);
      expect(await loadCheckpoint(whole)).toEqual(log.at(-1)!.log_position);
    }
    expect(await tableContents(whole)).toEqual(expected);
  });

  it('writes nothing after commits that the database has lost, until the log is followed from its checkpoint', async () => {
    const db = await emptyModels();
    await project(db, log.slice(0, 50), () => 50);
    const lost = { after: log[80]!.log_position! };
    await expect(applyEvents(db, log.slice(81, 90), lost)).rejects.toThrow(ReadModelsWentBack);
    await expect(applyEvents(db, [], lost)).rejects.toThrow(ReadModelsWentBack);
    const { commit } = (await loadCheckpoint(db))!;
    const missing = log.filter(({ log_position: position }) => position!.commit > commit);
    await applyEvents(db, missing, { after: log[49]!.log_position! });
    expect(await tableContents(db)).toEqual(expected);
  });

  it('gives the same tables where two projectors apply the same log at once', async () => {
    const db = await emptyModels();
    const [one, other] = [chanceOf(seed + 1), chanceOf(seed + 2)];
    await Promise.all([project(db, log, () => one.whole(1, 60)), project(db, log, () => other.whole(1, 60))]);
    expect(await tableContents(db)).toEqual(expected);
  });

  it('gives the same tables where the database drops its connections again and again', async () => {
    const chance = chanceOf(seed);
    const db = await emptyModels();
    const failures = await projectThroughBreaks(db, chance);
    expect(failures).toBeGreaterThan(0);
    expect(await tableContents(db)).toEqual(expected);
  });
});

async function projectThroughBreaks(db: Db, chance: Chance): Promise<number> {
  const saboteur = openDatabase(server.url, { connections_max: 1 });
  const { rows } = await sql<{ name: string }>`SELECT current_database() AS name`.execute(db);
  const breakAll = () =>
    sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${rows[0]!.name}`.execute(saboteur);
  let failures = 0;
  for (let from = 0; from < log.length; ) {
    const batch = log.slice(from, from + 20);
    const breaking = chance.percent(60) ? sleep(chance.whole(0, 25)).then(breakAll) : undefined;
    try {
      expect((await applyEvents(db, batch)).halted).toEqual([]);
      from += batch.length;
    } catch {
      failures += 1;
    }
    await breaking;
  }
  await saboteur.destroy();
  const answers = () =>
    ping(db).then(
      () => true,
      () => false,
    );
  while (!(await answers()));
  return failures;
}

describe('what cannot be', () => {
  const opened_at = '2026-01-01T00:00:00.000Z';
  const registered = (ledger: string, count: number) => {
    const history = new LedgerHistory(ledger, opened_at);
    for (let n = 0; n < count; n += 1)
      history.give({ type: 'register', kind: 'supplier', id: `S${n}`, attributes: { name: 'x' } });
    return logOf(history);
  };
  const cases: [string, (last: StoredEvent) => Partial<StoredEvent>, RegExp][] = [
    ['an unknown type', () => ({ type: 'Unheard' }), /unknown type/],
    ['data that are said to be no JSON', () => ({ data: Buffer.from('{}') }), /is not an object/],
    ['a missing position', ({ revision }) => ({ revision: revision + 1 }), /missing/],
    ['metadata without times', () => ({ metadata: { actor: 'ann' } }), /lacks recorded_at/],
    ['postings that are no numbers', () => ({ data: { journal: [{ account_id: 'cash', amount: 'ten' }] } }), /BigInt/],
    [
      'a day that no month has',
      ({ metadata }) => ({ metadata: { ...(metadata as object), effective_at: '2025-02-30T00:00:00.000Z' } }),
      /out of range/,
    ],
    ['stock below nothing', () => ({ data: { stock: [posting({ quantity: -1 })] } }), /leaves -1 as quantity/],
    ['an amount beyond any table', () => ({ data: { stock: [posting({ value: '9'.repeat(30) })] } }), /out of range/],
    ['a text that no table takes', () => ({ data: { kind: 'item', id: 'a\u0000b', attributes: {} } }), /invalid byte/],
    [
      'a payment of no bill',
      () => ({ type: 'PaymentMade', data: { number: 'PY-260101-0001', bill_number: 'PO-1' } }),
      /PO-1/,
    ],
  ];
  const posting = (change: object) => ({ item_id: 'i', location_id: 'l', quantity: 1, value: '1', ...change });

  it.each(cases)('halts its own ledger at %s, and no other', async (_, change, reason) => {
    const db = await emptyModels();
    const bad = registered('bad', 3);
    const last = bad.at(-1)!;
    const poisoned = [...bad.slice(0, -1), { ...last, ...change(last) }, ...registered('good', 5)];
    const { halted } = await applyEvents(db, poisoned);
    expect(halted.map(({ ledger, message }) => [ledger, message])).toEqual([['bad', expect.stringMatching(reason)]]);
    const ledgers = await db.selectFrom('ledgers').selectAll().orderBy('ledger').execute();
    expect(ledgers).toMatchObject([
      { ledger: 'bad', position: BigInt(last.revision - 1), halted_position: BigInt(last.revision) },
      { ledger: 'good', position: BigInt(registered('good', 5).length - 1), halted_position: null },
    ]);
    expect((await applyEvents(db, [last])).events).toBe(0);
    expect(await applyEvents(db, [last], { resume: true })).toEqual({ events: 1, halted: [] });
    expect(await db.selectFrom('ledgers').select('halted_reason').where('ledger', '=', 'bad').execute()).toEqual([
      { halted_reason: null },
    ]);
  });
});

it('says why a ledger halts first, also where it goes on with several events and Postgres refuses one in their middle', async () => {
  const db = await emptyModels();
  const history = new LedgerHistory('main', '2026-01-01T00:00:00.000Z');
  for (let n = 0; n < 20; n += 1)
    history.give({ type: 'register', kind: 'supplier', id: `S${n}`, attributes: { name: 'x' } });
  const log = logOf(history);
  const refused = (at: number, data: object) => log.map((event, index) => (index === at ? { ...event, data } : event));
  const unreadable = refused(9, { kind: 'item', id: 'a\u0000b', attributes: {} });
  const halt = () => db.selectFrom('ledgers').select(['halted_position', 'halted_reason', 'halted_at']).execute();

  await applyEvents(db, refused(4, { kind: 'item', id: 'a\u0000b', attributes: {} }));
  const [first] = await halt();
  expect(first).toMatchObject({ halted_position: 4n, halted_reason: expect.stringMatching(/invalid byte/) });
  const { halted } = await applyEvents(db, unreadable.slice(4), { resume: true, read_to: null });
  expect(halted.map(({ message }) => message)).toEqual([expect.stringMatching(/^event 9 .*invalid byte/)]);
  const [second] = await halt();
  expect(second).toMatchObject({ halted_position: 9n, halted_reason: halted[0]!.message });
  await sleep(5);
  await applyEvents(db, unreadable.slice(9), { resume: true, read_to: null });
  expect(await halt()).toEqual([second]);
  expect(await applyEvents(db, log.slice(9), { resume: true, read_to: null })).toEqual({
    events: log.length - 9,
    halted: [],
  });
});

it('reads what is missing from the stream of its ledger, and halts where that lacks it, too', async () => {
  const db = await emptyModels();
  const stored = log.filter(({ stream }) => stream === 'ledger-main');
  const others = log.filter(({ stream }) => stream !== 'ledger-main');
  const reading = (events: readonly StoredEvent[]) => ({
    async *read(stream: string, from: number, { max = Number.POSITIVE_INFINITY } = {}) {
      for (const event of events)
        if (event.stream === stream && event.revision >= from && event.revision < from + max) yield event;
    },
  });
  await applyEvents(db, [...stored.slice(0, 20), ...others], { store: reading([]) });
  const lacking = stored.filter(({ revision }) => revision !== 70);
  const { halted } = await applyEvents(db, stored.slice(90), { store: reading(lacking) });
  expect(halted.map(({ message }) => message)).toEqual([
    'event 70 of ledger main: it is missing, the log goes on with 71',
  ]);
  await applyEvents(db, stored.slice(70, 75), { resume: true, read_to: null });
  expect((await applyEvents(db, stored.slice(90), { store: reading(stored) })).halted).toEqual([]);
  const whole = await emptyModels();
  await applyEvents(whole, log);
  const rows = async (of: Db) => ({ ...(await tableContents(of)), checkpoint: [] });
  expect(await rows(db)).toEqual(await rows(whole));
});

it('pages through a list while rows arrive, each row once and none left out', async () => {
  const db = await emptyModels();
  const history = new LedgerHistory('main', '2026-01-01T00:00:00.000Z');
  history.give({ type: 'register', kind: 'item', id: 'bottle', attributes: { name: 'Bottle', kind: 'bottle' } });
  history.give({ type: 'register', kind: 'supplier', id: 'SUPP', attributes: { name: 'Preforms Ltd' } });
  const buy = () => {
    const line_items = [{ item_id: 'bottle', quantity: 1, unit_price: '1' }];
    history.give({ type: 'record_purchase', supplier_id: 'SUPP', line_items });
  };
  for (let n = 0; n < 25; n += 1) buy();
  await applyEvents(db, logOf(history));
  const numbers: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(db, { ledger: 'main' }, listDocuments, { kinds: ['purchase'], limit: 4, cursor });
    numbers.push(...page.data.map(({ number }) => number));
    cursor = page.next_cursor ?? undefined;
    buy();
    await applyEvents(db, logOf(history));
  } while (cursor !== undefined);
  expect(numbers).toEqual(Array.from({ length: 25 }, (_, n) => `PO-260101-${String(25 - n).padStart(4, '0')}`));
  const { next_cursor } = await ask(db, { ledger: 'main' }, listDocuments, { kinds: ['purchase'], limit: 4 });
  for (const forged of ['', 'x', `${next_cursor}A`, `${next_cursor}`.replace(/^./, '!'), 'A'.repeat(5000)])
    await expect(
      ask(db, { ledger: 'main' }, listDocuments, { kinds: ['purchase'], cursor: forged }),
    ).rejects.toMatchObject({
      code: 'invalid_cursor',
    });
  await expect(ask(db, { ledger: 'main' }, listDocuments, { cursor: next_cursor! })).rejects.toMatchObject({
    code: 'invalid_cursor',
  });
});
