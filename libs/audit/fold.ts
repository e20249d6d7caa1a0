/** Drops what only deciding needs, so that a long history takes little memory. */
import { isDeepStrictEqual } from 'node:util';
import type { RecordedEvent } from '../ledger/events.js';
import { applyEvent, type LedgerState, previousPositions, trim } from '../ledger/state/state.js';

const FORGET_EVERY = 1000;
const DOCUMENTS_MAX = 1000;
const KEYS_MAX = 1000;

/** Mutates `state`. @throws where the rules do not allow the event */
export function foldNext(state: LedgerState, event: RecordedEvent): void {
  const { previous_positions } = event.metadata;
  if (previous_positions !== undefined && !isDeepStrictEqual(previous_positions, previousPositions(state, event)))
    throw new Error(`event ${event.position} says that its documents' events before stand elsewhere than they do`);
  applyEvent(state, event);
  if (state.position % FORGET_EVERY > 0) return;
  trim(state, DOCUMENTS_MAX, KEYS_MAX);
  state.movements.clear();
  state.links.clear();
}
