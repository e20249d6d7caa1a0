import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStore, EventStoreUnavailable, type StoredEvent } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { type EventStoreProcess, startEventStoreProcess } from '../support/event-store.js';
import { each } from '../support/portions.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

/** F2, F4 and F5 for the log's client. The log is compared with what was commanded; an unhandled rejection fails. */
const APPEND_TIMEOUT_MS = 600;
const BATCH_SIZE = 20;
const seen = { unknown: 0, conflict: 0, unknown_yet_written: 0 };

let server: EventStoreProcess;
let proxy: TcpProxy;
let store: EventStore;
let direct: EventStore;
let over: AbortController;

beforeEach(async () => {
  over = new AbortController();
  Object.assign(seen, { unknown: 0, conflict: 0, unknown_yet_written: 0 });
  server = await startEventStoreProcess();
  proxy = await startTcpProxy(server.port);
  store = connect();
  direct = connectEventStore({ url: server.url });
});
afterEach(async () => {
  over.abort(new Error('the test is over'));
  await store.close();
  await direct.close();
  await proxy.close();
  await server.stop();
});

const connect = () =>
  connectEventStore({
    url: `esdb://127.0.0.1:${proxy.port}?tls=false`,
    append_timeout_ms: APPEND_TIMEOUT_MS,
    read_timeout_ms: 1_000,
  });

async function write(stream: string, enough: () => boolean, report: (ids: string[]) => void): Promise<void> {
  let revision = -1;
  while (!enough()) {
    const ids = Array.from({ length: BATCH_SIZE }, () => randomUUID());
    revision = await writeOnce(stream, revision, ids);
    report(ids);
  }
}

async function writeOnce(stream: string, revision: number, ids: string[]): Promise<number> {
  const events = ids.map((id) => ({ id, type: 'Recorded', data: { filler: 'x'.repeat(100) }, metadata: { id } }));
  let expected = revision;
  for (;;) {
    over.signal.throwIfAborted();
    const result = await store.append(stream, expected, events);
    if (result.outcome === 'appended') return result.revision;
    if (result.outcome === 'rejected') throw new Error(result.reason);
    seen[result.outcome]++;
    const missed = await readBack(result.outcome === 'unknown' ? direct : store, stream, expected + 1);
    const found = missed.some(({ id }) => id === ids[0]);
    if (result.outcome === 'unknown') {
      // That the test bites: the writer goes on as if it had not looked.
      if (found) seen.unknown_yet_written++;
      continue;
    }
    expected += missed.length;
    if (found) return expected;
  }
}

async function readBack(from_store: EventStore, stream: string, from: number): Promise<StoredEvent[]> {
  for (;;) {
    over.signal.throwIfAborted();
    const events: StoredEvent[] = [];
    try {
      for await (const event of from_store.read(stream, from)) events.push(event);
      return events;
    } catch (error) {
      if (!(error instanceof EventStoreUnavailable)) throw error;
    }
  }
}

const streams = ['ledger-1', 'ledger-2', 'ledger-3', 'ledger-4'];

/** Two writers a stream, in each other's way. The fault comes every `commands_each` commands, `rounds` times. */
async function writeThrough(rounds: number, commands_each: number, fault: (round: number) => Promise<void>) {
  let commands = 0;
  let stop = false;
  const enough = () => stop;
  const histories = [...streams, ...streams].map((stream) => ({ stream, batches: [] as string[][] }));
  const writing = Promise.all(
    histories.map(({ stream, batches }) =>
      write(stream, enough, (ids) => {
        batches.push(ids);
        commands += ids.length;
      }),
    ),
  );
  // Awaited below; before that a failure is not unhandled.
  writing.catch(() => {});
  const written = async (goal: number) => {
    while (commands < goal) await Promise.race([tick(), writing]);
  };
  for (let round = 0; round < rounds; round++) {
    await written(commands + commands_each);
    await fault(round);
  }
  await written(commands + commands_each);
  stop = true;
  await writing;
  return histories;
}

async function expectExactlyOnce(histories: { stream: string; batches: string[][] }[]): Promise<void> {
  for (const stream of streams) {
    const events = await readBack(direct, stream, 0);
    expect(events.map(({ revision }) => revision)).toEqual(events.map((_, index) => index));
    const in_log = Array.from({ length: events.length / BATCH_SIZE }, (_, n) =>
      events
        .slice(n * BATCH_SIZE, (n + 1) * BATCH_SIZE)
        .map(({ id }) => id)
        .join(),
    );
    const commanded = histories.filter((history) => history.stream === stream).flatMap(({ batches }) => batches);
    expect(in_log.sort()).toEqual(commanded.map((ids) => ids.join()).sort());
  }
}

it('F2: kill -9 and restart of the store under load', async () => {
  const histories = await writeThrough(5, 400, async (round) => {
    await server.kill();
    await sleep(60 * round);
    await server.restart();
  });
  await expectExactlyOnce(histories);
  expect(seen.unknown).toBeGreaterThan(0);
});

it('F2: a store that hangs under load and then dies', async () => {
  const histories = await writeThrough(3, 500, async () => {
    server.freeze();
    // Some still read back; of the others one always has an append under way.
    await unknownAnswers(1);
    await server.kill();
    await server.restart();
  });
  await expectExactlyOnce(histories);
});

it('F4: appends succeed and their answers are lost, 10,000 commands', async () => {
  const histories = await writeThrough(25, 400, async (round) => {
    proxy.swallowAnswers();
    // Mostly the connection breaks; at times only the writers' timers tell.
    if (round % 8 === 7) await unknownAnswers(1);
    else await sleep(5);
    proxy.pass();
  });
  await expectExactlyOnce(histories);
  expect(seen.unknown).toBeGreaterThan(25);
  expect(seen.unknown_yet_written).toBeGreaterThan(10);
});

it('F5: a black hole without a reset, from which every call returns by itself', async () => {
  const histories = await writeThrough(4, 500, async (round) => {
    proxy.blackHole();
    // Only our own timers end these.
    await unknownAnswers(streams.length);
    await expect(store.ping(100)).rejects.toThrow(EventStoreUnavailable);
    if (round === 0) await expect(readOnce('ledger-1')).rejects.toThrow(EventStoreUnavailable);
    proxy.pass();
  });
  await expectExactlyOnce(histories);
});

it('F5: slow, cut and half-closed connections', async () => {
  const histories = await writeThrough(12, 100, async (round) => {
    proxy.delay(round % 2 === 0 ? 20 : 0);
    if (round % 3 === 2) proxy.halfClose();
    else proxy.cut();
  });
  await expectExactlyOnce(histories);
});

it('F5: a connection that is dead for ever, while a new one would work', async () => {
  // We must not share another client's dead connection.
  const other = connect();
  await other.ping(1_000);
  await store.append('ledger-1', -1, [someEvent()]);
  for (let expected = 0; expected < 3; expected++) {
    proxy.forget();
    const event = someEvent();
    const tries: string[] = [];
    while (tries.at(-1) !== 'appended' && tries.length < 10)
      tries.push((await store.append('ledger-1', expected, [event])).outcome);
    // The first try finds it dead; the next takes another.
    expect(tries).toEqual(['unknown', 'appended']);
  }
  await other.close();
});

it('leaves no rejection unhandled when the store dies with many large appends under way', async () => {
  await store.append('ledger-1', -1, [someEvent()]);
  server.freeze();
  const appends = Array.from({ length: 600 }, (_, n) => store.append(`large-${n}`, -1, [someEvent(50_000)]));
  await sleep(APPEND_TIMEOUT_MS / 2);
  await server.kill();
  expect(new Set((await Promise.all(appends)).map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
  await sleep(100);
});

it('two connections in one process: the loss of one makes appends of the other unknown at worst', async () => {
  await Promise.all([store.append('ledger-1', -1, [someEvent()]), direct.append('ledger-2', -1, [someEvent()])]);
  for (let round = 0; round < 20; round++) {
    const appends = [store, direct].flatMap((either) =>
      Array.from({ length: 50 }, () => either.append(`two-${randomUUID()}`, -1, [someEvent(1_000)])),
    );
    await sleep(1);
    proxy.cut();
    for (const { outcome } of await Promise.all(appends)) expect(['appended', 'unknown']).toContain(outcome);
  }
  expect(await direct.append('ledger-2', 0, [someEvent()])).toEqual({ outcome: 'appended', revision: 1 });
});

it('F2: finds the store again through gossip', async () => {
  const discovering = connectEventStore({
    url: `esdb+discover://127.0.0.1:${server.port}?tls=false`,
    append_timeout_ms: APPEND_TIMEOUT_MS,
    read_timeout_ms: 1_000,
  });
  let expected = -1;
  for (let round = 0; round < 3; round++) {
    const event = someEvent();
    while ((await discovering.append('ledger-1', expected, [event])).outcome !== 'appended')
      over.signal.throwIfAborted();
    expected++;
    await server.kill();
    expect(await discovering.append('ledger-1', expected, [someEvent()])).toMatchObject({ outcome: 'unknown' });
    await server.restart();
  }
  expect(await readBack(discovering, 'ledger-1', 0)).toHaveLength(3);
  await discovering.close();
});

it('a subscription gets each event once and in order through cuts, restarts and lost answers', async () => {
  const abort = new AbortController();
  const got: string[] = [];
  let last: bigint = -1n;
  const subscribing = (async () => {
    const messages = store.subscribeAll(undefined, { stream_prefixes: ['ledger-'], signal: abort.signal });
    for await (const message of each(messages)) {
      if (message.kind === 'caught_up') continue;
      const { commit } = message.kind === 'event' ? message.event.log_position : message.log_position;
      if (commit <= last && message.kind === 'event') throw new Error(`out of order: ${commit} after ${last}`);
      last = commit;
      if (message.kind === 'event') got.push(`${message.event.stream}@${message.event.revision}`);
    }
  })();
  const faults = [
    async () => proxy.cut(),
    async () => {
      proxy.swallowAnswers();
      await sleep(10);
      proxy.pass();
    },
    async () => {
      await server.kill();
      await server.restart();
    },
    async () => proxy.halfClose(),
  ];
  const histories = await writeThrough(12, 200, async (round) => await faults[round % faults.length]!());
  await expectExactlyOnce(histories);
  const written = histories.reduce((sum, { batches }) => sum + batches.length * BATCH_SIZE, 0);
  while (got.length < written && !abort.signal.aborted) await Promise.race([tick(), subscribing]);
  abort.abort();
  await subscribing;
  const expected = streams.flatMap((stream) => {
    const count = histories
      .filter((history) => history.stream === stream)
      .reduce((sum, { batches }) => sum + batches.length, 0);
    return Array.from({ length: count * BATCH_SIZE }, (_, revision) => `${stream}@${revision}`);
  });
  expect([...got].sort()).toEqual(expected.sort());
});

const someEvent = (bytes = 10) => ({ id: randomUUID(), type: 'Some', data: 'x'.repeat(bytes), metadata: {} });

const tick = () => sleep(5, undefined, { signal: over.signal });

async function unknownAnswers(count: number): Promise<void> {
  const goal = seen.unknown + count;
  while (seen.unknown < goal) await tick();
}

async function readOnce(stream: string): Promise<void> {
  for await (const _ of store.read(stream, 0));
}
