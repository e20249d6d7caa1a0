/**
 * An API instance learns here of the events that other instances have appended to its ledger: after an append that lost a race, before refusals alone
 * are answered (one-batch.ts), and every two seconds where another one is the home (writer.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredEvent } from '../event-store/event-store.js';
import { decode } from '../ledger/codec.js';
import { applyEvent } from '../ledger/state/state.js';
import type { WriterContext } from './context.js';
import { DamagedLedger } from './remembered-halts.js';

export interface CatchUpOptions {
  behind_ms_max: number;
  assertSound(): Promise<void>;
  observe(created_ms: number): void;
  onProgress(): void;
}

const PROGRESS_EVENTS = 1000;
export const BEHIND_PAUSE_MS = 250;

/**
 * Applies to the state what was appended since; at a start that is the whole ledger, or what came after its snapshot.
 * @throws DamagedLedger where the log is another one, or has lost events for `behind_ms_max`
 */
export function catchUpWith(
  context: WriterContext,
  { behind_ms_max, assertSound, observe: saw, onProgress }: CatchUpOptions,
): () => Promise<void> {
  const { store, stream, closing } = context;

  async function catchUp(): Promise<void> {
    const since_ms = performance.now();
    while (!(await applyNew())) {
      await assertSound();
      const { position } = context.state;
      if (performance.now() - since_ms > behind_ms_max)
        throw new DamagedLedger(`${stream} ends before position ${position}, which was read from it`, false);
      await sleep(BEHIND_PAUSE_MS, undefined, { signal: closing });
    }
  }
  /** The last known event is read again, to see that the log is the same. False: the log ends before it. */
  async function applyNew(): Promise<boolean> {
    const from = Math.max(context.state.position, 0);
    let is_known = context.state.position < 0;
    for await (const event of store.read(stream, from)) {
      if (is_known) apply(event);
      else assertSame(event);
      is_known = true;
      saw(event.created_ms);
      if (event.revision > from && event.revision % PROGRESS_EVENTS === 0) onProgress();
    }
    return is_known;
  }
  function assertSame({ revision, metadata }: StoredEvent): void {
    const { position, head_hash } = context.state;
    if (revision !== position || (metadata as { hash?: unknown } | null)?.hash !== head_hash)
      throw new DamagedLedger(`${stream}: another event than before stands at position ${position}`, false);
  }
  function apply(event: StoredEvent): void {
    const { state } = context;
    try {
      if (event.revision !== state.position + 1)
        throw new Error(`position ${event.revision} follows ${state.position}`);
      const decoded = decode(event);
      const { hash, previous_hash } = decoded.metadata;
      if (hash === undefined || previous_hash !== state.head_hash)
        throw new Error(`the event at position ${event.revision} is not linked to the one before it`);
      applyEvent(state, decoded);
    } catch (error) {
      throw new DamagedLedger(`${stream}: ${(error as Error).message}`, true);
    }
  }

  return catchUp;
}
