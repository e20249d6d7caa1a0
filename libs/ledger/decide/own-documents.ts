/** What the rules tell an actor who sees only their own documents: nothing of those of others, and no balance of an account. */
import { type Command, documentsNeeded, type Envelope, seesOnlyOwn } from '../commands.js';
import { madeBy } from '../document-kinds.js';
import type { RecordedEvent } from '../events.js';
import type { Refusal, RefusalCode } from '../refusals.js';
import type { LedgerState } from '../state/state.js';

/** The state as the actor of the command knows it: of the documents that it names, those of others are not there. */
export function visibleState({ actor, role }: Envelope, state: LedgerState, command: Command): LedgerState {
  const hidden = seesOnlyOwn(role) ? documentsOfOthers(state, command, actor) : [];
  if (hidden.length === 0) return state;
  // Only those that a decision reads: thousands may be in memory.
  const needed = documentsNeeded(command, state.requests).filter((number) => !hidden.includes(number));
  const documents = new Map(needed.flatMap((number) => entriesOf(state, number)));
  return { ...state, documents };
}

function entriesOf({ documents }: LedgerState, number: string): [string, RecordedEvent[]][] {
  const history = documents.get(number);
  return history === undefined ? [] : [[number, history]];
}

/** Numbers of the documents that the command names and others made. They must be loaded. */
export function documentsOfOthers(state: LedgerState, command: Command, actor: string): string[] {
  return documentsNeeded(command, state.requests).filter((number) => {
    const first = state.documents.get(number)?.[0];
    return first !== undefined && madeBy(first) !== actor;
  });
}

/** Details about what is not the actor's own: balances of accounts, counts of others. */
const HIDDEN_DETAILS: Partial<Record<RefusalCode, readonly string[]>> = {
  insufficient_funds: ['available', 'shortage', 'at'],
  counted_since: ['number', 'difference'],
  exceeds_customer_limit: ['taken'],
};

/** A refusal without what the actor may not know. */
export function withoutHiddenDetails({ role }: Envelope, refusal: Refusal): Refusal {
  const hidden = seesOnlyOwn(role) ? HIDDEN_DETAILS[refusal.code] : undefined;
  if (hidden === undefined) return refusal;
  const shown = Object.entries(refusal.details).filter(([name]) => !hidden.includes(name));
  return { ...refusal, details: Object.fromEntries(shown) };
}
