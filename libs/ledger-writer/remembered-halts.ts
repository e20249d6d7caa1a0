/** Halts that reading again would not find, such as missing events, remembered in the log until `cli resume`. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStore, EventStoreUnavailable, type NewEvent } from '../event-store/event-store.js';
import { haltStream } from '../event-store/streams.js';

export interface Halt {
  /** −1: none. */
  position: number;
  reason: string;
}

/** Damage, another program's events, or a bug. */
export class DamagedLedger extends Error {
  constructor(
    message: string,
    /** Every start finds it again; otherwise the halt must be remembered. */
    readonly found_again: boolean,
  ) {
    super(message);
  }
}

export async function rememberedHalt(store: EventStore, ledger_id: string): Promise<Halt | undefined> {
  return (await lastOf(store, ledger_id)).halt;
}
/** No-op where already halted. @throws EventStoreUnavailable where the log may not have it */
export async function rememberHalt(store: EventStore, ledger_id: string, halt: Halt): Promise<void> {
  await change(store, ledger_id, (known) => (known === undefined ? { type: 'LedgerHalted', data: halt } : undefined));
}
/** @returns the halt that this ended. @throws as `rememberHalt` */
export function resumeLedger(
  store: EventStore,
  ledger_id: string,
  { actor, reason }: { actor: string; reason: string },
): Promise<Halt | undefined> {
  return change(store, ledger_id, (known) =>
    known === undefined ? undefined : { type: 'LedgerResumed', data: { actor, reason, halt: known } },
  );
}

const TRIES_MAX = 5;
const PAUSE_MS = 200;

async function change(
  store: EventStore,
  ledger_id: string,
  decide: (known: Halt | undefined) => Pick<NewEvent, 'type' | 'data'> | undefined,
): Promise<Halt | undefined> {
  const id = randomUUID();
  for (let tries = 1; ; tries += 1) {
    const { revision, halt, id: last_id, before } = await lastOf(store, ledger_id);
    if (last_id === id) return before;
    const event = decide(halt);
    if (event === undefined) return halt;
    const metadata = { recorded_at: new Date().toISOString() };
    const result = await store.append(haltStream(ledger_id), revision, [{ id, ...event, metadata }]);
    if (result.outcome === 'appended') return halt;
    if (result.outcome === 'rejected') throw new EventStoreUnavailable(`the log refused: ${result.reason}`);
    if (tries === TRIES_MAX) throw new EventStoreUnavailable(`${haltStream(ledger_id)} could not be written`);
    await sleep(PAUSE_MS * tries);
  }
}

async function lastOf(store: EventStore, ledger_id: string) {
  for await (const { id, type, revision, data } of store.readBackwards(haltStream(ledger_id), { max: 1 })) {
    const halted = type === 'LedgerHalted';
    return {
      id,
      revision,
      halt: halted ? (data as Halt) : undefined,
      before: halted ? undefined : (data as { halt: Halt }).halt,
    };
  }
  return { id: undefined, revision: -1, halt: undefined, before: undefined };
}
