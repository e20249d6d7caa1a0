import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { SECURITY_BOOK, SECURITY_STREAM } from '../read-models/security.js';

const LEDGER_PREFIX = 'ledger-';
const TOMBSTONE = '$streamDeleted';
/** Metadata streams show when a stream is deleted or truncated. Others begin like `security`: see `isFollowed`. */
export const STREAM_PREFIXES = [LEDGER_PREFIX, SECURITY_STREAM].flatMap((prefix) => [prefix, `$$${prefix}`]);

export function isFollowed({ stream, type }: Pick<StoredEvent, 'stream' | 'type'>): boolean {
  return (stream === SECURITY_STREAM || stream.startsWith(LEDGER_PREFIX)) && type !== TOMBSTONE;
}

export function touchedLedgers(events: readonly StoredEvent[]): string[] {
  const streams = events.flatMap(({ stream, type }) =>
    stream.startsWith('$$') ? [stream.slice(2)] : type === TOMBSTONE ? [stream] : [],
  );
  return [...new Set(streams)].filter((stream) => isFollowed({ stream, type: '' })).map(ledgerOf);
}

export function ledgerOf(stream: string): string {
  return stream === SECURITY_STREAM ? SECURITY_BOOK : stream.slice(LEDGER_PREFIX.length);
}
export function streamOf(ledger: string): string {
  return ledger === SECURITY_BOOK ? SECURITY_STREAM : `${LEDGER_PREFIX}${ledger}`;
}
