/**
 * Checks of a command in the order of precedence of refusals. Each returns a refusal or undefined, so that a decision reads as one chain: unknown ??
 * inactive ?? period ?? state ?? stock (stock-check.ts) ?? money.
 */
import { isDebitAccount } from '../accounts.js';
import { calendarMonth, monthAfter } from '../calendar.js';
import type { JournalPosting, MasterKind, StockPosting } from '../events.js';
import { AMOUNT_MAX, magnitude, ON_HAND_MAX, toMajor } from '../money.js';
import { type Refusal, refuse } from '../refusals.js';
import { type LedgerState, placeKey, placeOf, stockAt } from '../state/state.js';
import { emptyTimeline, visitBack } from '../state/timeline.js';
import type { Context } from './context.js';

export type Reference = [kind: MasterKind, id: string];

export function references(kind: MasterKind, lines: readonly { item_id: string }[]): Reference[] {
  return lines.map(({ item_id }) => [kind, item_id]);
}

/** `unknown` takes precedence over `inactive`. */
export function usable(context: Context, refs: readonly Reference[]): Refusal | undefined {
  return known(context, refs) ?? active(context, refs);
}

export function known({ state }: Context, refs: readonly Reference[]): Refusal | undefined {
  for (const [kind, id] of refs)
    if (!state.master[kind].has(id)) return refuse(`unknown_${kind}`, { [`${kind}_id`]: id });
  return undefined;
}

export function active({ state }: Context, refs: readonly Reference[]): Refusal | undefined {
  for (const [kind, id] of refs)
    if (!state.master[kind].get(id)!.active) return refuse(`inactive_${kind}`, { [`${kind}_id`]: id });
  return undefined;
}

export function dateOpen({ state, config, recorded_at }: Context, effective_at: string): Refusal | undefined {
  if (effective_at > recorded_at) return refuse('effective_in_future', { effective_at, recorded_at });
  const month = calendarMonth(effective_at, config.time_zone);
  return month <= state.closed_through
    ? refuse('period_closed', { month, effective_at, ...closedNow(state) })
    : undefined;
}

export function notBefore(
  document: { number: string; effective_at: string },
  effective_at: string,
): Refusal | undefined {
  if (effective_at >= document.effective_at) return undefined;
  const { number, effective_at: document_effective_at } = document;
  return refuse('effective_before_document', { number, document_effective_at, effective_at });
}

export function closedNow({ closed_through }: LedgerState): { closed_through: string; first_open_month: string } {
  return { closed_through, first_open_month: monthAfter(closed_through) };
}

/**
 * Accounts that may not be negative stay so, now and at every later moment of the effective timeline, and amounts and stock stay within
 * what the books can hold.
 */
export function withinLimits(
  context: Context,
  postings: { journal?: readonly JournalPosting[]; stock?: readonly StockPosting[] },
  effective_at = context.recorded_at,
): Refusal | undefined {
  const { journal = [], stock = [] } = postings;
  return affordable(context, journal, effective_at) ?? postable(context, journal) ?? holdable(context, stock);
}

/** An event names an account in one line at most. */
function affordable(
  { state, config, recorded_at }: Context,
  journal: readonly JournalPosting[],
  effective_at: string,
): Refusal | undefined {
  for (const { account_id, amount } of journal) {
    const account = state.master.account.get(account_id);
    if (account === undefined || account.attributes.may_go_negative) continue;
    const normal = isDebitAccount(account.attributes.type) ? 1n : -1n;
    const requested = -BigInt(amount) * normal;
    if (requested <= 0n) continue;
    const floor_ms = state.money.get(account_id)?.floor_ms ?? 0;
    if (effective_at < recorded_at && Date.parse(effective_at) < floor_ms)
      return refuse('backdated_beyond_history', { account_id, checked_from: new Date(floor_ms).toISOString() });
    const { available, at } = lowestBalance(state, account_id, normal, effective_at);
    if (requested <= available) continue;
    const [has, asks, lacks] = [available, requested, requested - available].map((minor) =>
      toMajor(minor, config.digits),
    );
    const moment = at === undefined ? {} : { at: new Date(at).toISOString() };
    return refuse('insufficient_funds', { account_id, available: has, requested: asks, shortage: lacks, ...moment });
  }
  return undefined;
}

/** The lowest balance from a moment on, positive on the account's normal side; `at` (milliseconds) where it is lower than now. */
function lowestBalance(
  state: LedgerState,
  account_id: string,
  normal: bigint,
  since: string,
): { available: bigint; at?: number } {
  const since_ms = Date.parse(since);
  let balance = (state.balances.get(account_id) ?? 0n) * normal;
  let least: { available: bigint; at?: number } = { available: balance };
  visitBack(state.money.get(account_id) ?? emptyTimeline(), (effective_ms, _position, quantity) => {
    if (effective_ms <= since_ms) return false;
    if (balance < least.available) least = { available: balance, at: effective_ms };
    balance -= BigInt(quantity) * normal;
    return true;
  });
  return balance < least.available ? { available: balance, at: since_ms } : least;
}

function postable({ state, config }: Context, journal: readonly JournalPosting[]): Refusal | undefined {
  for (const { account_id, amount } of journal) {
    const units = BigInt(amount);
    const balance = (state.balances.get(account_id) ?? 0n) + units;
    if (magnitude(units) > AMOUNT_MAX || magnitude(balance) > AMOUNT_MAX)
      return refuse('amount_out_of_bounds', { account_id, at_most: toMajor(AMOUNT_MAX, config.digits) });
  }
  return undefined;
}

function holdable({ state }: Context, stock: readonly StockPosting[]): Refusal | undefined {
  const on_hand = new Map<string, number>();
  for (const { item_id, location_id, quantity } of stock) {
    const key = placeKey(item_id, location_id);
    on_hand.set(key, (on_hand.get(key) ?? stockAt(state, key).on_hand) + quantity);
  }
  for (const [key, pieces] of on_hand)
    if (pieces > ON_HAND_MAX) return refuse('amount_out_of_bounds', { ...placeOf(key), at_most: ON_HAND_MAX });
  return undefined;
}
