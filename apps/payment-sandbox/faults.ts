/** What a gateway may do wrong; all off at first. Shares are of calls, from 0 to 1. */
export interface Faults {
  /** Every call is answered 503. */
  down: boolean;
  /** Milliseconds before an answer. */
  slow_ms: number;
  /** Carried out, but the answer is lost: the outcome is unknown to the caller. */
  lost_share: number;
  /** Lost on the way: nothing is carried out, and nothing is answered. */
  unheard_share: number;
  /** Nothing is carried out, and nothing answered, but the connection stays open. */
  hang_share: number;
  /** As if lost on the way, but carried out `late_ms` later. */
  late_share: number;
  late_ms: number;
  /** Until then a charge is answered as processing. */
  processing_ms: number;
  declined_share: number;
  /** Each call-back is sent twice at once. */
  double: boolean;
  callback_delay_ms: number;
  /** No call-backs. */
  silent: boolean;
}

export const NO_FAULTS: Faults = {
  down: false,
  slow_ms: 0,
  lost_share: 0,
  unheard_share: 0,
  hang_share: 0,
  late_share: 0,
  late_ms: 0,
  processing_ms: 0,
  declined_share: 0,
  double: false,
  callback_delay_ms: 0,
  silent: false,
};

const MS_MAX = 24 * 3600 * 1000;

/** All others off; undefined where it is none. */
export function faultsIn(given: unknown): Faults | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  for (const [name, value] of Object.entries(given)) if (!isFault(name, value)) return undefined;
  return { ...NO_FAULTS, ...given };
}

function isFault(name: string, value: unknown): boolean {
  if (!Object.hasOwn(NO_FAULTS, name)) return false;
  if (typeof NO_FAULTS[name as keyof Faults] === 'boolean') return typeof value === 'boolean';
  const most = name.endsWith('_ms') ? MS_MAX : 1;
  return typeof value === 'number' && value >= 0 && value <= most;
}
