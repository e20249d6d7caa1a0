import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { BOOK_PREFIXES, bookOf, isBook } from '../../libs/event-store/streams.js';

const TOMBSTONE = '$streamDeleted';
/** Metadata streams show when a stream is deleted or truncated. Others begin like `security`: see `isFollowed`. */
export const STREAM_PREFIXES = BOOK_PREFIXES.flatMap((prefix) => [prefix, `$$${prefix}`]);

export function isFollowed({ stream, type }: Pick<StoredEvent, 'stream' | 'type'>): boolean {
  return isBook(stream) && type !== TOMBSTONE;
}

export function touchedLedgers(events: readonly StoredEvent[]): string[] {
  const streams = events.flatMap(({ stream, type }) =>
    stream.startsWith('$$') ? [stream.slice(2)] : type === TOMBSTONE ? [stream] : [],
  );
  return [...new Set(streams)].filter(isBook).map(bookOf);
}
