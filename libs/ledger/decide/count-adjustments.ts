/**
 * A late slip: what is dated before a place's count and recorded after it. The count has found its pieces missing already, or too many, so
 * that much is taken back from the count's difference, dated just before the count. After it there is what was counted, as before.
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
 * Decides a posting command and puts the counts right that it is dated before. What takes pieces out is decided when the count has given
 * them back, so that they are there; what brings pieces comes first, and the count then takes as many out.
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

/** On the state of the moment only: what is decided next must see it. */
function carryOut({ state, envelope, recorded_at }: Context, { body, effective_at }: DatedEvent): void {
  const { actor, idempotency_key } = envelope;
  applyEvent(state, { ...body, metadata: { actor, recorded_at, effective_at, idempotency_key } });
}

/** What is set aside for the command is let go of before it takes it (approvals.ts), which is not seen here. */
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
 * What the first count of the place after `effective_at` takes back of its difference when as many pieces `moved`; undefined where there
 * was no count. A new document explains a difference; where there is none to explain, the count or the document is wrong, and a person
 * must say which. What corrects a document changes what had been expected, and so the difference by as much.
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
    // Before it, for of one moment what is recorded first comes first: the count could not take out what only comes back after it.
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
  /** By how much the value of the difference becomes larger. */
  value: bigint;
  stock: StockPosting;
  journal: [account_id: string, amount: bigint][];
}
type Place = { item_id: string; location_id: string };

/** Pieces come back that the count had found missing, at the value that they left with; what is more than that is found now, at average. */
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

/** Pieces go at average that the count had found too many, with the difference to what they came with in price variance; what is more than that is missing now. */
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

/** One event for each count. */
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
/** An event names an account in one line at most. */
export function summed(entries: readonly JournalPosting[]): JournalPosting[] {
  const sums = new Map<string, bigint>();
  for (const { account_id, amount } of entries) sums.set(account_id, (sums.get(account_id) ?? 0n) + BigInt(amount));
  return journal([...sums]);
}
