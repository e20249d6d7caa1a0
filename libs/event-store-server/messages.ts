import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { ProposedEvent } from './record.js';
import { invalid, Malformed, missingProperty } from './refusals.js';

export const INT64_MAX = 2n ** 63n - 1n;
export const NIL_UUID = '00000000-0000-0000-0000-000000000000';
const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws Refusal for a name that no stream can have */
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

export function expectedRevision(text: string): bigint {
  const value = BigInt(text);
  if (value > INT64_MAX) throw invalid(`'${text}' is not a valid revision.`);
  return value;
}

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
  if (id === NIL_UUID) throw new Malformed('Empty eventId provided.');
  return {
    id,
    type,
    is_json: content_type === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

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
  if (!UUID_PATTERN.test(text)) throw new Malformed('The id is not a UUID.');
  return text.toLowerCase();
}

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
