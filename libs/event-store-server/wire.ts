import shared from '@eventstore/db-client/generated/shared_pb.js';
import google from '@eventstore/db-client/generated/status_pb.js';
import { Metadata, status } from '@grpc/grpc-js';
import type { Message } from 'google-protobuf';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import type { Expected } from './append-decision.js';
import type { ProposedEvent } from './record.js';

/** What the real server would answer a request that cannot be carried out; carries gRPC's code and trailers. */
export class Refusal extends Error {
  readonly details: string;
  constructor(
    readonly code: status,
    message: string,
    readonly metadata: Metadata = new Metadata(),
  ) {
    super(message);
    this.details = message;
  }
}

export const int64_max = 2n ** 63n - 1n;
export const nil_uuid = '00000000-0000-0000-0000-000000000000';
const uuid_pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Refuses with INVALID_ARGUMENT. */
export function invalid(message: string): Refusal {
  return new Refusal(status.INVALID_ARGUMENT, message);
}

/** Refuses what no client sends, as the real server does: with UNKNOWN, and in a BatchAppend as a bad request. */
export class Malformed extends Refusal {
  constructor(message: string) {
    super(status.UNKNOWN, message);
  }
}

export function streamDeleted(stream: string): Refusal {
  return new Refusal(
    status.FAILED_PRECONDITION,
    `Event stream '${stream}' is deleted.`,
    trailers({ exception: 'stream-deleted', 'stream-name': stream }),
  );
}

export class AccessDenied extends Refusal {
  constructor(message: string) {
    super(status.PERMISSION_DENIED, message, trailers({ exception: 'access-denied' }));
  }
}

/** The events of one append are more than `size_max` bytes together. */
export class TooLarge extends Refusal {
  constructor(readonly size_max: number) {
    super(
      status.INVALID_ARGUMENT,
      `Maximum Append Size of ${size_max} Exceeded.`,
      trailers({ exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(size_max) }),
    );
  }
}

/** Of a deletion. `expected` and `current` as EventStoreDB counts: −1 no stream, −2 any, −4 exists. */
export function wrongExpectedVersion(stream: string, expected: Expected, current: number): Refusal {
  const number = expectedNumber(expected);
  return new Refusal(
    status.FAILED_PRECONDITION,
    `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${number}, Actual version: ${current}`,
    trailers({
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': String(number),
      'actual-version': String(current),
    }),
  );
}

function missingProperty(name: string): Refusal {
  return new Refusal(
    status.INVALID_ARGUMENT,
    `Required Metadata Property '${name}' is missing`,
    trailers({
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': 'type,content-type',
    }),
  );
}

function expectedNumber(expected: Expected): bigint {
  if (typeof expected === 'bigint') return expected;
  return { no_stream: -1n, any: -2n, stream_exists: -4n }[expected];
}

/** gRPC trailers must be printable ASCII, and short; anything else is escaped like in JSON. */
function trailers(values: Record<string, string>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(values)) metadata.set(key, printable(value).slice(0, 1_000));
  return metadata;
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A name is kept byte for byte, with a byte order mark at its start, too. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The stream's name, checked. Refuses what no stream can be called. */
export function streamName(identifier: { getStreamName_asU8(): Uint8Array } | undefined): string {
  if (!identifier) throw new Malformed('Required field StreamIdentifier not set.');
  let name: string;
  try {
    name = utf8.decode(identifier.getStreamName_asU8());
  } catch {
    throw invalid('The stream name is not UTF-8.');
  }
  if (name === '' || name === '$$') throw new Malformed(`'${name}' is not a valid stream name.`);
  if (name === '$all') throw invalid(`'${name}' is not a valid stream name.`);
  return name;
}

export function streamIdentifier(name: string) {
  return new shared.StreamIdentifier().setStreamName(Buffer.from(name, 'utf8'));
}

/** An expected revision as sent (uint64). */
export function expectedRevision(text: string): bigint {
  const value = BigInt(text);
  if (value > int64_max) throw invalid(`'${text}' is not a valid revision.`);
  return value;
}

/** A revision, position or count to read from, as sent (uint64). Beyond what a number holds it only needs to stay large. */
export function readFrom(text: string): number {
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}

interface ProposedMessage {
  getId(): shared.UUID | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

export function proposedEvent(message: ProposedMessage): ProposedEvent {
  const type = message.getMetadataMap().get('type');
  if (type === undefined) throw missingProperty('type');
  if (type === '') throw new Malformed('Empty eventType provided.');
  const content_type = message.getMetadataMap().get('content-type');
  if (content_type === undefined) throw missingProperty('content-type');
  const id = uuidText(message.getId());
  if (id === nil_uuid) throw new Malformed('Empty eventId provided.');
  return {
    id,
    type,
    is_json: content_type === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

/** What an event counts towards the append size limit. */
export function appendSizeOf(event: ProposedEvent): number {
  return event.data.length + event.metadata.length + 2 * event.type.length;
}

export function uuidText(uuid: shared.UUID | undefined): string {
  if (uuid?.hasStructured()) {
    const bits = uuid.getStructured();
    const hex = [bits?.getMostSignificantBits(), bits?.getLeastSignificantBits()]
      .map((half) =>
        BigInt.asUintN(64, BigInt(half ?? 0))
          .toString(16)
          .padStart(16, '0'),
      )
      .join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
  const text = uuid?.getString() ?? '';
  if (!uuid_pattern.test(text)) throw new Malformed('The id is not a UUID.');
  return text.toLowerCase();
}

/** A UUID message, as text or as two numbers. */
export function encodeUuid(id: string, structured: boolean): Uint8Array {
  if (!structured) return textUuid(id);
  const hex = id.replaceAll('-', '');
  const half = (from: number) => BigInt.asIntN(64, BigInt(`0x${hex.slice(from, from + 16)}`)).toString();
  const bits = new shared.UUID.Structured().setMostSignificantBits(half(0)).setLeastSignificantBits(half(16));
  return new shared.UUID().setStructured(bits).serializeBinary();
}

function textUuid(id: string): Uint8Array {
  const message = Buffer.allocUnsafe(38);
  message[0] = 0x12;
  message[1] = 36;
  message.write(id, 2, 'latin1');
  return message;
}

/** google.rpc.Status with one detail, as BatchAppend answers a single failed append. */
export function batchError(code: status, message: string, type: string, detail: Message) {
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), type);
  return new google.Status()
    .setCode(code as number)
    .setMessage(message)
    .setDetails(packed);
}
