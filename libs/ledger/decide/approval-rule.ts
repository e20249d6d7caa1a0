/** Four eyes: what staff post above the threshold waits for the approval of a manager. One rule for every kind of posting. */
import type { PostingCommand } from '../commands.js';
import type { EventBody, HoldPosting, Postings } from '../events.js';
import { formatDecimal } from '../money.js';
import { placeKey } from '../state/state.js';
import { type Context, type Decision, given, recorded } from './context.js';
import { nextNumber } from './next-number.js';

/** A request expires after so long and releases what it holds. */
export const APPROVAL_DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;

/** The decision, or in its place a request that holds the whole command and reserves the pieces that it takes. */
export function fourEyes(context: Context, command: PostingCommand, decision: Decision): Decision {
  if ('refusal' in decision || context.envelope.role !== 'staff') return decision;
  const { config, recorded_at, basis } = context;
  const bodies = decision.events.map(({ body }) => body);
  const amount = bodies.map(worth).reduce(larger, 0n);
  if (amount <= config.approval_threshold) return decision;
  const holds = piecesTaken(bodies);
  return recorded(recorded_at, {
    type: 'ApprovalRequested',
    data: {
      approval_id: nextNumber(context, 'approval'),
      command: asOfNow(context, command, amount),
      amount: amount.toString(),
      threshold: config.approval_threshold.toString(),
      expires_at: new Date(Date.parse(recorded_at) + APPROVAL_DAYS * DAY_MS).toISOString(),
      ...given('reservation_id', basis.reservation_id),
      ...(holds.length > 0 && { holds }),
    },
  });
}

/** Minor units: the most that the event moves on one account, into stock or out of stock, so that price and cost both count. */
function worth({ data }: EventBody): bigint {
  const { stock = [], journal = [] } = data as Postings;
  let [came_in, went_out, posted] = [0n, 0n, 0n];
  for (const { value } of stock) {
    if (BigInt(value) > 0n) came_in += BigInt(value);
    else went_out -= BigInt(value);
  }
  for (const { amount } of journal) posted = larger(posted, larger(BigInt(amount), -BigInt(amount)));
  return larger(posted, larger(came_in, went_out));
}
function larger(one: bigint, other: bigint): bigint {
  return other > one ? other : one;
}

/** Less the pieces that a count adjustment brings back, which are not there to be reserved. */
function piecesTaken(bodies: readonly EventBody[]): HoldPosting[] {
  const stockOf = (adjustments: boolean) =>
    bodies.flatMap(({ type, data }) =>
      (type === 'CountAdjusted') === adjustments ? ((data as Postings).stock ?? []) : [],
    );
  const back = new Map<string, number>();
  // Of a place there may be one ahead of the count that brings pieces back, and one behind it that takes what comes in.
  for (const { item_id, location_id, quantity } of stockOf(true)) {
    const key = placeKey(item_id, location_id);
    back.set(key, (back.get(key) ?? 0) + Math.max(0, quantity));
  }
  return stockOf(false).flatMap(({ item_id, location_id, quantity }) => {
    const key = placeKey(item_id, location_id);
    const given_back = Math.min(back.get(key) ?? 0, Math.max(0, -quantity));
    back.set(key, (back.get(key) ?? 0) - given_back);
    const taken = -quantity - given_back;
    return taken > 0 ? [{ item_id, location_id, quantity: taken }] : [];
  });
}

/** Fixes what the command leaves to the moment: a count is of the time of the request, a write-off of the amount open then. */
function asOfNow(
  { state, config, recorded_at }: Context,
  command: PostingCommand,
  amount: bigint,
): { type: string; [field: string]: unknown } {
  switch (command.type) {
    case 'count_stock':
      return command.effective_at === undefined
        ? { counted_at_position: state.position, counted_at: recorded_at, ...command }
        : { ...command };
    case 'write_off':
      return { ...command, amount: formatDecimal(amount, config.digits) };
    default:
      return { ...command };
  }
}
