import { documentsNeeded } from '../ledger/commands.js';
import type { RecordedEvent } from '../ledger/events.js';
import { findKeys } from '../ledger/state/key-index.js';
import { asRemembered, documentPositions, type KeyRecord } from '../ledger/state/state.js';
import type { CommandGroup, Submission } from './batch.js';
import type { WriterContext } from './context.js';
import { eventLoader, type LoadEvent } from './event-loader.js';

export interface HistoryLoader {
  loadEvent: LoadEvent;
  /** Loads what the groups name, and when their stock counts were taken. */
  loadFor(groups: readonly CommandGroup[]): Promise<void>;
}

export function historyLoader(context: WriterContext): HistoryLoader {
  const loadEvent = eventLoader(context.store, context.stream);

  async function loadDocuments(submissions: readonly Submission[]): Promise<void> {
    const { state } = context;
    const numbers = new Set(submissions.flatMap(({ command }) => documentsNeeded(command, state.requests)));
    const wanted = [...numbers].flatMap((number) => {
      const positions = state.documents.has(number) ? undefined : documentPositions(state, number);
      return positions === undefined ? [] : [{ number, positions }];
    });
    // Together: after a failure a late answer would overwrite what has been applied meanwhile.
    const loaded = await Promise.all(wanted.map(({ positions }) => Promise.all(positions.map(loadEvent))));
    for (const [index, { number }] of wanted.entries()) state.documents.set(number, loaded[index]!.map(asRemembered));
    await Promise.all(submissions.filter(({ command }) => command.type === 'count_stock').map(fillCountedAt));
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
