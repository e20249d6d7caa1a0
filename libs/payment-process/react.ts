/**
 * The payment of one order, as a pure function: react(payment, input, now) → what to do next. Whoever carries it out may do so twice, die in
 * between and begin again: gateways know a charge by its key, and the ledger a command by its own.
 */
import type { RecordedEvent } from '../ledger/events.js';
import type { OrderStatus } from '../ledger/order.js';
import type { GatewayAnswer } from './gateway.js';

export type Step =
  /** Waits for the ledger to say that a charge may begin. */
  | 'placed'
  /** The gateway is asked until it is known what became of the charge. */
  | 'charging'
  | 'confirming'
  | 'releasing'
  /** Released without a word from the gateway, which may still capture it. */
  | 'watching'
  /** Captured, though it was released. */
  | 'reporting_late_charge'
  | 'refunding'
  | 'recording_refund'
  | 'done';

export interface Payment {
  step: Step;
  /** Minor units. */
  amount: string;
  /** ISO 8601 UTC. Nothing is charged later. */
  pay_by: string;
  payment_reference?: string;
  /** Without a clear answer, in a row. */
  unclear: number;
  charge_id?: string;
  refund_id?: string;
}

export type Input =
  | { type: 'recorded'; event: RecordedEvent }
  /** To a call of ours, or as a call-back. */
  | { type: 'answered'; answer: GatewayAnswer }
  /** The ledger has decided against a command of ours, for good. */
  | { type: 'refused'; code: string }
  | { type: 'woken' };

export type Action =
  | { do: 'start' }
  | { do: 'charge' }
  | { do: 'query' }
  | { do: 'refund' }
  | { do: 'confirm'; charge_id: string }
  | { do: 'release'; reason: 'declined' | 'unpaid' | 'refused'; detail?: string }
  | { do: 'record_late_charge'; charge_id: string }
  | { do: 'record_refund'; refund_id: string }
  /** An input `woken` then. */
  | { do: 'wake'; at: string };

export interface Reaction {
  payment: Payment | undefined;
  actions: Action[];
}

const FIRST_PAUSE_MS = 500;
const PAUSE_MS_MAX = 60_000;
/** Of an order that was released without a word: after pauses that double, in all about a day. */
const WATCHES_MAX = 24;
const WATCH_PAUSE_MS_MAX = 2 * 3600 * 1000;

/** `payment`: undefined for an order that is not under way here. */
export function react(payment: Payment | undefined, input: Input, now: string): Reaction {
  switch (input.type) {
    case 'recorded':
      return recorded(payment, input.event, now);
    case 'answered':
      return payment === undefined ? ofUnknown(input.answer) : answered(payment, input.answer, now);
    case 'refused':
      return payment === undefined ? nothing(payment) : refused(payment, input.code, now);
    case 'woken':
      return payment === undefined ? nothing(payment) : { payment, actions: resume(payment, now) };
  }
}

/** What an order is waiting for, after a restart or a pause. */
export function resume(payment: Payment, now: string): Action[] {
  switch (payment.step) {
    case 'placed':
      return [{ do: 'start' }];
    case 'charging':
      return [payment.unclear === 0 && now < payment.pay_by ? { do: 'charge' } : { do: 'query' }];
    case 'confirming':
      return [{ do: 'confirm', charge_id: payment.charge_id! }];
    case 'watching':
      return [{ do: 'query' }];
    case 'reporting_late_charge':
      return [{ do: 'record_late_charge', charge_id: payment.charge_id! }];
    case 'refunding':
      return [{ do: 'refund' }];
    case 'recording_refund':
      return [{ do: 'record_refund', refund_id: payment.refund_id! }];
    // Its reason went with the command, whose sender repeats it until it is decided.
    case 'releasing':
    case 'done':
      return [];
  }
}

/** As the ledger tells of an order that has not ended, or that ended unpaid; undefined where nothing is left to do. */
export function paymentOf(
  status: OrderStatus,
  order: Pick<Payment, 'amount' | 'pay_by' | 'payment_reference'>,
  release_reason?: string,
): Payment | undefined {
  const at = (step: Step): Payment => ({ step, unclear: 0, ...order });
  switch (status) {
    case 'pending':
      return at('placed');
    case 'paying':
      return at('charging');
    case 'refund_due':
      return at('refunding');
    case 'released':
      return release_reason === 'unpaid' ? at('watching') : undefined;
    case 'confirmed':
    case 'refunded':
      return undefined;
  }
}

function nothing(payment: Payment | undefined): Reaction {
  return { payment, actions: [] };
}
function done(): Reaction {
  return { payment: undefined, actions: [] };
}
function go(payment: Payment, step: Step, action: Action, more: Partial<Payment> = {}): Reaction {
  return { payment: { ...payment, step, unclear: 0, ...more }, actions: [action] };
}

// ── Facts of the ledger ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function recorded(payment: Payment | undefined, event: RecordedEvent, now: string): Reaction {
  switch (event.type) {
    case 'FlashOrderPlaced': {
      const { total_price: amount, pay_by, payment_reference } = event.data;
      const reference = payment_reference === undefined ? {} : { payment_reference };
      return { payment: { step: 'placed', amount, pay_by, ...reference, unclear: 0 }, actions: [{ do: 'start' }] };
    }
    case 'FlashOrderChargeStarted': {
      if (payment?.step !== 'placed') return nothing(payment);
      // In time by the ledger's own clock.
      return go(payment, 'charging', { do: 'charge' });
    }
    case 'FlashOrderConfirmed':
      return done();
    case 'FlashOrderReleased': {
      if (payment === undefined) return done();
      if (payment.charge_id !== undefined)
        return go(payment, 'reporting_late_charge', { do: 'record_late_charge', charge_id: payment.charge_id });
      return event.data.reason === 'unpaid' ? watchAgain({ ...payment, step: 'watching', unclear: 0 }, now) : done();
    }
    case 'FlashOrderChargedLate': {
      const { amount, charge_id } = event.data;
      const known = payment ?? { step: 'refunding', amount, pay_by: now, unclear: 0 };
      return go(known, 'refunding', { do: 'refund' }, { charge_id });
    }
    case 'FlashOrderRefunded':
      return done();
    default:
      return nothing(payment);
  }
}

// ── Answers of the gateway ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Of an order that has ended: the ledger knows whether it was released, and refuses where it was paid. */
function ofUnknown(answer: GatewayAnswer): Reaction {
  if (answer.status !== 'captured') return done();
  return { payment: undefined, actions: [{ do: 'record_late_charge', charge_id: answer.charge_id }] };
}

function answered(payment: Payment, answer: GatewayAnswer, now: string): Reaction {
  switch (payment.step) {
    case 'charging':
      return ofCharge(payment, answer, now);
    case 'releasing':
      // Its release is on the way: it will be owed back.
      return answer.status === 'captured' ? nothing({ ...payment, charge_id: answer.charge_id }) : nothing(payment);
    case 'watching':
      if (answer.status === 'captured') {
        const { charge_id } = answer;
        return go(payment, 'reporting_late_charge', { do: 'record_late_charge', charge_id }, { charge_id });
      }
      return answer.status === 'declined' ? done() : watchAgain(payment, now);
    case 'refunding': {
      if (answer.status !== 'refunded') return again(payment, now);
      const { refund_id } = answer;
      return go(payment, 'recording_refund', { do: 'record_refund', refund_id }, { refund_id });
    }
    default:
      // Told before.
      return nothing(payment);
  }
}

function ofCharge(payment: Payment, answer: GatewayAnswer, now: string): Reaction {
  switch (answer.status) {
    case 'captured': {
      const { charge_id } = answer;
      return go(payment, 'confirming', { do: 'confirm', charge_id }, { charge_id });
    }
    case 'declined':
      return go(payment, 'releasing', { do: 'release', reason: 'declined', detail: answer.reason });
    case 'not_found':
      return now < payment.pay_by
        ? { payment, actions: [{ do: 'charge' }] }
        : go(payment, 'releasing', { do: 'release', reason: 'unpaid' });
    case 'refunded':
      // By hand, at the gateway.
      return go(payment, 'releasing', { do: 'release', reason: 'unpaid', detail: 'refunded at the gateway' });
    case 'processing':
    case 'unclear':
      return again(payment, now);
  }
}

function again(payment: Payment, now: string): Reaction {
  const unclear = payment.unclear + 1;
  const pause_ms = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(unclear - 1, 20), PAUSE_MS_MAX);
  return { payment: { ...payment, unclear }, actions: [wake(now, pause_ms)] };
}

function watchAgain(payment: Payment, now: string): Reaction {
  const unclear = payment.unclear + 1;
  if (unclear > WATCHES_MAX) return done();
  const pause_ms = Math.min(FIRST_PAUSE_MS * 2 ** unclear, WATCH_PAUSE_MS_MAX);
  return { payment: { ...payment, unclear }, actions: [wake(now, pause_ms)] };
}

function wake(now: string, pause_ms: number): Action {
  return { do: 'wake', at: new Date(Date.parse(now) + pause_ms).toISOString() };
}

// ── Refusals of the ledger ──────────────────────────────────────────────────────────────────────────────────────────────────────

function refused(payment: Payment, code: string, now: string): Reaction {
  switch (payment.step) {
    case 'confirming':
      // It is charged and cannot become a sale: it is released, and the money goes back.
      if (code === 'order_ended') return go(payment, 'reporting_late_charge', lateCharge(payment));
      return go(payment, 'releasing', { do: 'release', reason: 'refused', detail: code });
    case 'releasing':
      return payment.charge_id === undefined ? done() : go(payment, 'reporting_late_charge', lateCharge(payment));
    case 'recording_refund':
      // Refunded at the gateway, but the books have not the money for it yet.
      return code === 'insufficient_funds' ? again(payment, now) : done();
    case 'reporting_late_charge':
      // Anything else is a matter of time: the money is owed back.
      return code === 'order_ended' ? done() : again(payment, now);
    case 'placed':
      return done();
    default:
      return nothing(payment);
  }
}
function lateCharge({ charge_id }: Payment): Action {
  return { do: 'record_late_charge', charge_id: charge_id! };
}
