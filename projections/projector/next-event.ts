import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { calendarDay } from '../../libs/ledger/calendar.js';
import { decode, uuidOf } from '../../libs/ledger/codec.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import { instantMs } from '../engine/copy-rows.js';
import { type IncomingEvent } from '../engine/incoming-event.js';
import { MissingEvents, PoisonEvent } from '../engine/poison-event.js';
import { type IncomingSecurityEvent, readSecurityEvent } from '../read-models/security-events.js';
import type { LedgerRow } from './ledgers.js';

/** Checks the event against the one before it. @throws PoisonEvent, MissingEvents */
export function nextEvent(ledger: LedgerRow, stored: StoredEvent): IncomingEvent {
  const position = Number(ledger.position) + 1;
  const poison = (reason: string, at: { position: number; type?: string }) =>
    new PoisonEvent({ ledger: ledger.ledger, event: at }, reason);
  if (stored.revision !== position) throw new MissingEvents(ledger.ledger, position, stored.revision);
  let event: RecordedEvent;
  try {
    event = decode(stored);
  } catch (error) {
    throw poison((error as Error).message, { position });
  }
  if (!isLinked(stored, ledger.event_id))
    throw poison('it does not follow the one before by its hash: this system did not write it', event);
  const { recorded_at, effective_at } = event.metadata;
  if (effective_at > recorded_at) throw poison('it happened later than it was recorded', event);
  if (ledger.recorded_at && recorded_at < ledger.recorded_at)
    throw poison('it was recorded before the one ahead of it', event);
  if ((event.type === 'LedgerOpened') !== (position === 0))
    throw poison('a ledger is opened once, by its first event', event);
  if (event.type === 'LedgerOpened') {
    const { currency, digits, time_zone, approval_threshold } = event.data;
    Object.assign(ledger, { currency, digits, time_zone, approval_threshold: BigInt(approval_threshold) });
  }
  if (event.type === 'ApprovalThresholdChanged') ledger.approval_threshold = BigInt(event.data.new);
  Object.assign(ledger, { position, recorded_at, event_id: stored.id });
  const { digits, time_zone } = ledger;
  const backdated = effective_at < recorded_at;
  const recorded_ms = instantMs(recorded_at);
  return {
    ledger: ledger.ledger,
    event,
    bytes: stored.bytes,
    digits,
    time_zone,
    recorded_ms,
    effective_ms: backdated ? instantMs(effective_at) : recorded_ms,
    day: calendarDay(effective_at, time_zone),
    backdated,
  };
}

/** An id of version 8 is made of its event's hash, which the next event names. */
function isLinked({ id, metadata }: StoredEvent, previous_id: string | null): boolean {
  if (previous_id?.[14] !== '8') return true;
  const { hash, previous_hash } = metadata as { hash?: unknown; previous_hash?: unknown };
  return uuidOf(String(previous_hash)) === previous_id && uuidOf(String(hash)) === id;
}

/** Instances note them by their own clocks, so effective times have no order. */
export function nextSecurityEvent(ledger: LedgerRow, stored: StoredEvent): IncomingSecurityEvent {
  const position = Number(ledger.position) + 1;
  if (stored.revision !== position) throw new MissingEvents(ledger.ledger, position, stored.revision);
  let incoming: IncomingSecurityEvent;
  try {
    incoming = readSecurityEvent(stored);
  } catch (error) {
    throw new PoisonEvent({ ledger: ledger.ledger, event: { position } }, (error as Error).message);
  }
  // The log's clock may be set back, but nothing becomes known before what came earlier.
  const recorded_at = [incoming.recorded_at, ledger.recorded_at ?? ''].sort()[1]!;
  Object.assign(ledger, { position, recorded_at, event_id: stored.id });
  return { ...incoming, recorded_at };
}
