/** Pieces set aside for a limited time. Time decides, not a timer: what has run out is ended before anything else is decided. */
import type { CheckOutReservation, ReleaseReservation, ReserveStock } from '../commands.js';
import type { LedgerFact, LifecycleEvent, QuantityLine, RecordedEvent } from '../events.js';
import { invalid, type Refusal, refuse } from '../refusals.js';
import { dueReservations, type LedgerState } from '../state.js';
import { numberOf } from './approvals.js';
import {
  type Context,
  type Dated,
  type Decision,
  demandOf,
  given,
  inStock,
  isRefusal,
  type Reference,
  recorded,
  references,
  refused,
  usable,
} from './guards.js';
import { nextNumber } from './numbers.js';
import { holdsOf, released } from './shelf.js';
import { DEFAULT_LOCATION, recordSale } from './stock-facts.js';

type Reserved = Extract<LifecycleEvent, { type: 'StockReserved' }> & RecordedEvent;

/** All lines or none. */
export function reserveStock(context: Context, command: ReserveStock): Decision {
  const { recorded_at } = context;
  const { customer_id, location_id = DEFAULT_LOCATION, line_items, ttl_seconds } = command;
  const customer: Reference[] = customer_id === undefined ? [] : [['customer', customer_id]];
  const refusal =
    usable(context, [...customer, ['location', location_id], ...references('item', line_items)]) ??
    inStock(context, demandOf(line_items, location_id));
  if (refusal) return refused(refusal);
  return recorded(recorded_at, {
    type: 'StockReserved',
    data: {
      reservation_id: nextNumber(context, 'RV'),
      ...given('customer_id', customer_id),
      location_id,
      line_items: line_items.map(({ item_id, quantity }) => ({ item_id, quantity })),
      expires_at: new Date(Date.parse(recorded_at) + ttl_seconds * 1000).toISOString(),
      holds: holdsOf(line_items, location_id),
    },
  });
}

function active({ state, recorded_at }: Context, reservation_id: string): Reserved | Refusal {
  const history = state.documents.get(reservation_id);
  const first = history?.[0];
  if (first?.type !== 'StockReserved') return refuse('unknown_reservation', { reservation_id });
  const end = history!.at(-1)!;
  const { expires_at } = first.data;
  if (end.type === 'ReservationCheckedOut')
    return refuse('reservation_ended', { reservation_id, status: 'confirmed', number: end.data.number });
  if (end.type === 'ReservationReleased') return refuse('reservation_ended', { reservation_id, status: 'released' });
  if (end.type === 'ReservationExpired' || expires_at <= recorded_at)
    return refuse('reservation_expired', { reservation_id, expires_at });
  return first;
}

/** The reservation becomes a sale, once; what is not taken is free again. Above the threshold the sale waits for approval like any other. */
export function checkOut(context: Context, command: CheckOutReservation): Decision {
  const reservation = active(context, command.reservation_id);
  if (isRefusal(reservation)) return refused(reservation);
  const { reservation_id, location_id, line_items: reserved, holds = [] } = reservation.data;
  const customer_id = command.customer_id ?? reservation.data.customer_id;
  if (customer_id === undefined)
    return refused(invalid('customer_id', 'must be given, for the reservation names none'));
  const left = new Map<string, number>();
  for (const { item_id, quantity } of reserved) left.set(item_id, (left.get(item_id) ?? 0) + quantity);
  const line_items: (QuantityLine & { unit_price: string })[] = [];
  for (const { item_id, quantity, unit_price } of command.line_items) {
    const available = left.get(item_id) ?? 0;
    const taken = quantity ?? available;
    if (taken > available || taken === 0)
      return refused(refuse('exceeds_reservation', { reservation_id, item_id, reserved: available, requested: taken }));
    left.set(item_id, available - taken);
    line_items.push({ item_id, quantity: taken, unit_price });
  }
  const sale = {
    type: 'record_sale' as const,
    customer_id,
    location_id,
    line_items,
    ...given('due_date', command.due_date),
    ...given('notes', command.notes),
  };
  const decision = recordSale(context, sale, { reservation_id, own: demandOf(reserved, location_id) });
  if ('refusal' in decision) return decision;
  const [{ fact, effective_at }] = decision.facts as [Dated];
  const rest = [...left].filter(([, quantity]) => quantity > 0).map(([item_id, quantity]) => ({ item_id, quantity }));
  const checked_out: LedgerFact = {
    type: 'ReservationCheckedOut',
    data: { reservation_id, number: numberOf(fact), released: rest, holds: released(holds) },
  };
  return recorded(effective_at, checked_out, fact);
}

export function releaseReservation(context: Context, { reservation_id }: ReleaseReservation): Decision {
  const reservation = active(context, reservation_id);
  if (isRefusal(reservation)) return refused(reservation);
  return recorded(context.recorded_at, {
    type: 'ReservationReleased',
    data: { reservation_id, holds: released(reservation.data.holds ?? []) },
  });
}

/** The facts that end what has run out at `now`, at most `max` of them. They come before every other decision of that moment. */
export function expireReservations(state: LedgerState, now: string, max: number): LedgerFact[] {
  return dueReservations(state, now, max).map((reservation_id) => ({
    type: 'ReservationExpired',
    data: { reservation_id, holds: released(state.reservations.get(reservation_id)!.holds) },
  }));
}
