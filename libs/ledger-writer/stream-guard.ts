/** A server takes a new ledger's first event into a deleted stream, which would make the damage final. */
import type { EventStore } from '../event-store/event-store.js';
import { findDamage } from '../event-store/stream-damage.js';
import { checkpointStream, ledgerStream } from '../event-store/streams.js';
import type { StateSnapshotFile } from './state-snapshot-file.js';

export interface Guarded {
  store: EventStore;
  ledger_id: string;
  snapshots: StateSnapshotFile | undefined;
  is_known: ((ledger_id: string) => Promise<boolean>) | undefined;
}

/** A sentence without its end; undefined: all well. @throws as reads and `is_known` do */
export async function reasonToHalt({ store, ledger_id, snapshots, is_known }: Guarded): Promise<string | undefined> {
  const stream = ledgerStream(ledger_id);
  const damage = await findDamage(store, stream);
  if (damage !== undefined) return damage.reason;
  if (await hasEvents(store, stream)) return undefined;
  const checkpoints = checkpointStream(ledger_id);
  const signed = (await findDamage(store, checkpoints)) !== undefined || (await hasEvents(store, checkpoints));
  const witness = signed
    ? 'its checkpoints are there'
    : (await snapshots?.exists())
      ? 'a snapshot of it is in the data folder'
      : (await is_known?.(ledger_id))
        ? 'the read models know it'
        : undefined;
  return (
    witness && `the log has no event of ledger ${ledger_id}, but ${witness}: restore the log, it is not begun anew`
  );
}

async function hasEvents(store: EventStore, stream: string): Promise<boolean> {
  for await (const _ of store.read(stream, 0, { max: 1 })) return true;
  return false;
}
