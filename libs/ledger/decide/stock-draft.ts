/**
 * Moving weighted average within one command: each line sees what the lines before left in a place. Quantities were checked before (stock-check.ts). A
 * backdated command finds what was there at its own moment.
 */
import type { HoldPosting, StockPosting } from '../events.js';
import { type LedgerState, placeKey, stockAt } from '../state/state.js';
import { emptyTimeline, sumsFrom } from '../state/timeline.js';
import type { Context } from './context.js';
import { costOfLeaving } from './costing.js';

export interface StockDraft {
  state: LedgerState;
  /** The moment, in milliseconds since 1970; undefined for now. */
  moment_ms: number | undefined;
  left: Map<string, { on_hand: number; value: bigint }>;
  postings: StockPosting[];
}

export function openDraft({ state, recorded_at }: Context, effective_at: string): StockDraft {
  const moment_ms = effective_at < recorded_at ? Date.parse(effective_at) : undefined;
  return { state, moment_ms, left: new Map(), postings: [] };
}

/** What was on hand, and its value, after all movements up to a moment. */
export function stockAsOf(state: LedgerState, key: string, moment_ms: number): { on_hand: number; value: bigint } {
  const { on_hand, value } = stockAt(state, key);
  const since = sumsFrom(state.movements.get(key) ?? emptyTimeline(), moment_ms, Number.POSITIVE_INFINITY);
  // Exact: it is the difference of two values of the place.
  return { on_hand: on_hand - since.quantity, value: value - BigInt(since.value) };
}

export function at(draft: StockDraft, item_id: string, location_id: string): { on_hand: number; value: bigint } {
  const key = placeKey(item_id, location_id);
  const left = draft.left.get(key);
  if (left !== undefined) return left;
  return draft.moment_ms === undefined ? stockAt(draft.state, key) : stockAsOf(draft.state, key, draft.moment_ms);
}

function move(draft: StockDraft, item_id: string, location_id: string, quantity: number, value: bigint): void {
  const { on_hand, value: worth } = at(draft, item_id, location_id);
  draft.left.set(placeKey(item_id, location_id), { on_hand: on_hand + quantity, value: worth + value });
  draft.postings.push({ item_id, location_id, quantity, value: value.toString() });
}

/** @returns their cost (costing.ts) */
export function takeOut(draft: StockDraft, item_id: string, location_id: string, quantity: number): bigint {
  const cost = costOfLeaving(at(draft, item_id, location_id), quantity);
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
