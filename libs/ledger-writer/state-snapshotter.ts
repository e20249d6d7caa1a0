/** So that a start need not read all of the log. Commands go on meanwhile. */
import { emptyState } from '../ledger/state/state.js';
import type { WriterContext } from './context.js';
import type { StateSnapshotFile } from './state-snapshot-file.js';

export interface StateSnapshotter {
  /** The last snapshot, or empty. @returns its position. @throws as reads do */
  restore(): Promise<number>;
  saveSometimes(): void;
  close(is_sound: boolean): Promise<void>;
}

/** `every`: events, and at least a hundredth of all, which bounds what is written to 4 KB an event. */
export function stateSnapshotter(
  context: WriterContext,
  file: StateSnapshotFile | undefined,
  every: number,
): StateSnapshotter {
  let saved_at = -1;
  let saving: Promise<void> | undefined;

  async function save(): Promise<void> {
    const { position } = context.state;
    if (file === undefined || position === saved_at) return;
    try {
      await file.save(context.state);
      saved_at = position;
    } catch (error) {
      context.log(`no snapshot (${(error as Error).message}); the next start reads more of the log`);
    }
  }
  return {
    async restore() {
      context.state = (await file?.load(context.store, context.stream)) ?? emptyState();
      saved_at = context.state.position;
      return saved_at;
    },
    saveSometimes() {
      const { position } = context.state;
      if (saving === undefined && position - saved_at >= Math.max(every, position / 100))
        saving = save().finally(() => {
          saving = undefined;
        });
    },
    async close(is_sound) {
      await saving;
      if (is_sound) await save();
    },
  };
}
