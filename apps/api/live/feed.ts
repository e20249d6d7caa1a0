/** What is to be sent to one stream. */
export interface Follower {
  /** What comes next; undefined: nothing for now. Ask again after a promise, whatever it gives. */
  next(): Buffer | undefined | Promise<Buffer | undefined>;
}

/** What is new in a ledger, for all streams that show it. */
export interface Feed {
  readonly ledger: string;
  /** Of what changes without an event of the ledger: read so often. */
  readonly pace_ms?: number;
  /** Up to which it has read; −1: not yet. */
  readonly position: number;
  /**
   * Reads up to the present.
   * @param latest the last readable position; before `position` where the log was restored @throws QueryRefused, what Postgres throws
   */
  advance(latest: number): Promise<void>;
}
