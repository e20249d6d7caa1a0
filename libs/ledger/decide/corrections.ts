/** Corrections: returns of part of a bill, voids of a whole document, stock counts. */
import { type Bill, type BillLine, billOf, byEffectiveTime } from '../bill.js';
import type { CountStock, ReturnBill, VoidDocument } from '../commands.js';
import { DOCUMENT_KINDS, kindOf } from '../document-kinds.js';
import type {
  CountLine,
  DocumentEvent,
  JournalPosting,
  Postings,
  RecordedEvent,
  SalesPosting,
  StockPosting,
} from '../events.js';
import { type Decimal, lineTotal, PRICE_DECIMALS_MAX, parseDecimal, share } from '../money.js';
import { invalid, type Refusal, refuse } from '../refusals.js';
import { costChanges, type LedgerState, placeKey, stockAt } from '../state/state.js';
import { emptyTimeline, visitBack } from '../state/timeline.js';
import { journal, sum } from './amounts.js';
import { active, dateOpen, known, notBefore, type Reference, references, withinLimits } from './checks.js';
import { type Context, type Decision, isRefusal, recorded, refused } from './context.js';
import { type LineOut, takeBack } from './costing.js';
import { summed } from './count-adjustments.js';
import { lateCost } from './late-costs.js';
import { nextNumber } from './next-number.js';
import { demandOf, inStock } from './stock-check.js';
import { at, openDraft, putIn, type StockDraft, takeOut } from './stock-draft.js';
import { DEFAULT_LOCATION } from './stock-postings.js';

// ── Returns ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

type LateCost = Extract<DocumentEvent, { type: 'LateCostRecorded' }>['data'];

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
  const back =
    bill.kind === 'sale'
      ? takeBackSale(context, bill, lines, costsOfReturned(state, history!, lines, effective_at), effective_at)
      : giveBackPurchase(context, bill, lines, effective_at);
  if (isRefusal(back)) return refused(back);
  const { postings, costs } = back;
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
interface Back {
  postings: Postings;
  costs: bigint[];
}

function takeBackSale(
  context: Context,
  bill: Bill,
  lines: readonly ReturnedLine[],
  costs: bigint[],
  effective_at: string,
): Back {
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

function giveBackPurchase(context: Context, bill: Bill, lines: ReturnedLine[], effective_at: string): Back | Refusal {
  const refusal = inStock(context, demandOf(lines, bill.location_id), effective_at);
  if (refusal) return refusal;
  const draft = openDraft(context, effective_at);
  const costs = lines.map(({ item_id, quantity }) => takeOut(draft, item_id, bill.location_id, quantity));
  const left = sum(costs);
  const owed = sum(lines.map(({ price }) => price));
  const entries = journal([
    [`payable:${bill.party_id}`, owed],
    ['inventory', -left],
    ['price-variance', left - owed],
  ]);
  return { postings: { stock: draft.postings, journal: entries }, costs };
}

// ── Voids ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Reverses a whole document. What came in leaves at average cost; the difference to its original value is price variance. */
export function voidDocument(context: Context, command: VoidDocument): Decision {
  const { number, reason, effective_at = context.recorded_at } = command;
  const history = context.state.documents.get(number);
  const first = history?.[0];
  if (history === undefined || first === undefined) return refused(refuse('unknown_document', { number }));
  const kind = kindOf(number)!;
  if (DOCUMENT_KINDS[kind].void === 'refuse') return refused(refuse('not_voidable', { number, kind }));
  const whole = wholeOf(context.state, history);
  const early =
    active(context, returnsTo(context, whole)) ??
    dateOpen(context, effective_at) ??
    notBefore({ number, effective_at: latest(history) }, effective_at) ??
    stillWhole(history, number);
  if (early) return refused(early);
  const postings =
    first.type === 'LateCostRecorded'
      ? reversedLateCost(context, first.data, effective_at)
      : reversed(context, whole, effective_at);
  if (isRefusal(postings)) return refused(postings);
  const refusal = withinLimits(context, postings, effective_at);
  if (refusal) return refused(refusal);
  const of_bill = 'bill_number' in first.data ? { bill_number: first.data.bill_number } : {};
  const settled = 'settles' in first.data ? { settles: first.data.settles } : {};
  return recorded(effective_at, {
    type: 'DocumentVoided',
    data: { number, reason, ...of_bill, ...settled, ...postings },
  });
}

/** Everything that the document has posted, with costs as adjusted since: a count less its adjustments. */
function wholeOf(state: LedgerState, [first, ...more]: readonly RecordedEvent[]): Postings {
  const adjustments = more.filter(({ type }) => type === 'CountAdjusted');
  const all = [first!, ...adjustments].map((event) => withCostChanges(state, event));
  if (all.length === 1) return all[0]!;
  const stock = new Map<string, StockPosting>();
  for (const posting of all.flatMap((postings) => postings.stock ?? [])) {
    const key = placeKey(posting.item_id, posting.location_id);
    const { quantity = 0, value = '0' } = stock.get(key) ?? {};
    const sum = { quantity: quantity + posting.quantity, value: (BigInt(value) + BigInt(posting.value)).toString() };
    stock.set(key, { ...posting, ...sum });
  }
  return { stock: [...stock.values()], journal: summed(all.flatMap((postings) => postings.journal ?? [])) };
}

/** The account that bears what the stock of such an event is worth more or less. Of a stock transfer nothing is left to bear. */
const BEARS: Partial<Record<RecordedEvent['type'], string>> = {
  SaleRecorded: 'cogs',
  SaleReturned: 'cogs',
  WasteRecorded: 'waste',
  BlowRecorded: 'waste',
  PurchaseReturned: 'price-variance',
  LateCostRecorded: 'cogs',
  StockCounted: 'count-difference',
  CountAdjusted: 'count-difference',
};
function withCostChanges(state: LedgerState, { type, data, position }: RecordedEvent): Postings {
  const { stock = [], journal: entries = [], sales = [], ...postings } = data as Postings;
  const changes = costChanges(state, position);
  if (changes.size === 0) return data as Postings;
  const plus = (amount: string, line: number, sign: 1n | -1n) =>
    (BigInt(amount) + sign * (changes.get(line) ?? 0n)).toString();
  const change = sum([...changes.values()]);
  const borne = journal([
    ['inventory', change],
    [BEARS[type] ?? 'inventory', -change],
  ]);
  return {
    ...postings,
    stock: stock.map((posting, line) => ({ ...posting, value: plus(posting.value, line, 1n) })),
    journal: summed([...entries, ...borne]),
    ...(sales.length > 0 && { sales: sales.map((each, line) => ({ ...each, cost: plus(each.cost, line, -1n) })) }),
  };
}
function latest(history: readonly RecordedEvent[]): string {
  return history.map(({ metadata }) => metadata.effective_at).reduce((last, each) => (each > last ? each : last));
}

/** Locations and accounts that pieces and money go back to, which must be active. */
function returnsTo({ state }: Context, { stock = [], journal: entries = [] }: Postings): Reference[] {
  return [
    ...stock.filter(({ quantity }) => quantity < 0).map(({ location_id }): Reference => ['location', location_id]),
    ...entries
      .filter(({ account_id }) => state.master.account.has(account_id))
      .map(({ account_id }): Reference => ['account', account_id]),
  ];
}

function stillWhole(history: readonly RecordedEvent[], number: string): Refusal | undefined {
  if (history.some((event) => event.type === 'DocumentVoided' && event.data.number === number))
    return refuse('already_void', { number });
  const bill = billOf(history);
  if (bill !== undefined && bill.payments.length > 0)
    return refuse('has_payments', { number, payments: bill.payments });
  if (bill !== undefined && bill.late_costs.length > 0)
    return refuse('has_late_costs', { number, late_costs: bill.late_costs });
  if (bill !== undefined && bill.returns.length > 0) return refuse('has_returns', { number, returns: bill.returns });
  if (bill !== undefined && bill.write_offs.length > 0)
    return refuse('has_write_offs', { number, write_offs: bill.write_offs });
  return undefined;
}

function reversed(
  context: Context,
  { stock = [], journal: entries = [], sales = [] }: Postings,
  effective_at: string,
): Postings | Refusal {
  const came_in = stock.filter(({ quantity }) => quantity > 0);
  const demand = new Map<string, number>();
  for (const { item_id, location_id, quantity } of came_in) {
    const key = placeKey(item_id, location_id);
    demand.set(key, (demand.get(key) ?? 0) + quantity);
  }
  const refusal = inStock(context, demand, effective_at);
  if (refusal) return refusal;
  const draft = openDraft(context, effective_at);
  for (const { item_id, location_id, quantity } of came_in) takeOut(draft, item_id, location_id, quantity);
  for (const { item_id, location_id, quantity, value } of stock)
    if (quantity < 0) putIn(draft, item_id, location_id, -quantity, -BigInt(value));
  const moved = sum(draft.postings.map(({ value }) => BigInt(value)));
  return {
    ...(stock.length > 0 && { stock: draft.postings }),
    journal: reversedJournal(entries, stock.length > 0 ? moved : undefined),
    ...(sales.length > 0 && {
      sales: sales.map((each) => ({
        ...each,
        quantity: -each.quantity,
        revenue: opposite(each.revenue),
        cost: opposite(each.cost),
      })),
    }),
  };
}
/** The same amounts with the other sign, of which what is still there takes its part. */
function reversedLateCost(
  context: Context,
  { location_id, supplier_id, amount, line_items }: LateCost,
  effective_at: string,
): Postings {
  const parts = line_items.map(({ item_id, quantity, amount }) => ({ item_id, quantity, amount: -BigInt(amount) }));
  const { lines, postings } = lateCost(context, location_id, parts, effective_at);
  const capitalised = sum(lines.map((line) => BigInt(line.capitalised)));
  const entries = journal([
    [`payable:${supplier_id}`, BigInt(amount)],
    ['inventory', capitalised],
    ['cogs', -BigInt(amount) - capitalised],
  ]);
  return { ...postings, journal: entries };
}
function opposite(amount: string): string {
  return (-BigInt(amount)).toString();
}
/** The entries reversed, with inventory by what the stock really moved and the difference in price variance. */
function reversedJournal(entries: readonly JournalPosting[], moved: bigint | undefined): JournalPosting[] {
  const others = entries.filter(({ account_id }) => moved === undefined || account_id !== 'inventory');
  const back = others.map(({ account_id, amount }): [string, bigint] => [account_id, -BigInt(amount)]);
  if (moved === undefined) return journal(back);
  const rest = -sum(back.map(([, amount]) => amount)) - moved;
  const variance = back.find(([account_id]) => account_id === 'price-variance');
  if (variance !== undefined) variance[1] += rest;
  else back.push(['price-variance', rest]);
  return journal([...back, ['inventory', moved]]);
}

// ── Counts ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

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
  let left = stockAt(state, key).on_hand;
  visitBack(timeline, (effective_ms, position, quantity) => {
    if (effective_ms > counted_ms || (effective_ms === counted_ms && position > counted_at_position)) left -= quantity;
    return effective_ms >= counted_ms;
  });
  return left;
}

export const CORRECTIONS = { count_stock: countStock, return_bill: returnBill, void_document: voidDocument };
