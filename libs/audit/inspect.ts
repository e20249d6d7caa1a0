/** In one pass: hash chain, checkpoints, and the rules by folding. */
import { SECURITY_BOOK } from '../event-store/streams.js';
import { decode } from '../ledger/codec.js';
import type { RecordedEvent } from '../ledger/events.js';
import { emptyState, type LedgerState } from '../ledger/state/state.js';
import { type ChainedEvent, checkChain, type Finding, type Head } from './chain.js';
import { foldNext } from './fold.js';
import { addLeaf, emptyTree, rootOf } from './merkle.js';
import { checkpointFlaw, type StoredCheckpoint } from './signed-checkpoint.js';

export interface Inspection {
  events: number;
  head: Head;
  merkle_root: string;
  checkpoints: number;
  keys: string[];
  /** Undefined when it could not be folded to its end. */
  state: LedgerState | undefined;
  /** By position; empty when all is well. */
  findings: Finding[];
}

export interface Inspector {
  /** From position 0, in order. */
  next(event: ChainedEvent): void;
  unreadable(detail: string): void;
  report(finding: Finding): void;
  /** `known`: the end noted elsewhere, if any. */
  end(known?: Head): Inspection;
}

/** Inventory moves by the value of the stock postings. (The fold checks the journal's sum.) */
function balances({ data }: RecordedEvent): boolean {
  let difference = 0n;
  if ('stock' in data) for (const { value } of data.stock ?? []) difference += BigInt(value);
  if ('journal' in data)
    for (const { account_id, amount } of data.journal ?? [])
      if (account_id === 'inventory') difference -= BigInt(amount);
  return difference === 0n;
}

export interface InspectOptions {
  trusted_key?: string | undefined;
  noted_hash?: string | undefined;
}

export function inspect(
  ledger_id: string,
  checkpoints: readonly StoredCheckpoint[],
  { trusted_key, noted_hash }: InspectOptions = {},
): Inspector {
  const chain = checkChain();
  const tree = emptyTree();
  const keys = new Set<string>();
  let events = 0;
  let noted = noted_hash === undefined;
  let state: LedgerState | undefined = ledger_id === SECURITY_BOOK ? undefined : emptyState();
  const sound: StoredCheckpoint[] = [];
  let tiles_promised = 0;
  let due = 0;
  /** Checkpoints then disagree as well, and figures would be wrong. */
  let damaged = false;
  for (const checkpoint of checkpoints) {
    const flaw = flawOf(checkpoint);
    if (flaw === undefined) {
      sound.push(checkpoint);
      keys.add(checkpoint.public_key);
    } else chain.report({ position: sound.at(-1)?.size ?? 0, kind: 'checkpoint', detail: flaw });
  }

  function flawOf(checkpoint: StoredCheckpoint): string | undefined {
    const flaw = checkpointFlaw(checkpoint);
    if (flaw !== undefined) return `A checkpoint does not hold: ${flaw}`;
    const { ledger, size, public_key, recorded_at, tiles } = checkpoint;
    if (!Array.isArray(tiles)) return `The checkpoint over ${size} events has no tiles.`;
    if (ledger !== ledger_id) return `The checkpoint over ${size} events is of ledger ${ledger}.`;
    if (size <= (sound.at(-1)?.size ?? 0)) return `The checkpoint over ${size} events is not behind a smaller one.`;
    if (trusted_key !== undefined && public_key !== trusted_key)
      return `The checkpoint of ${recorded_at} over ${size} events is signed by another key (${public_key}).`;
    return undefined;
  }

  function compare({ size, merkle_root, head_hash, recorded_at, tiles }: StoredCheckpoint): void {
    if (damaged) return;
    const since = sound[due - 1]?.size ?? 0;
    // Behind a rejected checkpoint only the last tiles are its own.
    const own = sound.length === checkpoints.length ? tiles_promised : tree.levels[0]!.length - tiles.length;
    const filled = tree.levels[0]!.slice(own).map((tile) => tile.toString('hex'));
    const { position, hash } = chain.head();
    const same_events = position === size - 1 && hash === head_hash && rootOf(tree) === merkle_root;
    if (same_events && filled.join() === tiles.join()) return;
    damaged = true;
    const what = same_events ? 'has other tiles than they give' : `says otherwise: one of them is not what it was`;
    const detail = `The checkpoint of ${recorded_at} over the events ${since} to ${size - 1} ${what}.`;
    chain.report({ position: since, kind: 'checkpoint', detail });
  }

  function fold({ type, data, metadata, position }: ChainedEvent): void {
    if (state === undefined) return;
    try {
      const event = decode({ type, data, metadata, revision: position });
      foldNext(state, event);
      if (!balances(event)) throw new Error('the inventory account and the stock differ by it');
    } catch (error) {
      chain.report({ position, kind: 'rule', detail: `It cannot be applied: ${(error as Error).message}.` });
      state = undefined;
    }
  }

  function counted(): void {
    events += 1;
    noted ||= chain.head().hash === noted_hash;
    addLeaf(tree, chain.head().hash);
    const checkpoint = sound[due];
    if (checkpoint?.size !== events) return;
    compare(checkpoint);
    tiles_promised += checkpoint.tiles.length;
    due += 1;
  }

  return {
    unreadable(detail) {
      chain.unreadable(detail);
      damaged = true;
      counted();
    },
    next(event) {
      if (chain.next(event) && !damaged) fold(event);
      else damaged = true;
      counted();
    },
    report: chain.report,
    end(known) {
      const { position } = chain.head();
      const promised = sound.at(-1);
      if (known !== undefined && position < known.position)
        chain.report({
          position: position + 1,
          kind: 'truncated',
          detail: `The log should go on to position ${known.position}.`,
        });
      else if (known !== undefined && !damaged && chain.head().hash !== known.hash)
        chain.report({
          position,
          kind: 'altered',
          detail: 'The last event is not the one that is known to be the last.',
        });
      if (promised !== undefined && promised.size > events)
        chain.report({
          position: events,
          kind: 'truncated',
          detail: `The checkpoint signed at ${promised.recorded_at} covers ${promised.size} events, but the log has ${events}.`,
        });
      if (!noted)
        chain.report({
          position: events,
          kind: 'truncated',
          detail: `No event has the hash ${noted_hash} noted earlier.`,
        });
      return {
        events,
        head: chain.head(),
        merkle_root: rootOf(tree),
        checkpoints: checkpoints.length,
        keys: [...keys],
        state: damaged ? undefined : state,
        findings: chain.findings(),
      };
    },
  };
}
