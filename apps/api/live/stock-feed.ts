/**
 * The stock of a ledger as streams show it. It keeps what lies at each place, and the position that changed it last: what a stream lacks
 * since any position is then a look-up, each place once however often it changed, and a slow client costs no memory.
 */
import type { StockAtPlace } from '../../../projections/read-models/stock.js';
import type { Feed, Follower } from './feed.js';
import { frameOf } from './frames.js';

export interface StockFilter {
  item_id?: string | undefined;
  location_id?: string | undefined;
}
type Place = StockAtPlace & { touched: number };
export interface StockNews {
  position: number;
  places: Place[];
}
/** Places touched behind `position`, or `all` of them with who was. */
export type ReadStock = (ledger: string, position: number, options: { all: boolean }) => Promise<StockNews>;

/** After a start, streams that were so far go on from where they were. */
const KNOWN_BACK = 1000;
/** Beyond it all places are read anew. */
const BEHIND_MAX = 10_000;
const PLACES_PER_FRAME = 500;

export class StockFeed implements Feed {
  position = -1;
  /** Of changes up to it nothing is known. */
  private floor = Number.POSITIVE_INFINITY;
  /** By item and location, the last changed last. */
  private places = new Map<string, Place>();
  private readonly made = new Map<string, readonly Buffer[]>();

  constructor(
    readonly ledger: string,
    private readonly read: ReadStock,
  ) {}

  async advance(latest: number): Promise<void> {
    const behind = latest - this.position;
    if (this.position < 0 || behind < 0 || behind > BEHIND_MAX) return this.begin(latest);
    const { position, places } = await this.read(this.ledger, this.position, { all: false });
    this.keep(places);
    this.reach(position);
  }

  private async begin(latest: number): Promise<void> {
    const from = Math.max(-1, latest - KNOWN_BACK);
    const { position, places } = await this.read(this.ledger, from, { all: true });
    this.places = new Map();
    this.keep(places);
    this.floor = from;
    this.reach(position);
  }

  private keep(places: Place[]): void {
    for (const place of places.sort((a, b) => a.touched - b.touched)) {
      const key = `${place.item_id}\n${place.location_id}`;
      this.places.delete(key);
      this.places.set(key, place);
    }
  }

  private reach(position: number): void {
    this.position = position;
    this.made.clear();
  }

  /** @param from the position that the stream knows; without one, or where it is too old, all is sent first */
  follow(filter: StockFilter, from?: number): Follower {
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
  private state(filter: StockFilter): readonly Buffer[] {
    return this.once(JSON.stringify(['state', filter]), () => {
      const data = this.shown(filter, -2).sort(byPlace);
      const { position } = this;
      const parts = Math.max(1, Math.ceil(data.length / PLACES_PER_FRAME));
      return Array.from({ length: parts }, (_, n) => {
        const complete = n === parts - 1;
        const part = data.slice(n * PLACES_PER_FRAME, (n + 1) * PLACES_PER_FRAME);
        return frameOf({
          event: 'state',
          ...(complete && { id: position }),
          data: { position, complete, data: part },
        });
      });
    });
  }

  private changes(filter: StockFilter, since: number): readonly Buffer[] {
    return this.once(JSON.stringify([since, filter]), () => {
      const data = this.shown(filter, since);
      const { position } = this;
      return data.length === 0 ? [] : [frameOf({ event: 'change', id: position, data: { position, data } })];
    });
  }

  private shown({ item_id, location_id }: StockFilter, since: number): StockAtPlace[] {
    const shown: StockAtPlace[] = [];
    for (const { touched, ...place } of this.places.values()) {
      if (touched <= since) continue;
      if (item_id !== undefined && place.item_id !== item_id) continue;
      if (location_id !== undefined && place.location_id !== location_id) continue;
      shown.push(place);
    }
    return shown;
  }

  private once(name: string, make: () => readonly Buffer[]): readonly Buffer[] {
    const known = this.made.get(name);
    if (known !== undefined) return known;
    const made = make();
    this.made.set(name, made);
    return made;
  }
}

function byPlace(a: StockAtPlace, b: StockAtPlace): number {
  if (a.item_id !== b.item_id) return a.item_id < b.item_id ? -1 : 1;
  return a.location_id < b.location_id ? -1 : 1;
}
