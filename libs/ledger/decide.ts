/**
 * decide(state, command, envelope) → events, an earlier answer, or a refusal. Pure: time, actor and key come with the envelope. The
 * documents that the command names (`documentsNeeded`) must be loaded.
 */
import { isDay, momentOfDay } from './calendar.js';
import type { Command, Envelope, OpenLedger } from './commands.js';
import { fourEyes } from './decide/approval-rule.js';
import { approve, changeThreshold, expireRequest, reject, withdraw } from './decide/approvals.js';
import type { Context, DatedEvent, Decision } from './decide/context.js';
import {
  cancelOrder,
  changeQueue,
  closeFlashSale,
  confirmOrder,
  endFlashSale,
  expireOrder,
  liftQueue,
  openFlashSale,
  placeOrder,
  recordLateCharge,
  recordRefund,
  releaseOrder,
  startCharge,
} from './decide/flash-sales.js';
import { change, openLedger, register } from './decide/master-data.js';
import { visibleState, withoutHiddenDetails } from './decide/own-documents.js';
import { closePeriod, reopenPeriod } from './decide/periods.js';
import { isPosting, post } from './decide/post.js';
import { checkOut, expireReservation, releaseReservation, reserveStock } from './decide/reservations.js';
import type { EventBody, LedgerEvent, Metadata } from './events.js';
import { type Refusal, refuse } from './refusals.js';
import { dueAt, type LedgerConfig, type LedgerState } from './state/state.js';

export type Decided =
  | { outcome: 'decided'; events: LedgerEvent[] }
  /** The same request with this key was recorded before; its events start at `position`. */
  | { outcome: 'replayed'; position: number; count: number }
  | { outcome: 'refused'; refusal: Refusal };

/** Never before the ledger's last event. */
export function ledgerTime(state: LedgerState, now: string): string {
  return now > state.recorded_at ? now : state.recorded_at;
}

export function decide(state: LedgerState, command: Command, envelope: Envelope): Decided {
  const { idempotency_key, request_hash, actor, trace } = envelope;
  const known = request_hash === undefined ? undefined : state.keys.get(idempotency_key);
  if (known !== undefined) {
    if (known.request_hash === request_hash)
      return { outcome: 'replayed', position: known.position, count: known.count };
    return { outcome: 'refused', refusal: refuse('idempotency_key_reused', { idempotency_key }) };
  }
  const recorded_at = ledgerTime(state, envelope.now);
  const decision = decideCommand(visibleState(envelope, state, command), command, envelope, recorded_at);
  if ('refusal' in decision) return { outcome: 'refused', refusal: withoutHiddenDetails(envelope, decision.refusal) };
  const last = decision.events.length - 1;
  const events = decision.events.map(({ body, effective_at }: DatedEvent, n): LedgerEvent => {
    const metadata: Metadata = { actor, recorded_at, effective_at, idempotency_key };
    if (request_hash !== undefined) metadata.request_hash = request_hash;
    if (n < last) metadata.remaining = last - n;
    if (trace !== undefined) Object.assign(metadata, { $correlationId: trace.trace_id, $causationId: trace.span_id });
    return { ...body, metadata };
  });
  return { outcome: 'decided', events };
}

/**
 * Events that end what has expired, at most `max`; to be recorded before anything else is decided at `now`. Each is decided when it is asked for,
 * on the state after the one before: an order that expires with its flash sale gives its pieces back first, or not to the sale.
 */
export function* decideExpiries(state: LedgerState, now: string, max: number): Generator<LedgerEvent, void> {
  const recorded_at = ledgerTime(state, now);
  for (const id of dueAt(state, recorded_at, max)) {
    const metadata = { actor: 'system', recorded_at, effective_at: recorded_at, idempotency_key: `expire:${id}` };
    yield { ...expire(state, id), metadata };
  }
}

function expire(state: LedgerState, id: string): EventBody {
  if (state.reservations.has(id)) return expireReservation(state, id);
  if (state.requests.has(id)) return expireRequest(state, id);
  return state.orders.has(id) ? expireOrder(state, id) : endFlashSale(state, id);
}

function decideCommand(state: LedgerState, command: Command, envelope: Envelope, recorded_at: string): Decision {
  const { config } = state;
  if (command.type === 'open_ledger')
    return config === undefined
      ? openLedger(recorded_at, command)
      : { refusal: refuse('ledger_exists', { ledger_id: command.ledger_id }) };
  if (config === undefined) return { refusal: refuse('unknown_ledger') };
  const context: Context = { state, config, envelope, recorded_at, basis: {} };
  return decideDated(context, dated(command, config, recorded_at));
}

/** A bare day becomes an instant in the ledger's time zone. */
function dated<C extends Command>(command: C, { time_zone }: LedgerConfig, recorded_at: string): C {
  if (!('effective_at' in command) || !isDay(command.effective_at)) return command;
  return { ...command, effective_at: momentOfDay(command.effective_at, time_zone, recorded_at) };
}

function decideDated(context: Context, command: Exclude<Command, OpenLedger>): Decision {
  if (isPosting(command)) return fourEyes(context, command, post(context, command));
  switch (command.type) {
    case 'register':
      return register(context, command);
    case 'change':
      return change(context, command);
    case 'approve':
      return approve(context, command);
    case 'reject':
      return reject(context, command);
    case 'withdraw':
      return withdraw(context, command);
    case 'change_threshold':
      return changeThreshold(context, command);
    case 'reserve_stock':
      return reserveStock(context, command);
    case 'check_out':
      return checkOut(context, command);
    case 'release_reservation':
      return releaseReservation(context, command);
    case 'open_flash_sale':
      return openFlashSale(context, command);
    case 'close_flash_sale':
      return closeFlashSale(context, command);
    case 'change_queue':
      return changeQueue(context, command);
    case 'lift_queue':
      return liftQueue(context, command);
    case 'place_order':
      return placeOrder(context, command);
    case 'cancel_order':
      return cancelOrder(context, command);
    case 'start_charge':
      return startCharge(context, command);
    case 'confirm_order':
      return confirmOrder(context, command);
    case 'release_order':
      return releaseOrder(context, command);
    case 'record_late_charge':
      return recordLateCharge(context, command);
    case 'record_refund':
      return recordRefund(context, command);
    case 'close_period':
      return closePeriod(context, command);
    case 'reopen_period':
      return reopenPeriod(context, command);
    default:
      return command satisfies never;
  }
}
