import { BACKWARDS, binaryEvent, END, EventStoreDBClient, type Position, START } from '@eventstore/db-client';
import {
  type ContractServer,
  contractServer,
  eventsOf,
  idsOf,
  linkTo,
  named_server,
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

const count = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i);

describe('a stream', () => {
  const stream = newStream();
  const sent = newEvents(10);
  const read = async (options: Parameters<EventStoreDBClient['readStream']>[1]) =>
    revisionsOf(await eventsOf(server.client.readStream(stream, options)));
  beforeAll(() => server.client.appendToStream(stream, sent));

  test.each<[string, Parameters<EventStoreDBClient['readStream']>[1], number[]]>([
    ['forwards from the start', { fromRevision: START }, count(10)],
    ['forwards from a revision, inclusive', { fromRevision: 7n }, [7, 8, 9]],
    ['forwards, so many', { fromRevision: 2n, maxCount: 3 }, [2, 3, 4]],
    ['forwards from beyond the end', { fromRevision: 10n }, []],
    ['backwards from the end', { direction: BACKWARDS, fromRevision: END }, count(10).reverse()],
    ['backwards from a revision, inclusive', { direction: BACKWARDS, fromRevision: 2n }, [2, 1, 0]],
    ['backwards, so many', { direction: BACKWARDS, fromRevision: END, maxCount: 2 }, [9, 8]],
  ])('is read %s', async (_name, options, revisions) => expect(await read(options)).toEqual(revisions));

  it('that nobody wrote is not found', async () => {
    expect(await refusalOf(eventsOf(server.client.readStream(newStream())))).toMatchObject({
      type: 'stream-not-found',
    });
  });

  it('of thousands of events is read whole and in order, both ways', async () => {
    const long = newStream();
    for (let n = 0; n < 6; n += 1) await server.client.appendToStream(long, newEvents(500));
    expect(revisionsOf(await eventsOf(server.client.readStream(long)))).toEqual(count(3_000));
    const backwards = server.client.readStream(long, { direction: BACKWARDS, fromRevision: END });
    expect(revisionsOf(await eventsOf(backwards))).toEqual(count(3_000).reverse());
  });
});

describe('$all', () => {
  it('is read forwards from a position inclusive, backwards exclusive, in the order of writing', async () => {
    const [one, other] = [newStream(), newStream()];
    const sent = newEvents(6);
    const positions = [];
    for (const [n, event] of sent.entries())
      positions.push((await server.client.appendToStream(n % 2 ? one : other, event)).position!);
    // Others write to $all, so pages are read until enough of ours came; a broken-off read keeps the client undisposed.
    const ours = async (direction: 'forwards' | 'backwards', from: Position | 'end', n: number) => {
      const events: Seen[] = [];
      while (events.length < n) {
        const page = await eventsOf(server.client.readAll({ direction, fromPosition: from, maxCount: 500 }));
        events.push(...page.filter(({ streamId }) => [one, other].includes(streamId)));
        const next = page.at(-1)?.position;
        if (!next) break;
        from = next;
      }
      return idsOf(events).slice(0, n);
    };
    expect(await ours('forwards', positions[2]!, 4)).toEqual(idsOf(sent.slice(2)));
    expect(await ours('backwards', positions[4]!, 4)).toEqual(idsOf(sent.slice(0, 4)).reverse());
    expect(await ours('backwards', END, 6)).toEqual(idsOf(sent).reverse());
  });

  it('shows commit = prepare, strictly increasing, and the positions that appends answered', async () => {
    const stream = newStream();
    const first = await server.client.appendToStream(stream, newEvent());
    const last = await server.client.appendToStream(stream, newEvents(20));
    const events = await eventsOf(server.client.readAll({ fromPosition: first.position! }));
    const commits = events.map(({ position }) => position!.commit);
    expect(commits).toEqual([...new Set(commits)].sort((a, b) => (a < b ? -1 : 1)));
    expect(events.map(({ position }) => position!.prepare)).toEqual(commits);
    expect(commits[0]).toBe(first.position!.commit);
    expect(commits).toContain(last.position!.commit);
  });

  it('contains metadata and tombstones', async () => {
    const stream = newStream();
    const { position } = await server.client.appendToStream(stream, newEvent());
    await server.client.setStreamMetadata(stream, { maxCount: 5 });
    await server.client.tombstoneStream(stream);
    const types = (await eventsOf(server.client.readAll({ fromPosition: position! })))
      .filter(({ streamId }) => streamId.endsWith(stream))
      .map(({ streamId, type }) => [streamId, type]);
    expect(types).toEqual([
      [stream, 'Counted'],
      [`$$${stream}`, '$metadata'],
      [stream, '$streamDeleted'],
    ]);
  });
});

describe('a link', () => {
  it('leads to its event, one level, when asked to', async () => {
    const [target, links, links_of_links] = [newStream(), newStream(), newStream()];
    const sent = newEvents(3);
    await server.client.appendToStream(target, sent);
    await server.client.appendToStream(links, [linkTo(target, 2), linkTo(target, 0), linkTo(target, 99)]);
    await server.client.appendToStream(links_of_links, linkTo(links, 0));

    const resolved = [];
    for await (const { event, link } of server.client.readStream(links, { resolveLinkTos: true }))
      resolved.push([event?.id, event?.streamId, link?.streamId, Number(link?.revision)]);
    expect(resolved).toEqual([
      [sent[2]!.id, target, links, 0],
      [sent[0]!.id, target, links, 1],
      [undefined, undefined, links, 2],
    ]);
    const [one_level] = await eventsOf(server.client.readStream(links_of_links, { resolveLinkTos: true }));
    expect([one_level!.type, one_level!.streamId]).toEqual(['$>', links]);
  });

  test.each(['', 'x@y', '@', '0x1@s', '1.0@s', '1e0@s', '99999999999999999999@s'])(
    'that says %j is an event like any other',
    async (data) => {
      const links = newStream();
      await server.client.appendToStream(links, binaryEvent({ type: '$>', data: Buffer.from(data) }));
      for await (const { event, link } of server.client.readStream(links, { resolveLinkTos: true }))
        expect([event?.type, event?.streamId, link]).toEqual(['$>', links, undefined]);
    },
  );

  it('that names no stream leads nowhere', async () => {
    const links = newStream();
    await server.client.appendToStream(links, binaryEvent({ type: '$>', data: Buffer.from('5') }));
    for await (const { event, link } of server.client.readStream(links, { resolveLinkTos: true }))
      expect([event, link?.type]).toEqual([undefined, '$>']);
  });

  it('is itself when not asked to', async () => {
    const [target, links] = [newStream(), newStream()];
    await server.client.appendToStream(target, newEvent());
    await server.client.appendToStream(links, linkTo(target, 0));
    const [event] = await eventsOf(server.client.readStream(links));
    expect([event!.type, event!.streamId]).toEqual(['$>', links]);
  });
});

(named_server ? describe.skip : describe)('the embedded server', () => {
  it('is found by a discovery connection string', async () => {
    const client = EventStoreDBClient.connectionString(server.url.replace('esdb://', 'esdb+discover://'));
    const stream = newStream();
    await client.appendToStream(stream, newEvents(2));
    expect(await eventsOf(client.readStream(stream))).toHaveLength(2);
    await client.dispose();
  });
});
