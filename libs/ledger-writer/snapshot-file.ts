/** A ledger's snapshot as a file of this instance. Written beside and renamed, so that a kill leaves the old one or the new one. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventStore } from '../event-store/event-store.js';
import { restoreState, saveState } from '../ledger/snapshot.js';
import type { LedgerState } from '../ledger/state.js';

export interface SnapshotFile {
  /** undefined where there is none, it cannot be used, or the log is not the one that it was taken from. */
  load(store: EventStore, stream: string): Promise<LedgerState | undefined>;
  save(state: LedgerState): Promise<void>;
}

export function snapshotFile(folder: string, ledger_id: string): SnapshotFile {
  const path = join(folder, `${ledger_id}.json`);
  return {
    async load(store, stream) {
      const state = await readState(path);
      if (state === undefined || state.position < 0) return undefined;
      for await (const event of store.read(stream, state.position, { max: 1 })) {
        const { hash } = event.metadata as { hash?: string };
        return hash === state.head_hash ? state : undefined;
      }
      return undefined;
    },
    async save(state) {
      await mkdir(folder, { recursive: true });
      const text = saveState(state);
      await using file = await open(`${path}.new`, 'w');
      await file.writeFile(text);
      await file.sync();
      await rename(`${path}.new`, path);
    },
  };
}

/** A snapshot that cannot be read is a cache that is gone, nothing worse. */
async function readState(path: string): Promise<LedgerState | undefined> {
  try {
    return restoreState(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
