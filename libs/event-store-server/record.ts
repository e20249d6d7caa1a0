import { crc32 } from 'node:zlib';

/** `id`: a lower-case UUID. */
export interface ProposedEvent {
  id: string;
  type: string;
  is_json: boolean;
  data: Uint8Array;
  metadata: Uint8Array;
}

export interface RecordedEvent extends ProposedEvent {
  /** Byte offset in the log: strictly increasing, with gaps. */
  position: number;
  stream: string;
  revision: number;
  created_ms: number;
  tombstone: boolean;
}

/** Reported, never repaired silently. */
export class DamagedLog extends Error {
  constructor(what: string) {
    super(`The log is damaged: ${what}.`);
  }
}

/** 0 stays free: "after position 0" means everything. */
export const FIRST_POSITION = 64;
const RECORD_OVERHEAD = 64;
const IS_JSON_FLAG = 1;
const TOMBSTONE_FLAG = 2;

/** In the order of `recordOf`. */
export const RECORD_COLUMNS =
  'e.position, s.name, e.revision, e.id, e.type, e.flags, e.created_ms, e.checksum, e.data, e.metadata';

/** Checked against checksum and shape. @throws DamagedLog */
export function recordOf(row: unknown): RecordedEvent {
  const [position, stream, revision, id, type, flags, created_ms, checksum, data, metadata] = row as unknown[];
  if (
    typeof position !== 'number' ||
    typeof stream !== 'string' ||
    typeof revision !== 'number' ||
    !(id instanceof Uint8Array) ||
    typeof type !== 'string' ||
    typeof flags !== 'number' ||
    typeof created_ms !== 'number' ||
    !(data instanceof Uint8Array) ||
    !(metadata instanceof Uint8Array)
  )
    throw new DamagedLog(`the record at position ${position} has lost its shape`);
  const record: RecordedEvent = {
    position,
    stream,
    revision,
    id: uuidOfBytes(id),
    type,
    is_json: (flags & IS_JSON_FLAG) !== 0,
    tombstone: (flags & TOMBSTONE_FLAG) !== 0,
    created_ms,
    data,
    metadata,
  };
  if (flagsOf(record) !== flags || checksumOf(record) !== checksum)
    throw new DamagedLog(`the record at position ${position} does not have its checksum`);
  return record;
}

export function valuesOf(record: RecordedEvent, stream_id: number) {
  return [
    record.position,
    stream_id,
    record.revision,
    bytesOfUuid(record.id),
    record.type,
    flagsOf(record),
    record.created_ms,
    checksumOf(record),
    record.data,
    record.metadata,
  ] as const;
}

/** Position of the next record: a missing one leaves a gap. */
export function endOf(record: RecordedEvent): number {
  return (
    record.position + RECORD_OVERHEAD + Buffer.byteLength(record.type) + record.data.length + record.metadata.length
  );
}

export function streamChecksum(id: number, last: number, name: string): number {
  return crc32(`${id}:${last}:${name}`);
}

function bytesOfUuid(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function checksumOf(record: RecordedEvent): number {
  const { position, revision, created_ms, id, data, metadata, type, stream } = record;
  const head = `${position}:${revision}:${flagsOf(record)}:${created_ms}:${id}:${data.length}:${metadata.length}:${type.length}:${type}:${stream}`;
  return crc32(metadata, crc32(data, crc32(head)));
}

function flagsOf(record: RecordedEvent): number {
  return (record.is_json ? IS_JSON_FLAG : 0) | (record.tombstone ? TOMBSTONE_FLAG : 0);
}

function uuidOfBytes(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
