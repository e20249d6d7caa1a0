/** Throws on an unknown type, so that applying events needs no default. Lifts older versions to the present shape. */
import { DOCUMENT_EVENT_TYPES, type DocumentEventType } from './document-kinds.js';
import {
  type LedgerEvent,
  type LedgerEventType,
  MASTER_EVENT_TYPES,
  type MasterDataEvent,
  type RecordedEvent,
} from './events.js';

const OTHER_TYPES: Record<Exclude<LedgerEventType, DocumentEventType | MasterDataEvent['type']>, true> = {
  ApprovalThresholdChanged: true,
  PeriodClosed: true,
  PeriodReopened: true,
  LedgerOpened: true,
};

export const EVENT_TYPES: readonly LedgerEventType[] = [
  ...MASTER_EVENT_TYPES,
  ...DOCUMENT_EVENT_TYPES,
  ...(Object.keys(OTHER_TYPES) as LedgerEventType[]),
];
const TYPES = new Set<string>(EVENT_TYPES);

export interface RawEvent {
  type: string;
  data: unknown;
  metadata: unknown;
  revision: number;
}

/** @throws on what is no event of a ledger: a reader must stop, not skip */
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

/** All but the hash, in the stored order. */
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

/** Each value is serialized once, for the event and its hash. */
export function serialize({ type, data, metadata }: Pick<LedgerEvent, 'type' | 'data' | 'metadata'>) {
  const json = { data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
  return { json, content: `[${JSON.stringify(type)},${json.data},${json.metadata}]` };
}

/** An RFC 9562 version 8 UUID of the hash's first bits (hex). */
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
