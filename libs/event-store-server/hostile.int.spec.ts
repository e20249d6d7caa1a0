import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { platform } from 'node:os';
import { resolve } from 'node:path';
import { binaryEvent, EventStoreDBClient } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { type ServiceError, status } from '@grpc/grpc-js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import { type Chance, chanceOf, seedOf } from '../../test/support/random.js';
import { appendMessages, identifier, proposed, rawAppend, streamsClient } from '../../test/support/streams-rpc.js';

let child: ChildProcess;
let port: number;
let client: StreamsClient;
let official: EventStoreDBClient;
beforeAll(async () => {
  const args = ['--disable-warning=ExperimentalWarning', resolve('dist/apps/eventstore/main.js'), '--port', '0'];
  child = spawn(process.execPath, [...args, '--memory', '--open'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  port = Number(new URL(url).port);
  client = streamsClient(port);
  official = EventStoreDBClient.connectionString(url);
});
afterAll(async () => {
  client?.close();
  await official?.dispose();
  child?.kill();
});

async function endOfLog(): Promise<bigint> {
  let end = 0n;
  for await (const { event } of official.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }))
    end = event!.position!.commit;
  return end;
}

async function expectUnharmed(before: bigint): Promise<void> {
  expect(await endOfLog()).toBe(before);
  const stream = `unharmed-${randomUUID()}`;
  await rawAppend(client, stream, -1, [{ id: randomUUID() }]);
  expect(child.exitCode).toBe(null);
}

function framed(message: Uint8Array, flag = 0, length = message.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

function openCall(method: string): { call: ClientHttp2Stream; close(): void } {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  const call = session.request({
    ':method': 'POST',
    ':path': `/event_store.client.streams.Streams/${method}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  call.on('error', () => {});
  return { call, close: () => session.destroy() };
}

async function send(method: string, body: Buffer): Promise<number> {
  const { call, close } = openCall(method);
  let code = -1;
  const take = (headers: Record<string, unknown>) => {
    if (headers['grpc-status'] !== undefined) code = Number(headers['grpc-status']);
  };
  call.on('response', take);
  call.on('trailers', take);
  call.resume();
  call.end(body);
  await new Promise((done) => call.once('close', done));
  close();
  return code;
}

describe('bytes that are no request', () => {
  const garbage = Buffer.from('ff00ff00deadbeef0a0b0c7fffffffffffff', 'hex');
  test.each([
    ['garbage in a frame', framed(garbage), [status.INTERNAL]],
    ['a string field that ends beyond its message', framed(Buffer.from([0x0a, 0xff, 0x01, 0x41])), [status.INTERNAL]],
    ['a frame cut short', framed(garbage, 0, 1_000), undefined],
    ['a frame of four gigabytes', framed(garbage, 0, 0xffff_ffff), [status.RESOURCE_EXHAUSTED]],
    ['a compressed frame without a compression', framed(garbage, 1), undefined],
    ['an unknown flag', framed(garbage, 0x7f), undefined],
    ['no frame at all', Buffer.alloc(0), undefined],
    ['half a head', Buffer.alloc(3), undefined],
    ['an empty message', framed(Buffer.alloc(0)), undefined],
  ])('%s', async (_name, body, codes) => {
    const before = await endOfLog();
    for (const method of ['Append', 'BatchAppend', 'Read', 'Delete', 'Tombstone']) {
      const code = await send(method, body);
      if (codes) expect([method, codes]).toEqual([method, expect.arrayContaining([code])]);
      else if (method !== 'BatchAppend') expect([method, code]).not.toEqual([method, status.OK]);
    }
    await expectUnharmed(before);
  });

  it('for another service answer UNIMPLEMENTED, and are nothing to fear on the bare socket', async () => {
    const before = await endOfLog();
    expect(await send('../PersistentSubscriptions/Read', framed(garbage))).toBe(status.UNIMPLEMENTED);
    for (const text of [
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage garbage',
      '\0'.repeat(99),
    ]) {
      const socket = connectTcp(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.end(text);
      socket.resume();
      await new Promise((done) => socket.once('close', done));
    }
    await expectUnharmed(before);
  });

  const seed = seedOf();
  it(`mutated from good requests never end the store (seed ${seed})`, async () => {
    const chance = chanceOf(seed);
    const read = new streams.ReadReq().setOptions(
      new streams.ReadReq.Options()
        .setStream(
          new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(identifier('s')).setStart(new shared.Empty()),
        )
        .setCount('10')
        .setNoFilter(new shared.Empty()),
    );
    const append = new streams.AppendReq().setOptions(
      new streams.AppendReq.Options().setStreamIdentifier(identifier('fuzzed')).setAny(new shared.Empty()),
    );
    const batch = new streams.BatchAppendReq()
      .setCorrelationId(new shared.UUID().setString(randomUUID()))
      .setIsFinal(true)
      .setOptions(
        new streams.BatchAppendReq.Options().setStreamIdentifier(identifier('fuzzed')).setAny(new emptyPb.Empty()),
      )
      .setProposedMessagesList([proposed(new streams.BatchAppendReq.ProposedMessage(), { id: randomUUID() })]);
    const good: [string, Uint8Array][] = [
      ['Read', read.serializeBinary()],
      ['Append', append.serializeBinary()],
      ['BatchAppend', batch.serializeBinary()],
    ];
    for (let n = 0; n < 300; n += 1) {
      const [method, message] = chance.pick(good);
      await send(method, framed(mutated(message, chance)));
    }
    await expectUnharmed(await endOfLog());
    let read_again = 0;
    for await (const _ of official.readAll()) read_again += 1;
    expect(read_again).toBeGreaterThan(0);
  });
});

function mutated(message: Uint8Array, chance: Chance): Buffer {
  const bytes = Buffer.from(message);
  for (let n = chance.whole(1, 4); n > 0; n -= 1) bytes[chance.whole(0, bytes.length - 1)] = chance.whole(0, 255);
  return chance.percent(20) ? bytes.subarray(0, chance.whole(0, bytes.length)) : bytes;
}

const codeOf = (promise: Promise<unknown>): Promise<number> =>
  promise.then(
    () => status.OK,
    (error: ServiceError) => error.code,
  );

async function readCode(set: (options: streams.ReadReq.Options) => void): Promise<number> {
  const options = new streams.ReadReq.Options().setNoFilter(new shared.Empty());
  set(options);
  const call = client.read(new streams.ReadReq().setOptions(options), { deadline: Date.now() + 5_000 } as never);
  call.on('error', () => {});
  call.resume();
  const { code } = await new Promise<{ code: number }>((resolve) => call.once('status', resolve));
  return code;
}

describe('requests that make no sense', () => {
  const stream_options = () =>
    new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(identifier('s')).setStart(new shared.Empty());
  const all_options = () => new streams.ReadReq.Options.AllOptions().setStart(new shared.Empty());
  const filter_options = (regex: string) =>
    new streams.ReadReq.Options.FilterOptions()
      .setStreamIdentifier(new streams.ReadReq.Options.FilterOptions.Expression().setRegex(regex))
      .setMax(32)
      .setCheckpointintervalmultiplier(1);
  const subscription = () => new streams.ReadReq.Options.SubscriptionOptions();

  const { UNKNOWN, INVALID_ARGUMENT } = status;
  test.each<[string, (options: streams.ReadReq.Options) => void, status?]>([
    ['a read of nothing', () => {}],
    ['a read without a count', (options) => options.setStream(stream_options())],
    ['a read of neither stream nor $all', (options) => options.setCount('1')],
    [
      'a read without a stream name',
      (options) =>
        options.setCount('1').setStream(new streams.ReadReq.Options.StreamOptions().setStart(new shared.Empty())),
      UNKNOWN,
    ],
    [
      'a stream name that is not UTF-8',
      (options) =>
        options.setCount('1').setStream(stream_options().setStreamIdentifier(identifier(Buffer.from([0xff, 0xfe])))),
    ],
    [
      'a filter on a stream',
      (options) => options.setCount('1').setStream(stream_options()).setFilter(filter_options('a')),
    ],
    [
      'a filter that is no regex',
      (options) => options.setSubscription(subscription()).setAll(all_options()).setFilter(filter_options('(')),
      UNKNOWN,
    ],
    [
      'a filter of nothing',
      (options) =>
        options
          .setSubscription(subscription())
          .setAll(all_options())
          .setFilter(new streams.ReadReq.Options.FilterOptions()),
    ],
    [
      'a checkpoint every 0 events',
      (options) =>
        options.setSubscription(subscription()).setAll(all_options()).setFilter(filter_options('a').setMax(0)),
      UNKNOWN,
    ],
    [
      'a subscription backwards',
      (options) => options.setSubscription(subscription()).setAll(all_options()).setReadDirection(1),
    ],
  ])('%s: refused', async (_name, set, code = INVALID_ARGUMENT) => expect(await readCode(set)).toBe(code));

  test.each<[string, (options: streams.ReadReq.Options) => void]>([
    ['a count of 2^64−1', (options) => options.setCount('18446744073709551615').setStream(stream_options())],
    ['a count of 0', (options) => options.setCount('0').setStream(stream_options())],
    [
      'from revision 2^64−1',
      (options) => options.setCount('1').setStream(stream_options().setRevision('18446744073709551615')),
    ],
    [
      'from position 2^63',
      (options) =>
        options
          .setCount('1')
          .setAll(
            all_options().setPosition(
              new streams.ReadReq.Options.Position().setCommitPosition('9223372036854775808').setPreparePosition('0'),
            ),
          ),
    ],
  ])('%s: answered', async (_name, set) => {
    await rawAppend(client, 's', -1, [{ id: '11111111-1111-4111-8111-111111111111' }]);
    expect(await readCode(set)).toBe(status.OK);
  });

  const options_of = (stream: string | Uint8Array) =>
    new streams.AppendReq().setOptions(
      new streams.AppendReq.Options().setStreamIdentifier(identifier(stream)).setAny(new shared.Empty()),
    );
  const event_of = (id = randomUUID() as string) =>
    new streams.AppendReq().setProposedMessage(proposed(new streams.AppendReq.ProposedMessage(), { id }));
  test.each<[string, () => streams.AppendReq[], status?]>([
    ['no message at all', () => [], UNKNOWN],
    ['an empty message', () => [new streams.AppendReq()], UNKNOWN],
    ['an event before the options', () => [event_of(), options_of('s')], UNKNOWN],
    ['the options twice', () => [options_of('s'), options_of('s')], UNKNOWN],
    [
      'no expected revision',
      () => [
        new streams.AppendReq().setOptions(new streams.AppendReq.Options().setStreamIdentifier(identifier('s'))),
        event_of(),
      ],
    ],
    [
      'an expected revision of −5',
      () => [
        new streams.AppendReq().setOptions(
          new streams.AppendReq.Options().setStreamIdentifier(identifier('s')).setRevision('18446744073709551611'),
        ),
        event_of(),
      ],
    ],
    [
      'no stream',
      () => [
        new streams.AppendReq().setOptions(new streams.AppendReq.Options().setAny(new shared.Empty())),
        event_of(),
      ],
      UNKNOWN,
    ],
    ['an empty stream name', () => [options_of(''), event_of()], UNKNOWN],
    ['a stream name that is not UTF-8', () => [options_of(Buffer.from([0x61, 0xff])), event_of()]],
    ['an event id that is no UUID', () => [options_of('s'), event_of(), event_of('42')], UNKNOWN],
    [
      'an event without an id',
      () => [options_of('s'), new streams.AppendReq().setProposedMessage(new streams.AppendReq.ProposedMessage())],
    ],
  ])('an append of %s: refused, and nothing is written', async (_name, messages, code = INVALID_ARGUMENT) => {
    const before = await endOfLog();
    expect(await codeOf(appendMessages(client, messages()))).toBe(code);
    await expectUnharmed(before);
  });

  it('an event of 10 MiB is refused by either call, one of 20 MiB by the transport', async () => {
    const before = await endOfLog();
    const large = (mib: number) => Buffer.alloc(mib * 1024 * 1024);
    const event = binaryEvent({ type: 'Large', data: large(10) });
    await expect(official.appendToStream('large', event)).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
    });
    expect(await codeOf(rawAppend(client, 'large', -1, [{ id: randomUUID(), data: large(10) }]))).toBe(
      status.INVALID_ARGUMENT,
    );
    expect(await codeOf(rawAppend(client, 'large', -1, [{ id: randomUUID(), data: large(20) }]))).toBe(
      status.RESOURCE_EXHAUSTED,
    );
    await expectUnharmed(before);
  });
});

describe('requests that only look wrong', () => {
  it('unknown fields are skipped', async () => {
    const options = options_with_unknown_field();
    const body = Buffer.concat([
      framed(options),
      framed(
        new streams.AppendReq()
          .setProposedMessage(proposed(new streams.AppendReq.ProposedMessage(), { id: randomUUID() }))
          .serializeBinary(),
      ),
    ]);
    expect(await send('Append', body)).toBe(status.OK);
  });

  it('data and metadata are bytes, whatever they are called', async () => {
    const stream = `bytes-${randomUUID()}`;
    const not_json = Buffer.from('{"a":');
    await rawAppend(client, stream, -1, [{ id: randomUUID(), data: not_json }]);
    for await (const { event } of official.readStream(stream)) expect(String(event!.data)).toBe('{"a":');
  });

  it('names of any length and script are names', async () => {
    for (const stream of ['x'.repeat(10_000), '日本\n\u0000"\\', "'; DROP TABLE events; --"]) {
      const name = `${stream}-${randomUUID()}`;
      await rawAppend(client, name, -1, [{ id: randomUUID() }]);
      expect(await codeOf(rawAppend(client, name, 7, [{ id: randomUUID() }]))).toBe(status.OK);
      for await (const { event } of official.readStream(name)) expect(event!.streamId).toBe(name);
      await official.tombstoneStream(name);
      await expect(official.tombstoneStream(name)).rejects.toMatchObject({ type: 'stream-deleted' });
    }
  });
});

function options_with_unknown_field(): Buffer {
  const options = new streams.AppendReq().setOptions(
    new streams.AppendReq.Options()
      .setStreamIdentifier(identifier(`unknown-${randomUUID()}`))
      .setAny(new shared.Empty()),
  );
  return Buffer.concat([options.serializeBinary(), Buffer.from([0x9a, 0x06, 0x02, 0x68, 0x69])]);
}

function memoryMib(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
}

(platform() === 'linux' ? describe : describe.skip)('a client that never reads (memory as Linux counts it)', () => {
  it('holds no memory for what it does not read, and delays no other client', async () => {
    const stream = `unread-${randomUUID()}`;
    for (let n = 0; n < 60; n += 1)
      await rawAppend(client, stream, n - 1, [{ id: randomUUID(), data: Buffer.alloc(1_000_000, n) }]);
    const read = new streams.ReadReq().setOptions(
      new streams.ReadReq.Options()
        .setStream(
          new streams.ReadReq.Options.StreamOptions()
            .setStreamIdentifier(identifier(stream))
            .setStart(new shared.Empty()),
        )
        .setSubscription(new streams.ReadReq.Options.SubscriptionOptions())
        .setNoFilter(new shared.Empty()),
    );
    const idle = memoryMib();
    const lazy = Array.from({ length: 20 }, () => openCall('Read'));
    for (const { call } of lazy) {
      call.pause();
      call.end(framed(read.serializeBinary()));
    }
    for (let n = 0; n < 50; n += 1) await rawAppend(client, `other-${n}-${stream}`, -1, [{ id: randomUUID() }]);
    // Twenty readers of 60 MB each: held in memory, they would take 1,200 MB.
    expect(memoryMib() - idle).toBeLessThan(500);
    for (const { close } of lazy) close();
  });

  it('and writes without end is held back', async () => {
    const stream = `flood-${randomUUID()}`;
    const idle = memoryMib();
    const { call, close } = openCall('BatchAppend');
    call.pause();
    const most = 100_000;
    let sent = 0;
    for (let held_back = false; !held_back && sent < most; sent += 1) {
      const request = new streams.BatchAppendReq()
        .setCorrelationId(new shared.UUID().setString(randomUUID()))
        .setIsFinal(true)
        .setOptions(
          new streams.BatchAppendReq.Options().setStreamIdentifier(identifier(stream)).setAny(new emptyPb.Empty()),
        )
        .setProposedMessagesList([proposed(new streams.BatchAppendReq.ProposedMessage(), { id: randomUUID() })]);
      if (call.write(framed(request.serializeBinary()))) continue;
      const waited = new Promise<true>((done) => setTimeout(done, 2_000, true));
      held_back = await Promise.race([once(call, 'drain').then(() => false), waited]);
    }
    expect(sent).toBeLessThan(most);
    expect(memoryMib() - idle).toBeLessThan(200);
    await rawAppend(client, `beside-${stream}`, -1, [{ id: randomUUID() }]);
    close();
  });
});
