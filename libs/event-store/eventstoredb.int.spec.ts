import { randomUUID } from 'node:crypto';
import { type EventStoreProcess, startEventStoreProcess } from '../../test/support/event-store.js';
import { each, eventsOf } from '../../test/support/portions.js';
import { startTcpProxy, type TcpProxy } from '../../test/support/tcp-proxy.js';
import { type EventStore, EventStoreUnavailable, type NewEvent, type StoredEvent } from './event-store.js';
import { connectEventStore } from './eventstoredb.js';

let server: EventStoreProcess;
let store: EventStore;

beforeAll(async () => {
  server = await startEventStoreProcess({ memory: true });
  store = connectEventStore({ url: server.url });
});
afterAll(async () => {
  await store?.close();
  await server?.stop();
});

const newStream = (prefix = 'ledger') => `${prefix}-${randomUUID()}`;
const newEvents = (count: number, bytes = 0): NewEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    id: randomUUID(),
    type: 'Counted',
    data: { index, filler: 'x'.repeat(bytes) },
    metadata: { key: `k${index}` },
  }));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
const revisions = (events: StoredEvent[]) => events.map(({ revision }) => revision);

describe('append', () => {
  it('answers the revision of the last event', async () => {
    const stream = newStream();
    expect(await store.append(stream, -1, newEvents(3))).toEqual({ outcome: 'appended', revision: 2 });
    expect(await store.append(stream, 2, newEvents(1))).toEqual({ outcome: 'appended', revision: 3 });
  });

  it('answers the first revision again when identical bytes are sent again, at the head or behind it', async () => {
    const stream = newStream();
    const first = newEvents(2);
    await store.append(stream, -1, first);
    expect(await store.append(stream, -1, first)).toEqual({ outcome: 'appended', revision: 1 });
    await store.append(stream, 1, newEvents(1));
    expect(await store.append(stream, -1, first)).toEqual({ outcome: 'appended', revision: 1 });
    expect(await all(store.read(stream, 0))).toHaveLength(3);
  });

  it('is a conflict below and above the revision that the stream has, and writes nothing', async () => {
    const stream = newStream();
    await store.append(stream, -1, newEvents(2));
    for (const expected of [-1, 0, 2]) {
      expect(await store.append(stream, expected, newEvents(1))).toEqual({ outcome: 'conflict' });
    }
    expect(await all(store.read(stream, 0))).toHaveLength(2);
  });

  it('carries a batch just below 1 MiB, and is rejected above it', async () => {
    const stream = newStream();
    expect(await store.append(stream, -1, newEvents(100, 10_000))).toEqual({ outcome: 'appended', revision: 99 });
    expect(await store.append(stream, 99, newEvents(110, 10_000))).toEqual({
      outcome: 'rejected',
      reason: 'maximum-append-size-exceeded',
    });
  });

  it('takes 10,000 at once on a fresh connection', async () => {
    const fresh = connectEventStore({ url: server.url });
    const results = await Promise.all(
      Array.from({ length: 10_000 }, () => fresh.append(newStream('many'), -1, newEvents(1))),
    );
    expect(results.filter(({ outcome }) => outcome !== 'appended')).toEqual([]);
    await fresh.close();
  });

  it('sends no more than in_flight_max and lets no more than waiting_max wait', async () => {
    const narrow = connectEventStore({ url: server.url, in_flight_max: 2, waiting_max: 3 });
    const results = await Promise.all(Array.from({ length: 10 }, () => narrow.append(newStream(), -1, newEvents(1))));
    expect(results.map(({ outcome }) => outcome)).toEqual([...Array(5).fill('appended'), ...Array(5).fill('unknown')]);
    await narrow.close();
  });

  it.each<[string, number, unknown]>([
    ['no event at all', -1, []],
    ['an id that is no UUID', -1, [{ id: '1', type: 'T', data: {}, metadata: {} }]],
    ['a bigint', -1, [{ id: randomUUID(), type: 'T', data: { amount: 1n }, metadata: {} }]],
    ['data that JSON leaves out', -1, [{ id: randomUUID(), type: 'T', data: undefined, metadata: {} }]],
    ['a revision that is none', -2, [{ id: randomUUID(), type: 'T', data: {}, metadata: {} }]],
  ])('throws for %s', async (_, expected, events) => {
    await expect(store.append(newStream(), expected, events as NewEvent[])).rejects.toThrow(TypeError);
  });
});

describe('read', () => {
  it('gives what was written', async () => {
    const stream = newStream();
    const [event] = newEvents(1);
    await store.append(stream, -1, [event!]);
    const [stored] = await all(store.read(stream, 0));
    expect(stored).toMatchObject({ ...event, stream, revision: 0 });
    expect(Math.abs(Date.now() - stored!.created_ms)).toBeLessThan(3_600_000);
  });

  it('goes forwards from a revision and backwards from the head', async () => {
    const stream = newStream();
    await store.append(stream, -1, newEvents(5));
    expect(revisions(await all(store.read(stream, 2)))).toEqual([2, 3, 4]);
    expect(revisions(await all(store.read(stream, 1, { max: 2 })))).toEqual([1, 2]);
    expect(revisions(await all(store.read(stream, 0, { max: 0 })))).toEqual([]);
    expect(revisions(await all(store.read(stream, 5)))).toEqual([]);
    expect(revisions(await all(store.readBackwards(stream)))).toEqual([4, 3, 2, 1, 0]);
    expect(revisions(await all(store.readBackwards(stream, { max: 1 })))).toEqual([4]);
  });

  it('finds a missing stream empty', async () => {
    expect(await all(store.read(newStream(), 0))).toEqual([]);
    expect(await all(store.readBackwards(newStream()))).toEqual([]);
  });

  it('reads $all by prefix, after a position', async () => {
    const prefix = newStream('prefix');
    await store.append(`${prefix}-a`, -1, newEvents(2));
    await store.append(newStream('other'), -1, newEvents(2));
    await store.append(`${prefix}-b`, -1, newEvents(2));
    const found = await eventsOf(store.readAll(undefined, { stream_prefixes: [prefix] }));
    expect(found.map(({ stream }) => stream.slice(-2))).toEqual(['-a', '-a', '-b', '-b']);
    const rest = await eventsOf(store.readAll(found[1]!.log_position, { stream_prefixes: [prefix] }));
    expect(rest).toEqual(found.slice(2));
    expect(await eventsOf(store.readAll(undefined, { stream_prefixes: [newStream()] }))).toEqual([]);
  });

  it('does not wear a connection out with short reads that are left early', async () => {
    const proxy = await startTcpProxy(server.port);
    const busy = connectEventStore({ url: proxied(proxy) });
    const stream = newStream();
    await busy.append(stream, -1, newEvents(3));
    const readForAWhile = async () => {
      for (let count = 0; count < 40; count++) {
        for await (const { revision } of busy.readBackwards(stream, { max: 1 })) {
          expect(revision).toBe(2);
          break;
        }
        await busy.ping(10_000);
      }
    };
    await Promise.all(Array.from({ length: 40 }, readForAWhile));
    expect(proxy.accepted).toBe(1);
    await busy.close();
    await proxy.close();
  });

  it('throws the reason of an abort', async () => {
    const stream = newStream();
    await store.append(stream, -1, newEvents(500, 1_000));
    const abort = new AbortController();
    const reading = async () => {
      for await (const _ of store.read(stream, 0, { signal: abort.signal })) abort.abort(new Error('enough'));
    };
    await expect(reading()).rejects.toThrow('enough');
  });
});

describe('subscribeAll', () => {
  it('catches up, says so, and goes on live until aborted', async () => {
    const prefix = newStream('live');
    const abort = new AbortController();
    await store.append(`${prefix}-1`, -1, newEvents(3));
    const seen: string[] = [];
    for await (const message of each(
      store.subscribeAll(undefined, { stream_prefixes: [prefix], signal: abort.signal }),
    )) {
      if (message.kind === 'event') seen.push(`${message.event.stream.slice(-1)}@${message.event.revision}`);
      if (message.kind === 'caught_up') {
        if (!seen.includes('caught up')) await store.append(`${prefix}-2`, -1, newEvents(2));
        seen.push('caught up');
      }
      if (seen.at(-1) === '2@1') abort.abort();
    }
    expect(seen.filter((what, index) => what !== 'caught up' || seen.indexOf(what) === index)).toEqual([
      '1@0',
      '1@1',
      '1@2',
      'caught up',
      '2@0',
      '2@1',
    ]);
  });

  it('starts behind the given position', async () => {
    const prefix = newStream('behind');
    await store.append(prefix, -1, newEvents(4));
    const [, second] = await eventsOf(store.readAll(undefined, { stream_prefixes: [prefix] }));
    const abort = new AbortController();
    const seen: number[] = [];
    const behind = store.subscribeAll(second!.log_position, { stream_prefixes: [prefix], signal: abort.signal });
    for await (const message of each(behind)) {
      if (message.kind === 'event') seen.push(message.event.revision);
      if (message.kind === 'caught_up') abort.abort();
    }
    expect(seen).toEqual([2, 3]);
  });

  it('reports its place where nothing matches, never ahead of what it has yielded', async () => {
    const prefix = newStream('sparse');
    await store.append(`${prefix}-a`, -1, newEvents(1));
    await store.append(newStream('noise'), -1, newEvents(1_200));
    await store.append(`${prefix}-b`, -1, newEvents(1));
    const abort = new AbortController();
    const places: bigint[] = [];
    const kinds: string[] = [];
    for await (const message of each(
      store.subscribeAll(undefined, { stream_prefixes: [prefix], signal: abort.signal }),
    )) {
      kinds.push(message.kind);
      if (message.kind === 'event') places.push(message.event.log_position.commit);
      if (message.kind === 'checkpoint') places.push(message.log_position.commit);
      if (message.kind === 'caught_up') abort.abort();
    }
    expect(kinds.filter((kind) => kind === 'event')).toHaveLength(2);
    expect(kinds.slice(kinds.indexOf('event') + 1, kinds.lastIndexOf('event'))).toContain('checkpoint');
    expect(places).toEqual([...new Set(places)].sort((a, b) => Number(a - b)));
  });

  it('pulls no faster than it is consumed', async () => {
    const proxy = await startTcpProxy(server.port);
    const slow = connectEventStore({ url: proxied(proxy) });
    const stream = newStream('slow');
    for (let written = 0; written < 2_000; written += 100)
      await store.append(stream, written - 1, newEvents(100, 10_000));
    const abort = new AbortController();
    let count = 0;
    for await (const { kind } of each(
      slow.subscribeAll(undefined, { stream_prefixes: [stream], signal: abort.signal }),
    )) {
      if (kind !== 'event') continue;
      if (++count === 1) await new Promise((resolve) => setTimeout(resolve, 500));
      if (count === 1) expect(proxy.answered_bytes).toBeLessThan(5_000_000);
      if (count === 2_000) abort.abort();
    }
    await slow.close();
    await proxy.close();
  });
});

describe('without a server', () => {
  it('answers unknown, throws from reads, and goes on by itself when it comes', async () => {
    const proxy = await startTcpProxy(server.port);
    proxy.blackHole();
    const lonely = connectEventStore({ url: proxied(proxy), append_timeout_ms: 200, read_timeout_ms: 200 });
    const stream = newStream();
    const events = newEvents(1);
    expect(await lonely.append(stream, -1, events)).toMatchObject({ outcome: 'unknown' });
    await expect(all(lonely.read(stream, 0))).rejects.toThrow(EventStoreUnavailable);
    await expect(all(lonely.readAll(undefined, { stream_prefixes: [stream] }))).rejects.toThrow(EventStoreUnavailable);
    await expect(lonely.ping(100)).rejects.toThrow(EventStoreUnavailable);
    proxy.pass();
    await untilOk(() => lonely.ping(1_000));
    expect(await lonely.append(stream, -1, events)).toEqual({ outcome: 'appended', revision: 0 });
    await lonely.close();
    await proxy.close();
  });

  it('settles everything on close', async () => {
    const proxy = await startTcpProxy(server.port);
    proxy.blackHole();
    const closing = connectEventStore({ url: proxied(proxy), in_flight_max: 1 });
    const pending = [closing.append(newStream(), -1, newEvents(1)), closing.append(newStream(), -1, newEvents(1))];
    const reading = all(closing.read(newStream(), 0));
    const subscribed = all(
      closing.subscribeAll(undefined, { stream_prefixes: ['x'], signal: new AbortController().signal }),
    );
    setImmediate(() => void closing.close());
    await expect(reading).rejects.toThrow(EventStoreUnavailable);
    expect((await Promise.all(pending)).map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown']);
    expect(await closing.append(newStream(), -1, newEvents(1))).toMatchObject({ outcome: 'unknown' });
    expect(await subscribed).toEqual([]);
    await proxy.close();
  });

  it('does not repeat a password when the URL is wrong', () => {
    expect(() => connectEventStore({ url: 'esdb//admin:changeit@localhost' })).toThrow(/^(?!.*changeit)/);
  });
});

const proxied = (proxy: TcpProxy) => `esdb://127.0.0.1:${proxy.port}?tls=false`;

async function untilOk(act: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await act();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
