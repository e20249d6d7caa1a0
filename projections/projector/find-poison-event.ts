/**
 * Finds the poison event in a batch that cannot be written. `saveLedgers` (ledgers.ts) then halts the projection of its ledger: no row of it or of a
 * later event is written until `resumeHalted` (resume.ts). Other ledgers go on, and this one goes on taking commands: halts of the writer are libs/ledger-writer/ledger-halt.ts.
 */
import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { bookOf } from '../../libs/event-store/streams.js';
import { PoisonEvent } from '../engine/poison-event.js';
import { ReadModelsWentBack, TablesReplaced } from './batch.js';

/** The first poison event of each ledger. */
export type PoisonEvents = ReadonlyMap<string, PoisonEvent>;

const TRIES_MAX = 3;

/** Finds the poison events of a batch that fails again and again. */
export function poisonFinder() {
  const found = new Map<string, PoisonEvent>();
  let tries = 1;
  return {
    found: found as PoisonEvents,
    /** To try again without what was found, or with fewer events. @throws `error` where no event is to blame */
    after(error: unknown, events: readonly StoredEvent[]): 'try again' | 'try halves' {
      if (error instanceof PoisonEvent) {
        if ((found.get(error.ledger)?.position ?? Number.POSITIVE_INFINITY) <= error.position) throw error;
        found.set(error.ledger, error);
      } else if (!isAboutData(error)) throw error;
      else if (events.length > 1) return 'try halves';
      // Only after several failures with a database that answers in between.
      else if (tries < TRIES_MAX) tries += 1;
      else found.set(...poisoned(events[0]!, error));
      return 'try again';
    },
  };
}

function poisoned({ stream, revision, type }: StoredEvent, error: unknown): [string, PoisonEvent] {
  const ledger = bookOf(stream);
  const reason = error instanceof Error ? error.message : String(error);
  return [ledger, new PoisonEvent({ ledger, event: { position: revision, type } }, reason)];
}

/** SQLSTATE classes about values, not the server: the event fails the same way again. */
const DATA_CLASSES = new Set(['21', '22', '23', '54']);

function isAboutData(error: unknown): boolean {
  if (error instanceof TablesReplaced || error instanceof ReadModelsWentBack) return false;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return code.length === 5 && DATA_CLASSES.has(code.slice(0, 2));
  return error instanceof Error && !/connect|terminat|timeout|not queryable/i.test(error.message);
}
