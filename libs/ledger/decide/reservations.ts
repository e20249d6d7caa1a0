/**
 * Pieces reserved for a limited time. Before anything is decided, expired reservations are ended (`decideExpiries` in decide.ts), so the rules need no
 * timer; the writer has one, so that pieces come back while nobody asks.
 */
import type { CheckOutReservation, PricedLine, ReleaseReservation, ReserveStock } from '../commands.js';
import type { EventBody, LifecycleEvent, QuantityLine, RecordedEvent } from '../events.js';
import { invalid, type Refusal, refuse } from '../refusals.js';
import type { LedgerState } from '../state/state.js';
import { priceLines } from './amounts.js';
import { fourEyes } from './approval-rule.js';
import { numberOf } from './approvals.js';
import { active, known, type Reference, references, usable } from './checks.js';
import { type Context, type DatedEvent, type Decision, given, isRefusal, recorded, refused } from './context.js';
import { nextNumber } from './next-number.js';
import { demandOf, inStock } from './stock-check.js';
import { holdsOf, released } from './stock-draft.js';
import { DEFAULT_LOCATION, recordSale } from './stock-postings.js';

type Reserved = Extract<LifecycleEvent, { type: 'StockReserved' }> & RecordedEvent;

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
      reservation_id: nextNumber(context, 'reservation'),
      ...given('customer_id', customer_id),
      location_id,
      line_items: line_items.map(({ item_id, quantity }) => ({ item_id, quantity })),
      expires_at: new Date(Date.parse(recorded_at) + ttl_seconds * 1000).toISOString(),
      holds: holdsOf(line_items, location_id),
    },
  });
}

function reservationOf({ state }: Context, reservation_id: string): Reserved | Refusal {
  const first = state.documents.get(reservation_id)?.[0];
  return first?.type === 'StockReserved' ? first : refuse('unknown_reservation', { reservation_id });
}

/** It has expired by time, even where no event says so. */
function hasEnded({ state, recorded_at }: Context, { data }: Reserved): Refusal | undefined {
  const { reservation_id, expires_at } = data;
  const last = state.documents.get(reservation_id)!.at(-1)!;
  if (last.type === 'ReservationCheckedOut')
    return refuse('reservation_ended', { reservation_id, reservation_status: 'confirmed', number: last.data.number });
  if (last.type === 'ReservationReleased')
    return refuse('reservation_ended', { reservation_id, reservation_status: 'released' });
  return expires_at <= recorded_at ? refuse('reservation_expired', { reservation_id, expires_at }) : undefined;
}

/**
 * The reservation becomes a sale, once; pieces not taken are released. Above the threshold the sale waits
 * for approval: the reservation ends then, too, and what is approved or rejected is the sale.
 */
export function checkOut(context: Context, command: CheckOutReservation): Decision {
  const { reservation_id } = command;
  const refs = references('item', command.line_items);
  if (command.customer_id !== undefined) refs.push(['customer', command.customer_id]);
  const prices = priceLines(
    context,
    command.line_items.map(({ unit_price }) => ({ quantity: 0, unit_price })),
  );
  const early = isRefusal(prices) ? prices : known(context, refs);
  if (early) return refused(early);
  const reservation = reservationOf(context, reservation_id);
  if (isRefusal(reservation)) return refused(reservation);
  const { location_id, line_items: reserved, holds = [] } = reservation.data;
  const customer_id = command.customer_id ?? reservation.data.customer_id;
  if (customer_id === undefined)
    return refused(invalid('customer_id', 'must be given, for the reservation names none'));
  const late =
    active(context, [...refs, ['customer', customer_id], ['location', location_id]]) ?? hasEnded(context, reservation);
  if (late) return refused(late);
  const taken = takenOf(reservation, command.line_items);
  if (isRefusal(taken)) return refused(taken);
  const sale = {
    type: 'record_sale' as const,
    customer_id,
    location_id,
    line_items: taken.line_items,
    ...given('due_date', command.due_date),
    ...given('notes', command.notes),
  };
  const with_reservation = { ...context, basis: { reservation_id, own: demandOf(reserved, location_id) } };
  const decision = fourEyes(with_reservation, sale, recordSale(with_reservation, sale));
  if ('refusal' in decision) return decision;
  const [{ body, effective_at }] = decision.events as [DatedEvent];
  const checked_out: EventBody = {
    type: 'ReservationCheckedOut',
    data: { reservation_id, number: numberOf(body), released: taken.rest, holds: released(holds) },
  };
  return recorded(effective_at, checked_out, body);
}

/** Splits the reserved pieces into sold and released. A line without a quantity takes all that is left of its item. */
function takenOf(
  { data }: Reserved,
  wanted: CheckOutReservation['line_items'],
): { line_items: PricedLine[]; rest: QuantityLine[] } | Refusal {
  const { reservation_id } = data;
  const left = new Map<string, number>();
  for (const { item_id, quantity } of data.line_items) left.set(item_id, (left.get(item_id) ?? 0) + quantity);
  const line_items: PricedLine[] = [];
  for (const { item_id, quantity, unit_price } of wanted) {
    const reserved = left.get(item_id) ?? 0;
    const requested = quantity ?? reserved;
    if (requested > reserved || requested === 0)
      return refuse('exceeds_reservation', { reservation_id, item_id, reserved, requested });
    left.set(item_id, reserved - requested);
    line_items.push({ item_id, quantity: requested, unit_price });
  }
  const rest = [...left].filter(([, quantity]) => quantity > 0).map(([item_id, quantity]) => ({ item_id, quantity }));
  return { line_items, rest };
}

export function releaseReservation(context: Context, { reservation_id }: ReleaseReservation): Decision {
  const reservation = reservationOf(context, reservation_id);
  if (isRefusal(reservation)) return refused(reservation);
  const refusal = hasEnded(context, reservation);
  if (refusal) return refused(refusal);
  return recorded(context.recorded_at, {
    type: 'ReservationReleased',
    data: { reservation_id, holds: released(reservation.data.holds ?? []) },
  });
}

export function expireReservation(state: LedgerState, reservation_id: string): EventBody {
  const { holds } = state.reservations.get(reservation_id)!;
  return { type: 'ReservationExpired', data: { reservation_id, holds: released(holds) } };
}
