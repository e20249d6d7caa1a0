/**
 * One event to append. `id` is a UUID derived from the command's idempotency key, so that a retry sends identical
 * bytes.
 */
export interface NewEvent {
  id: string;
  type: string;
  /** JSON: strings, safe integers, booleans, arrays, objects. */
  data: unknown;
  metadata: unknown;
  /** The same, already written as JSON; it goes to the log as it is. */
  json?: { data: string; metadata: string };
}

/** One event as the log holds it. */
export interface StoredEvent {
  id: string;
  stream: string;
  /** 0, 1, 2 … within the stream. */
  revision: number;
  /** Place in `$all`. Given only by reads and subscriptions of `$all`. */
  position: Position | undefined;
  type: string;
  data: unknown;
  metadata: unknown;
  /** Data and metadata as the log holds them, UTF-8 where they are JSON. */
  bytes: { data: Buffer; metadata: Buffer };
  /**
   * When the server wrote it, milliseconds since 1970. Never used as business time (docs/ARCHITECTURE.md, "Two times").
   */
  created_ms: number;
}

export interface Position {
  commit: bigint;
  prepare: bigint;
}

/** The result of an append. Only a bug throws; an outage is `unknown`. */
export type AppendResult =
  | { outcome: 'appended'; revision: number }
  /** Nothing was written: the stream was not at the expected revision. */
  | { outcome: 'conflict' }
  /** Nothing was written, and the same events will never be accepted (too large, access denied, stream tombstoned). */
  | { outcome: 'rejected'; reason: string }
  /** The answer was lost: the events were written once or not at all. The caller reads back. */
  | { outcome: 'unknown'; reason: string };

/** Reading failed because the server is away, silent or ended the call half-way: a retry can help. */
export class EventStoreUnavailable extends Error {
  override readonly name = 'EventStoreUnavailable';
}

/** The server answers, but refuses the user of the URL. */
export class AccessRefused extends EventStoreUnavailable {}

/** The stream has a tombstone: it can never be read or written again. */
export class StreamTombstoned extends Error {
  override readonly name = 'StreamTombstoned';
}

/**
 * The log as this system uses it. The only implementation talks to EventStoreDB through the official client. `expected`
 * is the stream's last revision, −1 for a stream that must not exist yet.
 */
export interface EventStore {
  /**
   * Writes all events or none. Answers within the timeout whatever the network does. `conflict` and `rejected` concern
   * this call alone: after an `unknown` call with the same events, read back first. Throws where the events are no
   * JSON, an id is no UUID, or the list is empty.
   */
  append(stream: string, expected: number, events: readonly NewEvent[]): Promise<AppendResult>;
  /**
   * Forwards from `from` (inclusive) to the head of that moment. A missing stream is empty. This and the other reads
   * throw EventStoreUnavailable rather than end early, StreamTombstoned, and the signal's reason when it aborts.
   */
  read(stream: string, from: number, options?: { max?: number; signal?: AbortSignal }): AsyncIterable<StoredEvent>;
  /** Backwards from the head. */
  readBackwards(stream: string, options?: { max?: number; signal?: AbortSignal }): AsyncIterable<StoredEvent>;
  /**
   * `$all` forwards from `after` (exclusive; undefined: from the start), only streams with one of the prefixes, in
   * portions as they arrive. Ends with the first `caught_up`.
   */
  readAll(
    after: Position | undefined,
    options: { stream_prefixes: string[]; signal?: AbortSignal },
  ): AsyncIterable<readonly SubscriptionMessage[]>;
  /**
   * `$all` from `after`, catching up and then live. Resumes by itself with backoff after a fault, without a gap, a
   * duplicate or a change of order. Pulls no faster than it is consumed. Ends, without an exception, only when `signal`
   * aborts or after close(). A checkpoint comes where nothing matched for a while, `caught_up` each time the head is
   * reached.
   */
  subscribeAll(
    after: Position | undefined,
    options: { stream_prefixes: string[]; signal: AbortSignal },
  ): AsyncIterable<readonly SubscriptionMessage[]>;
  /** Resolves when the server answers; rejects within `timeout_ms` when it does not. */
  ping(timeout_ms: number): Promise<void>;
  /** Ends what still runs: appends become `unknown`, reads throw, subscriptions end. Later appends are `unknown`. */
  close(): Promise<void>;
}

export type SubscriptionMessage =
  | { kind: 'event'; event: StoredEvent & { position: Position } }
  | { kind: 'checkpoint'; position: Position }
  | { kind: 'caught_up' };
