import { MessageWriter } from '../wire/protobuf.js';
import type { RecordedEvent } from './record.js';

/** ReadResp (streams.proto) by hand: the generated classes take longer than the rest of a read. */
export function encodeEvent(
  event: RecordedEvent,
  /** undefined: no link; null: a link to nothing. */
  resolved: RecordedEvent | null | undefined,
  encodeId: (id: string) => Uint8Array,
): Buffer {
  const message = new MessageWriter(sizeAtMost(event) + (resolved ? sizeAtMost(resolved) : 0));
  const read_response = message.open(1);
  if (resolved !== undefined) {
    if (resolved) writeRecord(message, 1, resolved, encodeId);
    writeRecord(message, 2, event, encodeId);
  } else writeRecord(message, 1, event, encodeId);
  message.number(3, event.position);
  message.close(read_response);
  return message.finish();
}

const TOMBSTONE_REVISION = 2n ** 63n - 1n;

function writeRecord(
  message: MessageWriter,
  field: number,
  event: RecordedEvent,
  encodeId: (id: string) => Uint8Array,
) {
  const record = message.open(field);
  message.bytes(1, encodeId(event.id));
  const stream = message.open(2);
  message.text(3, event.stream);
  message.close(stream);
  message.number(3, event.tombstone ? TOMBSTONE_REVISION : event.revision);
  message.number(4, event.position);
  message.number(5, event.position);
  writeProperty(message, 'type', event.type);
  writeProperty(message, 'content-type', event.is_json ? 'application/json' : 'application/octet-stream');
  writeProperty(message, 'created', `${event.created_ms}0000`);
  message.bytes(7, event.metadata);
  message.bytes(8, event.data);
  message.close(record);
}

function writeProperty(message: MessageWriter, key: string, value: string): void {
  const entry = message.open(6);
  message.text(1, key);
  message.text(2, value);
  message.close(entry);
}

/** An upper bound of a record's bytes beside its data. */
const OVERHEAD_MAX = 300;

function sizeAtMost({ stream, type, data, metadata }: RecordedEvent): number {
  return 3 * (stream.length + type.length) + data.length + metadata.length + OVERHEAD_MAX;
}
