import { END, eventTypeFilter, type Filter, type Position, START, streamNameFilter } from '@eventstore/db-client';
import {
  type ContractServer,
  contractServer,
  follow,
  idsOf,
  newEvent,
  newEvents,
  newStream,
  type Seen,
  take,
} from './server.js';

let server: ContractServer;
beforeAll(async () => {
  server = await contractServer();
});
afterAll(() => server?.close());

const so_many = (n: number) => (events: Seen[]) => events.length >= n;
const until = (id: string) => (events: Seen[]) => events.at(-1)?.id === id;

describe('a subscription to a stream', () => {
  it('catches up from the start, says so, and goes on live', async () => {
    const stream = newStream();
    const [old, live] = [newEvents(300), newEvents(20)];
    await server.client.appendToStream(stream, old);
    const subscription = server.client.subscribeToStream(stream, { fromRevision: START });
    const caught_up = new Promise<void>((resolve) => subscription.once('caughtUp', resolve));
    const taken = take(subscription, so_many(320));
    await caught_up;
    for (const event of live) await server.client.appendToStream(stream, event);
    expect(idsOf(await taken)).toEqual(idsOf([...old, ...live]));
  });

  it('starts behind its checkpoint', async () => {
    const stream = newStream();
    const sent = newEvents(10);
    await server.client.appendToStream(stream, sent);
    const events = await take(server.client.subscribeToStream(stream, { fromRevision: 6n }), until(sent[9]!.id));
    expect(idsOf(events)).toEqual(idsOf(sent.slice(7)));
  });

  it('from the end sees only what is new', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(10));
    const subscription = server.client.subscribeToStream(stream, { fromRevision: END });
    const ready = new Promise<void>((resolve) => subscription.once('confirmation', resolve));
    const taken = take(subscription, so_many(1));
    await ready;
    const live = newEvent();
    await server.client.appendToStream(stream, live);
    expect(idsOf(await taken)).toEqual([live.id]);
  });

  it('waits for a stream that nobody wrote yet', async () => {
    const stream = newStream();
    const subscription = server.client.subscribeToStream(stream);
    const ready = new Promise<void>((resolve) => subscription.once('confirmation', resolve));
    const taken = take(subscription, so_many(2));
    await ready;
    const sent = newEvents(2);
    await server.client.appendToStream(stream, sent);
    expect(idsOf(await taken)).toEqual(idsOf(sent));
  });

  it('goes on over a deletion', async () => {
    const stream = newStream();
    const [before, after] = [newEvents(2), newEvents(2)];
    await server.client.appendToStream(stream, before);
    const seen: string[] = [];
    const subscription = server.client.subscribeToStream(stream);
    const taken = take(subscription, (events) => {
      seen.push(events.at(-1)!.id);
      return events.length === 4;
    });
    await new Promise<void>((resolve) => subscription.once('caughtUp', resolve));
    await server.client.deleteStream(stream);
    await server.client.appendToStream(stream, after);
    expect(idsOf(await taken)).toEqual(idsOf([...before, ...after]));
  });
});

describe('a subscription to $all', () => {
  it('starts behind its checkpoint and goes on live, in the order of positions', async () => {
    const stream = newStream();
    const { position } = await server.client.appendToStream(stream, newEvent());
    const [old, live] = [newEvents(100), newEvents(100)];
    await server.client.appendToStream(stream, old);
    const caught_up = Promise.withResolvers<void>();
    const subscribe = (fromPosition: Position) =>
      server.client.subscribeToAll({ fromPosition }).once('caughtUp', caught_up.resolve);
    const taken = follow(subscribe, position!, until(live[99]!.id));
    await caught_up.promise;
    await Promise.all(live.map((event) => server.client.appendToStream(stream, event)).slice(0, 99));
    await server.client.appendToStream(stream, live[99]!);

    const events = await taken;
    const ours = events.filter(({ streamId }) => streamId === stream);
    expect(idsOf(ours.slice(0, 100))).toEqual(idsOf(old));
    expect(new Set(idsOf(ours.slice(100)))).toEqual(new Set(idsOf(live)));
    const commits = events.map((event) => event.position!.commit);
    expect(commits).toEqual([...new Set(commits)].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('sees what is written by many while it changes from catching up to live, each once', async () => {
    const streams = Array.from({ length: 5 }, () => newStream());
    const { position } = await server.client.appendToStream(newStream(), newEvent());
    const sent = newEvents(2_000);
    const writing = (async () => {
      for (let n = 0; n < sent.length; n += 50)
        await Promise.all(
          sent.slice(n, n + 50).map((event, i) => server.client.appendToStream(streams[i % 5]!, event)),
        );
      await server.client.appendToStream(streams[0]!, newEvent(0, 'Last'));
    })();
    const events = await follow(
      (fromPosition) => server.client.subscribeToAll({ fromPosition }),
      position!,
      (seen) => seen.at(-1)!.type === 'Last',
    );
    await writing;
    const ours = events.filter(({ streamId, type }) => streams.includes(streamId) && type !== 'Last');
    expect(ours).toHaveLength(2_000);
    expect(new Set(idsOf(ours))).toEqual(new Set(idsOf(sent)));
  });

  const run = newStream('filter');
  const [red, blue] = [`${run}-red`, `${run}-blue`];
  // The last column passes and is written last: whatever passes wrongly comes before it.
  test.each<[string, Filter, string[], string]>([
    ['a prefix of the stream', streamNameFilter({ prefixes: [red] }), ['red Ball', 'red Box', 'red Ball'], 'red End'],
    [
      'several prefixes of the stream',
      streamNameFilter({ prefixes: [blue, red] }),
      ['red Ball', 'blue Box', 'red Box', 'blue Ball', 'red Ball'],
      'red End',
    ],
    ['a regex of the stream', streamNameFilter({ regex: `${run}-b..e$` }), ['blue Box', 'blue Ball'], 'blue End'],
    ['a prefix of the type', eventTypeFilter({ prefixes: [`${run}/Bo`] }), ['blue Box', 'red Box'], 'red Bound'],
    [
      'a regex of the type',
      eventTypeFilter({ regex: `${run}/(Ba|zz)ll$` }),
      ['red Ball', 'blue Ball', 'red Ball'],
      'red zzll',
    ],
  ])('is filtered by %s', async (_name, filter, expected, last) => {
    const { position } = await server.client.appendToStream(newStream(), newEvent());
    for (const one of ['red Ball', 'blue Box', 'red Box', 'blue Ball', 'red Ball', last]) {
      const [colour, shape] = one.split(' ');
      await server.client.appendToStream(`${run}-${colour}`, newEvent(0, `${run}/${shape}`));
    }
    const last_type = `${run}/${last.split(' ')[1]}`;
    const subscription = server.client.subscribeToAll({ fromPosition: position!, filter });
    const events = await take(subscription, (seen) => seen.at(-1)!.type === last_type);
    expect(events.map(({ streamId, type }) => `${streamId.split('-').at(-1)} ${type.split('/').at(-1)}`)).toEqual([
      ...expected,
      last,
    ]);
  });

  it('that matches nothing still tells how far it came, and resumes from there', async () => {
    const stream = newStream();
    const { position } = await server.client.appendToStream(stream, newEvent());
    await server.client.appendToStream(stream, newEvents(400));
    const wanted = newStream('wanted');
    let tell: (position: Position) => void;
    const told = new Promise<Position>((resolve) => {
      tell = resolve;
    });
    const subscription = server.client.subscribeToAll({
      fromPosition: position!,
      filter: streamNameFilter({
        prefixes: [wanted],
        checkpointInterval: 1,
        checkpointReached: async (_subscription, reached) => tell(reached),
      }),
    });
    const none = take(subscription, () => true);
    const checkpoint = await told;
    await subscription.unsubscribe();
    expect(await none).toEqual([]);
    expect(checkpoint.commit).toBeGreaterThan(position!.commit);

    const sent = newEvents(3);
    await server.client.appendToStream(wanted, sent);
    const resumed = server.client.subscribeToAll({
      fromPosition: checkpoint,
      filter: streamNameFilter({ prefixes: [wanted] }),
    });
    expect(idsOf(await take(resumed, until(sent[2]!.id)))).toEqual(idsOf(sent));
  });

  it('never drops, repeats or reorders for a slow reader', async () => {
    const stream = newStream();
    const sent = Array.from({ length: 30 }, () => newEvents(100));
    const { position } = await server.client.appendToStream(stream, newEvent());
    const filter = streamNameFilter({ prefixes: [stream] });
    const writing = (async () => {
      for (const batch of sent) await server.client.appendToStream(stream, batch);
    })();
    const seen = await follow(
      (fromPosition) => server.client.subscribeToAll({ fromPosition, filter }),
      position!,
      async ({ length }) => {
        if (length % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        return length === 3_000;
      },
    );
    await writing;
    expect(idsOf(seen)).toEqual(idsOf(sent.flat()));
  });
});
