import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EventData, EventStoreDBClient } from '@eventstore/db-client';
import { type EventStore, EventStoreUnavailable, type NewEvent } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { openWriter } from '../../libs/ledger-writer/writer.js';
import { type StandInCluster, type StandInNode, startStandInCluster } from '../support/cluster.js';
import { each } from '../support/portions.js';

/** F19 to F22 for the log's client; the whole system: cluster.e2e.spec.ts. */
/** Only news of an election ends the wait for a frozen leader. */
const APPEND_TIMEOUT_MS = 5_000;
const SHORT_TIMEOUT_MS = 700;
const AFTER_ELECTION_MS_MAX = 2_000;

let cluster: StandInCluster;
let over: AbortController;
let stores: EventStore[];

beforeEach(async () => {
  over = new AbortController();
  stores = [];
  cluster = await startStandInCluster();
});
afterEach(async () => {
  over.abort(new Error('the test is over'));
  await Promise.all(stores.map((store) => store.close()));
  await cluster.stop();
});

function connect(url = cluster.url, timeout_ms = APPEND_TIMEOUT_MS): EventStore {
  const store = connectEventStore({ url, append_timeout_ms: timeout_ms, read_timeout_ms: timeout_ms });
  stores.push(store);
  return store;
}
const newEvent = (): NewEvent => ({ id: randomUUID(), type: 'Recorded', data: {}, metadata: {} });

async function appendUntilIn(store: EventStore, stream: string, expected: number): Promise<void> {
  const event = newEvent();
  for (;;) {
    over.signal.throwIfAborted();
    const { outcome } = await store.append(stream, expected, [event]);
    if (outcome === 'appended') return;
    if (outcome !== 'unknown') throw new Error(`the append at ${expected} was answered ${outcome}`);
    // A client that fails at once would let nothing else run.
    await sleep(5);
  }
}
async function idsIn(store: EventStore, stream: string): Promise<string[]> {
  for (;;) {
    over.signal.throwIfAborted();
    try {
      return await idsNow(store, stream);
    } catch (error) {
      if (!(error instanceof EventStoreUnavailable)) throw error;
    }
  }
}
async function idsNow(store: EventStore, stream: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of store.read(stream, 0)) ids.push(id);
  return ids;
}
const others = () => cluster.nodes.filter((node) => node !== cluster.leader);

type Fault = (leader: StandInNode) => Promise<void> | void;
/** @returns when, and what the fallen comes back by */
async function failOver(
  fall: Fault,
  back: Fault,
  unled_ms: number,
): Promise<{ elected_ms: number; restore(): Promise<void> }> {
  const fallen = cluster.leader!;
  const [next] = others();
  await fall(fallen);
  await sleep(unled_ms / 2);
  cluster.loseLeader();
  await sleep(unled_ms / 2);
  cluster.elect(next!);
  const restore = async () => {
    await back(fallen);
    fallen.join();
  };
  return { elected_ms: performance.now(), restore };
}
const faults: [string, Fault, Fault][] = [
  ['is killed', (node) => node.kill(), (node) => node.start()],
  ['is frozen', (node) => node.freeze(), (node) => node.thaw()],
  ['resigns', () => {}, () => {}],
];

describe.each([
  ['three hosts', () => cluster.url],
  ['esdb+discover://', () => `esdb+discover://${others()[0]!.host}?tls=false`],
])('named by %s', (_, url) => {
  it.each(faults)('appends go on when the leader %s, and again and again', async (_, fall, back) => {
    const store = connect(url());
    const stream = `ledger-${randomUUID()}`;
    await appendUntilIn(store, stream, -1);
    for (let round = 0; round < 3; round += 1) {
      const going = failOver(fall, back, 200 + 400 * round);
      await sleep(50);
      await appendUntilIn(store, stream, round);
      const { elected_ms, restore } = await going;
      expect(performance.now() - elected_ms).toBeLessThan(AFTER_ELECTION_MS_MAX);
      expect(await idsIn(store, stream)).toHaveLength(round + 2);
      await restore();
    }
  });
});

it('the log away for longer than any search: every append is answered meanwhile, and they go on when it is back', async () => {
  const store = connect(`esdb+discover://${cluster.nodes[1]!.host}?tls=false`, SHORT_TIMEOUT_MS);
  const stream = `ledger-${randomUUID()}`;
  for (const node of cluster.nodes) await node.kill();
  for (let n = 0; n < 3; n += 1) {
    const since_ms = performance.now();
    expect(await store.append(stream, -1, [newEvent()])).toMatchObject({ outcome: 'unknown' });
    expect(performance.now() - since_ms).toBeLessThan(2 * SHORT_TIMEOUT_MS);
  }
  for (const node of cluster.nodes) await node.start();
  cluster.elect(cluster.nodes[2]!);
  await appendUntilIn(store, stream, -1);
  expect(await idsIn(store, stream)).toHaveLength(1);
});

it('an append that waited long for a leader does not cost the connection that was found at last', async () => {
  const timeout_ms = 2_000;
  const lines: string[] = [];
  const store = connectEventStore({ url: cluster.url, append_timeout_ms: timeout_ms, log: (line) => lines.push(line) });
  stores.push(store);
  cluster.loseLeader();
  cluster.loseNextAppend();
  const waited = store.append('ledger-other', -1, [newEvent()]);
  await sleep(0.6 * timeout_ms);
  cluster.elect(cluster.nodes[1]!);
  expect(await waited).toMatchObject({ outcome: 'unknown' });
  await appendUntilIn(store, 'ledger-main', -1);
  expect(lines.filter((line) => line.includes('connecting anew'))).toEqual([]);
});

it.each([0, 1, 2])('opened while node %i is frozen, whoever leads', async (frozen) => {
  const [next] = cluster.nodes.filter((_, index) => index !== frozen);
  cluster.elect(next!);
  cluster.nodes[frozen]!.freeze();
  const since_ms = performance.now();
  await appendUntilIn(connect(), 'ledger-main', -1);
  expect(performance.now() - since_ms).toBeLessThan(AFTER_ELECTION_MS_MAX);
});

it('one that slept through an election and takes itself for the leader is not believed', async () => {
  const [sleeper, awake] = cluster.nodes;
  sleeper!.freeze();
  cluster.elect(awake!);
  sleeper!.thaw();
  for (let n = 0; n < 5; n += 1) {
    const store = connect();
    expect(await store.append(`ledger-${n}`, -1, [newEvent()])).toMatchObject({ outcome: 'appended' });
  }
});

it('a follower named alone leads to the leader, and no append is forwarded into nothing', async () => {
  const [follower] = others();
  const store = connect(`esdb://${follower!.host}?tls=false`);
  await appendUntilIn(store, 'ledger-main', -1);
  // The client alone: a follower passes the append to a dead leader, and no answer comes.
  const plain = EventStoreDBClient.connectionString(`esdb://${follower!.host}?tls=false`);
  await cluster.leader!.kill();
  const event = newEvent();
  const forwarded = plain.appendToStream('ledger-main', [{ ...event, contentType: 'application/json' } as EventData]);
  expect(await Promise.race([forwarded, sleep(500, 'no answer')])).toBe('no answer');
  forwarded.catch(() => {});
  await plain.dispose();
  // Ours learns at once that this node does not lead.
  const since_ms = performance.now();
  expect(await connect(`esdb://${follower!.host}?tls=false`).append('ledger-main', 0, [event])).toEqual({
    outcome: 'unknown',
    reason: expect.stringContaining('Leader info available'),
  });
  expect(performance.now() - since_ms).toBeLessThan(APPEND_TIMEOUT_MS / 2);
});

it('nodes that are not ready are left alone until one leads', async () => {
  const store = connect(cluster.url, SHORT_TIMEOUT_MS);
  await appendUntilIn(store, 'ledger-main', -1);
  cluster.loseLeader();
  expect((await store.append('ledger-main', 0, [newEvent()])).outcome).toBe('unknown');
  await expect(idsNow(store, 'ledger-main')).rejects.toThrow(EventStoreUnavailable);
  cluster.elect(others()[0]!);
  await appendUntilIn(store, 'ledger-main', 0);
});

describe('a follower that lags', () => {
  let follower: StandInNode;
  beforeEach(() => {
    follower = others()[0]!;
    follower.lag();
  });

  it('says of an event that the log holds that it is not there; a stream is never read from it', async () => {
    const event = newEvent();
    const store = connect(`esdb://${follower.host}?tls=false`);
    while ((await store.append('ledger-main', -1, [event])).outcome !== 'appended') over.signal.throwIfAborted();
    // A lost answer read back from a follower: "not ours" of what is ours, and the sale is decided twice.
    const plain = EventStoreDBClient.connectionString(`esdb://${follower.host}?tls=false`);
    const readBack = async () => {
      for await (const { event } of plain.readStream('ledger-main')) return event?.id;
      return undefined;
    };
    await expect(readBack()).rejects.toMatchObject({ type: 'stream-not-found' });
    await plain.dispose();
    expect(await idsIn(connect(`esdb://${follower.host}?tls=false`), 'ledger-main')).toEqual([event.id]);
  });

  it('decides nothing: a second writer refuses a key that the first has used', async () => {
    const envelope = {
      actor: 'ann',
      role: 'manager',
      request_hash: 'the request',
      now: '2026-11-30T12:00:00.000Z',
    } as const;
    const open = {
      type: 'open_ledger',
      currency: 'USD',
      digits: 2,
      time_zone: 'UTC',
      approval_threshold: '5.00',
    } as const;
    const submission = {
      command: { ...open, ledger_id: 'main' },
      envelope: { ...envelope, idempotency_key: 'opening' },
    };
    const first = openWriter({ store: connect(), ledger_id: 'main' });
    expect(await first.submit(submission)).toMatchObject({ outcome: 'recorded', replayed: false });
    const second = openWriter({ store: connect(`esdb://${follower.host}?tls=false`), ledger_id: 'main' });
    expect(await second.submit(submission)).toMatchObject({ outcome: 'recorded', replayed: true });
    await Promise.all([first.close(), second.close()]);
  });
});

it('a subscription gets each event once and in order through elections and ends for slowness', async () => {
  const store = connect();
  const got: number[] = [];
  const subscribing = (async () => {
    const messages = store.subscribeAll(undefined, { stream_prefixes: ['ledger-'], signal: over.signal });
    for await (const message of each(messages)) if (message.kind === 'event') got.push(message.event.revision);
  })();
  const writer = connect();
  let written = 0;
  for (const [_, fall, back] of faults) {
    const going = failOver(fall, back, 300);
    for (let n = 0; n < 20; n += 1) {
      await appendUntilIn(writer, 'ledger-main', written - 1);
      written += 1;
      if (n % 5 === 0) cluster.endSubscriptions();
    }
    await (await going).restore();
  }
  while (got.length < written) await sleep(10, undefined, { signal: over.signal });
  over.abort();
  await subscribing;
  expect(got).toEqual(Array.from({ length: written }, (_, n) => n));
});

describe('a freeze that outlasts the pings, after which a connection is given up', () => {
  /** Pings last 15 s, and a freeze of 40 s outlasts them. Here they last 0.6 s. */
  const pinging = (url: string) => `${url}&keepAliveInterval=400&keepAliveTimeout=200`;
  const FREEZE_MS = 1_600;

  it.each<[string, (nodes: StandInCluster['nodes']) => StandInNode[], elects: boolean]>([
    ['of all nodes', (nodes) => [...nodes], false],
    ['of the leader, and another is elected', () => [cluster.leader!], true],
    ['of all, and another is elected when they wake', (nodes) => [...nodes], true],
  ])('%s: nothing is lost or doubled, and it goes on', async (_, frozen, elects) => {
    const store = connect(pinging(cluster.url));
    const got: string[] = [];
    const subscribing = (async () => {
      const messages = store.subscribeAll(undefined, { stream_prefixes: ['ledger-'], signal: over.signal });
      for await (const message of each(messages)) if (message.kind === 'event') got.push(message.event.id);
    })();
    await appendUntilIn(store, 'ledger-main', -1);
    const asleep = frozen(cluster.nodes);
    for (const node of asleep) node.freeze();
    const appended = (async () => {
      for (let expected = 0; expected < 3; expected += 1) await appendUntilIn(store, 'ledger-main', expected);
    })();
    const [next] = others();
    if (elects && asleep.length === 1) cluster.elect(next!);
    await sleep(FREEZE_MS);
    for (const node of asleep) node.thaw();
    if (elects) cluster.elect(next!);
    for (const node of asleep) node.join();
    const awake_ms = performance.now();
    await appended;
    expect(performance.now() - awake_ms).toBeLessThan(AFTER_ELECTION_MS_MAX);
    const ids = await idsIn(store, 'ledger-main');
    expect(new Set(ids).size).toBe(4);
    expect(ids).toHaveLength(4);
    while (got.length < 4) await sleep(10, undefined, { signal: over.signal });
    over.abort();
    await subscribing;
    expect(got).toEqual(ids);
  });
});

describe('what fails before a call is on the wire', () => {
  it('a certificate file that is gone for a moment: the client is made anew until it is back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'certificate-'));
    const file = join(folder, 'node.crt');
    const write = () => writeFile(file, 'read, and not used without TLS');
    await write();
    const store = connect(`${cluster.url}&userCertFile=${file}&userKeyFile=${file}`, SHORT_TIMEOUT_MS);
    await appendUntilIn(store, 'ledger-main', -1);
    await rm(file);
    await cluster.leader!.kill();
    cluster.elect(others()[0]!);
    expect((await store.append('ledger-main', 0, [newEvent()])).outcome).toBe('unknown');
    expect((await store.append('ledger-main', 0, [newEvent()])).outcome).toBe('unknown');
    await write();
    await appendUntilIn(store, 'ledger-main', 0);
    await rm(folder, { recursive: true });
  });

  it("the server's features: refused once, asked anew", async () => {
    const store = connect();
    cluster.refuseFeatures(1);
    expect((await store.append('ledger-main', -1, [newEvent()])).outcome).toBe('unknown');
    await appendUntilIn(store, 'ledger-main', -1);
  });
});
