import { momentOf } from './batch.js';
import type { QueuedGroup } from './command-queue.js';
import type { LogClock } from './log-clock.js';

interface Clocks {
  now: () => string;
  log_clock: LogClock;
}

export function trustedNow({ now, log_clock }: Clocks): string {
  const own = now();
  return log_clock.allows(own) ? own : log_clock.now();
}

/** A clock far ahead is answered `clock_ahead`: the ledger's time never runs backwards, so it would stay there. */
export async function batchTime({ now, log_clock }: Clocks, groups: readonly QueuedGroup[]): Promise<string> {
  const latest = groups.map(momentOf).reduce((late, at) => (at > late ? at : late), now());
  if (log_clock.allows(latest) || (await log_clock.ask(latest))) return latest;
  const log_time = log_clock.now();
  for (const group of groups) {
    const at = momentOf(group);
    if (!log_clock.allows(at)) group.answer({ outcome: 'clock_ahead', now: at, log_time });
  }
  return log_time;
}
