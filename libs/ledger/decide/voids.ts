/** Voids of a whole document. */
import { billOf } from '../bill.js';
import type { VoidDocument } from '../commands.js';
import { DOCUMENT_KINDS, kindOf } from '../document-kinds.js';
import type { DocumentEvent, JournalPosting, Postings, RecordedEvent, StockPosting } from '../events.js';
import { type Refusal, refuse } from '../refusals.js';
import { movedBy } from '../state/movement-kinds.js';
import { costChanges, type LedgerState, placeKey } from '../state/state.js';
import { journal, sum, summedByAccount } from './amounts.js';
import { active, dateOpen, notBefore, type Reference, withinLimits } from './checks.js';
import { type Context, type Decision, isRefusal, recorded, refused } from './context.js';
import { accountOfChange } from './cost-adjustments.js';
import { lateCost } from './late-costs.js';
import { inStock } from './stock-check.js';
import { openDraft, putIn, takeOut } from './stock-draft.js';

type LateCost = Extract<DocumentEvent, { type: 'LateCostRecorded' }>['data'];

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
  return { stock: [...stock.values()], journal: summedByAccount(all.flatMap((postings) => postings.journal ?? [])) };
}

/** What the event has posted, with its costs as adjusted since. The account that bears the change: that of its movements, and of a blow's rejects. */
function withCostChanges(state: LedgerState, event: RecordedEvent): Postings {
  const { type, data, position } = event;
  const { stock = [], journal: entries = [], sales = [], ...postings } = data as Postings;
  const changes = costChanges(state, position);
  if (changes.size === 0) return data as Postings;
  const plus = (amount: string, line: number, sign: 1n | -1n) =>
    (BigInt(amount) + sign * (changes.get(line) ?? 0n)).toString();
  const change = sum([...changes.values()]);
  const bearer = type === 'BlowRecorded' ? 'waste' : accountOfChange(movedBy(event, stock[0]!, 0));
  const borne = journal([
    ['inventory', change],
    [bearer ?? 'inventory', -change],
  ]);
  return {
    ...postings,
    stock: stock.map((posting, line) => ({ ...posting, value: plus(posting.value, line, 1n) })),
    journal: summedByAccount([...entries, ...borne]),
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
