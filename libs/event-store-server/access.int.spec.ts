import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import { identifier, proposed, streamsClient } from '../../test/support/streams-rpc.js';
import { AccessRefused, type EventStore, type StoredEvent } from '../event-store/event-store.js';
import { connectEventStore } from '../event-store/eventstoredb.js';
import { LogUnavailable } from './log-file.js';
import { type EventStoreOptions, type RunningEventStore, startEventStore } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'event-store-access-'));
afterAll(() => rmSync(folder, { recursive: true }));

const start = (options: Partial<EventStoreOptions>) =>
  startEventStore({ host: '127.0.0.1', port: 0, data: 'memory', access: 'secret', ...options });
const event = (type: string, data: object) => ({ id: randomUUID(), type, data, metadata: {} });
async function eventsOf(events: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> {
  const list: StoredEvent[] = [];
  for await (const one of events) list.push(one);
  return list;
}
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

type Outcome = 'done' | number;
type Call = (client: StreamsClient, stream: string, metadata: Metadata) => Promise<Outcome>;

const settled = (run: (done: (error: ServiceError | null) => void) => unknown) =>
  new Promise<Outcome>((resolve) => void run((error) => resolve(error ? error.code : 'done')));
const streamed = async (call: AsyncIterable<unknown>) => {
  try {
    for await (const _ of call);
    return 'done' as const;
  } catch (error) {
    return (error as ServiceError).code;
  }
};

const CALLS: Record<string, Call> = {
  Append: (client, stream, metadata) =>
    settled((done) => {
      const call = client.append(metadata, done as never);
      call.on('error', () => {});
      const options = new streams.AppendReq.Options()
        .setStreamIdentifier(identifier(stream))
        .setAny(new shared.Empty());
      call.write(new streams.AppendReq().setOptions(options));
      call.write(
        new streams.AppendReq().setProposedMessage(
          proposed(new streams.AppendReq.ProposedMessage(), { id: randomUUID() }),
        ),
      );
      call.end();
    }),
  BatchAppend: (client, stream, metadata) => {
    const call = client.batchAppend(metadata);
    const options = new streams.BatchAppendReq.Options().setStreamIdentifier(identifier(stream));
    call.write(
      new streams.BatchAppendReq()
        .setCorrelationId(new shared.UUID().setString(randomUUID()))
        .setOptions(options.setAny(new emptyPb.Empty()))
        .setProposedMessagesList([proposed(new streams.BatchAppendReq.ProposedMessage(), { id: randomUUID() })])
        .setIsFinal(true),
    );
    call.end();
    return streamed(call as AsyncIterable<unknown>);
  },
  Read: (client, stream, metadata) => {
    const from = new streams.ReadReq.Options.StreamOptions()
      .setStreamIdentifier(identifier(stream))
      .setStart(new shared.Empty());
    const options = new streams.ReadReq.Options().setStream(from).setCount('1').setNoFilter(new shared.Empty());
    return streamed(client.read(new streams.ReadReq().setOptions(options), metadata) as AsyncIterable<unknown>);
  },
  Delete: (client, stream, metadata) =>
    settled((done) => {
      const options = new streams.DeleteReq.Options()
        .setStreamIdentifier(identifier(stream))
        .setAny(new shared.Empty());
      client.delete(new streams.DeleteReq().setOptions(options), metadata, done as never);
    }),
  Tombstone: (client, stream, metadata) =>
    settled((done) => {
      const options = new streams.TombstoneReq.Options().setStreamIdentifier(identifier(stream));
      client.tombstone(
        new streams.TombstoneReq().setOptions(options.setAny(new shared.Empty())),
        metadata,
        done as never,
      );
    }),
};

describe('a store with a secret', () => {
  const data_dir = join(folder, 'secret');
  let store: RunningEventStore;
  let raw: StreamsClient;
  let ours: EventStore;
  let secret: string;
  beforeAll(async () => {
    store = await start({ data: { data_dir } });
    raw = streamsClient(store.port);
    ours = connectEventStore({ url: store.url });
    secret = readFileSync(join(data_dir, 'secret'), 'utf8');
  });
  afterAll(async () => {
    await ours?.close();
    raw?.close();
    await store?.stop();
  });

  test.each(Object.entries(CALLS))(
    'refuses %s without it and with another, and takes it with it',
    async (_name, call) => {
      const stream = `s-${randomUUID()}`;
      await ours.append(stream, -1, [event('Counted', {})]);
      const shown = [
        undefined,
        '',
        'Basic',
        basic('ledger:'),
        basic(`ledger:${secret}x`),
        basic(`admin:${secret}`),
        secret,
      ];
      for (const authorization of shown) {
        const metadata = new Metadata();
        if (authorization !== undefined) metadata.set('authorization', authorization);
        expect(await call(raw, stream, metadata)).toBe(status.UNAUTHENTICATED);
      }
      expect(await eventsOf(ours.read(stream, 0))).toHaveLength(1);
      const metadata = new Metadata();
      metadata.set('authorization', basic(`ledger:${secret}`));
      expect(await call(raw, stream, metadata)).toBe('done');
    },
  );

  it('serves our own client by its URL, and refuses one without the secret', async () => {
    expect(await ours.append('mine', -1, [event('Counted', { n: 1 })])).toEqual({ outcome: 'appended', revision: 0 });
    expect(await eventsOf(ours.read('mine', 0))).toMatchObject([{ data: { n: 1 } }]);
    expect(store.url).toContain(secret);
    expect(store.address).toBe(`esdb://127.0.0.1:${store.port}?tls=false`);
    const stranger = connectEventStore({ url: store.address });
    await expect(stranger.ping(5_000)).rejects.toThrow(AccessRefused);
    expect((await stranger.append('mine', 0, [event('Counted', { n: 2 })])).outcome).toBe('unknown');
    await stranger.close();
    expect(await eventsOf(ours.read('mine', 0))).toHaveLength(1);
  });

  it('keeps it, and all else, for the eyes of its owner', async () => {
    expect(statSync(data_dir).mode & 0o777).toBe(0o700);
    for (const file of ['secret', 'events.db', 'events.db-wal'])
      expect([file, statSync(join(data_dir, file)).mode & 0o077]).toEqual([file, 0]);
  });
});

it('a store has the same secret at its next start, closed to others again', async () => {
  const data_dir = join(folder, 'again');
  const first = await start({ data: { data_dir } });
  await first.stop();
  chmodSync(join(data_dir, 'secret'), 0o644);
  chmodSync(data_dir, 0o755);
  const second = await start({ data: { data_dir } });
  expect(new URL(second.url).password).toBe(new URL(first.url).password);
  expect(statSync(join(data_dir, 'secret')).mode & 0o777).toBe(0o600);
  expect(statSync(data_dir).mode & 0o777).toBe(0o700);
  await second.stop();
  writeFileSync(join(data_dir, 'secret'), 'short');
  await expect(start({ data: { data_dir } })).rejects.toThrow(LogUnavailable);
  rmSync(join(data_dir, 'secret'));
  const third = await start({ data: { data_dir } });
  expect(new URL(third.url).password).not.toBe(new URL(first.url).password);
  await third.stop();
});

it('a folder that holds other things keeps its mode', async () => {
  const data_dir = join(folder, 'shared');
  const store = await start({ data: { data_dir } });
  await store.stop();
  rmSync(join(data_dir, 'events.db'));
  chmodSync(data_dir, 0o755);
  const again = await start({ data: { data_dir } });
  expect(statSync(data_dir).mode & 0o777).toBe(0o755);
  await again.stop();
});

describe('streams that are kept', () => {
  let store: RunningEventStore;
  let raw: StreamsClient;
  let ours: EventStore;
  beforeAll(async () => {
    store = await start({ access: 'open', keeps: (stream) => stream.startsWith('ledger-') });
    raw = streamsClient(store.port);
    ours = connectEventStore({ url: store.url });
  });
  afterAll(async () => {
    await ours?.close();
    raw?.close();
    await store?.stop();
  });

  test.each(['Delete', 'Tombstone'])('refuse %s, and so do their metadata; other streams do not', async (name) => {
    const [kept, other] = [`ledger-${randomUUID()}`, `other-${randomUUID()}`];
    for (const stream of [kept, other, `$$${kept}`]) await ours.append(stream, -1, [event('Counted', {})]);
    for (const stream of [kept, `$$${kept}`])
      expect(await CALLS[name]!(raw, stream, new Metadata())).toBe(status.PERMISSION_DENIED);
    expect(await CALLS[name]!(raw, other, new Metadata())).toBe('done');
    expect(await eventsOf(ours.read(kept, 0))).toHaveLength(1);
  });

  it('take metadata that hides nothing, and no other', async () => {
    const kept = `ledger-${randomUUID()}`;
    await ours.append(kept, -1, [event('Counted', {}), event('Counted', {})]);
    for (const hiding of [{ $tb: 1 }, { $maxCount: 1 }, { $maxAge: 1 }, { $tb: 2 ** 62 }])
      expect(await ours.append(`$$${kept}`, -1, [event('$metadata', hiding)])).toMatchObject({ outcome: 'rejected' });
    expect(await ours.append(`$$${kept}`, -1, [event('$metadata', { note: 1 })])).toMatchObject({
      outcome: 'appended',
    });
    expect(await ours.append(`$$other`, -1, [event('$metadata', { $tb: 1 })])).toMatchObject({ outcome: 'appended' });
    expect(await eventsOf(ours.read(kept, 0))).toHaveLength(2);
  });
});
