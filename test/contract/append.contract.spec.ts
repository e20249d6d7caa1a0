import { randomUUID } from 'node:crypto';
import {
  type AppendExpectedRevision,
  type AppendResult,
  binaryEvent,
  type EventData,
  jsonEvent,
  type WrongExpectedVersionError,
} from '@eventstore/db-client';
import {
  type ContractServer,
  contractServer,
  credentialsOf,
  eventsOf,
  idsOf,
  named_server,
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

type Options = { expectedRevision?: AppendExpectedRevision; credentials?: { username: string; password: string } };
const append = (stream: string, events: EventData | EventData[], options: Options = {}): Promise<AppendResult> =>
  server.client.appendToStream(stream, events, options);
const read = (stream: string) => eventsOf(server.client.readStream(stream));

describe('an append', () => {
  it('answers the revision and the position of its last event, and a read shows the same', async () => {
    const stream = newStream();
    const first = await append(stream, newEvents(3));
    const second = await append(stream, newEvent());
    expect([first.nextExpectedRevision, second.nextExpectedRevision]).toEqual([2n, 3n]);
    const events = await read(stream);
    expect(revisionsOf(events)).toEqual([0, 1, 2, 3]);
    expect(events[2]!.position).toEqual(first.position);
    expect(events[3]!.position).toEqual(second.position);
    expect(second.position!.commit).toBeGreaterThan(first.position!.commit);
  });

  it('keeps what was sent: id, type, data and metadata, as JSON and as bytes', async () => {
    const stream = newStream('contract-ünï-日本');
    const json = jsonEvent({ type: 'Größe-测试', data: { a: [1, 'ä'], b: null }, metadata: { key: 'ключ' } });
    const bytes = binaryEvent({
      type: 'Bytes',
      data: Buffer.from([0, 255, 128]),
      metadata: new Uint8Array([1, 0, 254]),
    });
    const empty = binaryEvent({ type: 'Empty', data: new Uint8Array(0) });
    await append(stream, [json, bytes, empty]);
    const events = await read(stream);
    expect(idsOf(events)).toEqual(idsOf([json, bytes, empty]));
    expect(events.map(({ streamId, type, isJson }) => [streamId, type, isJson])).toEqual([
      [stream, 'Größe-测试', true],
      [stream, 'Bytes', false],
      [stream, 'Empty', false],
    ]);
    expect(events[0]!.data).toEqual(json.data);
    expect(events[0]!.metadata).toEqual(json.metadata);
    expect([...(events[1]!.data as Uint8Array)]).toEqual([0, 255, 128]);
    expect([...(events[1]!.metadata as Uint8Array)]).toEqual([1, 0, 254]);
    expect(events[2]!.data).toHaveLength(0);
  });

  it('says when each event was created, in milliseconds', async () => {
    const stream = newStream();
    await append(stream, newEvent());
    const [event] = await read(stream);
    const a_day_ms = 86_400_000;
    expect(Math.abs(event!.created.getTime() - Date.now())).toBeLessThan(a_day_ms);
  });

  it('is atomic and contiguous, however many write at once', async () => {
    const stream = newStream();
    const batches = Array.from({ length: 20 }, () => newEvents(25));
    await Promise.all(batches.map((batch) => append(stream, batch)));
    const ids = idsOf(await read(stream));
    expect(ids).toHaveLength(500);
    for (const batch of batches) {
      const start = ids.indexOf(batch[0]!.id);
      expect(ids.slice(start, start + 25)).toEqual(idsOf(batch));
    }
  });

  it('takes ten thousand at once on a fresh connection', async () => {
    const fresh = await contractServer();
    const streams = Array.from({ length: 10 }, () => newStream());
    const answers = await Promise.all(
      Array.from({ length: 10_000 }, (_, n) => fresh.client.appendToStream(streams[n % 10]!, newEvent(n))),
    );
    expect(answers.every(({ success }) => success)).toBe(true);
    for (const stream of streams) {
      const events = await eventsOf(fresh.client.readStream(stream));
      expect(revisionsOf(events)).toEqual(Array.from({ length: 1_000 }, (_, revision) => revision));
    }
    await fresh.close();
  });

  it('lets exactly one of twenty writers win each revision', async () => {
    const stream = newStream();
    for (let revision = -1; revision < 20; revision += 1) {
      const expectedRevision = revision < 0 ? 'no_stream' : BigInt(revision);
      const race = Array.from({ length: 20 }, () => append(stream, newEvent(), { expectedRevision }));
      const results = await Promise.allSettled(race);
      const lost = results.filter((result) => result.status === 'rejected');
      expect(lost.map(({ reason }) => [reason.type, reason.actualVersion])).toEqual(
        Array.from({ length: 19 }, () => ['wrong-expected-version', BigInt(revision + 1)]),
      );
    }
    expect(await read(stream)).toHaveLength(21);
  });

  it('without events is checked, and writes nothing', async () => {
    const stream = newStream();
    await append(stream, newEvents(2));
    await append(stream, [], { expectedRevision: 1n });
    expect(await refusalOf(append(stream, [], { expectedRevision: 5n }))).toMatchObject({
      type: 'wrong-expected-version',
    });
    expect(await read(stream)).toHaveLength(2);
  });

  it('of a little less than 1 MiB is taken', async () => {
    const stream = newStream();
    await append(stream, binaryEvent({ type: 'Large', data: Buffer.alloc(1024 * 1024 - 4096, 1) }));
    expect((await read(stream))[0]!.data).toHaveLength(1024 * 1024 - 4096);
  });

  it('beyond the limit is refused with that limit, and nothing is written (a named server may allow more)', async () => {
    const stream = newStream();
    const halves = [1, 2].map((n) => binaryEvent({ type: `Half${n}`, data: Buffer.alloc(600_000, n) }));
    const written = append(stream, halves);
    if (named_server && (await written.catch(() => undefined))) return;
    expect(await refusalOf(written)).toMatchObject({
      type: 'maximum-append-size-exceeded',
      ...(named_server ? {} : { maxAppendSize: 1024 * 1024 }),
    });
    expect(await refusalOf(read(stream))).toMatchObject({ type: 'stream-not-found' });
  });

  it('after a refused one is served as before', async () => {
    const stream = newStream();
    await refusalOf(append(stream, newEvent(), { expectedRevision: 3n }));
    expect((await append(stream, newEvent(), { expectedRevision: 'no_stream' })).nextExpectedRevision).toBe(0n);
  });
});

describe.each([
  ['BatchAppend', () => ({})],
  ['Append', () => ({ credentials: credentialsOf(server.url) })],
])('the expected revision, by %s', (_name, optionsOf: () => Options) => {
  test.each<[string, number, AppendExpectedRevision, number]>([
    ['a new stream, any', 0, 'any', 0],
    ['a new stream, no_stream', 0, 'no_stream', 0],
    ['two events, any', 2, 'any', 2],
    ['two events, stream_exists', 2, 'stream_exists', 2],
    ['two events, the last revision', 2, 1n, 2],
  ])('%s: appended', async (_case, events, expectedRevision, revision) => {
    const stream = newStream();
    if (events > 0) await append(stream, newEvents(events));
    const answer = await append(stream, newEvent(), { ...optionsOf(), expectedRevision });
    expect(answer).toMatchObject({ success: true, nextExpectedRevision: BigInt(revision) });
  });

  test.each<[string, number, AppendExpectedRevision]>([
    ['a new stream, a revision', 0, 0n],
    ['a new stream, stream_exists', 0, 'stream_exists'],
    ['two events, no_stream', 2, 'no_stream'],
    ['two events, a revision gone by', 2, 0n],
    ['two events, a revision to come', 2, 2n],
    ['two events, a huge revision', 2, 9_223_372_036_854_775_806n],
  ])('%s: refused with the true current revision', async (_case, events, expectedRevision) => {
    const stream = newStream();
    if (events > 0) await append(stream, newEvents(events));
    const refusal = await refusalOf<WrongExpectedVersionError>(
      append(stream, newEvent(), { ...optionsOf(), expectedRevision }),
    );
    expect(refusal).toMatchObject({
      type: 'wrong-expected-version',
      streamName: stream,
      actualVersion: events === 0 ? 'no_stream' : BigInt(events - 1),
      expectedVersion: expectedRevision,
    });
  });

  // `0em1`: event 0 expecting −1; `[0,1]any`: both in one append. The last answer, and what the stream holds.
  const six = '0em1 1e0 2e1 3e2 4e3 5e4';
  test.each([
    [`${six} 0em1`, 'revision 0', '012345'],
    [`${six} 0any`, 'revision 0', '012345'],
    [`${six} 0e5`, 'revision 6', '0123450'],
    [`${six} 0e6`, 'refused', '012345'],
    [`${six} 0e4`, 'refused', '012345'],
    ['0em1 0em1', 'revision 0', '0'],
    ['0em1 0any', 'revision 0', '0'],
    ['0em1 0e0', 'revision 1', '00'],
    ['0em1 1e0 2e1 1any 1any', 'revision 1', '012'],
    ['[0,1]em1 [0,1]em1', 'revision 1', '01'],
    ['[0,1]em1 [0]em1', 'revision 0', '01'],
    ['[0,1]em1 [0]any', 'revision 0', '01'],
    ['[0,1]em1 [1]e0', 'revision 1', '01'],
    ['[0,1]em1 [1]any', 'revision 1', '01'],
    ['[0,1]em1 [0,1,2]em1', 'refused', '01'],
    ['[0,1]em1 [0,1,2]any', 'refused', '01'],
    ['[0,1]em1 [0,2]em1', 'refused', '01'],
  ])('a retry in %s: %s', async (notation, last_answer, held) => {
    const stream = newStream();
    const ids = Array.from({ length: 6 }, () => randomUUID());
    const positions = new Map<bigint, bigint>();
    let answer = '';
    for (const step of notation.split(' ')) {
      const [, numbers = '', expected = ''] = /^\[?([\d,]+)\]?(?:e(m1|\d+)|any)$/.exec(step) ?? [];
      const events = numbers.split(',').map((n) => jsonEvent({ id: ids[Number(n)]!, type: 'Counted', data: { n } }));
      const expectedRevision = step.endsWith('any') ? 'any' : expected === 'm1' ? 'no_stream' : BigInt(expected);
      const result = await append(stream, events, { ...optionsOf(), expectedRevision }).catch((error) => error);
      answer = result.success ? `revision ${result.nextExpectedRevision}` : 'refused';
      if (!result.success) expect(result.type).toBe('wrong-expected-version');
      // A retry answers the place of the first write.
      else if (positions.has(result.nextExpectedRevision))
        expect(result.position.commit).toBe(positions.get(result.nextExpectedRevision));
      if (result.success) positions.set(result.nextExpectedRevision, result.position.commit);
    }
    expect(answer).toBe(last_answer);
    expect(idsOf(await read(stream))).toEqual([...held].map((n) => ids[Number(n)]));
  });
});
