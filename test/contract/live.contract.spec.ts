import { BACKWARDS, binaryEvent, END, FORWARDS, START } from '@eventstore/db-client';
import {
  type ContractServer,
  contractServer,
  eventsOf,
  idsOf,
  newEvent,
  newEvents,
  newStream,
  refusalOf,
  revisionsOf,
  type Seen,
} from './server.js';

let server: ContractServer;
beforeAll(async () => {
  server = await contractServer();
});
afterAll(() => server?.close());

const so_long = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function follow(stream: string, fromRevision: typeof START | typeof END | bigint = START) {
  const subscription = server.client.subscribeToStream(stream, { fromRevision });
  const seen: Seen[] = [];
  const marks: (number | 'caught up')[] = [];
  const confirmed = new Promise<void>((resolve) => subscription.once('confirmation', resolve));
  subscription.on('caughtUp', () => void marks.push('caught up'));
  let failure: Error | undefined;
  subscription.on('error', (error) => {
    failure = error;
  });
  subscription.on('data', ({ event }) => {
    seen.push(event!);
    marks.push(Number(event!.revision));
  });
  const until = async (done: () => boolean) => {
    while (!done()) await so_long(20);
  };
  return {
    seen,
    marks,
    confirmed,
    failure: () => failure,
    events: (count: number) => until(() => seen.length >= count),
    caughtUp: () => until(() => marks.includes('caught up')),
    failed: () => until(() => failure !== undefined),
    stop: () => subscription.unsubscribe(),
  };
}

describe('a read of a stream that is deleted half-way', () => {
  test.each([
    [FORWARDS, START, 'deleteStream', 'stream-not-found'],
    [FORWARDS, START, 'tombstoneStream', 'stream-deleted'],
    [BACKWARDS, END, 'deleteStream', 'stream-not-found'],
    [BACKWARDS, END, 'tombstoneStream', 'stream-deleted'],
  ] as const)('%s from %s, by %s: ends with %s', async (direction, fromRevision, end, type) => {
    const stream = newStream();
    for (let n = 0; n < 20; n += 1)
      await server.client.appendToStream(
        stream,
        Array.from({ length: 8 }, () => binaryEvent({ type: 'Large', data: Buffer.alloc(120_000, n) })),
      );
    const read = server.client.readStream(stream, { direction, fromRevision })[Symbol.asyncIterator]();
    expect((await read.next()).done).toBe(false);
    await server.client[end](stream);
    const rest = async () => {
      for (let events = 1; ; events += 1) if ((await read.next()).done) return events;
    };
    expect(await refusalOf(rest())).toMatchObject({ type });
  });
});

describe('a live subscription', () => {
  test.each([
    ['$maxCount', { maxCount: 1 }],
    ['$tb', { truncateBefore: 1_000 }],
  ])('sees all that is written, whatever %s hides by then', async (_name, metadata) => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(3));
    await server.client.setStreamMetadata(stream, metadata);
    const following = follow(stream);
    await following.caughtUp();
    const before = following.seen.length;
    const live = newEvents(20);
    await server.client.appendToStream(stream, live.slice(0, 10));
    for (const event of live.slice(10)) await server.client.appendToStream(stream, event);
    await following.events(before + live.length);
    await following.stop();
    expect(idsOf(following.seen.slice(before))).toEqual(idsOf(live));
  });

  it('of metadata sees each version', async () => {
    const stream = newStream();
    await server.client.setStreamMetadata(stream, { maxCount: 1 });
    const following = follow(`$$${stream}`);
    await following.caughtUp();
    for (const maxCount of [2, 3, 4]) await server.client.setStreamMetadata(stream, { maxCount });
    await following.events(4);
    await following.stop();
    expect(revisionsOf(following.seen)).toEqual([0, 1, 2, 3]);
  });

  it('has caught up once, behind what was there and ahead of what is new', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(50));
    const following = follow(stream);
    await following.caughtUp();
    for (let n = 0; n < 10; n += 1) {
      await server.client.appendToStream(stream, newEvents(3));
      await following.events(53 + 3 * n);
    }
    await following.stop();
    expect(following.marks.filter((mark) => mark === 'caught up')).toHaveLength(1);
  });

  it('has not caught up with a stream that does not exist, until it does', async () => {
    for (const prepare of [
      async () => {},
      async (stream: string) => {
        await server.client.appendToStream(stream, newEvents(2));
        await server.client.deleteStream(stream);
      },
    ]) {
      const stream = newStream();
      await prepare(stream);
      const following = follow(stream);
      await following.confirmed;
      await so_long(300);
      expect(following.marks).toEqual([]);
      await server.client.appendToStream(stream, newEvent());
      await following.events(1);
      await following.caughtUp();
      await following.stop();
    }
  });

  it('from the end has caught up at once', async () => {
    const following = follow(newStream(), END);
    await following.caughtUp();
    await following.stop();
  });

  it('sees the tombstone, and then that the stream is deleted', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(2));
    const following = follow(stream);
    await following.caughtUp();
    await server.client.tombstoneStream(stream);
    await following.failed();
    expect(following.failure()).toMatchObject({ type: 'stream-deleted', streamName: stream });
    expect(following.seen.map(({ type, revision }) => [type, revision])).toEqual([
      ['Counted', 0n],
      ['Counted', 1n],
      ['$streamDeleted', 2n ** 63n - 1n],
    ]);
  });

  it('of a stream that was tombstoned before is refused', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvent());
    await server.client.tombstoneStream(stream);
    const following = follow(stream);
    await following.failed();
    expect(following.failure()).toMatchObject({ type: 'stream-deleted' });
    expect(following.seen).toEqual([]);
  });
});

describe('a stream’s name', () => {
  test.each(['\ufeff', ' ', '\t', '\u00a0'])('keeps %j at its ends', async (edge) => {
    const bare = newStream();
    const names = [bare, edge + bare, bare + edge];
    for (const name of names) await server.client.appendToStream(name, newEvent(), { expectedRevision: 'no_stream' });
    for (const name of names)
      expect((await eventsOf(server.client.readStream(name))).map(({ streamId }) => streamId)).toEqual([name]);
  });
});
