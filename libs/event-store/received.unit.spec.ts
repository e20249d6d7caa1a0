import utils from '@eventstore/db-client/dist/utils/index.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import fc from 'fast-check';
import type { StoredEvent } from './event-store.js';
import { receive, storedEvent } from './received.js';

const { ReadResp } = streams;
const { ReadEvent } = ReadResp;

const text = fc.string({ unit: 'grapheme' });
const bytes = fc.oneof(
  fc.json().map((json) => Buffer.from(json)),
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  fc.constant(Buffer.alloc(0)),
  fc.constant(Buffer.from(JSON.stringify('é'.repeat(200)))),
);
const number = fc.oneof(fc.maxSafeNat().map(String), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String));
const record = fc.record({
  id: fc.uuid(),
  stream: text,
  revision: number,
  prepare: number,
  commit: number,
  type: text,
  content: fc.constantFrom('application/json', 'application/octet-stream', undefined),
  created_ms: fc.nat(8.64e14),
  more: fc.dictionary(text, text, { maxKeys: 3 }),
  data: bytes,
  metadata: bytes,
});

type Recorded = typeof record extends fc.Arbitrary<infer T> ? T : never;

function recordOf(event: Recorded) {
  const made = new ReadEvent.RecordedEvent();
  made.setId(new shared.UUID().setString(event.id));
  made.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(event.stream)));
  made.setStreamRevision(event.revision).setPreparePosition(event.prepare).setCommitPosition(event.commit);
  const properties = made.getMetadataMap();
  for (const [name, value] of Object.entries(event.more)) properties.set(name, value);
  properties.set('type', event.type);
  properties.set('created', `${event.created_ms}0000`);
  if (event.content !== undefined) properties.set('content-type', event.content);
  return made.setData(event.data).setCustomMetadata(event.metadata);
}
const UNKNOWN = Buffer.from('f80101' + 'f9010102030405060708' + 'fa0103aabbcc' + 'fd0101020304', 'hex');

function messageOf(event: Recorded): Buffer {
  const response = new ReadResp().setEvent(new ReadEvent().setEvent(recordOf(event)).setCommitPosition(event.commit));
  return Buffer.from(response.serializeBinary());
}

const converted = (message: unknown) => utils.convertGrpcEvent((message as streams.ReadResp).getEvent()!).event!;

function expected(message: Buffer, { data, metadata }: Recorded): StoredEvent {
  const { streamId, revision, created, isJson, ...event } = converted(ReadResp.deserializeBinary(message));
  const plain = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value) : value);
  return {
    ...{ id: event.id, stream: streamId, revision: Number(revision), log_position: event.position, type: event.type },
    ...{ data: plain(event.data), metadata: plain(event.metadata), bytes: { data, metadata } },
    created_ms: created.getTime(),
  };
}

test('an event is read as the client reads it with the generated classes', () => {
  fc.assert(
    fc.property(record, fc.boolean(), (event, of_later_version) => {
      const message = messageOf(event);
      const received = of_later_version ? Buffer.concat([UNKNOWN, message, UNKNOWN]) : message;
      expect(storedEvent(converted(receive(received)))).toEqual(expected(message, event));
    }),
  );
});

test('other messages are those of the generated classes', () => {
  const checkpoint = new ReadResp.Checkpoint().setCommitPosition('7').setPreparePosition('8');
  const others = [
    new ReadResp(),
    new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId('a')),
    new ReadResp().setCheckpoint(checkpoint),
    new ReadResp().setCaughtUp(new ReadResp.CaughtUp()),
    new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound()),
    new ReadResp().setEvent(new ReadEvent().setNoPosition(new shared.Empty())),
  ];
  for (const other of others) {
    const received = receive(Buffer.from(other.serializeBinary())) as streams.ReadResp;
    expect(received).toBeInstanceOf(ReadResp);
    expect(received.toObject()).toEqual(other.toObject());
  }
});

test('what is cut off or no message is refused, wherever it ends', () => {
  fc.assert(
    fc.property(record, fc.nat(), fc.uint8Array({ maxLength: 100 }), (event, at, noise) => {
      const message = messageOf({ ...event, data: event.data.subarray(0, 100), metadata: Buffer.alloc(0) });
      expect(() => receive(message.subarray(0, 1 + (at % (message.length - 1))))).toThrow();
      try {
        receive(Buffer.concat([Buffer.from([0x0a, noise.length + 2, 0x0a, noise.length]), noise]));
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});

test('a number without end is refused', () => {
  expect(() => receive(Buffer.concat([Buffer.from([0x18]), Buffer.alloc(1000, 0x80)]))).toThrow('ten bytes');
});

test('a client that converts events in another way is refused', () => {
  const event = converted(receive(messageOf(fc.sample(record, 1)[0]!)));
  expect(() => storedEvent({ ...event, isJson: true, data: {} })).toThrow('must be 6.2.1');
});
