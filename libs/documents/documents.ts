/**
 * Answers, read models and audit share this view of a document's events, so they cannot differ. Money is in major
 * units.
 */
import { billOf, openAmount, paymentStatus } from '../ledger/bill.js';
import { type DocumentKind, documentsNamed, kindOf, madeBy } from '../ledger/document-kinds.js';
import type { QueueSettings, RecordedEvent } from '../ledger/events.js';
import { type Minor, toMajor } from '../ledger/money.js';
import { ORDER_STATUSES, orderStatus } from '../ledger/order.js';

export interface DocumentView {
  kind: DocumentKind;
  number: string;
  /** confirmed | void; approvals: pending | approved | rejected | withdrawn | expired; reservations: active | confirmed | released | expired; flash sales: open | closed; orders: order.ts. */
  status: string;
  created_by: string;
  effective_at: string;
  recorded_at: string;
  position: number;
  [field: string]: unknown;
}

/** `history`: not empty, oldest first. @throws where its first event begins no document */
export function viewDocument(history: readonly RecordedEvent[], digits: number): DocumentView {
  const first = history[0]!;
  const number = documentsNamed(first).first;
  if (number === undefined) throw new Error(`${first.type} begins no document`);
  const { actor, effective_at, recorded_at } = first.metadata;
  const created_by = madeBy(first);
  return {
    kind: kindOf(number)!,
    number,
    ...body(history, (minor) => toMajor(minor, digits)),
    ...ending(history, number),
    created_by,
    ...('requested_by' in first.data && { approved_by: actor }),
    effective_at,
    recorded_at,
    position: history.at(-1)!.position,
  };
}

type Major = (minor: Minor | bigint) => number;

const POSTINGS = new Set(['stock', 'journal', 'holds', 'sales', 'allotments', 'adjusted']);

function body(history: readonly RecordedEvent[], major: Major): Record<string, unknown> {
  const first = history[0]!;
  const data: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(first.data)) if (!POSTINGS.has(field)) data[field] = value;
  switch (first.type) {
    case 'SaleRecorded':
      return { bill_number: first.data.number, ...moneyIn(data, major), ...settlement(history, major) };
    case 'PurchaseRecorded': {
      const { late_costs } = billOf(history)!;
      return { bill_number: first.data.number, ...moneyIn(data, major), ...settlement(history, major), late_costs };
    }
    case 'LateCostRecorded':
      return { ...moneyIn(data, major), ...settlement(history, major) };
    case 'StockCounted':
      return { ...moneyIn(data, major), ...adjusted(history, major) };
    case 'PaymentReceived':
    case 'PaymentMade': {
      const { settles: _settles, ...payment } = data;
      return { direction: first.type === 'PaymentReceived' ? 'received' : 'made', ...moneyIn(payment, major) };
    }
    case 'BillWrittenOff': {
      const { settles: _settles, ...write_off } = data;
      return moneyIn(write_off, major);
    }
    case 'ApprovalRequested':
      return {
        ...data,
        amount: major(first.data.amount),
        threshold: major(first.data.threshold),
        requested_by: first.metadata.actor,
      };
    case 'StockReserved':
      return data;
    case 'FlashSaleOpened': {
      const { queue: _queue, ...sale } = data;
      return { ...moneyIn(sale, major), ...given({ queue: queueNow(history) }) };
    }
    default:
      return moneyIn(data, major);
  }
}

function adjusted(history: readonly RecordedEvent[], major: Major): Record<string, unknown> {
  const adjustments = history.flatMap(({ type, data, metadata }) =>
    type === 'CountAdjusted'
      ? [{ cause: data.cause, ...moneyIn({ counts: data.counts }, major), recorded_at: metadata.recorded_at }]
      : [],
  );
  return adjustments.length === 0 ? {} : { adjustments };
}

/** As last changed. */
function queueNow(history: readonly RecordedEvent[]): QueueSettings | undefined {
  const set = history.findLast(({ type }) => type === 'FlashSaleOpened' || type === 'FlashSaleQueueChanged');
  return (set!.data as { queue?: QueueSettings }).queue;
}

const MONEY = new Set([
  'total_price',
  'total_cost',
  'total_profit',
  'cost',
  'profit',
  'value',
  'amount',
  'rejected_cost',
  'conversion_cost',
  'capitalised',
  'expensed',
]);

function moneyIn(data: Record<string, unknown>, major: Major): Record<string, unknown> {
  const said: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(data)) {
    if (MONEY.has(field)) said[field] = major(value as Minor);
    else if (field === 'unit_price') said[field] = Number(value);
    else if (Array.isArray(value)) said[field] = value.map((line: Record<string, unknown>) => moneyIn(line, major));
    else said[field] = value;
  }
  return said;
}

function settlement(history: readonly RecordedEvent[], major: Major): Record<string, unknown> {
  const bill = billOf(history)!;
  return {
    payment_status: paymentStatus(bill),
    paid_amount: major(bill.paid),
    returned_amount: major(bill.returned),
    open_amount: major(openAmount(bill)),
    written_off_amount: major(bill.written_off),
    payments: bill.payments,
    returns: bill.returns,
    write_offs: bill.write_offs,
  };
}

/** Every status that documents of the kind can have. */
export function statusesOf(kind: DocumentKind): readonly string[] {
  if (kind === 'approval') return ['pending', 'approved', 'rejected', 'withdrawn', 'expired'];
  if (kind === 'reservation') return ['active', 'confirmed', 'released', 'expired'];
  if (kind === 'flash_sale') return ['open', 'closed'];
  if (kind === 'order') return ORDER_STATUSES;
  return ['confirmed', 'void'];
}

export function ending(
  history: readonly RecordedEvent[],
  number: string,
): { status: string; [field: string]: unknown } {
  if (history[0]!.type === 'FlashOrderPlaced') return orderEnding(history);
  for (const event of history.slice(1)) {
    const by = event.metadata.actor;
    const at = event.metadata.recorded_at;
    switch (event.type) {
      case 'DocumentVoided':
        if (event.data.number === number)
          return { status: 'void', voided_by: by, voided_at: at, void_reason: event.data.reason };
        break;
      case 'ApprovalGranted':
        return { status: 'approved', decided_by: by, decided_at: at, result_number: event.data.number };
      case 'ApprovalRejected':
        return { status: 'rejected', decided_by: by, decided_at: at, reject_reason: event.data.reason };
      case 'ApprovalWithdrawn':
        return { status: 'withdrawn', decided_by: by, decided_at: at };
      case 'ApprovalExpired':
        return { status: 'expired', decided_by: by, decided_at: at };
      case 'ReservationCheckedOut':
        return { status: 'confirmed', ended_at: at, result_number: event.data.number, released: event.data.released };
      case 'ReservationReleased':
        return { status: 'released', ended_at: at };
      case 'ReservationExpired':
        return { status: 'expired', ended_at: at };
      case 'FlashSaleClosed': {
        const { remaining: remaining_at_close, reason: close_reason } = event.data;
        return { status: 'closed', closed_by: by, closed_at: at, remaining_at_close, ...given({ close_reason }) };
      }
    }
  }
  return { status: BEGINNINGS[history[0]!.type] ?? 'confirmed' };
}
const BEGINNINGS: Partial<Record<RecordedEvent['type'], string>> = {
  ApprovalRequested: 'pending',
  StockReserved: 'active',
  FlashSaleOpened: 'open',
};

/** Each step adds to what the ones before said. */
function orderEnding(history: readonly RecordedEvent[]): { status: string; [field: string]: unknown } {
  const said: Record<string, unknown> = {};
  for (const { type, data, metadata } of history) {
    const at = metadata.recorded_at;
    switch (type) {
      case 'FlashOrderChargeStarted':
        said.charge_started_at = at;
        break;
      case 'FlashOrderConfirmed': {
        const { number: result_number, payment_number, charge_id } = data;
        Object.assign(said, { ended_at: at, result_number, payment_number, charge_id });
        break;
      }
      case 'FlashOrderReleased': {
        const { reason: release_reason, detail: release_detail } = data;
        Object.assign(said, { ended_at: at, release_reason, ...given({ release_detail }) });
        break;
      }
      case 'FlashOrderChargedLate':
        Object.assign(said, { charged_late_at: at, charge_id: data.charge_id });
        break;
      case 'FlashOrderRefunded':
        Object.assign(said, { refunded_at: at, refund_id: data.refund_id });
        break;
    }
  }
  return { status: orderStatus(history), ...said };
}

/** Without fields that have no value. */
function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
