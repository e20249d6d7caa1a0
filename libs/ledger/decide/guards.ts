/**
 * Guards, in the order of precedence of refusals. Each returns a refusal or undefined, so that a decision reads as one chain: unknown ??
 * inactive ?? period ?? state ?? stock ?? money.
 */
import { calendarMonth, monthAfter } from '../calendar.js';
import type { Envelope } from '../commands.js';
import type { EventBody, JournalPosting, MasterKind, StockPosting } from '../events.js';
import {
  AMOUNT_MAX,
  type Decimal,
  lineTotal,
  ON_HAND_MAX,
  PRICE_DECIMALS_MAX,
  parseDecimal,
  toMajor,
} from '../money.js';
import { invalid, type Refusal, refuse } from '../refusals.js';
import { type LedgerConfig, type LedgerState, placeKey, stockAt } from '../state/state.js';
import { emptyTimeline, visitBack } from '../state/timeline.js';

/** `recorded_at` is the envelope's time, or the ledger's last instant where that is later. */
export interface Context {
  state: LedgerState;
  config: LedgerConfig;
  envelope: Envelope;
  recorded_at: string;
  basis: Basis;
  /** Of backdated commands: adjusts the counts of a place since then by the pieces that move (count-adjustments.ts). */
  adjustCounts?: (key: string, moved: number) => Refusal | undefined;
}

/** The approval, reservation or order that a command carries out. */
export interface Basis {
  reservation_id?: string;
  order_id?: string;
  ordered_by?: string;
  /** Pieces by place that are reserved for this very command. */
  own?: ReadonlyMap<string, number>;
}

export interface DatedEvent {
  body: EventBody;
  effective_at: string;
}
export type Decision = { events: DatedEvent[] } | { refusal: Refusal };

export function refused(refusal: Refusal): Decision {
  return { refusal };
}
export function recorded(effective_at: string, ...events: EventBody[]): Decision {
  return { events: events.map((body) => ({ body, effective_at })) };
}

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
  let on_hand = stockAt(state, key).on_hand;
  let least = on_hand;
  let moment_ms = since_ms;
  visitBack(state.movements.get(key) ?? emptyTimeline(), (effective_ms, _position, quantity) => {
    if (effective_ms <= since_ms) return false;
    if (on_hand <= least) {
      least = on_hand;
      moment_ms = effective_ms;
    }
    on_hand -= quantity;
    return true;
  });
  if (on_hand <= least) {
    least = on_hand;
    moment_ms = since_ms;
  }
  return requested > least ? shortage(key, least, requested, new Date(moment_ms).toISOString()) : undefined;
}

export function placeOf(key: string): { item_id: string; location_id: string } {
  const [item_id, location_id] = key.split(' ') as [string, string];
  return { item_id, location_id };
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
export function isDebitAccount(type: string): boolean {
  return type === 'asset' || type === 'expense';
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
function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
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

/**
 * Minor units of an amount in major units, or a refusal that names `path` where it is below `least`, too large or finer than the currency.
 */
export function amountOf({ config }: Context, text: Decimal, path: string, least = 0n): bigint | Refusal {
  const minor = parseDecimal(text, config.digits);
  if (minor === undefined) return invalid(path, `must be an amount with at most ${config.digits} decimals`);
  if (minor < least) return invalid(path, `must be at least ${toMajor(least, config.digits)}`);
  return magnitude(minor) > AMOUNT_MAX ? invalid(path, `must be at most ${toMajor(AMOUNT_MAX, config.digits)}`) : minor;
}

/** Line totals in minor units, or a refusal that names the first malformed price. */
export function priceLines(
  { config }: Context,
  lines: readonly { quantity: number; unit_price: Decimal }[],
): bigint[] | Refusal {
  const totals: bigint[] = [];
  for (const [index, { quantity, unit_price }] of lines.entries()) {
    const units = parseDecimal(unit_price, PRICE_DECIMALS_MAX);
    if (units === undefined || units < 0n)
      return invalid(`line_items.${index}.unit_price`, 'must be a price ≥ 0 with at most 6 decimals');
    totals.push(lineTotal(quantity, units, config.digits));
  }
  return totals;
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'code' in value && 'details' in value;
}
export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, each) => total + each, 0n);
}

export function journal(entries: readonly [account_id: string, amount: bigint][]): JournalPosting[] {
  return entries
    .filter(([, amount]) => amount !== 0n)
    .map(([account_id, amount]) => ({ account_id, amount: amount.toString() }));
}

/** An optional field, absent where it has no value: events hold no nulls. */
export function given<K extends string, V>(name: K, value: V | undefined | null): { [key in K]?: V } {
  return value === undefined || value === null ? {} : ({ [name]: value } as { [key in K]?: V });
}
