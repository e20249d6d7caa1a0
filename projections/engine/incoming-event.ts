import type { StoredEvent } from '../../libs/event-store/event-store.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';

export interface IncomingEvent {
  ledger: string;
  event: RecordedEvent;
  bytes: StoredEvent['bytes'];
  digits: number;
  time_zone: string;
  recorded_ms: number;
  effective_ms: number;
  /** In the ledger's time zone. */
  day: string;
  backdated: boolean;
}

/** Its ledger's projection halts there; no event is ever skipped. */
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

/** The log has a later one. */
export class MissingEvents extends PoisonEvent {
  constructor(
    ledger: string,
    position: number,
    readonly until: number,
  ) {
    super({ ledger, event: { position } }, `it is missing, the log goes on with ${until}`);
  }
}
