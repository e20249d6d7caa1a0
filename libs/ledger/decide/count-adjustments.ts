/**
 * Backdated entries, also those after a stock count. The count has found the pieces of such an entry missing (or too many) already, so they are taken
 * back from the count's difference by an adjustment dated just before the count: after it there is still what was counted
 * (docs/decisions/backdated-entries.md).
 */
import { justBefore } from '../calendar.js';
import type { PostingCommand } from '../commands.js';
import type { EventBody, Metadata, Postings } from '../events.js';
import { share } from '../money.js';
import { type Refusal, refuse } from '../refusals.js';
import { type Counted, countAfter } from '../state/counts.js';
import { applyEvent, placeKey, placeOf, tentatively } from '../state/state.js';
import { journal } from './amounts.js';
import { type Context, type DatedEvent, type Decision, isRefusal, refused } from './context.js';
import { costAdjustments } from './cost-adjustments.js';
import { stockAsOf } from './stock-draft.js';

type CountAdjusted = Extract<EventBody, { type: 'CountAdjusted' }>;
type Adjustment = DatedEvent & { body: CountAdjusted };

/**
 * Decides a posting. A backdated one is costed at its own moment, adjusts the costs of what came later (cost-adjustments.ts), and the counts after
 * its date. What takes pieces out is decided after the count's adjustment has brought them back; what brings pieces in comes first, and the
 * adjustment then takes as many out.
 */
export function backdated(
  context: Context,
  command: PostingCommand,
  decideWith: (context: Context) => Decision,
): Decision {
  const { state, recorded_at } = context;
  const { effective_at = ('counted_at' in command ? command.counted_at : undefined) ?? recorded_at } = command;
  // It moves no pieces, and takes its date from the purchase.
  if (command.type === 'record_late_cost') return costed(context, decideWith(context));
  if (effective_at >= recorded_at) return decideWith(context);
  if (state.counts.size === 0) return costed(context, decideWith(context));
  const corrects = command.type === 'void_document';
  return tentatively(state, () => {
    const adjust = (adjustments: Adjustment[]) => (key: string, moved: number) => {
      const adjustment = adjustmentFor(context, key, moved, effective_at, corrects);
      if (adjustment === undefined || isRefusal(adjustment)) return adjustment;
      const adjusted = withCosts(context, adjustment);
      if (isRefusal(adjusted)) return adjusted;
      carryOut(context, adjusted);
      adjustments.push(adjusted as Adjustment);
      return undefined;
    };
    const [before, after]: [Adjustment[], Adjustment[]] = [[], []];
    const decision = costed(context, decideWith({ ...context, adjustCounts: adjust(before) }));
    if ('refusal' in decision) return decision;
    const brought = [...broughtBy(decision.events)].filter(([key]) => state.counts.has(key));
    if (brought.length > 0) for (const dated of decision.events) carryOut(context, withoutHolds(context, dated));
    for (const [key, came] of brought) {
      const refusal = adjust(after)(key, came);
      if (refusal !== undefined) return refused(refusal);
    }
    const { data } = decision.events[0]!.body;
    const cause = 'number' in data ? data.number : '';
    return { events: [...causedBy(cause, before), ...decision.events, ...causedBy(cause, after)] };
  });
}
function causedBy(cause: string, adjustments: readonly Adjustment[]): Adjustment[] {
  return adjustments.map(({ body, effective_at }) => ({
    body: { ...body, data: { ...body.data, cause } },
    effective_at,
  }));
}

/** A decision of one event, with what it changes of later costs. */
function costed(context: Context, decision: Decision): Decision {
  if ('refusal' in decision) return decision;
  const [dated, ...more] = decision.events;
  if (dated === undefined || more.length > 0) throw new Error('a backdated command is decided as one event');
  const with_costs = withCosts(context, dated);
  return isRefusal(with_costs) ? refused(with_costs) : { events: [with_costs] };
}
function withCosts(context: Context, { body, effective_at }: DatedEvent): DatedEvent | Refusal {
  const { state, recorded_at } = context;
  const data = body.data as Postings;
  if (effective_at >= recorded_at || data.stock === undefined || data.stock.length === 0) return { body, effective_at };
  const event = { ...body, metadata: metadataOf(context, effective_at), position: state.position + 1 };
  const adjusted = costAdjustments(state, event);
  if (!Array.isArray(adjusted)) return adjusted;
  return { body: { ...body, data: { ...data, adjusted } } as EventBody, effective_at };
}

function carryOut(context: Context, { body, effective_at }: DatedEvent): void {
  applyEvent(context.state, { ...body, metadata: metadataOf(context, effective_at) });
}
function metadataOf({ envelope, recorded_at }: Context, effective_at: string): Metadata {
  const { actor, idempotency_key } = envelope;
  return { actor, recorded_at, effective_at, idempotency_key };
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
  // Just before the count: of events at one moment the first recorded comes first, and the count could not take out
  // pieces that come back after it.
  const moment = justBefore(counted_at);
  const value = adjustmentValue(context, key, counted, -moved, Date.parse(moment)).toString();
  return {
    effective_at: moment,
    body: {
      type: 'CountAdjusted',
      data: {
        number,
        cause: '',
        location_id: place.location_id,
        counts: [{ item_id: place.item_id, quantity: -moved, value }],
        stock: [{ ...place, quantity: -moved, value }],
        journal: journal([
          ['inventory', BigInt(value)],
          ['count-difference', -BigInt(value)],
        ]),
      },
    },
  };
}

/**
 * Pieces move at the average of that moment. Where none are there, those that were missing come back at the value that they left with. The count's
 * own value changes with its difference.
 */
function adjustmentValue(
  { state }: Context,
  key: string,
  { difference, value }: Counted,
  quantity: number,
  moment_ms: number,
): bigint {
  const { on_hand, value: worth } = stockAsOf(state, key, moment_ms);
  if (on_hand > 0) return -quantity === on_hand ? -worth : share(worth, quantity, on_hand);
  return difference < 0 && quantity > 0 ? share(-BigInt(value), Math.min(quantity, -difference), -difference) : 0n;
}
