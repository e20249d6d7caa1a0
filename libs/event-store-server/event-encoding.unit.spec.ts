import streams from '@eventstore/db-client/generated/streams_pb.js';
import fc from 'fast-check';
import { encodeEvent } from './event-encoding.js';
import { encodeUuid, uuidText } from './messages.js';
import type { RecordedEvent } from './record.js';

const bytes = fc.uint8Array({ maxLength: 300 });
const event: fc.Arbitrary<RecordedEvent> = fc.record({
  position: fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 127, 128, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER)),
  stream: fc.string({ minLength: 1, unit: 'grapheme' }),
  revision: fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 1, 2 ** 32)),
  id: fc.uuid(),
  type: fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  is_json: fc.boolean(),
  tombstone: fc.boolean(),
  created_ms: fc.nat(),
  data: fc.oneof(bytes, fc.constant(new Uint8Array(100_000).fill(7))),
  metadata: bytes,
});

function read(record: streams.ReadResp.ReadEvent.RecordedEvent | undefined) {
  if (!record) return undefined;
  return {
    id: uuidText(record.getId()),
    stream: Buffer.from(record.getStreamIdentifier()!.getStreamName_asU8()).toString(),
    revision: record.getStreamRevision(),
    positions: [record.getCommitPosition(), record.getPreparePosition()],
    properties: Object.fromEntries(record.getMetadataMap().toObject(false)),
    data: Buffer.from(record.getData_asU8()).toString('hex'),
    metadata: Buffer.from(record.getCustomMetadata_asU8()).toString('hex'),
  };
}

function expected(record: RecordedEvent) {
  return {
    id: record.id,
    stream: record.stream,
    revision: record.tombstone ? '9223372036854775807' : String(record.revision),
    positions: [String(record.position), String(record.position)],
    properties: {
      type: record.type,
      'content-type': record.is_json ? 'application/json' : 'application/octet-stream',
      created: `${record.created_ms}0000`,
    },
    data: Buffer.from(record.data).toString('hex'),
    metadata: Buffer.from(record.metadata).toString('hex'),
  };
}

test('what is written by hand is read by the generated class, and its own writing of it is no different', () => {
  fc.assert(
    fc.property(event, fc.option(fc.option(event), { nil: undefined }), fc.boolean(), (one, resolved, structured) => {
      const encoded = encodeEvent(one, resolved, (id) => encodeUuid(id, structured));
      const response = streams.ReadResp.deserializeBinary(encoded);
      const { event: shown, link } = { event: response.getEvent()!.getEvent(), link: response.getEvent()!.getLink() };
      expect(read(link)).toEqual(resolved === undefined ? undefined : expected(one));
      expect(read(shown)).toEqual(
        resolved === undefined ? expected(one) : (resolved ?? undefined) && expected(resolved!),
      );
      expect(BigInt(response.getEvent()!.getCommitPosition())).toBe(BigInt(one.position));
      const again = streams.ReadResp.deserializeBinary(response.serializeBinary());
      expect(Buffer.from(again.serializeBinary()).equals(response.serializeBinary())).toBe(true);
    }),
  );
});
