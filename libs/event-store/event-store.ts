/** `id`: a UUID; a retry sends the same bytes. */
export interface NewEvent {
  id: string;
  type: string;
  data: unknown;
  metadata: unknown;
  json?: { data: string; metadata: string };
}

export interface StoredEvent {
  id: string;
  stream: string;
  /** 0, 1, 2 … within the stream. */
  revision: number;
  /** In `$all`; only reads and subscriptions of `$all` give it. */
  log_position: LogPosition | undefined;
  type: string;
  data: unknown;
  metadata: unknown;
  bytes: { data: Buffer; metadata: Buffer };
  /** Milliseconds since 1970, by the server. Never business time (docs/ARCHITECTURE.md, "Two times"). */
  created_ms: number;
}

export interface LogPosition {
  commit: bigint;
  prepare: bigint;
}

/** Only a bug throws; an outage is `unknown`. */
export type AppendResult =
  | { outcome: 'appended'; revision: number }
  /** Not at the expected revision; nothing was written. */
  | { outcome: 'conflict' }
  /** Nothing was written, and never will be (too large, access denied, tombstoned). */
  | { outcome: 'rejected'; reason: string }
  /** Written once or not at all. The caller reads back. */
  | { outcome: 'unknown'; reason: string };

/** The server is away, silent or ended the call half-way: a retry can help. */
export class EventStoreUnavailable extends Error {
  override readonly name = 'EventStoreUnavailable';
}

export class AccessRefused extends EventStoreUnavailable {}

export class StreamTombstoned extends Error {
  override readonly name = 'StreamTombstoned';
}

/** `expected`: the stream's last revision; −1: it must not exist. */
export interface EventStore {
  /** All or none, within the timeout. `conflict` and `rejected` concern this call alone: after `unknown`, read back. */
  append(stream: string, expected: number, events: readonly NewEvent[]): Promise<AppendResult>;
  /** From `from` (inclusive); a missing stream is empty. @throws EventStoreUnavailable, StreamTombstoned */
  read(stream: string, from: number, options?: { max?: number; signal?: AbortSignal }): AsyncIterable<StoredEvent>;
  readBackwards(stream: string, options?: { max?: number; signal?: AbortSignal }): AsyncIterable<StoredEvent>;
  /** `$all` after `after` (exclusive), by prefixes of streams, in portions; ends with the first `caught_up`. */
  readAll(
    after: LogPosition | undefined,
    options: { stream_prefixes: string[]; signal?: AbortSignal },
  ): AsyncIterable<readonly SubscriptionMessage[]>;
  /**
   * Then live: resumes after a fault without gap or duplicate. Ends when `signal` aborts or after close(). From `end` on
   * a fault may leave a gap until the first message; each connection yields `caught_up`.
   */
  subscribeAll(
    after: LogPosition | 'end' | undefined,
    options: { stream_prefixes: string[]; signal: AbortSignal },
  ): AsyncIterable<readonly SubscriptionMessage[]>;
  /** @throws when the server does not answer in time */
  ping(timeout_ms: number): Promise<void>;
  /** Appends become `unknown`, reads throw, subscriptions end. */
  close(): Promise<void>;
}

export type SubscriptionMessage =
  | { kind: 'event'; event: StoredEvent & { log_position: LogPosition } }
  | { kind: 'checkpoint'; log_position: LogPosition }
  | { kind: 'caught_up' };
