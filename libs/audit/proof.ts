/**
 * Each event names the document's event before, so none can be left out. Later events are not excluded (`limitsOf`).
 */
import { type DocumentView, viewDocument } from '../documents/documents.js';
import type { EventStore } from '../event-store/event-store.js';
import { ledgerStream } from '../event-store/streams.js';
import { decode } from '../ledger/codec.js';
import { documentsNamed } from '../ledger/document-kinds.js';
import type { RecordedEvent } from '../ledger/events.js';
import { type ChainedEvent, examine } from './chain.js';
import { inclusionPath, isIncluded, leavesNeeded } from './merkle.js';
import {
  type CheckpointWithTree,
  chainedEventOf,
  checkpointFlaw,
  leafIn,
  type SignedCheckpoint,
  type SignedCheckpoints,
  Tampered,
} from './signed-checkpoint.js';

const FORMAT = 'factory-ledger proof 1';

interface ProvenEvent {
  event: ChainedEvent;
  path: string[];
}
export interface Proof {
  format: typeof FORMAT;
  number: string;
  opening: ProvenEvent;
  events: ProvenEvent[];
  checkpoint: SignedCheckpoint;
}

export interface Proven {
  document: DocumentView;
  position: number;
  /** Of older versions, which do not name the event before: some may be missing ahead of each. */
  unlinked: number[];
  checkpoint: SignedCheckpoint;
}

export class NotProven extends Error {
  override readonly name = 'NotProven';
}

/** Oldest first. Signs a checkpoint where none covers them all. @throws Tampered where log and `positions` disagree */
export async function proveDocument(
  store: EventStore,
  checkpoints: SignedCheckpoints,
  document: { ledger_id: string; number: string; positions: readonly number[] },
): Promise<Proof> {
  const { ledger_id, number, positions } = document;
  const newest = positions.at(-1);
  if (newest === undefined) throw new NotProven(`There is no event of ${number}.`);
  let sealed = await checkpoints.latest();
  if (sealed === undefined || sealed.checkpoint.size <= newest) sealed = await checkpoints.make();
  if (sealed === undefined || sealed.checkpoint.size <= newest)
    throw new NotProven(`No checkpoint covers ${number} yet.`);
  const opening = await proveEvent(store, ledger_id, 0, sealed);
  const events: ProvenEvent[] = [];
  for (const position of positions) events.push(await proveEvent(store, ledger_id, position, sealed));
  const proof: Proof = { format: FORMAT, number, opening, events, checkpoint: sealed.checkpoint };
  try {
    checkProof(proof);
  } catch (error) {
    throw new Tampered(`The events found for ${number} are not those of the log: ${(error as Error).message}`);
  }
  return proof;
}

async function proveEvent(
  store: EventStore,
  ledger_id: string,
  position: number,
  { checkpoint, levels }: CheckpointWithTree,
): Promise<ProvenEvent> {
  const leaves = new Map<number, Buffer>();
  let event: ChainedEvent | undefined;
  for (const { from, to } of leavesNeeded(position, checkpoint.size))
    for await (const stored of store.read(ledgerStream(ledger_id), from, { max: to - from })) {
      leaves.set(stored.revision, leafIn(stored.metadata));
      if (stored.revision === position) event = chainedEventOf(stored);
    }
  if (event === undefined) throw new NotProven(`Position ${position} is not in the log.`);
  return { event, path: inclusionPath(position, checkpoint.size, levels, leaves) };
}

/** Whether to trust the key is for the caller to decide. @throws NotProven */
export function checkProof(proof: Proof): Proven {
  try {
    return check(proof);
  } catch (error) {
    if (error instanceof NotProven) throw error;
    throw new NotProven(`It is not a proof made by this system (${(error as Error).message}).`);
  }
}

function check({ format, number, opening, events, checkpoint }: Proof): Proven {
  if (format !== FORMAT) throw new NotProven('It is not a proof made by this system.');
  const flaw = checkpointFlaw(checkpoint);
  if (flaw !== undefined) throw new NotProven(`The checkpoint does not hold: ${flaw}`);
  const opened = checkEvent(opening, checkpoint);
  if (opened.position !== 0 || opened.type !== 'LedgerOpened' || opened.data.ledger_id !== checkpoint.ledger)
    throw new NotProven('It is of another ledger than its checkpoint.');
  const history = events.map((event) => checkEvent(event, checkpoint));
  const [first, ...later] = history;
  if (first === undefined) throw new NotProven('It has no events.');
  if (documentsNamed(first).first !== number)
    throw new NotProven(`Position ${first.position} does not begin ${number}.`);
  const unlinked: number[] = [];
  let { position } = first;
  for (const event of later) {
    const previous = previousOf(event, number);
    if (previous === undefined) unlinked.push(event.position);
    else if (previous !== position)
      throw new NotProven(
        `Position ${event.position} follows position ${previous} in ${number}, not ${position}: events are missing.`,
      );
    if (event.position <= position) throw new NotProven(`Position ${event.position} does not follow ${position}.`);
    position = event.position;
  }
  return { document: viewDocument(history, opened.data.digits), position, unlinked, checkpoint };
}

function previousOf(event: RecordedEvent, number: string): number | undefined {
  const { more } = documentsNamed(event);
  const at = more.indexOf(number);
  if (at < 0) throw new NotProven(`Position ${event.position} does not belong to ${number}.`);
  const { previous_positions } = event.metadata;
  if (previous_positions === undefined) return undefined;
  const previous = Array.isArray(previous_positions) ? previous_positions[at] : undefined;
  if (!Number.isSafeInteger(previous))
    throw new NotProven(`Position ${event.position} does not say what came before it in ${number}.`);
  return previous;
}

export function limitsOf({ document: { number }, position, unlinked, checkpoint }: Proven): string[] {
  const limits = [
    `what was recorded about ${number} after position ${position}: a later payment, return or void is not in it`,
    `anything else about ledger ${checkpoint.ledger}, or that nothing was recorded outside of it`,
    `who holds the key ${checkpoint.public_key}: compare it with the one that you were given`,
  ];
  if (unlinked.length > 0)
    limits.unshift(
      `that it has all events of ${number} up to there: those at positions ${unlinked.join(', ')} were recorded by a version that did not name the event before, so one may be missing ahead of each`,
    );
  return limits;
}

function checkEvent({ event, path }: ProvenEvent, { size, merkle_root }: SignedCheckpoint): RecordedEvent {
  const { position, type, data, metadata } = event;
  if (!Number.isSafeInteger(position)) throw new NotProven(`${position} is no position.`);
  const { flaw, stated } = examine(event);
  if (flaw !== undefined) throw new NotProven(`Position ${position}: ${flaw}`);
  if (!isIncluded(stated, position, size, path, merkle_root))
    throw new NotProven(`Position ${position} is not under the root of the checkpoint.`);
  return decode({ type, data, metadata, revision: position });
}
