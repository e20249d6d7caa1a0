/**
 * Costs of a purchase that become known after it: freight, duty, a corrected invoice. They take effect when the purchase did, where that month is
 * open, and change the costs of what came later (cost-adjustments.ts).
 */
import { type Bill, billOf } from '../bill.js';
import { calendarMonth, dayStart, monthAfter } from '../calendar.js';
import type { RecordLateCost } from '../commands.js';
import { kindOf } from '../document-kinds.js';
import type { LateCostLine, Postings, SalesPosting } from '../events.js';
import { AMOUNT_MAX } from '../money.js';
import { invalid, refuse } from '../refusals.js';
import { amountOf, journal, sum } from './amounts.js';
import { dateOpen, notBefore, usable, withinLimits } from './checks.js';
import { type Context, type Decision, given, isRefusal, recorded, refused } from './context.js';
import { capitalisedOf, sharesByWeight } from './costing.js';
import { nextNumber } from './next-number.js';
import { at, openDraft, putIn } from './stock-draft.js';

export function recordLateCost(context: Context, command: RecordLateCost): Decision {
  const { bill_number, basis, reason } = command;
  const amount = amountOf(context, command.amount, 'amount', -AMOUNT_MAX);
  if (isRefusal(amount)) return refused(amount);
  if (amount === 0n) return refused(invalid('amount', 'must not be 0'));
  const history = context.state.documents.get(bill_number) ?? [];
  const purchase = kindOf(bill_number) === 'purchase' ? billOf(history) : undefined;
  const supplier_id = command.supplier_id ?? purchase?.party_id;
  const unknown =
    (command.supplier_id === undefined ? undefined : usable(context, [['supplier', command.supplier_id]])) ??
    (history.length === 0 ? refuse('unknown_document', { number: bill_number }) : undefined);
  if (unknown) return refused(unknown);
  if (purchase === undefined || supplier_id === undefined)
    return refused(refuse('not_costable', { number: bill_number, kind: kindOf(bill_number) }));
  const effective_at = command.effective_at ?? firstOpenMoment(context, purchase.effective_at);
  const kept = keptOf(purchase);
  const refusal =
    dateOpen(context, effective_at) ??
    notBefore(purchase, effective_at) ??
    (purchase.void ? refuse('already_void', { number: bill_number }) : undefined) ??
    (kept.length === 0 ? refuse('not_costable', { number: bill_number, kind: 'purchase' }) : undefined);
  if (refusal) return refused(refusal);
  const by_value = basis === 'value' && kept.some(({ value }) => value > 0n);
  const shares = sharesByWeight(
    amount,
    kept.map(({ quantity, value }) => (by_value ? value : BigInt(quantity))),
  );
  const parts = kept.map(({ item_id, quantity }, index) => ({ item_id, quantity, amount: shares[index]! }));
  const { lines, postings } = lateCost(context, purchase.location_id, parts, effective_at);
  const capitalised = sum(lines.map((line) => BigInt(line.capitalised)));
  const entries = journal([
    ['inventory', capitalised],
    ['cogs', amount - capitalised],
    [`payable:${supplier_id}`, -amount],
  ]);
  const overflow = withinLimits(context, { journal: entries }, effective_at);
  if (overflow) return refused(overflow);
  return recorded(effective_at, {
    type: 'LateCostRecorded',
    data: {
      number: nextNumber(context, 'late_cost'),
      bill_number,
      supplier_id,
      location_id: purchase.location_id,
      basis,
      amount: amount.toString(),
      line_items: lines,
      capitalised: capitalised.toString(),
      expensed: (amount - capitalised).toString(),
      reason,
      ...given('due_date', command.due_date),
      ...postings,
      journal: entries,
    },
  });
}

/** The moment itself, or that after the months that are closed. */
function firstOpenMoment({ state, config }: Context, moment: string): string {
  return calendarMonth(moment, config.time_zone) > state.closed_through
    ? moment
    : dayStart(`${monthAfter(state.closed_through)}-01`, config.time_zone);
}

/** Lines of which not all pieces were sent back. */
function keptOf({ lines }: Bill): { item_id: string; quantity: number; value: bigint }[] {
  return lines
    .map(({ item_id, quantity, returned, total_price, returned_price }) => ({
      item_id,
      quantity: quantity - returned,
      value: total_price - returned_price,
    }))
    .filter(({ quantity }) => quantity > 0);
}

interface Part {
  item_id: string;
  quantity: number;
  amount: bigint;
}

/** What each part adds to the stock, and what of it is cost of sales. */
export function lateCost(
  context: Context,
  location_id: string,
  parts: readonly Part[],
  effective_at: string,
): { lines: LateCostLine[]; postings: Required<Pick<Postings, 'stock' | 'sales'>> } {
  const draft = openDraft(context, effective_at);
  const sales: SalesPosting[] = [];
  const lines = parts.map(({ item_id, quantity, amount }): LateCostLine => {
    const { on_hand, value } = at(draft, item_id, location_id);
    const place = { on_hand, value: Number(value) };
    const capitalised = BigInt(capitalisedOf(place, { amount: Number(amount), pieces: quantity }));
    const expensed = amount - capitalised;
    putIn(draft, item_id, location_id, 0, capitalised);
    sales.push({ item_id, quantity: 0, revenue: '0', cost: expensed.toString() });
    return {
      ...{ item_id, quantity, amount: amount.toString() },
      ...{ capitalised: capitalised.toString(), expensed: expensed.toString() },
    };
  });
  return { lines, postings: { stock: draft.postings, sales } };
}
