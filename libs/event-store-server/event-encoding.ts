import type { RecordedEvent } from './record.js';

/**
 * Writes a ReadResp with an event by hand (streams.proto). A read sends little else, and the generated classes take more
 * time for it than all the rest of a read; `event-encoding.unit.spec.ts` holds both against each other.
 */
export function encodeEvent(
  event: RecordedEvent,
  /** What a link points to: undefined for no link, null when it points nowhere. */
  resolved: RecordedEvent | null | undefined,
  encodeId: (id: string) => Uint8Array,
): Buffer {
  const message = new Message(sizeAtMost(event) + (resolved ? sizeAtMost(resolved) : 0));
  const read_response = message.open(1);
  if (resolved !== undefined) {
    if (resolved) writeRecord(message, 1, resolved, encodeId);
    writeRecord(message, 2, event, encodeId);
  } else writeRecord(message, 1, event, encodeId);
  message.number(3, event.position);
  message.close(read_response);
  return message.finish();
}

const tombstone_revision = 2n ** 63n - 1n;

function writeRecord(message: Message, field: number, event: RecordedEvent, encodeId: (id: string) => Uint8Array) {
  const record = message.open(field);
  message.bytes(1, encodeId(event.id));
  const stream = message.open(2);
  message.text(3, event.stream);
  message.close(stream);
  message.number(3, event.tombstone ? tombstone_revision : event.revision);
  message.number(4, event.position);
  message.number(5, event.position);
  writeProperty(message, 'type', event.type);
  writeProperty(message, 'content-type', event.is_json ? 'application/json' : 'application/octet-stream');
  writeProperty(message, 'created', `${event.created_ms}0000`);
  message.bytes(7, event.metadata);
  message.bytes(8, event.data);
  message.close(record);
}

function writeProperty(message: Message, key: string, value: string): void {
  const entry = message.open(6);
  message.text(1, key);
  message.text(2, value);
  message.close(entry);
}

/** More than any record needs besides its own bytes: tags, lengths, numbers, id, property names. */
const overhead_max = 300;

function sizeAtMost({ stream, type, data, metadata }: RecordedEvent): number {
  return 3 * (stream.length + type.length) + data.length + metadata.length + overhead_max;
}

/** Protobuf's wire format, as far as an event needs it. */
class Message {
  private readonly buffer: Buffer;
  private at = 0;

  constructor(size_max: number) {
    this.buffer = Buffer.allocUnsafe(size_max);
  }

  /** Begins a nested message. Its length is written last, into four bytes whatever it is. */
  open(field: number): number {
    this.buffer[this.at++] = (field << 3) | 2;
    this.at += 4;
    return this.at;
  }

  close(start: number): void {
    const length = this.at - start;
    this.buffer[start - 4] = (length & 0x7f) | 0x80;
    this.buffer[start - 3] = ((length >>> 7) & 0x7f) | 0x80;
    this.buffer[start - 2] = ((length >>> 14) & 0x7f) | 0x80;
    this.buffer[start - 1] = (length >>> 21) & 0x7f;
  }

  number(field: number, value: number | bigint): void {
    if (value === 0) return;
    this.buffer[this.at++] = field << 3;
    this.varint(value);
  }

  bytes(field: number, value: Uint8Array): void {
    this.buffer[this.at++] = (field << 3) | 2;
    this.varint(value.length);
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  text(field: number, value: string): void {
    const start = this.open(field);
    this.at += this.buffer.write(value, start, 'utf8');
    this.close(start);
  }

  finish(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  private varint(value: number | bigint): void {
    let rest = value;
    if (typeof rest === 'bigint') {
      for (; rest >= 0x80n; rest >>= 7n) this.buffer[this.at++] = Number(rest & 0x7fn) | 0x80;
    } else {
      // Divisions keep what 32-bit shifts would cut off.
      for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.buffer[this.at++] = (rest % 0x80) | 0x80;
    }
    this.buffer[this.at++] = Number(rest);
  }
}
