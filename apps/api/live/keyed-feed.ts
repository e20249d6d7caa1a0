/**
 * What lies or stands in a ledger, row by row, as streams show it. It keeps each row with the position that changed it last: what a stream
 * lacks since any position is then a look-up, each row once however often it changed, and a slow client costs no memory.
 */
import type { Feed, Follower } from './feed.js';
import { frameOf } from './frames.js';

export interface Touched<Row> {
  row: Row;
  /** Position of the last event that changed it. */
  touched: number;
}
/** Rows that an event behind `position` has changed, or with `all` those of the state as well. */
export type ReadRows<Row> = (
  ledger: string,
  position: number,
  options: { all: boolean },
) => Promise<{ position: number; rows: Touched<Row>[] }>;

export interface KeyedOptions<Row, Filter> {
  read: ReadRows<Row>;
  /** Also the order of a state. */
  keyOf(row: Row): string;
  isShown(row: Row, filter: Filter): boolean;
  /** Told once when it becomes so, and no part of a state. */
  isOver?(row: Row): boolean;
}

/** After a start, streams that were so far go on from where they were. */
const KNOWN_BACK = 1000;
/** Beyond it all rows are read anew. */
const BEHIND_MAX = 10_000;
const OVER_MAX = 10_000;
const ROWS_PER_FRAME = 500;
/** Of filters and positions that clients think of while nothing changes. */
const MADE_MAX = 1000;

export class KeyedFeed<Row, Filter extends object> implements Feed {
  position = -1;
  /** Of changes up to it nothing is known. */
  private floor = Number.POSITIVE_INFINITY;
  /** The last changed last. */
  private rows = new Map<string, Touched<Row>>();
  private over = 0;
  /** Frames and rows of this position, until the next. */
  private readonly made = new Map<string, readonly Buffer[]>();
  private readonly changed = new Map<number, readonly Row[]>();

  constructor(
    readonly ledger: string,
    private readonly options: KeyedOptions<Row, Filter>,
  ) {}

  async advance(latest: number): Promise<void> {
    const behind = latest - this.position;
    if (this.position < 0 || behind < 0 || behind > BEHIND_MAX) return this.begin(latest);
    const { position, rows } = await this.options.read(this.ledger, this.position, { all: false });
    this.keep(rows);
    this.reach(position);
  }

  private async begin(latest: number): Promise<void> {
    const from = Math.max(-1, latest - KNOWN_BACK);
    const { position, rows } = await this.options.read(this.ledger, from, { all: true });
    this.rows = new Map();
    this.over = 0;
    this.keep(rows);
    this.floor = from;
    this.reach(position);
  }

  private keep(rows: Touched<Row>[]): void {
    for (const each of rows.sort((a, b) => a.touched - b.touched)) {
      const key = this.options.keyOf(each.row);
      const before = this.rows.get(key);
      this.over += Number(this.isOver(each)) - Number(before !== undefined && this.isOver(before));
      this.rows.delete(key);
      this.rows.set(key, each);
    }
    if (this.over > OVER_MAX) this.forgetOver();
  }

  /** The older half of those that are over: who knows no more than these begins anew. */
  private forgetOver(): void {
    for (const [key, each] of this.rows) {
      if (this.over <= OVER_MAX / 2) return;
      if (!this.isOver(each)) continue;
      this.rows.delete(key);
      this.over -= 1;
      this.floor = Math.max(this.floor, each.touched);
    }
  }

  private isOver({ row }: Touched<Row>): boolean {
    return this.options.isOver?.(row) ?? false;
  }

  private reach(position: number): void {
    this.position = position;
    this.made.clear();
    this.changed.clear();
  }

  /** @param from the position that the stream knows; without one, or where it is too old, all is sent first */
  follow(filter: Filter, from?: number): Follower {
    let known = from;
    let frames: readonly Buffer[] = [];
    let sent = 0;
    return {
      next: () => {
        if (sent < frames.length) return frames[sent++];
        if (known === this.position) return undefined;
        const is_new = known === undefined || known < this.floor || known > this.position;
        frames = is_new ? this.state(filter) : this.changes(filter, known!);
        known = this.position;
        sent = 1;
        return frames[0];
      },
    };
  }

  /** The id stands in the last frame: a stream that breaks off before begins anew. */
  private state(filter: Filter): readonly Buffer[] {
    return this.once(JSON.stringify(['state', filter]), () => {
      const { keyOf } = this.options;
      const shown = [...this.rows.values()].filter((each) => !this.isOver(each)).map(({ row }) => row);
      const data = shown
        .filter((row) => this.options.isShown(row, filter))
        .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      const { position } = this;
      const parts = Math.max(1, Math.ceil(data.length / ROWS_PER_FRAME));
      return Array.from({ length: parts }, (_, n) => {
        const complete = n === parts - 1;
        const part = data.slice(n * ROWS_PER_FRAME, (n + 1) * ROWS_PER_FRAME);
        return frameOf({
          event: 'state',
          ...(complete && { id: position }),
          data: { position, complete, data: part },
        });
      });
    });
  }

  private changes(filter: Filter, since: number): readonly Buffer[] {
    return this.once(JSON.stringify([since, filter]), () => {
      const data = this.changedSince(since).filter((row) => this.options.isShown(row, filter));
      const { position } = this;
      return data.length === 0 ? [] : [frameOf({ event: 'change', id: position, data: { position, data } })];
    });
  }

  /** Once for all filters. */
  private changedSince(since: number): readonly Row[] {
    const known = this.changed.get(since);
    if (known !== undefined) return known;
    const changed: Row[] = [];
    for (const { row, touched } of this.rows.values()) if (touched > since) changed.push(row);
    if (this.changed.size >= MADE_MAX) this.changed.clear();
    this.changed.set(since, changed);
    return changed;
  }

  private once(name: string, make: () => readonly Buffer[]): readonly Buffer[] {
    const known = this.made.get(name);
    if (known !== undefined) return known;
    const made = make();
    if (this.made.size >= MADE_MAX) this.made.clear();
    this.made.set(name, made);
    return made;
  }
}
