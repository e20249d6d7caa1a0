import { randomUUID } from 'node:crypto';
import {
  EventStoreDBClient,
  jsonEvent,
  persistentSubscriptionToStreamSettingsFromDefaults,
} from '@eventstore/db-client';
import { GossipClient } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { ServerFeaturesClient } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { identifier, proposed, type RawEvent, rawAppend, streamsClient } from '../../test/support/streams-rpc.js';
import { default_append_limits } from './append-limits.js';
import { default_queue_limits } from './append-queue.js';
import { type EventStoreOptions, type RunningEventStore, startEventStore } from './server.js';

let store: RunningEventStore;
let client: StreamsClient;
beforeAll(async () => {
  store = await start();
  client = streamsClient(store.port);
});
afterAll(async () => {
  client?.close();
  await store?.stop();
});

const start = (options: Partial<EventStoreOptions> = {}) =>
  startEventStore({ host: '127.0.0.1', port: 0, data: 'memory', access: 'open', ...options });
const newStream = () => `server-${randomUUID()}`;
const newEvent = (): RawEvent => ({ id: randomUUID() });
const newEvents = (count: number) => Array.from({ length: count }, newEvent);

interface Chunk {
  correlation: string;
  stream?: string;
  deadline?: Date;
  events: RawEvent[];
  final?: boolean;
}

function chunk({ correlation, stream, deadline, events, final = true }: Chunk): streams.BatchAppendReq {
  const request = new streams.BatchAppendReq()
    .setCorrelationId(new shared.UUID().setString(correlation))
    .setProposedMessagesList(events.map((event) => proposed(new streams.BatchAppendReq.ProposedMessage(), event)))
    .setIsFinal(final);
  if (stream === undefined) return request;
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(identifier(stream));
  if (deadline) options.setDeadline(timestamp.Timestamp.fromDate(deadline));
  return request.setOptions(options.setAny(new emptyPb.Empty()));
}

interface BatchAnswer {
  correlation: string;
  stream: string;
  result: number | [number, string];
}

async function batchAppend(to: StreamsClient, chunks: streams.BatchAppendReq[]): Promise<BatchAnswer[]> {
  const call = to.batchAppend();
  for (const one of chunks) call.write(one);
  call.end();
  const answers: BatchAnswer[] = [];
  for await (const answer of call as AsyncIterable<streams.BatchAppendResp>) {
    const error = answer.getError();
    answers.push({
      correlation: answer.getCorrelationId()!.getString(),
      stream: Buffer.from(answer.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString(),
      result: error
        ? [error.getCode(), error.getDetails()!.getTypeName()]
        : Number(answer.getSuccess()!.getCurrentRevision()),
    });
  }
  return answers;
}

async function countOf(stream: string, port = store.port): Promise<number> {
  const reader = EventStoreDBClient.connectionString`esdb://127.0.0.1:${port}?tls=false`;
  let count = 0;
  try {
    for await (const _ of reader.readStream(stream)) count += 1;
  } catch (error) {
    if ((error as { type?: string }).type !== 'stream-not-found') throw error;
  }
  await reader.dispose();
  return count;
}

const errorOf = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => Promise.reject(new Error('nothing was refused')),
    (error) => error,
  );

describe('BatchAppend', () => {
  it('answers each correlation once, with its stream, also when the client has said all it will say', async () => {
    const [one, other] = [newStream(), newStream()];
    const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
    const answers = await batchAppend(client, [
      chunk({ correlation: a, stream: one, events: newEvents(2), final: false }),
      chunk({ correlation: b, stream: other, events: newEvents(1) }),
      chunk({ correlation: a, events: newEvents(3), final: false }),
      chunk({ correlation: a, events: newEvents(1) }),
      chunk({ correlation: c, stream: one, events: newEvents(1) }),
    ]);
    expect(answers.toSorted((x, y) => (x.correlation < y.correlation ? -1 : 1))).toEqual(
      [
        { correlation: a, stream: one, result: 5 },
        { correlation: b, stream: other, result: 0 },
        { correlation: c, stream: one, result: 6 },
      ].toSorted((x, y) => (x.correlation < y.correlation ? -1 : 1)),
    );
  });

  it('writes nothing of an append whose last chunk never came', async () => {
    const [stream, correlation] = [newStream(), randomUUID()];
    expect(await batchAppend(client, [chunk({ correlation, stream, events: newEvents(2), final: false })])).toEqual([
      { correlation, stream, result: [4, 'event_store.client.Timeout'] },
    ]);
    expect(await countOf(stream)).toBe(0);
  });

  it('answers an append too large at once, and only once', async () => {
    const [stream, correlation] = [newStream(), randomUUID()];
    const large = () => ({ id: randomUUID(), data: Buffer.alloc(600_000) });
    const answers = await batchAppend(client, [
      chunk({ correlation, stream, events: [large(), large()], final: false }),
      chunk({ correlation, events: newEvents(1), final: false }),
      chunk({ correlation, events: newEvents(1) }),
    ]);
    expect(answers).toEqual([{ correlation, stream, result: [3, 'event_store.client.MaximumAppendSizeExceeded'] }]);
    expect(await countOf(stream)).toBe(0);
  });

  it('answers Timeout to an append whose deadline has passed, and writes nothing', async () => {
    const [stream, correlation] = [newStream(), randomUUID()];
    const deadline = new Date(Date.now() - 1);
    expect(await batchAppend(client, [chunk({ correlation, stream, deadline, events: newEvents(1) })])).toEqual([
      { correlation, stream, result: [4, 'event_store.client.Timeout'] },
    ]);
    expect(await countOf(stream)).toBe(0);
  });

  test.each<[string, Partial<Chunk>]>([
    ['an event id that is no UUID', { events: [{ id: 'not-a-uuid' }] }],
    ['an event without a type', { events: [{ id: randomUUID(), properties: { 'content-type': 'application/json' } }] }],
    ['an event without a content type', { events: [{ id: randomUUID(), properties: { type: 'T' } }] }],
    ['an empty stream name', { stream: '' }],
    ['the stream $all', { stream: '$all' }],
    ['the stream $$', { stream: '$$' }],
  ])('answers BadRequest to %s, and goes on', async (_name, wrong) => {
    const [stream, correlation] = [newStream(), randomUUID()];
    const refused = { correlation, stream, events: newEvents(1), ...wrong };
    const [answer, next] = await batchAppend(client, [
      chunk(refused),
      chunk({ correlation: randomUUID(), stream, events: newEvents(1) }),
    ]);
    expect(answer).toEqual({ correlation, stream: refused.stream, result: [3, 'event_store.client.BadRequest'] });
    expect(next!.result).toBe(0);
  });

  it('answers a correlation id that is none with BadRequest, and goes on', async () => {
    const [stream, correlation] = [newStream(), randomUUID()];
    const [answer, next] = await batchAppend(client, [
      chunk({ correlation: 'nobody', stream, events: newEvents(1) }),
      chunk({ correlation, stream, events: newEvents(1) }),
    ]);
    expect(answer).toEqual({ correlation: 'nobody', stream, result: [3, 'event_store.client.BadRequest'] });
    expect(next).toEqual({ correlation, stream, result: 0 });
  });

  it('refuses more unfinished appends than its limit', async () => {
    const small = await start({ append_limits: { ...default_append_limits, unfinished_max: 2 } });
    const raw = streamsClient(small.port);
    const unfinished = [1, 2, 3].map(() =>
      chunk({ correlation: randomUUID(), stream: newStream(), events: newEvents(1), final: false }),
    );
    const answers = await batchAppend(raw, unfinished);
    expect(answers.map(({ result }) => result)).toEqual([
      [status.RESOURCE_EXHAUSTED, 'google.protobuf.Empty'],
      [4, 'event_store.client.Timeout'],
      [4, 'event_store.client.Timeout'],
    ]);
    raw.close();
    await small.stop();
  });
});

describe('a full queue', () => {
  it('refuses what it cannot hold, and writes what it took', async () => {
    const small = await start({ queue_limits: { ...default_queue_limits, waiting_max: 5 } });
    const raw = streamsClient(small.port);
    const stream = newStream();
    const chunks = Array.from({ length: 50 }, () => chunk({ correlation: randomUUID(), stream, events: newEvents(1) }));
    const answers = await batchAppend(raw, chunks);
    const refused = answers.filter(({ result }) => typeof result !== 'number');
    expect(answers).toHaveLength(50);
    for (const { result } of refused) expect(result).toEqual([status.RESOURCE_EXHAUSTED, 'google.protobuf.Empty']);
    expect(await countOf(stream, small.port)).toBe(50 - refused.length);
    raw.close();
    await small.stop();
  });
});

describe('trailers', () => {
  const trailersOf = ({ code, metadata }: ServiceError) => {
    const { date: _date, 'content-type': _type, ...trailers } = metadata.getMap();
    return [code, trailers];
  };

  it('of Append name the missing property and the limit', async () => {
    const missing = [{ id: randomUUID(), properties: { type: 'T' } }];
    expect(trailersOf(await errorOf(rawAppend(client, newStream(), -1, missing)))).toEqual([
      status.INVALID_ARGUMENT,
      {
        exception: 'missing-required-metadata-property',
        'required-metadata-properties': 'type,content-type',
      },
    ]);
    const large = [{ id: randomUUID(), data: Buffer.alloc(2_000_000) }];
    expect(trailersOf(await errorOf(rawAppend(client, newStream(), -1, large)))).toEqual([
      status.INVALID_ARGUMENT,
      { exception: 'maximum-append-size-exceeded', 'maximum-append-size': '1048576' },
    ]);
  });

  it('of Tombstone name what was expected by EventStoreDB’s numbers, and escape a name that is not ASCII', async () => {
    const stream = `${newStream()}-ü\n`;
    const tombstone = (set: (options: streams.TombstoneReq.Options) => streams.TombstoneReq.Options) =>
      errorOf(
        new Promise((resolve, reject) => {
          const options = set(new streams.TombstoneReq.Options().setStreamIdentifier(identifier(stream)));
          client.tombstone(new streams.TombstoneReq().setOptions(options), (error, response) =>
            error ? reject(error) : resolve(response),
          );
        }),
      );
    const expected = {
      exception: 'wrong-expected-version',
      'stream-name': stream.replace('ü', '\\u00fc').replace('\n', '\\u000a'),
    };
    expect(trailersOf(await tombstone((options) => options.setStreamExists(new shared.Empty())))).toEqual([
      status.FAILED_PRECONDITION,
      { ...expected, 'expected-version': '-4', 'actual-version': '-1' },
    ]);
    await rawAppend(client, stream, -1, newEvents(3));
    expect(trailersOf(await tombstone((options) => options.setNoStream(new shared.Empty())))).toEqual([
      status.FAILED_PRECONDITION,
      { ...expected, 'expected-version': '-1', 'actual-version': '2' },
    ]);
  });
});

describe('event ids', () => {
  it('are the same as text and as two numbers', async () => {
    const [stream, id] = [newStream(), 'fedcba98-7654-4210-8123-456789abcdef'];
    await rawAppend(client, stream, -1, [{ id }]);
    const options = new streams.ReadReq.Options()
      .setStream(
        new streams.ReadReq.Options.StreamOptions()
          .setStreamIdentifier(identifier(stream))
          .setStart(new shared.Empty()),
      )
      .setCount('1')
      .setNoFilter(new shared.Empty());
    const ids: (shared.UUID | undefined)[] = [];
    for await (const response of client.read(
      new streams.ReadReq().setOptions(options),
    ) as AsyncIterable<streams.ReadResp>)
      ids.push(response.getEvent()?.getEvent()?.getId());
    const bits = ids[0]!.getStructured()!;
    const hex = [bits.getMostSignificantBits(), bits.getLeastSignificantBits()].map((half) =>
      BigInt.asUintN(64, BigInt(half)).toString(16),
    );
    expect(hex.join('')).toBe(id.replaceAll('-', ''));

    const structured = new streams.AppendReq.ProposedMessage().setId(new shared.UUID().setStructured(bits));
    structured.getMetadataMap().set('type', 'T').set('content-type', 'application/json');
    const retry = new streams.BatchAppendReq.ProposedMessage().setId(structured.getId());
    retry.getMetadataMap().set('type', 'T').set('content-type', 'application/json');
    const request = chunk({ correlation: randomUUID(), stream, events: [] }).setProposedMessagesList([retry]);
    expect(await batchAppend(client, [request])).toMatchObject([{ result: 0 }]);
    expect(await countOf(stream)).toBe(1);
  });
});

describe('what is built', () => {
  it('is listed by ServerFeatures, with a version that has caught-up messages', async () => {
    const server = new ServerFeaturesClient(`127.0.0.1:${store.port}`, credentials.createInsecure());
    const answer = await new Promise<features.SupportedMethods>((resolve, reject) =>
      server.getSupportedMethods(new shared.Empty(), (error, methods) => (error ? reject(error) : resolve(methods))),
    );
    server.close();
    expect(answer.getEventStoreServerVersion()).toBe('23.10.0');
    const names = answer.getMethodsList().map((method) => `${method.getServiceName()}/${method.getMethodName()}`);
    expect(names.toSorted()).toEqual([
      'event_store.client.gossip.Gossip/read',
      'event_store.client.streams.Streams/append',
      'event_store.client.streams.Streams/batchappend',
      'event_store.client.streams.Streams/delete',
      'event_store.client.streams.Streams/read',
      'event_store.client.streams.Streams/tombstone',
    ]);
  });

  it('includes Gossip with one member, the leader', async () => {
    const server = new GossipClient(`127.0.0.1:${store.port}`, credentials.createInsecure());
    const answer = await new Promise<gossip.ClusterInfo>((resolve, reject) =>
      server.read(new shared.Empty(), (error, cluster) => (error ? reject(error) : resolve(cluster))),
    );
    server.close();
    expect(answer.toObject().membersList).toMatchObject([
      { state: 8, isAlive: true, httpEndPoint: { address: '127.0.0.1', port: store.port } },
    ]);
  });

  it('does not include persistent subscriptions and projections: UNIMPLEMENTED', async () => {
    const official = EventStoreDBClient.connectionString(store.url);
    const settings = persistentSubscriptionToStreamSettingsFromDefaults();
    for (const unbuilt of [
      () => official.createPersistentSubscriptionToStream('s', 'g', settings),
      () => official.createProjection('p', 'fromAll()'),
    ])
      expect(await errorOf(unbuilt())).toMatchObject({ _raw: { code: status.UNIMPLEMENTED } });
    await official.dispose();
  });
});

describe('stopping', () => {
  it('answers what was sent before and ends open calls with CANCELLED', async () => {
    const own = await start();
    const raw = streamsClient(own.port);
    const official = EventStoreDBClient.connectionString(own.url);
    await official.appendToStream('s', jsonEvent({ type: 'T', data: {} }));
    const subscription = official.subscribeToStream('s');
    const seen: string[] = [];
    const ended = errorOf(
      (async () => {
        for await (const { event } of subscription) seen.push(event!.type);
      })(),
    );
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    const batch = errorOf(batchAppendForEver(raw));
    const appends = Promise.all(
      Array.from({ length: 200 }, (_, n) => official.appendToStream(`t-${n}`, jsonEvent({ type: 'T', data: {} }))),
    );
    await appends;
    await own.stop();
    expect(await ended).toMatchObject({ type: 'cancelled' });
    expect((await batch).code).toBe(status.CANCELLED);
    expect(seen).toEqual(['T']);
    raw.close();
    await official.dispose();
  });

  it('does not wait for a client that never reads', async () => {
    const own = await start();
    const raw = streamsClient(own.port);
    for (let n = 0; n < 30; n += 1)
      await rawAppend(raw, 's', n - 1, [{ id: randomUUID(), data: Buffer.alloc(500_000) }]);
    const call = raw.read(
      new streams.ReadReq().setOptions(
        new streams.ReadReq.Options()
          .setAll(new streams.ReadReq.Options.AllOptions().setStart(new shared.Empty()))
          .setSubscription(new streams.ReadReq.Options.SubscriptionOptions())
          .setNoFilter(new shared.Empty()),
      ),
    );
    call.on('error', () => {});
    call.pause();
    await own.stop();
    raw.close();
  });
});

async function batchAppendForEver(to: StreamsClient): Promise<void> {
  const call = to.batchAppend();
  call.write(chunk({ correlation: randomUUID(), stream: 'u', events: newEvents(1) }));
  for await (const _ of call) {
  }
}
