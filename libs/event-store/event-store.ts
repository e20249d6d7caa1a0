/** The caller chooses `id`, a UUID; a retry sends the same one with the same bytes. */
export interface NewEvent {
  id: string;
  type: string;
  data: unknown;
  metadata: unknown;
  /** The same, already written as JSON; it goes to the log as it is. */
  json?: { data: string; metadata: string };
}

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
 * The log as this system uses it. `expected` is the stream's last revision, −1 for a stream that must not exist yet.
 */
export interface EventStore {
  /**
   * Writes all events or none, and answers within the timeout. `conflict` and `rejected` concern this call alone: after
   * an `unknown` call with the same events, read back first. Throws where the events are no JSON, an id is no UUID, or
   * the list is empty.
   */
  append(stream: string, expected: number, events: readonly NewEvent[]): Promise<AppendResult>;
  /**
   * From `from` (inclusive) to the head. A missing stream is empty. This and the other reads throw
   * EventStoreUnavailable rather than end early, StreamTombstoned, and the signal's reason.
   */
  read(stream: string, from: number, options?: { max?: number; signal?: AbortSignal }): AsyncIterable<StoredEvent>;
  readBackwards(stream: string, options?: { max?: number; signal?: AbortSignal }): AsyncIterable<StoredEvent>;
  /**
   * `$all` after `after` (exclusive), streams with one of the prefixes only, in portions. Ends with the first
   * `caught_up`.
   */
  readAll(
    after: Position | undefined,
    options: { stream_prefixes: string[]; signal?: AbortSignal },
  ): AsyncIterable<readonly SubscriptionMessage[]>;
  /**
   * The same, then live. Resumes by itself after a fault, without gap, duplicate or change of order, and pulls no
   * faster than it is consumed. Ends without an exception when `signal` aborts or after close(). A checkpoint comes
   * where nothing matched for a while.
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
