/** What the rules tell an actor who sees only their own documents: nothing of those of others, and no balance of an account. */
import { type Command, documentsNeeded, type Envelope, seesOnlyOwn } from '../commands.js';
import { madeBy } from '../document-kinds.js';
import type { Refusal, RefusalCode } from '../refusals.js';
import type { LedgerState } from '../state/state.js';

/** The state as the actor of the command knows it: a document of another user that it names is not there. */
export function asKnownTo({ actor, role }: Envelope, state: LedgerState, command: Command): LedgerState {
  const hidden = seesOnlyOwn(role) ? documentsOfOthers(state, command, actor) : [];
  if (hidden.length === 0) return state;
  const documents = new Map(state.documents);
  for (const number of hidden) documents.delete(number);
  return { ...state, documents };
}

/** Numbers of the documents that the command names and others made. They must be loaded. */
export function documentsOfOthers(state: LedgerState, command: Command, actor: string): string[] {
  return documentsNeeded(command, state.requests).filter((number) => {
    const first = state.documents.get(number)?.[0];
    return first !== undefined && madeBy(first) !== actor;
  });
}

/** Details about what is not the actor's own: balances of accounts, counts of others. */
const UNTOLD: Partial<Record<RefusalCode, readonly string[]>> = {
  insufficient_funds: ['available', 'shortage', 'at'],
  counted_since: ['number', 'difference'],
};

/** A refusal without what the actor may not know. */
export function asToldTo({ role }: Envelope, refusal: Refusal): Refusal {
  const untold = seesOnlyOwn(role) ? UNTOLD[refusal.code] : undefined;
  if (untold === undefined) return refusal;
  const told = Object.entries(refusal.details).filter(([name]) => !untold.includes(name));
  return { ...refusal, details: Object.fromEntries(told) };
}
