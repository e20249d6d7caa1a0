/** Returns of part of a bill. */
import { type Bill, type BillLine, billOf, byEffectiveTime } from '../bill.js';
import type { ReturnBill } from '../commands.js';
import { kindOf } from '../document-kinds.js';
import type { Postings, RecordedEvent, SalesPosting } from '../events.js';
import { share } from '../money.js';
import { type Refusal, refuse } from '../refusals.js';
import { costChanges, type LedgerState } from '../state/state.js';
import { journal, sum } from './amounts.js';
import { active, dateOpen, known, notBefore, references, withinLimits } from './checks.js';
import { type Context, type Decision, isRefusal, recorded, refused } from './context.js';
import { type LineOut, takeBack } from './costing.js';
import { nextNumber } from './next-number.js';
import { demandOf, inStock } from './stock-check.js';
import { openDraft, putIn, takeOut } from './stock-draft.js';

interface ReturnedLine {
  line: number;
  item_id: string;
  quantity: number;
  unit_price: string;
  price: bigint;
}

/**
 * Returns part of a bill at the bill's own prices; all parts together give back exactly the bill. What a customer returns comes in at the
 * cost of the sale, what goes back to a supplier leaves at average cost.
 */
export function returnBill(context: Context, command: ReturnBill): Decision {
  const { state, recorded_at } = context;
  const { bill_number, reason, effective_at = recorded_at } = command;
  const history = state.documents.get(bill_number);
  // Items may be inactive, but nothing comes into an inactive location.
  const bill = billOf(history ?? []);
  const early =
    known(context, references('item', command.line_items)) ??
    (history === undefined ? refuse('unknown_document', { number: bill_number }) : undefined) ??
    (bill && active(context, [['location', bill.location_id]])) ??
    dateOpen(context, effective_at);
  if (early) return refused(early);
  if (bill === undefined || kindOf(bill_number) === 'late_cost')
    return refused(refuse('not_returnable', { number: bill_number, kind: kindOf(bill_number) }));
  const late =
    notBefore(bill, effective_at) ?? (bill.void ? refuse('already_void', { number: bill_number }) : undefined);
  if (late) return refused(late);
  const lines = allocate(bill, command.line_items);
  if (isRefusal(lines)) return refused(lines);
  // What was written off cannot be returned as well: money would be owed that was never paid.
  const kept = bill.total - bill.returned - sum(lines.map(({ price }) => price));
  if (bill.written_off > 0n && kept < bill.written_off)
    return refused(refuse('has_write_offs', { number: bill_number, write_offs: bill.write_offs }));
  const returned =
    bill.kind === 'sale'
      ? saleReturnPostings(context, bill, lines, costsOfReturned(state, history!, lines, effective_at), effective_at)
      : purchaseReturnPostings(context, bill, lines, effective_at);
  if (isRefusal(returned)) return refused(returned);
  const { postings, costs } = returned;
  const refusal = withinLimits(context, postings, effective_at);
  if (refusal) return refused(refusal);
  return recorded(effective_at, {
    type: bill.kind === 'sale' ? 'SaleReturned' : 'PurchaseReturned',
    data: {
      number: nextNumber(context, 'return'),
      bill_number,
      party_id: bill.party_id,
      location_id: bill.location_id,
      line_items: lines.map(({ price, ...line }, index) => ({
        ...line,
        total_price: price.toString(),
        cost: costs[index]!.toString(),
      })),
      total_price: sum(lines.map(({ price }) => price)).toString(),
      total_cost: sum(costs).toString(),
      reason,
      ...postings,
    },
  });
}

function allocate(bill: Bill, wanted: ReturnBill['line_items']): ReturnedLine[] | Refusal {
  const open = bill.lines.map(stillOut);
  const lines: ReturnedLine[] = [];
  for (const { item_id, quantity } of wanted) {
    let missing = quantity;
    for (const [index, { item_id: of_line, unit_price }] of bill.lines.entries()) {
      const rest = open[index]!;
      const taken = of_line === item_id ? Math.min(missing, rest.quantity) : 0;
      if (taken === 0) continue;
      const price = share(rest.price, taken, rest.quantity);
      open[index] = { quantity: rest.quantity - taken, price: rest.price - price };
      missing -= taken;
      lines.push({ line: index, item_id, quantity: taken, unit_price, price });
    }
    if (missing > 0)
      return refuse('return_exceeds_bill', {
        number: bill.number,
        item_id,
        returnable: quantity - missing,
        requested: quantity,
        excess: missing,
      });
  }
  return lines;
}
/**
 * What is left of a line. Each part is a share of this rest, so that the parts sum to the line even when a return between them is voided.
 */
function stillOut(line: BillLine): { quantity: number; price: bigint } {
  return { quantity: line.quantity - line.returned, price: line.total_price - line.returned_price };
}

/**
 * What the customer's pieces cost, as adjusted by now: of each line a share of what was still out when they came back, in the order in which
 * things happened.
 */
function costsOfReturned(
  state: LedgerState,
  history: readonly RecordedEvent[],
  lines: readonly ReturnedLine[],
  effective_at: string,
): bigint[] {
  const before = history.filter(({ metadata }) => metadata.effective_at <= effective_at).toSorted(byEffectiveTime);
  const outs = new Map<number, LineOut>();
  return lines.map(({ line, quantity }) => {
    const out = outs.get(line) ?? lineOut(state, before, line);
    outs.set(line, out);
    return takeBack(out, quantity);
  });
}

function lineOut(state: LedgerState, history: readonly RecordedEvent[], line: number): LineOut {
  const sale = history[0] as RecordedEvent & { type: 'SaleRecorded' };
  const { quantity, cost: recorded } = sale.data.line_items[line]!;
  const cost = BigInt(recorded) - (costChanges(state, sale.position).get(line) ?? 0n);
  const left = { quantity, cost };
  const parts = new Map<string, { quantity: number; cost: bigint }>();
  for (const { type, data, position } of history) {
    if (type === 'SaleReturned') {
      const part = { quantity: 0, cost: 0n };
      for (const [index, returned] of data.line_items.entries()) {
        if (returned.line !== line) continue;
        part.quantity += returned.quantity;
        part.cost += BigInt(returned.cost) + (costChanges(state, position).get(index) ?? 0n);
      }
      parts.set(data.number, part);
      left.quantity -= part.quantity;
      left.cost -= part.cost;
    }
    const voided = type === 'DocumentVoided' ? parts.get(data.number) : undefined;
    if (voided === undefined) continue;
    left.quantity += voided.quantity;
    left.cost += voided.cost;
  }
  return { quantity, cost, left };
}

/** `costs`: of each line, what it moved of the stock value. */
interface ReturnPostings {
  postings: Postings;
  costs: bigint[];
}

function saleReturnPostings(
  context: Context,
  bill: Bill,
  lines: readonly ReturnedLine[],
  costs: bigint[],
  effective_at: string,
): ReturnPostings {
  const draft = openDraft(context, effective_at);
  const sales: SalesPosting[] = [];
  for (const [index, { item_id, quantity, price }] of lines.entries()) {
    const cost = costs[index]!;
    putIn(draft, item_id, bill.location_id, quantity, cost);
    sales.push({
      item_id,
      customer_id: bill.party_id,
      quantity: -quantity,
      revenue: (-price).toString(),
      cost: (-cost).toString(),
    });
  }
  const price = sum(lines.map((line) => line.price));
  const cost = sum(costs);
  const entries = journal([
    [`receivable:${bill.party_id}`, -price],
    ['revenue', price],
    ['inventory', cost],
    ['cogs', -cost],
  ]);
  return { postings: { stock: draft.postings, journal: entries, sales }, costs };
}

function purchaseReturnPostings(
  context: Context,
  bill: Bill,
  lines: ReturnedLine[],
  effective_at: string,
): ReturnPostings | Refusal {
  const refusal = inStock(context, demandOf(lines, bill.location_id), effective_at);
  if (refusal) return refusal;
  const draft = openDraft(context, effective_at);
  const costs = lines.map(({ item_id, quantity }) => takeOut(draft, item_id, bill.location_id, quantity));
  const cost = sum(costs);
  const owed = sum(lines.map(({ price }) => price));
  const entries = journal([
    [`payable:${bill.party_id}`, owed],
    ['inventory', -cost],
    ['price-variance', cost - owed],
  ]);
  return { postings: { stock: draft.postings, journal: entries }, costs };
}
