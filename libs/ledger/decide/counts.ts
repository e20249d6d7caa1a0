/** Stock counts. */
import type { CountStock } from '../commands.js';
import type { CountLine } from '../events.js';
import { type Decimal, lineTotal, PRICE_DECIMALS_MAX, parseDecimal, share } from '../money.js';
import { invalid, type Refusal, refuse } from '../refusals.js';
import { type LedgerState, placeKey, stockAt } from '../state/state.js';
import { emptyTimeline, sumsFrom } from '../state/timeline.js';
import { journal, sum } from './amounts.js';
import { active, dateOpen, known, references, withinLimits } from './checks.js';
import { type Context, type Decision, isRefusal, recorded, refused } from './context.js';
import { nextNumber } from './next-number.js';
import { inStock } from './stock-check.js';
import { at, openDraft, putIn, type StockDraft, takeOut } from './stock-draft.js';
import { DEFAULT_LOCATION } from './stock-postings.js';

/** Sets the stock to what was counted; the difference to what was on hand at that time is gained or lost. */
export function countStock(context: Context, command: CountStock): Decision {
  const { state, recorded_at } = context;
  const { location_id = DEFAULT_LOCATION, counts, reason, counted_at_position = state.position } = command;
  const { effective_at = command.counted_at ?? recorded_at } = command;
  const early =
    miscounted(context, command) ??
    known(context, [['location', location_id], ...references('item', counts)]) ??
    active(context, [['location', location_id]]) ??
    dateOpen(context, effective_at);
  if (early) return refused(early);
  if (command.counted_at_position !== undefined && command.counted_at === undefined)
    throw new Error('counted_at is missing, which the writer fills in');
  const lines = expectedOf(context, counts, location_id, { effective_at, counted_at_position });
  if (isRefusal(lines)) return refused(lines);
  const draft = openDraft(context, effective_at);
  for (const [index, line] of lines.entries()) {
    const value = settleCount(context, draft, line, location_id, counts[index]!.unit_cost, index, effective_at);
    if (isRefusal(value)) return refused(value);
    line.value = value.toString();
  }
  const gained = sum(lines.map(({ value }) => BigInt(value)));
  const postings = journal([
    ['inventory', gained],
    ['count-difference', -gained],
  ]);
  const refusal = withinLimits(context, { stock: draft.postings, journal: postings });
  if (refusal) return refused(refusal);
  return recorded(effective_at, {
    type: 'StockCounted',
    data: {
      number: nextNumber(context, 'stock_count'),
      location_id,
      counts: lines,
      reason,
      counted_at_position,
      stock: draft.postings,
      journal: postings,
    },
  });
}

function miscounted({ state }: Context, command: CountStock) {
  const { counts, counted_at_position = state.position } = command;
  if (command.counted_at_position !== undefined && command.effective_at !== undefined)
    return invalid(
      'counted_at_position',
      'must not be given with effective_at, for both say when the stock was counted',
    );
  if (counted_at_position > state.position)
    return invalid('counted_at_position', `must be at most the ledger's position, ${state.position}`);
  const seen = new Set<string>();
  for (const [index, { item_id, unit_cost = '0' }] of counts.entries()) {
    if (seen.has(item_id)) return invalid(`counts.${index}.item_id`, 'must not be counted twice');
    seen.add(item_id);
    const units = parseDecimal(unit_cost, PRICE_DECIMALS_MAX);
    if (units === undefined || units < 0n)
      return invalid(`counts.${index}.unit_cost`, 'must be a price ≥ 0 with at most 6 decimals');
  }
  return undefined;
}

/** Of events with the same effective time, those up to the position were before the count. */
interface CountedAt {
  effective_at: string;
  counted_at_position: number;
}

function expectedOf(
  { state }: Context,
  counts: CountStock['counts'],
  location_id: string,
  moment: CountedAt,
): CountLine[] | Refusal {
  const lines: CountLine[] = [];
  for (const { item_id, counted_quantity } of counts) {
    const expected_quantity = onHandAt(state, placeKey(item_id, location_id), moment);
    if (expected_quantity === undefined) return refuse('backdated_beyond_history', { item_id, location_id, ...moment });
    const difference = counted_quantity - expected_quantity;
    lines.push({ item_id, counted_quantity, expected_quantity, difference, value: '0' });
  }
  return lines;
}

/**
 * A loss leaves at average cost; a gain comes in at average, or at the given unit cost where nothing is on hand. Returns the value gained
 * (+) or lost (−).
 */
function settleCount(
  context: Context,
  draft: StockDraft,
  { item_id, difference }: CountLine,
  location_id: string,
  unit_cost: Decimal | undefined,
  index: number,
  effective_at: string,
): bigint | Refusal {
  const key = placeKey(item_id, location_id);
  if (difference === 0) return 0n;
  if (difference < 0)
    return (
      inStock(context, new Map([[key, -difference]]), effective_at) ??
      -takeOut(draft, item_id, location_id, -difference)
    );
  const { on_hand, value } = at(draft, item_id, location_id);
  if (on_hand === 0 && unit_cost === undefined)
    return invalid(`counts.${index}.unit_cost`, 'must be given where nothing is on hand, for there is no average cost');
  const gain =
    on_hand === 0
      ? lineTotal(difference, parseDecimal(unit_cost!, PRICE_DECIMALS_MAX)!, context.config.digits)
      : share(value, difference, on_hand);
  putIn(draft, item_id, location_id, difference, gain);
  return gain;
}

/** On hand when the stock was counted; undefined where the timeline does not go back so far. */
function onHandAt(
  state: LedgerState,
  key: string,
  { effective_at, counted_at_position }: CountedAt,
): number | undefined {
  const timeline = state.movements.get(key) ?? emptyTimeline();
  const counted_ms = Date.parse(effective_at);
  if (timeline.floor > counted_at_position || counted_ms < timeline.floor_ms) return undefined;
  return stockAt(state, key).on_hand - sumsFrom(timeline, counted_ms, counted_at_position + 1).quantity;
}
