/** The events of a ledger as streams show them: the last ones from memory, earlier ones page by page at the pace of each client. */
import { bulkhead } from 'cockatiel';
import type { AuditEvent } from '../../../projections/read-models/list-events.js';
import { RecentEvents } from '../../../projections/read-models/recent-events.js';
import type { Feed, Follower } from './feed.js';
import { frameOf } from './frames.js';

/** The first `count` behind a position. */
export type ReadEvents = (ledger: string, position: number, count: number, types?: string[]) => Promise<AuditEvent[]>;

const PAGE = 200;
/** Of clients that come back from afar: they must not take all connections of the queries. */
const PAGES_TOGETHER = 2;
/** Of what is sent at once. */
const BYTES_TOGETHER = 64 * 1024;

export class EventFeed implements Feed {
  private readonly pages = bulkhead(PAGES_TOGETHER, Number.POSITIVE_INFINITY);
  private readonly recent: RecentEvents<{ type: string; frame: Buffer }>;

  constructor(
    readonly ledger: string,
    private readonly read: ReadEvents,
  ) {
    this.recent = new RecentEvents(
      (position, count) => read(ledger, position, count),
      (event) => {
        const frame = eventFrame(event);
        return { value: { type: event.type, frame }, bytes: frame.length };
      },
    );
  }

  get position(): number {
    return this.recent.position;
  }

  advance(latest: number): Promise<void> {
    return this.recent.advance(latest);
  }

  /** @param from the position that the stream knows; without one it begins at the present */
  follow(type: string | undefined, from?: number): Follower {
    let known = from;
    const page = async (): Promise<Buffer | undefined> => {
      // What is recorded meanwhile comes from memory.
      const until = this.position;
      const types = type === undefined ? undefined : [type];
      const read = await this.pages.execute(() => this.read(this.ledger, known!, PAGE, types));
      const events = read.filter(({ position }) => position <= until);
      known = read.length < PAGE || events.length < PAGE ? until : events.at(-1)!.position;
      return events.length === 0 ? undefined : Buffer.concat(events.map(eventFrame));
    };
    return {
      next: () => {
        if (known === undefined || known > this.position) {
          known = this.position;
          return frameOf({ event: 'state', id: known, data: { position: known } });
        }
        if (known === this.position) return undefined;
        if (this.recent.at(known + 1) === undefined) return page();
        const frames: Buffer[] = [];
        let bytes = 0;
        while (known < this.position && bytes < BYTES_TOGETHER) {
          known += 1;
          const event = this.recent.at(known)!;
          if (type !== undefined && event.type !== type) continue;
          frames.push(event.frame);
          bytes += event.frame.length;
        }
        return frames.length === 0 ? undefined : Buffer.concat(frames);
      },
    };
  }
}

function eventFrame(event: AuditEvent): Buffer {
  return frameOf({ event: 'event', id: event.position, data: event });
}
