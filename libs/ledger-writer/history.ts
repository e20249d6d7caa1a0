import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredEvent } from '../event-store/event-store.js';
import { decode } from '../ledger/codec.js';
import { documentsNeeded } from '../ledger/commands.js';
import type { RecordedEvent } from '../ledger/events.js';
import { findKeys } from '../ledger/state/key-index.js';
import { applyEvent, documentPositions, type KeyRecord } from '../ledger/state/state.js';
import type { CommandGroup, Submission } from './batch.js';
import type { WriterContext } from './context.js';
import { eventLoader, type LoadEvent } from './event-loader.js';
import { DamagedLedger } from './halts.js';

export interface LedgerHistory {
  loadEvent: LoadEvent;
  /** @throws DamagedLedger where the log is another one, or has lost events for `behind_ms_max` */
  catchUp(): Promise<void>;
  /** Loads what the groups name, and when their stock counts were taken. */
  loadFor(groups: readonly CommandGroup[]): Promise<void>;
}

export interface HistoryOptions {
  behind_ms_max: number;
  assertSound(): Promise<void>;
  saw(created_ms: number): void;
  onProgress(): void;
}

const PROGRESS_EVENTS = 1000;
export const BEHIND_PAUSE_MS = 250;

export function ledgerHistory(
  context: WriterContext,
  { behind_ms_max, assertSound, saw, onProgress }: HistoryOptions,
): LedgerHistory {
  const { store, stream, closing } = context;
  const loadEvent = eventLoader(store, stream);

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

  async function loadDocuments(submissions: readonly Submission[]): Promise<void> {
    const { state } = context;
    const numbers = new Set(submissions.flatMap(({ command }) => documentsNeeded(command, state.requests)));
    const wanted = [...numbers].flatMap((number) => {
      const positions = state.documents.has(number) ? undefined : documentPositions(state, number);
      return positions === undefined ? [] : [{ number, positions }];
    });
    // Together: after a failure a late answer would overwrite what has been applied meanwhile.
    const loaded = await Promise.all(wanted.map(({ positions }) => Promise.all(positions.map(loadEvent))));
    for (const [index, { number }] of wanted.entries()) state.documents.set(number, loaded[index]!);
    await Promise.all(submissions.map(fillCountedAt));
  }
  async function fillCountedAt(submission: Submission): Promise<void> {
    const { command } = submission;
    if (command.type !== 'count_stock' || command.counted_at_position === undefined) return;
    const position = Math.min(command.counted_at_position, context.state.position);
    if (position < 0) return;
    const { recorded_at } = (await loadEvent(position)).metadata;
    submission.command = { ...command, counted_at: recorded_at };
  }

  /** The index knows hashes only: the event tells whose key it is. */
  async function loadKeys(submissions: readonly Submission[]): Promise<void> {
    const { state } = context;
    const found = submissions.flatMap(({ envelope: { idempotency_key: key, request_hash } }) =>
      request_hash === undefined || state.keys.has(key)
        ? []
        : findKeys(state.key_index, key).map((position) => ({ key, position })),
    );
    const records = await Promise.all(found.map(({ key, position }) => keyRecordAt(key, position)));
    for (const [index, { key }] of found.entries()) {
      const record = records[index];
      if (record !== undefined) state.keys.set(key, record);
    }
  }
  async function keyRecordAt(key: string, position: number): Promise<KeyRecord | undefined> {
    let record: KeyRecord | undefined;
    for (let next = position; next <= context.state.position; next += 1) {
      const { idempotency_key, request_hash = '' } = (await loadEvent(next)).metadata;
      if (idempotency_key !== key) break;
      record = { position, request_hash, count: next - position + 1 };
    }
    return record;
  }

  return {
    loadEvent,
    catchUp,
    async loadFor(groups) {
      const submissions = groups.flatMap((group) => group.submissions);
      await Promise.all([loadDocuments(submissions), loadKeys(submissions)]);
    },
  };
}

export async function documentHistory(
  { state }: WriterContext,
  load: LoadEvent,
  number: string,
  last: number,
): Promise<RecordedEvent[]> {
  const positions = documentPositions(state, number) ?? [];
  return Promise.all(positions.filter((position) => position <= last).map(load));
}
