/**
 * Flash sales: pieces are set aside when one opens, an order holds some of them, and becomes a sale when it is paid. What is not paid in time
 * goes back. While a charge is under way an order does not expire, since the gateway may have the money already.
 */
import { REFUNDS_DUE } from '../accounts.js';
import { dayEnd, dayStart, isDay } from '../calendar.js';
import type {
  CancelOrder,
  ChangeQueue,
  CloseFlashSale,
  ConfirmOrder,
  LiftQueue,
  OpenFlashSale,
  PlaceOrder,
  RecordLateCharge,
  RecordRefund,
  ReleaseOrder,
  StartCharge,
} from '../commands.js';
import { kindOf } from '../document-kinds.js';
import type {
  AllotmentPosting,
  EventBody,
  LifecycleEvent,
  OrderLine,
  RecordedEvent,
  ReleaseReason,
} from '../events.js';
import { lineTotal, PRICE_DECIMALS_MAX, parseDecimal, toMajor } from '../money.js';
import { type OrderStatus, orderStatus } from '../order.js';
import { invalid, type Refusal, refuse } from '../refusals.js';
import { documentPositions, type FlashSale, type LedgerState, type OpenOrder, takenKey } from '../state/state.js';
import { journal, priceLines, sum } from './amounts.js';
import { references, usable, withinLimits } from './checks.js';
import { type Context, type DatedEvent, type Decision, given, isRefusal, recorded, refused } from './context.js';
import { accountNamed, moneyAccount, notKept } from './money-postings.js';
import { nextNumber } from './next-number.js';
import { demandOf, inStock } from './stock-check.js';
import { holdsOf } from './stock-draft.js';
import { DEFAULT_LOCATION, sell } from './stock-postings.js';
import { notLetIn, passesOf, queueAfter } from './waiting-queue.js';

/** Where gateways pay to. */
const DEFAULT_ACCOUNT = 'bank';

// ── Flash sales ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function openFlashSale(context: Context, command: OpenFlashSale): Decision {
  const { recorded_at, config } = context;
  const { item_id, location_id = DEFAULT_LOCATION, quantity, unit_price, per_customer_max, hold_seconds } = command;
  const { account_id = DEFAULT_ACCOUNT, queue, draw } = command;
  const starts_at = isDay(command.starts_at) ? dayStart(command.starts_at, config.time_zone) : command.starts_at;
  const ends_at = isDay(command.ends_at) ? dayEnd(command.ends_at, config.time_zone) : command.ends_at;
  const begins_at = starts_at ?? recorded_at;
  const lines = [{ item_id, quantity }];
  const refusal =
    chargeable(context, unit_price) ??
    (ends_at > recorded_at ? undefined : invalid('ends_at', `must be later than now, ${recorded_at}`)) ??
    (ends_at > begins_at ? undefined : invalid('ends_at', `must be later than the start, ${begins_at}`)) ??
    usable(context, [['item', item_id], ['location', location_id], ...accountNamed(account_id)]) ??
    notKept(account_id) ??
    moneyAccount(context, account_id) ??
    inStock(context, demandOf(lines, location_id));
  if (refusal) return refused(refusal);
  const flash_sale_id = nextNumber(context, 'flash_sale');
  return recorded(recorded_at, {
    type: 'FlashSaleOpened',
    data: {
      flash_sale_id,
      item_id,
      location_id,
      quantity,
      unit_price,
      per_customer_max,
      hold_seconds,
      starts_at: begins_at,
      ends_at,
      account_id,
      ...(queue !== undefined && { queue: queueAfter(undefined, queue, draw) }),
      holds: holdsOf(lines, location_id),
      allotments: [{ flash_sale_id, remaining: quantity, held: 0, sold: 0 }],
    },
  });
}

/** No gateway charges nothing. */
function chargeable({ config }: Context, unit_price: string): Refusal | undefined {
  const units = parseDecimal(unit_price, PRICE_DECIMALS_MAX);
  if (units !== undefined && units > 0n && lineTotal(1, units, config.digits) > 0n) return undefined;
  return invalid('unit_price', `must come to ${toMajor(1n, config.digits)} or more for one piece`);
}

export function closeFlashSale({ state, recorded_at }: Context, { flash_sale_id, reason }: CloseFlashSale): Decision {
  const sale = state.flash_sales.get(flash_sale_id);
  if (sale === undefined) return refused(notOpen(state, flash_sale_id));
  return recorded(recorded_at, closed(flash_sale_id, sale, reason));
}

export function endFlashSale(state: LedgerState, flash_sale_id: string): EventBody {
  return closed(flash_sale_id, state.flash_sales.get(flash_sale_id)!);
}

function closed(flash_sale_id: string, { item_id, location_id, remaining }: FlashSale, reason?: string): EventBody {
  return {
    type: 'FlashSaleClosed',
    data: {
      flash_sale_id,
      remaining,
      ...given('reason', reason),
      ...(remaining > 0 && { holds: holdsOf([{ item_id, quantity: remaining }], location_id, -1) }),
      allotments: [{ flash_sale_id, remaining: -remaining, held: 0, sold: 0 }],
    },
  };
}

export function changeQueue({ state, recorded_at }: Context, { flash_sale_id, changes, draw }: ChangeQueue): Decision {
  const sale = state.flash_sales.get(flash_sale_id);
  if (sale === undefined) return refused(notOpen(state, flash_sale_id));
  const queue = queueAfter(sale.queue, changes, draw);
  return recorded(recorded_at, { type: 'FlashSaleQueueChanged', data: { flash_sale_id, queue } });
}

export function liftQueue({ state, recorded_at }: Context, { flash_sale_id, reason }: LiftQueue): Decision {
  const sale = state.flash_sales.get(flash_sale_id);
  if (sale === undefined) return refused(notOpen(state, flash_sale_id));
  if (sale.queue === undefined) return refused(refuse('no_queue', { flash_sale_id }));
  return recorded(recorded_at, { type: 'FlashSaleQueueChanged', data: { flash_sale_id, reason } });
}

function notOpen(state: LedgerState, flash_sale_id: string): Refusal {
  const is_known = kindOf(flash_sale_id) === 'flash_sale' && documentPositions(state, flash_sale_id) !== undefined;
  return refuse(is_known ? 'flash_sale_closed' : 'unknown_flash_sale', { flash_sale_id });
}

// ── Orders ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** All lines or none. What is sold out is told first: in a rush most hear nothing else. */
export function placeOrder(context: Context, command: PlaceOrder): Decision {
  const { state, recorded_at } = context;
  const { customer_id, line_items, payment_reference } = command;
  const twice = line_items.length > 1 ? namedTwice(line_items) : undefined;
  if (twice) return refused(twice);
  const sales: FlashSale[] = [];
  for (const { flash_sale_id, quantity } of line_items) {
    const sale = state.flash_sales.get(flash_sale_id);
    if (sale === undefined) return refused(notOpen(state, flash_sale_id));
    if (quantity > sale.remaining)
      return refused(refuse('sold_out', { flash_sale_id, remaining: sale.remaining, requested: quantity }));
    sales.push(sale);
  }
  const { location_id, account_id } = sales[0]!;
  const priced = line_items.map(({ quantity }, index) => ({ quantity, unit_price: sales[index]!.unit_price }));
  const totals = priceLines(context, priced);
  if (isRefusal(totals)) return refused(totals);
  const total = sum(totals);
  const refusal =
    usable(context, [['customer', customer_id], ['location', location_id], ...references('item', sales)]) ??
    notBegun(context, command, sales) ??
    notTogether(command, sales) ??
    notLetIn(context, command, sales) ??
    overLimit(context, command, sales) ??
    withinLimits(context, { journal: journal([[account_id, total]]) });
  if (refusal) return refused(refusal);
  const hold_seconds = Math.min(...sales.map((sale) => sale.hold_seconds));
  return recorded(recorded_at, {
    type: 'FlashOrderPlaced',
    data: {
      order_id: nextNumber(context, 'order'),
      customer_id,
      location_id,
      line_items: priced.map(({ quantity, unit_price }, index) => ({
        flash_sale_id: line_items[index]!.flash_sale_id,
        item_id: sales[index]!.item_id,
        quantity,
        unit_price,
        total_price: totals[index]!.toString(),
      })),
      total_price: total.toString(),
      account_id,
      pay_by: new Date(Date.parse(recorded_at) + hold_seconds * 1000).toISOString(),
      ...given('payment_reference', payment_reference),
      ...given('passes', passesOf(command, sales)),
      allotments: line_items.map(({ flash_sale_id, quantity }) => ({
        ...{ flash_sale_id, customer_id },
        ...{ remaining: -quantity, held: quantity, sold: 0 },
      })),
    },
  });
}

function namedTwice(lines: PlaceOrder['line_items']): Refusal | undefined {
  const seen = new Set<string>();
  for (const [index, { flash_sale_id }] of lines.entries()) {
    if (seen.has(flash_sale_id)) return invalid(`line_items.${index}.flash_sale_id`, 'must stand in one line only');
    seen.add(flash_sale_id);
  }
  return undefined;
}

function notBegun({ recorded_at }: Context, { line_items }: PlaceOrder, sales: readonly FlashSale[]) {
  const index = sales.findIndex(({ starts_at }) => starts_at > recorded_at);
  if (index < 0) return undefined;
  const { flash_sale_id } = line_items[index]!;
  return refuse('flash_sale_not_begun', { flash_sale_id, starts_at: sales[index]!.starts_at, recorded_at });
}

/** One order becomes one sale at one location, paid into one account. */
function notTogether({ line_items }: PlaceOrder, [first, ...others]: readonly FlashSale[]): Refusal | undefined {
  const index = others.findIndex(
    ({ location_id, account_id }) => location_id !== first!.location_id || account_id !== first!.account_id,
  );
  if (index < 0) return undefined;
  const { location_id, account_id } = others[index]!;
  return refuse('not_together', { flash_sale_id: line_items[index + 1]!.flash_sale_id, location_id, account_id });
}

function overLimit(
  { state }: Context,
  { customer_id, line_items }: PlaceOrder,
  sales: readonly FlashSale[],
): Refusal | undefined {
  for (const [index, { flash_sale_id, quantity }] of line_items.entries()) {
    const { per_customer_max } = sales[index]!;
    const taken = state.taken.get(takenKey(flash_sale_id, customer_id)) ?? 0;
    if (taken + quantity > per_customer_max)
      return refuse('exceeds_customer_limit', {
        ...{ flash_sale_id, customer_id, per_customer_max, taken },
        requested: quantity,
      });
  }
  return undefined;
}

type Placed = Extract<LifecycleEvent, { type: 'FlashOrderPlaced' }> & RecordedEvent;

function placed({ state }: Context, order_id: string): { first: Placed; status: OrderStatus } | Refusal {
  const history = state.documents.get(order_id);
  const first = history?.[0];
  return first?.type === 'FlashOrderPlaced'
    ? { first, status: orderStatus(history!) }
    : refuse('unknown_order', { order_id });
}

function openOrder(context: Context, order_id: string): OpenOrder | Refusal {
  const found = placed(context, order_id);
  if (isRefusal(found)) return found;
  return context.state.orders.get(order_id) ?? refuse('order_ended', { order_id, order_status: found.status });
}

export function cancelOrder(context: Context, { order_id }: CancelOrder): Decision {
  const order = waitingOrder(context, order_id);
  if (isRefusal(order)) return refused(order);
  return recorded(context.recorded_at, released(context.state, order_id, order, 'cancelled'));
}

export function expireOrder(state: LedgerState, order_id: string): EventBody {
  return released(state, order_id, state.orders.get(order_id)!, 'expired');
}

export function releaseOrder(context: Context, { order_id, reason, detail }: ReleaseOrder): Decision {
  const order = openOrder(context, order_id);
  if (isRefusal(order)) return refused(order);
  return recorded(context.recorded_at, released(context.state, order_id, order, reason, detail));
}

/** Of a flash sale that is closed the pieces go back into stock, of others to whoever orders next. */
function released(
  { flash_sales }: LedgerState,
  order_id: string,
  { customer_id, location_id, line_items }: OpenOrder,
  reason: ReleaseReason,
  detail?: string,
): EventBody {
  const is_open = ({ flash_sale_id }: OrderLine) => flash_sales.has(flash_sale_id);
  const back = line_items.filter((line) => !is_open(line));
  const allotments = line_items.map((line): AllotmentPosting => {
    const { flash_sale_id, quantity } = line;
    return { flash_sale_id, customer_id, remaining: is_open(line) ? quantity : 0, held: -quantity, sold: 0 };
  });
  return {
    type: 'FlashOrderReleased',
    data: {
      order_id,
      reason,
      ...given('detail', detail),
      ...(back.length > 0 && { holds: holdsOf(back, location_id, -1) }),
      allotments,
    },
  };
}

// ── Payment ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

function waitingOrder(context: Context, order_id: string): OpenOrder | Refusal {
  const order = openOrder(context, order_id);
  return isRefusal(order) || order.expires_at !== '' ? order : refuse('charge_under_way', { order_id });
}

export function startCharge(context: Context, { order_id }: StartCharge): Decision {
  const order = waitingOrder(context, order_id);
  if (isRefusal(order)) return refused(order);
  return recorded(context.recorded_at, { type: 'FlashOrderChargeStarted', data: { order_id } });
}

/**
 * The order becomes a sale that is paid. Whoever was made inactive since it was placed does not matter: the pieces are held, and the money is
 * there.
 */
export function confirmOrder(context: Context, { order_id, charge_id }: ConfirmOrder): Decision {
  const order = openOrder(context, order_id);
  if (isRefusal(order)) return refused(order);
  const { customer_id, location_id, account_id, line_items, ordered_by } = order;
  const totals = line_items.map(({ total_price }) => BigInt(total_price));
  const basis = { order_id, ordered_by };
  const sale = sell({ ...context, basis }, { customer_id, location_id, line_items }, totals);
  if ('refusal' in sale) return sale;
  const [{ body, effective_at }] = sale.events as [DatedEvent & { body: { type: 'SaleRecorded' } }];
  const { number, total_price: amount } = body.data;
  const paid = journal([
    [account_id, BigInt(amount)],
    [`receivable:${customer_id}`, -BigInt(amount)],
  ]);
  const refusal = withinLimits(context, { journal: paid });
  if (refusal) return refused(refusal);
  const payment_number = nextNumber(context, 'payment');
  const confirmed: EventBody = {
    type: 'FlashOrderConfirmed',
    data: {
      order_id,
      number,
      payment_number,
      charge_id,
      holds: holdsOf(line_items, location_id, -1),
      allotments: line_items.map(({ flash_sale_id, quantity }) => ({
        ...{ flash_sale_id, customer_id },
        ...{ remaining: 0, held: -quantity, sold: quantity },
      })),
    },
  };
  const payment: EventBody = {
    type: 'PaymentReceived',
    data: {
      ...{ number: payment_number, bill_number: number, party_id: customer_id, account_id, amount, method: 'gateway' },
      ...{ settles: amount, order_id, ordered_by, journal: paid },
    },
  };
  return recorded(effective_at, confirmed, body, payment);
}

function notEndedBy(order_id: string, status: OrderStatus): Refusal {
  const is_open = status === 'pending' || status === 'paying';
  return is_open ? refuse('charge_under_way', { order_id }) : refuse('order_ended', { order_id, order_status: status });
}

/** The money is not ours: it is owed back until the gateway has refunded it. */
export function recordLateCharge(context: Context, { order_id, charge_id }: RecordLateCharge): Decision {
  const found = placed(context, order_id);
  if (isRefusal(found)) return refused(found);
  const { first, status } = found;
  if (status !== 'released') return refused(notEndedBy(order_id, status));
  const { account_id, total_price: amount } = first.data;
  const postings = journal([
    [account_id, BigInt(amount)],
    [REFUNDS_DUE, -BigInt(amount)],
  ]);
  const refusal = withinLimits(context, { journal: postings });
  if (refusal) return refused(refusal);
  const data = { order_id, charge_id, amount, journal: postings };
  return recorded(context.recorded_at, { type: 'FlashOrderChargedLate', data });
}

export function recordRefund(context: Context, { order_id, refund_id }: RecordRefund): Decision {
  const found = placed(context, order_id);
  if (isRefusal(found)) return refused(found);
  const { first, status } = found;
  if (status !== 'refund_due') return refused(notEndedBy(order_id, status));
  const { account_id, total_price: amount } = first.data;
  const postings = journal([
    [REFUNDS_DUE, BigInt(amount)],
    [account_id, -BigInt(amount)],
  ]);
  const refusal = withinLimits(context, { journal: postings });
  if (refusal) return refused(refusal);
  const data = { order_id, refund_id, amount, journal: postings };
  return recorded(context.recorded_at, { type: 'FlashOrderRefunded', data });
}
