import { randomUUID } from 'node:crypto';
import { BACKWARDS, binaryEvent, END, type StreamMetadata } from '@eventstore/db-client';
import { rawAppend } from '../support/streams-rpc.js';
import {
  type ContractServer,
  contractServer,
  eventsOf,
  eventually,
  idsOf,
  linkTo,
  newEvent,
  newEvents,
  newStream,
  refusalOf,
  revisionsOf,
} from './server.js';

let server: ContractServer;
beforeAll(async () => {
  server = await contractServer();
});
afterAll(() => server?.close());

const read = (stream: string) => eventsOf(server.client.readStream(stream));
const backwards = (stream: string) =>
  eventsOf(server.client.readStream(stream, { direction: BACKWARDS, fromRevision: END }));

describe('stream metadata', () => {
  test.each<[string, StreamMetadata, number[]]>([
    ['$maxCount', { maxCount: 3 }, [7, 8, 9]],
    ['$tb', { truncateBefore: 6 }, [6, 7, 8, 9]],
    ['both: the stricter one', { maxCount: 2, truncateBefore: 6 }, [8, 9]],
    ['a $maxAge of a day', { maxAge: 86_400 }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['fields of one’s own', { custom: 'x' }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ])('hides by %s', async (_name, metadata, visible) => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(10));
    await server.client.setStreamMetadata(stream, metadata);
    expect(revisionsOf(await read(stream))).toEqual(visible);
    expect(revisionsOf(await backwards(stream))).toEqual(visible.toReversed());
    expect((await server.client.getStreamMetadata(stream)).metadata).toEqual(metadata);
  });

  it('hides by $maxAge what is older than so many seconds', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(3));
    await server.client.setStreamMetadata(stream, { maxAge: 1 });
    await eventually(
      () => read(stream),
      (events) => events.length === 0,
    );
    await server.client.setStreamMetadata(stream, { maxAge: 86_400 });
    expect(await read(stream)).toHaveLength(3);
  });

  it('hides from streams and links, never from $all', async () => {
    const [stream, links] = [newStream(), newStream()];
    const sent = newEvents(4);
    const { position } = await server.client.appendToStream(stream, sent[0]!);
    await server.client.appendToStream(stream, sent.slice(1));
    await server.client.setStreamMetadata(stream, { truncateBefore: 3 });
    await server.client.appendToStream(links, linkTo(stream, 1));
    const all = await eventsOf(server.client.readAll({ fromPosition: position! }));
    expect(idsOf(all.filter(({ streamId }) => streamId === stream))).toEqual(idsOf(sent));
    expect(await eventsOf(server.client.readStream(links, { resolveLinkTos: true }))).toEqual([]);
  });

  it('shows only its latest event', async () => {
    const stream = newStream();
    for (const maxCount of [1, 2, 3]) await server.client.setStreamMetadata(stream, { maxCount });
    const events = await read(`$$${stream}`);
    expect(events.map(({ revision, data }) => [Number(revision), data])).toEqual([[2, { $maxCount: 3 }]]);
  });

  // All known properties must be valid, or none counts.
  test.each([
    ['{"$maxCount":3}', 7],
    ['{"$maxCount":3,"mine":{"$tb":"x"}}', 7],
    ['{"$maxCount":0,"$tb":6}', 6],
    ['{"$maxCount":-1,"$tb":6}', 6],
    ['{"$tb":-6,"$maxCount":3}', 7],
    ['{"$maxCount":3,"$tb":"6"}', 0],
    ['{"$maxCount":3.5,"$tb":6}', 0],
    ['{"$maxCount":3.0}', 0],
    ['{"$maxCount":3e0}', 0],
    ['{"$maxCount":null,"$tb":6}', 0],
    ['{"$maxCount":99999999999999999999,"$tb":6}', 0],
    ['{"$maxCount":3,"$maxAge":"1"}', 0],
    ['{"$maxCount":3,"$cacheControl":true}', 0],
    ['{"$maxCount":3,"$acl":"admins"}', 0],
    ['{"$maxCount":3,"$acl":{"$r":1}}', 0],
    ['{"$maxCount":3,"$acl":{"$x":"a"}}', 0],
    ['{"$maxCount":3,"$acl":{"$r":["$all",1]}}', 0],
    ['{"$maxCount":3,"$acl":{"$r":"$all","$w":["$all"],"$d":[],"$mr":"$all","$mw":"$all"}}', 7],
    ['{"$maxCount":3,"$cacheControl":5}', 7],
    ['[{"$maxCount":3}]', 0],
    ['{"$maxCount":3', 0],
  ])('%s: the first visible revision is %i', async (metadata, first) => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(10));
    const properties = { type: '$metadata', 'content-type': 'application/json' };
    await rawAppend(server.raw, `$$${stream}`, -1, [{ id: randomUUID(), data: Buffer.from(metadata), properties }]);
    expect(revisionsOf(await read(stream))[0]).toBe(first);
  });

  it('says nothing where it is not called JSON', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(3));
    const metadata = binaryEvent({ type: '$metadata', data: Buffer.from('{"$maxCount":1}') });
    await server.client.appendToStream(`$$${stream}`, metadata);
    expect(await read(stream)).toHaveLength(3);
  });

  it('stays readable when the stream of metadata is itself deleted', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(10));
    await server.client.setStreamMetadata(stream, { maxCount: 3 });
    await server.client.deleteStream(`$$${stream}`);
    expect((await read(`$$${stream}`)).map(({ data }) => data)).toEqual([{ $maxCount: 3 }]);
    expect(revisionsOf(await read(stream))).toEqual([7, 8, 9]);
    await server.client.setStreamMetadata(stream, { maxCount: 2 });
    expect(revisionsOf(await read(stream))).toEqual([8, 9]);
  });

  it('hides the place of an append that is sent again, too', async () => {
    const stream = newStream();
    const sent = newEvents(3);
    await server.client.appendToStream(stream, sent, { expectedRevision: 'no_stream' });
    await server.client.setStreamMetadata(stream, { truncateBefore: 3 });
    expect(await server.client.appendToStream(stream, sent, { expectedRevision: 'no_stream' })).toMatchObject({
      success: true,
      nextExpectedRevision: 2n,
      position: undefined,
    });
  });

  it('is written at an expected revision like any stream', async () => {
    const stream = newStream();
    await server.client.setStreamMetadata(stream, { maxCount: 1 }, { expectedRevision: 'no_stream' });
    const refused = server.client.setStreamMetadata(stream, { maxCount: 2 }, { expectedRevision: 'no_stream' });
    expect(await refusalOf(refused)).toMatchObject({ type: 'wrong-expected-version', actualVersion: 0n });
  });
});

describe('a deleted stream', () => {
  it('is not found, and its numbers go on when it is written again', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(3));
    await server.client.deleteStream(stream, { expectedRevision: 2n });
    expect(await refusalOf(read(stream))).toMatchObject({ type: 'stream-not-found' });
    const again = await server.client.appendToStream(stream, newEvents(2), { expectedRevision: 'no_stream' });
    expect(again.nextExpectedRevision).toBe(4n);
    expect(revisionsOf(await read(stream))).toEqual([3, 4]);
    expect((await server.client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 3 });
  });

  test.each(['any', 2n] as const)('is written again expecting %s', async (expectedRevision) => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(3));
    await server.client.deleteStream(stream);
    await server.client.appendToStream(stream, newEvent(), { expectedRevision });
    expect(revisionsOf(await read(stream))).toEqual([3]);
  });

  it('is there again, and empty, by an append without events', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(3));
    await server.client.deleteStream(stream);
    await server.client.appendToStream(stream, [], { expectedRevision: 'any' });
    expect(await read(stream)).toEqual([]);
    expect((await server.client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 3 });
  });

  it('does not exist for an append that expects it to', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvent());
    await server.client.deleteStream(stream);
    const refused = server.client.appendToStream(stream, newEvent(), { expectedRevision: 'stream_exists' });
    expect(await refusalOf(refused)).toMatchObject({ type: 'stream-deleted', streamName: stream });
  });

  it('loses its other metadata', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(3));
    await server.client.setStreamMetadata(stream, { maxCount: 1, custom: 1 });
    await server.client.deleteStream(stream);
    await server.client.appendToStream(stream, newEvents(3));
    expect(revisionsOf(await read(stream))).toEqual([3, 4, 5]);
  });

  it('is refused at the wrong revision, with the true one', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(3));
    expect(await refusalOf(server.client.deleteStream(stream, { expectedRevision: 0n }))).toMatchObject({
      type: 'wrong-expected-version',
      streamName: stream,
      expectedVersion: 0n,
      actualVersion: 2n,
    });
    expect(await read(stream)).toHaveLength(3);
  });
});

describe('a stream that never was', () => {
  test.each(['any', 'no_stream', 0n] as const)('is not deleted, expecting %s', async (expectedRevision) => {
    const stream = newStream();
    expect(await refusalOf(server.client.deleteStream(stream, { expectedRevision }))).toMatchObject({
      type: 'wrong-expected-version',
      streamName: stream,
      actualVersion: -1n,
    });
    expect((await server.client.appendToStream(stream, newEvent())).nextExpectedRevision).toBe(0n);
  });

  test.each([0n, 5n] as const)('is not tombstoned, expecting %s', async (expectedRevision) => {
    expect(await refusalOf(server.client.tombstoneStream(newStream(), { expectedRevision }))).toMatchObject({
      type: 'wrong-expected-version',
      actualVersion: -1n,
    });
  });

  test.each(['any', 'no_stream'] as const)('is tombstoned, expecting %s', async (expectedRevision) => {
    const stream = newStream();
    await server.client.tombstoneStream(stream, { expectedRevision });
    expect(await refusalOf(read(stream))).toMatchObject({ type: 'stream-deleted' });
  });

  it('is deleted where it has metadata', async () => {
    const stream = newStream();
    await server.client.setStreamMetadata(stream, { custom: 1 });
    await server.client.deleteStream(stream);
    expect((await server.client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 2 ** 63 });
  });
});

describe('a tombstoned stream', () => {
  it('is deleted for ever, to readers and writers', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(3));
    const { position } = await server.client.tombstoneStream(stream, { expectedRevision: 2n });
    expect(typeof position?.commit).toBe('bigint');
    for (const expectedRevision of ['any', 'no_stream', 'stream_exists', 2n] as const)
      expect(await refusalOf(server.client.appendToStream(stream, newEvent(), { expectedRevision }))).toMatchObject({
        type: 'stream-deleted',
        streamName: stream,
      });
    expect(await refusalOf(read(stream))).toMatchObject({ type: 'stream-deleted', streamName: stream });
    expect(await refusalOf(server.client.deleteStream(stream))).toMatchObject({ type: 'stream-deleted' });
    expect(await refusalOf(server.client.tombstoneStream(stream))).toMatchObject({ type: 'stream-deleted' });
  });

  it('is refused at the wrong revision', async () => {
    const stream = newStream();
    await server.client.appendToStream(stream, newEvents(3));
    expect(await refusalOf(server.client.tombstoneStream(stream, { expectedRevision: 7n }))).toMatchObject({
      type: 'wrong-expected-version',
      actualVersion: 2n,
    });
    expect(await read(stream)).toHaveLength(3);
  });
});
