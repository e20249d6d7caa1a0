import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import type { IdentityDb } from '../../../libs/identity/tables.js';
import type { SecurityEventType } from '../../../projections/read-models/security-events.js';
import { type Refused, SecurityNotes } from '../http/security-notes.js';

const EVERY_MS = 60_000;
/** Users whose refusals are counted apart; beyond it they are not counted. */
const COUNTED_MAX = 10_000;

interface Count {
  first: Refused;
  times: number;
  noted_at_ms: number;
}

export class SecurityTrail extends SecurityNotes {
  private readonly counts = new Map<string, Count>();

  constructor(private readonly db: IdentityDb) {
    super();
  }

  note(type: SecurityEventType, actor: string, data: Record<string, unknown>): Promise<void> {
    return noteSecurityEvent(this.db, type, actor, data);
  }

  /** The route and the address of an event are those of the first refusal that it counts. */
  countRefusal(refused: Refused): void {
    const key = `${refused.status} ${refused.username ?? ''}`;
    const count = this.counts.get(key);
    if (count === undefined) {
      if (this.counts.size < COUNTED_MAX)
        this.counts.set(key, { first: refused, times: 1, noted_at_ms: Number.NEGATIVE_INFINITY });
      return;
    }
    if (count.times === 0) count.first = refused;
    count.times += 1;
  }

  /** The first refusal is noted at once, what follows within a minute as one. @param all what was not noted yet, too */
  async noteRefusals(all = false): Promise<void> {
    const now_ms = performance.now();
    for (const [key, count] of this.counts) {
      if (!all && now_ms - count.noted_at_ms < EVERY_MS) continue;
      const { first, times } = count;
      if (times === 0) {
        this.counts.delete(key);
        continue;
      }
      Object.assign(count, { times: 0, noted_at_ms: now_ms });
      try {
        const { username, ...about } = first;
        await this.note('AccessRefused', username ?? 'anonymous', { ...(username && { username }), ...about, times });
      } catch (error) {
        count.times += times;
        count.first = first;
        throw error;
      }
    }
  }
}
