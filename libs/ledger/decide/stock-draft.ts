/**
 * Moving weighted average within one command: each line sees what the lines before left in a place. Guards have checked quantities before.
 */
import type { HoldPosting, StockPosting } from '../events.js';
import { share } from '../money.js';
import { type LedgerState, placeKey, stockAt } from '../state/state.js';

export interface StockDraft {
  state: LedgerState;
  left: Map<string, { on_hand: number; value: bigint }>;
  postings: StockPosting[];
}

export function openDraft(state: LedgerState): StockDraft {
  return { state, left: new Map(), postings: [] };
}

export function at(draft: StockDraft, item_id: string, location_id: string): { on_hand: number; value: bigint } {
  const key = placeKey(item_id, location_id);
  return draft.left.get(key) ?? stockAt(draft.state, key);
}

function move(draft: StockDraft, item_id: string, location_id: string, quantity: number, value: bigint): void {
  const { on_hand, value: worth } = at(draft, item_id, location_id);
  draft.left.set(placeKey(item_id, location_id), { on_hand: on_hand + quantity, value: worth + value });
  draft.postings.push({ item_id, location_id, quantity, value: value.toString() });
}

/**
 * Takes pieces out at average cost, round-half-even(value × q / n), or all of the value with the last piece. Returns the cost in minor
 * units.
 */
export function takeOut(draft: StockDraft, item_id: string, location_id: string, quantity: number): bigint {
  const { on_hand, value } = at(draft, item_id, location_id);
  const cost = quantity === on_hand ? value : share(value, quantity, on_hand);
  move(draft, item_id, location_id, -quantity, -cost);
  return cost;
}

export function putIn(draft: StockDraft, item_id: string, location_id: string, quantity: number, value: bigint): void {
  move(draft, item_id, location_id, quantity, value);
}

/** Holds of the lines; released with `sign` −1. */
export function holdsOf(
  lines: readonly { item_id: string; quantity: number }[],
  location_id: string,
  sign: 1 | -1 = 1,
): HoldPosting[] {
  return lines.map(({ item_id, quantity }) => ({ item_id, location_id, quantity: sign * quantity }));
}
export function released(holds: readonly HoldPosting[]): HoldPosting[] {
  return holds.map((posting) => ({ ...posting, quantity: -posting.quantity }));
}
