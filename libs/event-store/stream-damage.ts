/** What other clients did to a stream that we only append to: deletion, truncation, retention. */
import { randomUUID } from 'node:crypto';
import { type EventStore, type StoredEvent, StreamTombstoned } from './event-store.js';

const HIDING = ['$tb', '$maxCount', '$maxAge'] as const;
/** Before the largest int64. */
const DELETED_FROM = 2 ** 53;
const WRITES_MAX = 3;

const UNHIDDEN = '"cli unhide" brings them back until a scavenge removes them';
const FROM_BACKUP = 'only a backup or an export has its events';

export interface StreamDamage {
  reason: string;
  can_unhide: boolean;
}

const metadataStream = (stream: string) => `$$${stream}`;

/** Undefined where all events can be read, or there never were any. Two reads of one event. */
export async function findDamage(
  store: EventStore,
  stream: string,
  signal?: AbortSignal,
): Promise<StreamDamage | undefined> {
  let first: StoredEvent | undefined;
  try {
    for await (const event of store.read(stream, 0, { max: 1, signal })) first = event;
  } catch (error) {
    if (!(error instanceof StreamTombstoned)) throw error;
    return { reason: `the stream ${stream} was deleted for ever (a tombstone); ${FROM_BACKUP}`, can_unhide: false };
  }
  const { data } = await readMetadata(store, stream, signal);
  const hiding = HIDING.filter((name) => Number(data[name]) > 0);
  if (Number(data.$tb) >= DELETED_FROM)
    return { reason: `the stream ${stream} was deleted, which hides its events; ${UNHIDDEN}`, can_unhide: true };
  if (hiding.length > 0) {
    const settings = hiding.map((name) => `${name} ${data[name]}`).join(', ');
    return { reason: `the metadata of the stream ${stream} hides events (${settings}); ${UNHIDDEN}`, can_unhide: true };
  }
  if (first === undefined || first.revision === 0) return undefined;
  const removed = `the events before ${first.revision} of the stream ${stream} were removed`;
  return { reason: `${removed}; ${FROM_BACKUP}`, can_unhide: false };
}

/**
 * As `findDamage`, and whether a scavenge has removed what is hidden: until then $all shows it. Where events are hidden, reads
 * the whole log.
 */
export async function findLoss(
  store: EventStore,
  stream: string,
  signal?: AbortSignal,
): Promise<(StreamDamage & { position: number }) | undefined> {
  const damage = await findDamage(store, stream, signal);
  if (!damage?.can_unhide) return damage && { ...damage, position: 0 };
  let next = 0;
  const removed = (from: number, to: string) => ({
    reason: `a scavenge has removed the events from ${from} ${to} of the stream ${stream}, which were hidden; ${FROM_BACKUP}`,
    can_unhide: false,
    position: from,
  });
  for await (const messages of store.readAll(undefined, { stream_prefixes: [stream], signal }))
    for (const message of messages) {
      if (message.kind !== 'event' || message.event.stream !== stream) continue;
      const { revision } = message.event;
      if (revision !== next) return removed(next, `to ${revision - 1}`);
      next += 1;
    }
  return next === 0 ? removed(0, 'on') : { ...damage, position: 0 };
}

/** @returns whether any hid some. @throws Error where the log refuses it or another client hides them again */
export async function unhide(store: EventStore, stream: string): Promise<boolean> {
  for (let written = 0; ; written += 1) {
    const { data, revision } = await readMetadata(store, stream);
    const kept = Object.entries(data).filter(([name]) => !HIDING.some((hiding) => hiding === name));
    if (kept.length === Object.keys(data).length) return written > 0;
    // The first write to a deleted stream makes the server truncate instead.
    if (written === WRITES_MAX) throw new Error(`The metadata of ${stream} hides events again and again.`);
    const event = { id: randomUUID(), type: '$metadata', data: Object.fromEntries(kept), metadata: undefined };
    const { outcome } = await store.append(metadataStream(stream), revision, [event]);
    if (outcome !== 'appended') throw new Error(`The log did not take the metadata of ${stream} (${outcome}).`);
  }
}

async function readMetadata(
  store: EventStore,
  stream: string,
  signal?: AbortSignal,
): Promise<{ data: Record<string, unknown>; revision: number }> {
  for await (const { data, revision } of store.readBackwards(metadataStream(stream), { max: 1, signal }))
    return { data: typeof data === 'object' && data !== null ? { ...data } : {}, revision };
  return { data: {}, revision: -1 };
}
