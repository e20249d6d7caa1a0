/** What is new in the queues of a ledger, read once a second for all who wait: each subtracts its own number. */
import type { Feed, Follower } from '../live/feed.js';
import { frameOf } from '../live/frames.js';

const PACE_MS = 1000;

export class QueueFeed implements Feed {
  readonly pace_ms = PACE_MS;
  position = -1;
  private frames = new Map<string, Buffer>();

  constructor(
    readonly ledger: string,
    private readonly read: (ledger: string) => Promise<{ flash_sale_id: string }[]>,
  ) {}

  async advance(): Promise<void> {
    const queues = await this.read(this.ledger);
    this.frames = new Map(
      queues.map((queue) => {
        const before = this.frames.get(queue.flash_sale_id);
        const frame = frameOf({ event: 'queue', data: queue });
        return [queue.flash_sale_id, before?.equals(frame) ? before : frame];
      }),
    );
    this.position += 1;
  }

  /** As it is now, then whenever it has changed. */
  follow(flash_sale_id: string): Follower {
    let sent: Buffer | undefined;
    return {
      next: () => {
        const frame = this.frames.get(flash_sale_id);
        if (frame === sent) return undefined;
        sent = frame;
        return frame;
      },
    };
  }
}
