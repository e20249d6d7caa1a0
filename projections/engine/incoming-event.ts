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
