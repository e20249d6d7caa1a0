/** Whether there is enough in stock, now and at every later moment that a backdated command would change. */
import { type Refusal, refuse } from '../refusals.js';
import { type LedgerState, placeKey, placeOf, stockAt } from '../state/state.js';
import { emptyTimeline, sumsFrom } from '../state/timeline.js';
import type { Context } from './context.js';

export function demandOf(
  lines: readonly { item_id: string; quantity: number }[],
  location_id: string,
): Map<string, number> {
  const demand = new Map<string, number>();
  for (const { item_id, quantity } of lines) {
    const key = placeKey(item_id, location_id);
    demand.set(key, (demand.get(key) ?? 0) + quantity);
  }
  return demand;
}

/**
 * Enough on hand and not reserved for others, now and at every later moment of the effective timeline. A backdated command first adjusts the
 * counts since then (`adjustCounts`), which changes the state; its caller rolls that back.
 */
export function inStock(
  { state, recorded_at, basis, adjustCounts }: Context,
  demand: Map<string, number>,
  effective_at = recorded_at,
): Refusal | undefined {
  const since_ms = Date.parse(effective_at);
  for (const [key, requested] of adjustCounts === undefined ? [] : demand) {
    const refusal = adjustCounts?.(key, -requested);
    if (refusal !== undefined) return refusal;
  }
  for (const key of effective_at === recorded_at ? [] : demand.keys()) {
    const refusal = withinHistory(state, key, since_ms);
    if (refusal !== undefined) return refusal;
  }
  for (const [key, requested] of demand) {
    const { on_hand, reserved } = stockAt(state, key);
    const available = on_hand - reserved + (basis.own?.get(key) ?? 0);
    if (requested > available) return shortage(key, available, requested);
  }
  if (effective_at === recorded_at) return undefined;
  for (const [key, requested] of demand) {
    const refusal = inStockSince(state, key, requested, since_ms);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function withinHistory(state: LedgerState, key: string, since_ms: number): Refusal | undefined {
  const timeline = state.movements.get(key);
  const floor_ms = timeline === undefined ? since_ms : Math.max(timeline.floor_ms, timeline.valued_ms);
  if (since_ms >= floor_ms) return undefined;
  return refuse('backdated_beyond_history', { ...placeOf(key), checked_from: new Date(floor_ms).toISOString() });
}

/** Taking `requested` out at `since_ms` lowers the stock at every later moment by as much. */
function inStockSince(state: LedgerState, key: string, requested: number, since_ms: number): Refusal | undefined {
  const { on_hand } = stockAt(state, key);
  const since = sumsFrom(state.movements.get(key) ?? emptyTimeline(), since_ms, Number.POSITIVE_INFINITY);
  const before = on_hand - since.quantity;
  const after = on_hand + since.least;
  if (requested <= Math.min(before, after)) return undefined;
  const [least, moment_ms] = before <= after ? [before, since_ms] : [after, since.least_ms];
  return shortage(key, least, requested, new Date(moment_ms).toISOString());
}

function shortage(key: string, available: number, requested: number, at?: string): Refusal {
  return refuse('insufficient_stock', {
    ...placeOf(key),
    available,
    requested,
    shortage: requested - available,
    ...(at && { at }),
  });
}
