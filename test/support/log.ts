import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { decode } from '../../libs/ledger/codec.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import { applyEvent, emptyState, type LedgerState } from '../../libs/ledger/state/state.js';

/** `applyEvent` throws where an invariant breaks. */
export async function readLedger(
  eventstore_url: string,
  ledger_id = 'main',
): Promise<{ events: RecordedEvent[]; state: LedgerState }> {
  const store = connectEventStore({ url: eventstore_url });
  try {
    const events: RecordedEvent[] = [];
    const state = emptyState();
    for await (const stored of store.read(`ledger-${ledger_id}`, 0)) {
      const event = decode(stored);
      events.push(event);
      applyEvent(state, event);
    }
    return { events, state };
  } finally {
    await store.close();
  }
}
