/**
 * Backdated entries after a stock count. The count has found the pieces of such an entry missing (or too many) already, so they are taken
 * back from the count's difference by an adjustment dated just before the count: after it there is still what was counted
 * (docs/decisions/backdated-entries.md).
 */
import { justBefore } from '../calendar.js';
import type { PostingCommand } from '../commands.js';
import type { EventBody, JournalPosting, Postings, StockPosting } from '../events.js';
import { share } from '../money.js';
import { type Refusal, refuse } from '../refusals.js';
import { type Counted, countAfter } from '../state/counts.js';
import { applyEvent, placeKey, stockAt, tentatively } from '../state/state.js';
import { type Context, type DatedEvent, type Decision, isRefusal, journal, placeOf, refused } from './guards.js';

type CountAdjusted = Extract<EventBody, { type: 'CountAdjusted' }>;
type Adjustment = DatedEvent & { body: CountAdjusted };

/**
 * Decides a posting and adjusts the counts after its date. What takes pieces out is decided after the adjustment has brought them back;
 * what brings pieces in comes first, and the adjustment then takes as many out.
 */
export function withCountAdjustments(
  context: Context,
  command: PostingCommand,
  decideWith: (context: Context) => Decision,
): Decision {
  const { state, recorded_at } = context;
  const { effective_at = ('counted_at' in command ? command.counted_at : undefined) ?? recorded_at } = command;
  if (effective_at >= recorded_at || state.counts.size === 0) return decideWith(context);
  const corrects = command.type === 'void_document';
  return tentatively(state, () => {
    const adjust = (adjustments: Adjustment[]) => (key: string, moved: number) => {
      const adjustment = adjustmentFor(context, key, moved, effective_at, corrects);
      if (adjustment === undefined || isRefusal(adjustment)) return adjustment;
      carryOut(context, adjustment);
      adjustments.push(adjustment);
      return undefined;
    };
    const [before, after]: [Adjustment[], Adjustment[]] = [[], []];
    const decision = decideWith({ ...context, adjustCounts: adjust(before) });
    if ('refusal' in decision) return decision;
    const brought = [...broughtBy(decision.events)].filter(([key]) => state.counts.has(key));
    if (brought.length > 0) for (const dated of decision.events) carryOut(context, withoutHolds(context, dated));
    for (const [key, came] of brought) {
      const refusal = adjust(after)(key, came);
      if (refusal !== undefined) return refused(refusal);
    }
    const { data } = decision.events[0]!.body;
    const cause = 'number' in data ? data.number : '';
    return { events: [...joined(before, cause), ...decision.events, ...joined(after, cause)] };
  });
}

function carryOut({ state, envelope, recorded_at }: Context, { body, effective_at }: DatedEvent): void {
  const { actor, idempotency_key } = envelope;
  applyEvent(state, { ...body, metadata: { actor, recorded_at, effective_at, idempotency_key } });
}

/** The approval or check-out releases the command's own pieces before it takes them, which is not seen here. */
function withoutHolds({ basis }: Context, { body, effective_at }: DatedEvent): DatedEvent {
  const holds = [...(basis.own ?? [])].map(([key, quantity]) => ({ ...placeOf(key), quantity: -quantity }));
  return { body: { ...body, data: { ...body.data, holds } } as EventBody, effective_at };
}

function broughtBy(events: readonly DatedEvent[]): Map<string, number> {
  const brought = new Map<string, number>();
  for (const { body } of events)
    for (const { item_id, location_id, quantity } of (body.data as Postings).stock ?? []) {
      const key = placeKey(item_id, location_id);
      if (quantity > 0) brought.set(key, (brought.get(key) ?? 0) + quantity);
    }
  return brought;
}

/**
 * The adjustment of the first count of the place after `effective_at`, for as many pieces as `moved`; undefined where there was no count. A
 * new document must explain a difference: otherwise it or the count is wrong, and the command is refused. A void changes what the count had
 * expected, and so the difference.
 */
function adjustmentFor(
  context: Context,
  key: string,
  moved: number,
  effective_at: string,
  corrects: boolean,
): Adjustment | Refusal | undefined {
  const counts = context.state.counts.get(key);
  if (counts === undefined) return undefined;
  const place = placeOf(key);
  if (effective_at < counts.floor) return refuse('backdated_beyond_history', { ...place, checked_from: counts.floor });
  const counted = countAfter(counts, effective_at);
  if (counted === undefined) return undefined;
  const { number, counted_at, difference } = counted;
  const left = difference - moved;
  if (!corrects && (left * Math.sign(difference) < 0 || Math.abs(left) > Math.abs(difference)))
    return refuse('counted_since', { number, ...place, counted_at, difference, moved });
  const posted = moved < 0 ? putBack(context, counted, place, -moved) : takeAway(context, counted, place, moved);
  return {
    // Just before the count: of events at one moment the first recorded comes first, and the count could not take out
    // pieces that come back after it.
    effective_at: justBefore(counted_at),
    body: {
      type: 'CountAdjusted',
      data: {
        number,
        cause: '',
        location_id: place.location_id,
        counts: [{ item_id: place.item_id, quantity: -moved, value: posted.value.toString() }],
        stock: [posted.stock],
        journal: journal(posted.journal),
      },
    },
  };
}

interface Posted {
  value: bigint;
  stock: StockPosting;
  journal: [account_id: string, amount: bigint][];
}
type Place = { item_id: string; location_id: string };

/** Missing pieces come back at the value that they left with; more pieces than were missing come in at average. */
function putBack({ state }: Context, { difference, value }: Counted, place: Place, quantity: number): Posted {
  const { on_hand, value: worth } = stockAt(state, placeKey(place.item_id, place.location_id));
  const missing = Math.min(quantity, Math.max(0, -difference));
  const back = missing === 0 ? 0n : share(-BigInt(value), missing, -difference);
  const found = quantity > missing && on_hand > 0 ? share(worth, quantity - missing, on_hand) : 0n;
  const amount = back + found;
  return {
    value: amount,
    stock: { ...place, quantity, value: amount.toString() },
    journal: [
      ['inventory', amount],
      ['count-difference', -amount],
    ],
  };
}

/**
 * Pieces leave at average cost. Those that the count found too many take back their value, with the difference in price variance; more than
 * those are missing now.
 */
function takeAway({ state }: Context, { difference, value }: Counted, place: Place, quantity: number): Posted {
  const { on_hand, value: worth } = stockAt(state, placeKey(place.item_id, place.location_id));
  const cost = quantity === on_hand ? worth : share(worth, quantity, on_hand);
  const found = Math.min(quantity, Math.max(0, difference));
  const back = found === 0 ? 0n : share(BigInt(value), found, difference);
  const missing = found === quantity ? 0n : share(cost, quantity - found, quantity);
  return {
    value: -back - missing,
    stock: { ...place, quantity: -quantity, value: (-cost).toString() },
    journal: [
      ['inventory', -cost],
      ['count-difference', back + missing],
      ['price-variance', cost - missing - back],
    ],
  };
}

/** Joins the adjustments of each count into one event. */
function joined(adjustments: readonly Adjustment[], cause: string): Adjustment[] {
  const by_count = new Map<string, Adjustment>();
  for (const { body, effective_at } of adjustments) {
    const { data } = by_count.get(body.data.number)?.body ?? { data: undefined };
    const counts = [...(data?.counts ?? []), ...body.data.counts];
    const stock = [...(data?.stock ?? []), ...(body.data.stock ?? [])];
    const entries = summed([...(data?.journal ?? []), ...(body.data.journal ?? [])]);
    const whole: CountAdjusted = { ...body, data: { ...body.data, cause, counts, stock, journal: entries } };
    by_count.set(body.data.number, { body: whole, effective_at });
  }
  return [...by_count.values()];
}
/** Sums by account: an event names an account in one line at most. */
export function summed(entries: readonly JournalPosting[]): JournalPosting[] {
  const sums = new Map<string, bigint>();
  for (const { account_id, amount } of entries) sums.set(account_id, (sums.get(account_id) ?? 0n) + BigInt(amount));
  return journal([...sums]);
}
