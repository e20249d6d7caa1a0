import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { EventStore, StoredEvent } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { SECURITY_BOOK, SECURITY_STREAM } from '../../libs/event-store/streams.js';
import { type EventStoreProcess, startEventStoreProcess } from '../../test/support/event-store.js';
import { EVERY_KIND, factoryLog } from '../../test/support/factory-log.js';
import { bytesOf } from '../../test/support/ledger-history.js';
import { eventsOf } from '../../test/support/portions.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { chanceOf, seedOf } from '../../test/support/random.js';
import { ask, tableContents } from '../../test/support/read-models.js';
import { openDatabase } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { loadCheckpoint } from '../projector/checkpoint.js';
import { projectionHealth } from '../projector/health.js';
import { LogRefused, runProjector } from '../projector/live.js';
import { applyEvents } from '../projector/projector.js';
import { rebuild } from '../projector/rebuild.js';
import { createTables } from '../projector/schema.js';
import { STREAM_PREFIXES } from '../projector/streams.js';
import { verifyLedger } from '../verification/verify.js';
import { history } from './history.js';
import { listSecurityEvents } from './security.js';

const seed = seedOf();
const LOG = factoryLog(EVERY_KIND);
const scope = { ledger: 'main' };

let postgres: PostgresServer;
let log_process: EventStoreProcess;
let store: EventStore;
let db: Db;
beforeAll(async () => {
  [postgres, log_process] = await Promise.all([startPostgres(), startEventStoreProcess({ memory: true })]);
  store = connectEventStore({ url: log_process.url });
  await store.append('ledger-main', -1, LOG);
  await note(-1, [
    ['UserCreated', 'admin', { username: 'maria', role: 'staff' }, 0],
    ['SignedIn', 'maria', { username: 'maria' }, 1],
    ['SignInLocked', 'anonymous', { username: null, until: at(60) }, 2],
    ['SignInUnlocked', 'admin', { username: 'maria' }, 3],
    ['UserRoleChanged', 'admin', { username: 'maria', from: 'staff', to: 'manager' }, 4],
  ]);
}, 30_000);
beforeEach(async () => {
  db = openDatabase(await createDatabase(postgres));
  await createTables(db, 'read');
});
afterEach(() => db.destroy());
afterAll(async () => {
  await store?.close();
  await Promise.all([postgres?.stop(), log_process?.stop()]);
});

function at(minute: number): string {
  return new Date(Date.parse('2030-01-01T00:00:00.000Z') + minute * 60_000).toISOString();
}
type Noted = [type: string, actor: string, data: object, minute: number];
async function note(head: number, events: Noted[]): Promise<void> {
  const written = events.map(([type, actor, data, minute]) => {
    return { id: randomUUID(), type, data, metadata: { actor, recorded_at: at(minute) } };
  });
  expect(await store.append(SECURITY_STREAM, head, written)).toMatchObject({ outcome: 'appended' });
}
function everything(): Promise<StoredEvent[]> {
  return eventsOf(store.readAll(undefined, { stream_prefixes: STREAM_PREFIXES }));
}
/** As if the log had recorded each so many minutes after it happened. */
function carried(events: readonly StoredEvent[], minutes: (revision: number) => number): StoredEvent[] {
  return events.map((event) => {
    if (event.stream !== SECURITY_STREAM) return event;
    const happened_ms = Date.parse((event.metadata as { recorded_at: string }).recorded_at);
    return { ...event, created_ms: happened_ms + minutes(event.revision) * 60_000 };
  });
}
/** One more, as the log would give it. */
const next = (last: StoredEvent, change: Partial<StoredEvent>): StoredEvent => {
  const event = { ...last, id: randomUUID(), revision: last.revision + 1, ...change };
  return { ...event, bytes: bytesOf(event) };
};

it('counts each security event once, in any batches and from a rewound checkpoint', async () => {
  const events = await everything();
  expect(await applyEvents(db, events)).toEqual({ events: LOG.length + 5, halted: [] });
  const expected = await tableContents(db);
  expect(await applyEvents(db, events)).toEqual({ events: 0, halted: [] });
  await db.updateTable('checkpoint').set({ commit_position: 0n, prepare_position: 0n }).execute();
  for (const event of events) await applyEvents(db, [event]);
  expect(await loadCheckpoint(db)).toEqual(events.at(-1)!.log_position);
  expect(await tableContents(db)).toEqual(expected);
});

it('is made anew by a rebuild', async () => {
  await applyEvents(db, await everything());
  const expected = await tableContents(db);
  await sql`DELETE FROM events WHERE ledger = ${SECURITY_BOOK}`.execute(db);
  await rebuild(db, store);
  expect(await tableContents(db)).toEqual(expected);
});

it('leaves out a stream that only begins with the same letters', async () => {
  const [event] = (await everything()).filter(({ stream }) => stream === SECURITY_STREAM);
  expect(await applyEvents(db, [{ ...event!, stream: 'security-cameras' }])).toEqual({ events: 0, halted: [] });
});

it.each([
  ['an unknown type', { type: 'MoonEclipsed' }],
  ['metadata without an actor', { metadata: { recorded_at: at(9) } }],
  ['data that are no object', { data: null }],
  ['a missing revision', { revision: 9 }],
  ['a name that no table takes', { data: { username: 'a\u0000b' } }],
  ['a half of a letter', { data: { username: 'ann', until: ['\ud800'] } }],
])('halts at %s while the ledgers go on, and resumes', async (_, change: Partial<StoredEvent>) => {
  const events = await everything();
  const last = events.findLast(({ stream }) => stream === SECURITY_STREAM)!;
  const ledger = events.filter(({ stream }) => stream === 'ledger-main');
  const security = events.filter(({ stream }) => stream === SECURITY_STREAM);
  const { halted } = await applyEvents(db, [...security, next(last, change), ...ledger]);
  expect(halted.map(({ ledger, position }) => [ledger, position])).toEqual([[SECURITY_BOOK, 5]]);
  expect((await projectionHealth(db)).ledgers).toMatchObject([
    { ledger_id: SECURITY_BOOK, position: 4, halted: { position: 5 } },
    { ledger_id: 'main', position: LOG.length - 1, halted: null },
  ]);
  expect(await applyEvents(db, [next(last, {})], { resume: true })).toEqual({ events: 1, halted: [] });
});

it('refuses a log whose security events are others', async () => {
  await applyEvents(db, await everything());
  await sql`UPDATE ledgers SET event_id = 'another' WHERE ledger = ${SECURITY_BOOK}`.execute(db);
  const running = runProjector({ db, store, signal: AbortSignal.timeout(10_000), log: () => {} });
  await expect(running).rejects.toThrow(LogRefused);
});

it('is verified row by row', async () => {
  await applyEvents(db, await everything());
  const whole = await verifyLedger(db, store, SECURITY_BOOK);
  expect(whole).toMatchObject({ findings: [], differences: [], rows_of: { security_events: 5 } });
  const tampered: [string, object][] = [
    [`UPDATE events SET actor = 'nobody' WHERE ledger = '@security' AND position = 4`, { key: { position: 4 } }],
    [`DELETE FROM events WHERE ledger = '@security' AND position = 0`, { key: { position: 0 }, found: null }],
    [`INSERT INTO backdated_days VALUES ('@security', '2030-01-01', 1, 1)`, { table: 'security_days', expected: null }],
  ];
  for (const [statement] of tampered) await sql.raw(statement).execute(db);
  const { differences, rows_different } = await verifyLedger(db, store, SECURITY_BOOK);
  expect(rows_different).toBe(tampered.length);
  for (const [, difference] of tampered) expect(differences).toContainEqual(expect.objectContaining(difference));
});

it('says who the users are, and every other user in Postgres is found', async () => {
  await applyEvents(db, await everything());
  await sql`CREATE SCHEMA identity;
    CREATE TABLE identity.users (username text PRIMARY KEY, active boolean);
    CREATE TABLE identity.user_roles (username text, ledger text, role text);
    CREATE TABLE identity.api_keys (key_id text, name text, ledger text, role text, expires_at timestamptz, revoked_at timestamptz);
    INSERT INTO identity.api_keys VALUES ('k1', 'shop', '*', 'staff', '2030-02-01T00:00:00.5Z', now()), ('k2', 'shop', 'plant-2', 'staff', '2030-02-01', NULL);
    CREATE TABLE identity.security_outbox (id bigint GENERATED ALWAYS AS IDENTITY, type text, data jsonb);
    INSERT INTO identity.users VALUES ('maria', false), ('otto', true);
    INSERT INTO identity.user_roles VALUES ('maria', '*', 'manager'), ('otto', '*', 'auditor'), ('otto', 'plant-2', 'viewer');
    INSERT INTO identity.security_outbox (type, data) VALUES
      ('UserDeactivated', '{"username": "maria"}'),
      ('ApiKeyCreated', '{"username": "key/shop", "key_id": "k1", "role": "staff", "expires_at": "2030-02-01T00:00:00.500Z"}'),
      ('ApiKeyCreated', '{"username": "key/shop", "key_id": "k2", "role": "staff", "ledger": "plant-2", "expires_at": "2030-02-01T00:00:00.000Z"}'),
      ('ApiKeyRevoked', '{"username": "key/shop", "key_id": "k1"}'), ('UserCreated', '{"username": "otto", "role": "auditor"}'),
      ('UserRoleChanged', '{"username": "otto", "ledger": "plant-2", "from": null, "to": "viewer"}'),
      ('UserRoleChanged', '{"username": "otto", "ledger": "plant-3", "from": null, "to": "staff"}'),
      ('UserRoleChanged', '{"username": "otto", "ledger": "plant-3", "from": "staff", "to": null}')`.execute(db);
  const verified = async () => (await verifyLedger(db, store, SECURITY_BOOK)).differences;
  expect(await verified()).toEqual([]);
  await sql`UPDATE identity.user_roles SET role = 'admin' WHERE username = 'maria';
    DELETE FROM identity.users WHERE username = 'otto';
    UPDATE identity.api_keys SET role = 'admin', expires_at = '2031-01-01' WHERE key_id = 'k2';
    UPDATE identity.api_keys SET revoked_at = NULL WHERE key_id = 'k1';
    INSERT INTO identity.users VALUES ('eve', true);
    INSERT INTO identity.user_roles VALUES ('eve', '*', 'admin')`.execute(db);
  expect(await verified()).toEqual([
    { table: 'users', key: { username: 'eve' }, expected: null, found: { roles: '*: admin', active: true } },
    { table: 'users', key: { username: 'key/shop k1' }, expected: { active: false }, found: { active: true } },
    {
      table: 'users',
      key: { username: 'key/shop k2' },
      expected: { roles: 'plant-2: staff until 2030-02-01T00:00:00.000Z' },
      found: { roles: 'plant-2: admin until 2031-01-01T00:00:00.000Z' },
    },
    { table: 'users', key: { username: 'maria' }, expected: { roles: '*: manager' }, found: { roles: '*: admin' } },
    {
      table: 'users',
      key: { username: 'otto' },
      expected: { roles: '*: auditor, plant-2: viewer', active: true },
      found: null,
    },
  ]);
});

describe(`security events by clocks that differ (SEED=${seed})`, () => {
  const chance = chanceOf(seed);
  const noted: StoredEvent[] = [];
  const instant = () => at(chance.whole(0, 100));
  const filterOf = <T>(values: readonly T[]) => (chance.percent(50) ? chance.pick(values) : undefined);
  beforeEach(async () => {
    noted.length = 0;
    for (let revision = 0; revision < 150; revision += 1) {
      const type = chance.pick(['SignedIn', 'SignInFailed', 'SignInLocked']);
      const username = chance.pick(['maria', 'ann', null]);
      const event = {
        data: { username },
        metadata: {
          actor: chance.pick(['maria', 'ann', 'anonymous']),
          recorded_at: at(chance.whole(-40, 0) + revision),
        },
      };
      noted.push({
        ...{ id: randomUUID(), stream: SECURITY_STREAM, revision, type, ...event, bytes: bytesOf(event) },
        log_position: { commit: BigInt(revision + 10_000_000), prepare: BigInt(revision + 10_000_000) },
        created_ms: Date.parse(at(revision - chance.whole(0, 3))),
      });
    }
    await applyEvents(
      db,
      (await everything()).filter(({ stream }) => stream !== SECURITY_STREAM),
    );
    for (let from = 0; from < noted.length; from += 40) await applyEvents(db, noted.slice(from, from + 40));
  });

  it('are found by every combination of filters and times, page by page', async () => {
    for (let round = 0; round < 60; round += 1) {
      const cut = { as_of: filterOf([instant()]), known_at: filterOf([instant()]) };
      const [from, to] = [instant(), instant()].sort().map((time) => filterOf([time]));
      const user = filterOf(['maria', 'ann']);
      const actor = filterOf(['maria', 'ann']);
      const types = filterOf([['SignedIn'], ['SignInFailed', 'SignInLocked']]);
      const order = chance.pick(['newest_first', 'oldest_first'] as const);
      const entity = user === undefined ? undefined : { kind: 'user' as const, id: user };
      const filter = { from, to, actor, types, entity, order };
      let recorded = '';
      const expected = noted.flatMap(({ revision, type, data, metadata, created_ms }) => {
        const { actor: by, recorded_at: happened } = metadata as { actor: string; recorded_at: string };
        recorded = [recorded, new Date(created_ms).toISOString()].sort()[1]!;
        const wanted =
          (user === undefined || by === user || (data as { username: string }).username === user) &&
          (actor === undefined || by === actor) &&
          (types === undefined || types.includes(type)) &&
          [cut.as_of, to].every((end) => end === undefined || happened <= end) &&
          (from === undefined || happened >= from) &&
          (cut.known_at === undefined || recorded <= cut.known_at);
        return wanted ? [revision] : [];
      });
      const listed: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await ask(db, { ...scope, ...cut }, listSecurityEvents, { ...filter, limit: 7, cursor });
        listed.push(...page.data.map(({ security_position }) => security_position));
        cursor = page.next_cursor ?? undefined;
        if (cursor !== undefined) expect(page.data).toHaveLength(7);
      } while (cursor !== undefined);
      if (order === 'newest_first') expected.reverse();
      expect({ cut, filter, listed }).toEqual({ cut, filter, listed: expected });
    }
  });

  it('are made the same by a projector that starts anew after each event', async () => {
    const contents = await tableContents(db);
    const again = openDatabase(await createDatabase(postgres));
    try {
      await createTables(again, 'read');
      await applyEvents(
        again,
        (await everything()).filter(({ stream }) => stream !== SECURITY_STREAM),
      );
      for (const event of noted) await applyEvents(again, [event]);
      expect((await tableContents(again)).events).toEqual(contents.events);
      expect((await tableContents(again)).backdated_days).toEqual(contents.backdated_days);
    } finally {
      await again.destroy();
    }
  });
});

describe('the history of a user', () => {
  const entity = { kind: 'user' as const, id: 'maria' };
  const typesBy = async (cut: object, of = db) =>
    (await ask(of, { ...scope, ...cut }, history, { entity, order: 'oldest_first' })).data.map(({ type }) => type);
  beforeEach(async () => {
    await applyEvents(
      db,
      carried(await everything(), () => 0),
    );
  });

  it('tells who did what, and both values', async () => {
    const { data } = await ask(db, scope, history, { entity, order: 'oldest_first' });
    const changes = (...all: [string, unknown, unknown][]) =>
      all.map(([field, before, after]) => ({ kind: 'user', id: 'maria', field, old: before, new: after }));
    expect(
      data.map(({ security_position, type, actor, changes }) => [security_position, type, actor, changes]),
    ).toEqual([
      [0, 'UserCreated', 'admin', changes(['role', null, 'staff'], ['active', null, true])],
      [1, 'SignedIn', 'maria', []],
      [3, 'SignInUnlocked', 'admin', []],
      [4, 'UserRoleChanged', 'admin', changes(['role', 'staff', 'manager'])],
    ]);
  });

  it('is cut by the recorded time that is asked for', async () => {
    expect(await typesBy({ known_at: at(1) })).toEqual(['UserCreated', 'SignedIn']);
    expect(await typesBy({ as_of: at(0) })).toEqual(['UserCreated']);
    expect(await typesBy({ position: LOG.length - 1 })).toEqual([]);
    const { data } = await ask(db, scope, listSecurityEvents, { types: ['SignInLocked'] });
    expect(data).toMatchObject([{ security_position: 2, username: null, actor: 'anonymous', recorded_at: at(2) }]);
  });

  it('says for ever what was known, also where the log was away and events waited', async () => {
    const late = openDatabase(await createDatabase(postgres));
    try {
      await createTables(late, 'read');
      await applyEvents(
        late,
        carried(await everything(), (revision) => (revision === 1 ? 2 : 0)),
      );
      expect(await typesBy({ known_at: at(1) }, late)).toEqual(['UserCreated']);
      expect(await typesBy({ known_at: at(3) }, late)).toEqual(['UserCreated', 'SignedIn', 'SignInUnlocked']);
      expect(await typesBy({ as_of: at(1) }, late)).toEqual(['UserCreated', 'SignedIn']);
      expect(await typesBy({ as_of: at(1), known_at: at(2) }, late)).toEqual(['UserCreated']);
      const { data } = await ask(late, { ...scope, known_at: at(3) }, listSecurityEvents, { types: ['SignedIn'] });
      expect(data).toMatchObject([{ effective_at: at(1), recorded_at: at(3) }]);
    } finally {
      await late.destroy();
    }
  });

  it.each(['newest_first', 'oldest_first'] as const)(
    'pages %s while rows arrive, each once and in order',
    async (order) => {
      const actor = (LOG.at(-1)!.metadata as { actor: string }).actor;
      const of_actor = { kind: 'user' as const, id: actor };
      const last = (await everything()).findLast(({ stream }) => stream === SECURITY_STREAM)!;
      const arriving = (n: number) =>
        next(last, {
          revision: last.revision + 1 + n,
          type: 'SignedIn',
          data: { username: actor },
          metadata: { actor, recorded_at: at(10 + n) },
          created_ms: Date.parse(at(10 + n)),
        });
      await applyEvents(db, [arriving(0), arriving(1)]);
      const whole = (await ask(db, scope, history, { entity: of_actor, order, limit: 1000 })).data;
      expect(new Set(whole.map(({ position }) => position === null)).size).toBe(2);
      const seen: typeof whole = [];
      let cursor: string | undefined;
      let arrived = 2;
      do {
        const page = await ask(db, scope, history, { entity: of_actor, order, limit: 1, cursor });
        seen.push(...page.data);
        cursor = page.next_cursor ?? undefined;
        if (arrived < 6) await applyEvents(db, [arriving(arrived++)]);
      } while (cursor !== undefined);
      const later = seen.slice(whole.length).map(({ security_position }) => security_position);
      expect(seen.slice(0, whole.length)).toEqual(whole);
      expect(later).toEqual(order === 'newest_first' ? [] : [7, 8, 9, 10]);
    },
  );
});
