/** One event on its way into the read models, with what its ledger says of days and digits. */
import type { StoredEvent } from '../../libs/event-store/event-store.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';

export interface Fact {
  ledger: string;
  event: RecordedEvent;
  bytes: StoredEvent['bytes'];
  digits: number;
  time_zone: string;
  /** When it was recorded and when it happened, in milliseconds since 1970. */
  recorded_ms: number;
  effective_ms: number;
  /** The day that it happened on, in the ledger's time zone. */
  day: string;
  /** It happened earlier than it was recorded. */
  late: boolean;
}

/** An event that cannot be so. Its ledger's projection stops there; it is never skipped. */
export class PoisonEvent extends Error {
  override readonly name = 'PoisonEvent';
  readonly ledger: string;
  readonly position: number;
  constructor({ ledger, event }: { ledger: string; event: { position: number; type?: string } }, reason: string) {
    super(`event ${event.position}${event.type ? ` (${event.type})` : ''} of ledger ${ledger}: ${reason}`);
    this.ledger = ledger;
    this.position = event.position;
  }
}

/** A ledger goes on with a later event than its next one. */
export class MissingEvents extends PoisonEvent {
  constructor(
    ledger: string,
    position: number,
    /** The event that there is. */
    readonly until: number,
  ) {
    super({ ledger, event: { position } }, `it is missing, the log goes on with ${until}`);
  }
}
