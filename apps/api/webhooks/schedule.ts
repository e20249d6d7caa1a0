/** When an event that could not be sent is tried again. */

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
/** After the first failure, the second …; the last one stays. */
const AFTER_S = [
  5,
  5 * MINUTE_S,
  30 * MINUTE_S,
  2 * HOUR_S,
  5 * HOUR_S,
  10 * HOUR_S,
  14 * HOUR_S,
  20 * HOUR_S,
  24 * HOUR_S,
];
const JITTER = 0.2;
const RETRY_AFTER_S_MAX = 24 * HOUR_S;
/** A webhook that has failed for so long is disabled. */
export const FAILING_S_MAX = 5 * 24 * HOUR_S;

/**
 * Seconds to wait. Later by up to a fifth, so that those that failed together do not come back together.
 * @param failures of this event, this one included @param retry_after_s what the receiver asked for @param random in [0, 1)
 */
export function waitAfter(failures: number, retry_after_s: number, random: number): number {
  const scheduled_s = AFTER_S[Math.min(failures, AFTER_S.length) - 1]!;
  return Math.max(scheduled_s, Math.min(retry_after_s, RETRY_AFTER_S_MAX)) * (1 + JITTER * random);
}

/** Seconds that a Retry-After asks for; 0 where it says nothing that can be understood. */
export function retryAfterIn(header: string | undefined, now_ms: number): number {
  if (header === undefined) return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const at_ms = /^\w{3}, /.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at_ms) ? 0 : Math.max(0, (at_ms - now_ms) / 1000);
}
