/** How many more are let in, looked at again and again: by the rate, by the passes that may be out, and by what is left to buy. */

export interface Standing {
  per_minute: number;
  passes_max: number | undefined;
  passes_per_piece: number;
  /** Pieces that can be ordered. */
  remaining: number;
  /** Passes that are neither used nor lapsed. */
  out: number;
  /** Tickets whose turn has not come. */
  waiting: number;
  /** Whom the rate allowed and nothing else did, or a part of one; from the look before. */
  credit: number;
  /** Since the look before. */
  elapsed_ms: number;
}

/** What was not let in for so long is not made up for: a crowd would come at once. */
const CREDIT_MS_MAX = 2000;
const MINUTE_MS = 60_000;
/** In which a change of the measured rate shows by two thirds. */
const SMOOTHED_MS = 30_000;

export function letIn(standing: Standing): { count: number; credit: number } {
  const { per_minute, passes_max = Number.POSITIVE_INFINITY, passes_per_piece, remaining, out, waiting } = standing;
  // The one is for rates of less than one a look, whose parts add up.
  const credit_max = 1 + (per_minute * CREDIT_MS_MAX) / MINUTE_MS;
  const credit = Math.min(credit_max, standing.credit + (per_minute * standing.elapsed_ms) / MINUTE_MS);
  const places = Math.min(passes_max, remaining * passes_per_piece) - out;
  const count = Math.max(0, Math.floor(Math.min(credit, places, waiting)));
  return { count, credit: credit - count };
}

/** Let in a minute, as measured: by it those who wait estimate how long. */
export function measuredRate(before: number, count: number, elapsed_ms: number): number {
  if (elapsed_ms <= 0) return before;
  const now = (count * MINUTE_MS) / elapsed_ms;
  return before + (now - before) * (1 - Math.exp(-elapsed_ms / SMOOTHED_MS));
}
