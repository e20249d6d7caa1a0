/** The last events of a ledger in memory, as each reader needs them: many followers of one ledger then cost one query. */
import type { AuditEvent } from './list-events.js';

const KEPT_MAX = 1000;
const KEPT_BYTES_MAX = 8 * 1024 * 1024;
const PAGE = 200;

export interface Made<T> {
  value: T;
  bytes: number;
}
/** The first events behind a position, at most `count`. */
export type ReadBehind = (position: number, count: number) => Promise<AuditEvent[]>;

export class RecentEvents<T> {
  /** −1: nothing was read yet. */
  position = -1;
  /** Without a gap up to `position`. */
  private kept: Made<T>[] = [];
  private bytes = 0;

  constructor(
    private readonly read: ReadBehind,
    private readonly make: (event: AuditEvent) => Made<T>,
  ) {}

  /** @param latest the last readable position; begins anew where it is far behind or ahead */
  async advance(latest: number): Promise<void> {
    if (this.position < 0 || latest < this.position || latest - this.position > KEPT_MAX) {
      this.kept = [];
      this.bytes = 0;
      this.position = latest;
    }
    while (this.position < latest) {
      const events = await this.read(this.position, PAGE);
      if (events.length === 0) return;
      for (const event of events) this.keep(event);
    }
  }

  /** undefined where it is no longer known. */
  at(position: number): T | undefined {
    return this.kept[this.kept.length - 1 - (this.position - position)]?.value;
  }

  private keep(event: AuditEvent): void {
    const made = this.make(event);
    this.kept.push(made);
    this.bytes += made.bytes;
    this.position = event.position;
    while (this.kept.length > KEPT_MAX || this.bytes > KEPT_BYTES_MAX) {
      this.bytes -= this.kept[0]!.bytes;
      this.kept.shift();
    }
  }
}
