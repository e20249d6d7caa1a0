/**
 * Events as the log holds them ↔ events as the rules know them. Unknown data dies here, so that folding needs no silent default: a
 * type or version that this program does not know means that it must not go on. Older versions are lifted to the present shape here.
 */
import { DOCUMENT_EVENT_TYPES, type DocumentEventType } from './document-kinds.js';
import {
  type LedgerEvent,
  type LedgerEventType,
  MASTER_EVENT_TYPES,
  type MasterDataEvent,
  type RecordedEvent,
} from './events.js';

/** Events of neither a document nor a master record. */
const OTHER_TYPES: Record<Exclude<LedgerEventType, DocumentEventType | MasterDataEvent['type']>, true> = {
  ApprovalThresholdChanged: true,
  PeriodClosed: true,
  PeriodReopened: true,
  LedgerOpened: true,
};

/** Every type of event that a ledger may hold. */
export const EVENT_TYPES: readonly LedgerEventType[] = [
  ...MASTER_EVENT_TYPES,
  ...DOCUMENT_EVENT_TYPES,
  ...(Object.keys(OTHER_TYPES) as LedgerEventType[]),
];
const TYPES = new Set<string>(EVENT_TYPES);

/** What a log gives back of one event. */
export interface RawEvent {
  type: string;
  data: unknown;
  metadata: unknown;
  revision: number;
}

/** Throws on what is not an event of a ledger: a poison event must stop its reader, never be skipped. */
export function decode({ type, data, metadata, revision }: RawEvent): RecordedEvent {
  if (!TYPES.has(type)) throw new Error(`position ${revision} holds an event of unknown type ${JSON.stringify(type)}`);
  if (!isObject(data)) throw new Error(`position ${revision}: the data of ${type} is not an object`);
  if (
    !isObject(metadata) ||
    !isInstant(metadata.recorded_at) ||
    !isInstant(metadata.effective_at) ||
    typeof metadata.actor !== 'string'
  )
    throw new Error(`position ${revision}: the metadata of ${type} lacks recorded_at, effective_at or actor`);
  return { type, data, metadata, position: revision } as unknown as RecordedEvent;
}

/** The bytes that the hash of an event covers: everything but its own hash, in the order in which it is stored. */
export function hashedContent({
  type,
  data,
  metadata,
}: {
  type: string;
  data: unknown;
  metadata: { hash?: unknown };
}): string {
  const { hash: _hash, ...covered } = metadata;
  return JSON.stringify([type, data, covered]);
}

/** An event that has no hash yet as JSON, and `hashedContent` of it: each value is written once for both. */
export function serialize({ type, data, metadata }: Pick<LedgerEvent, 'type' | 'data' | 'metadata'>) {
  const json = { data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
  return { json, content: `[${JSON.stringify(type)},${json.data},${json.metadata}]` };
}

/** The id of the event with this hash (hex). RFC 9562 version 8: a UUID whose bits are our own, here the first of the hash. */
export function uuidOf(hash: string): string {
  const variant = ((Number.parseInt(hash[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
function isInstant(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
}
