/** Each call reads only what came since the last. */
import type { EventStore } from '../event-store/event-store.js';
import { ledgerStream } from '../event-store/streams.js';
import { checkChain } from './chain.js';
import { assertWhole, readChained, type SignedCheckpoints, Tampered } from './signed-checkpoint.js';

/** @returns one sentence; undefined: all well. @throws as reads do */
export type LookAtLog = (events_max: number) => Promise<string | undefined>;

export function watchLog(store: EventStore, ledger_id: string, checkpoints: SignedCheckpoints): LookAtLog {
  let chain = checkChain();
  let next = 0;
  return async (events_max) => {
    try {
      await assertWhole(store, ledgerStream(ledger_id));
      const signed = (await checkpoints.latest())?.checkpoint;
      if (signed !== undefined && signed.size > next && chain.findings().length === 0) {
        chain = checkChain({ position: signed.head_position, hash: signed.head_hash });
        next = signed.size;
      }
      for await (const event of readChained(store, ledger_id, next, { max: events_max })) {
        chain.next(event);
        next = event.position + 1;
      }
    } catch (error) {
      if (error instanceof Tampered) return error.message;
      throw error;
    }
    const [finding] = chain.findings();
    return finding && `Position ${finding.position} of ledger ${ledger_id}: ${finding.detail}`;
  };
}
