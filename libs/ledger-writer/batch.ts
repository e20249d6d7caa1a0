/** Queued commands are decided one after the other and become ONE append, inside a change that can be rolled back. */
import { hash } from 'node:crypto';
import { type Answer, answerOf, masterAnswer } from '../documents/answers.js';
import type { NewEvent } from '../event-store/event-store.js';
import { serialize, uuidOf } from '../ledger/codec.js';
import type { Command, Envelope } from '../ledger/commands.js';
import { documentsOfOthers } from '../ledger/decide/own-documents.js';
import { type Decided, decide, decideExpiries, ledgerTime } from '../ledger/decide.js';
import type { LedgerEvent, MasterKind, Metadata, RecordedEvent } from '../ledger/events.js';
import { type Refusal, refuse } from '../ledger/refusals.js';
import { beginChange, type Change } from '../ledger/state/change.js';
import { applyEvent, type LedgerState, previousPositions, raiseNextExpiry } from '../ledger/state/state.js';

export const BATCH_EVENTS_MAX = 500;
export const BATCH_BYTES_MAX = 768 * 1024;

/** A group or expiry that exceeds them alone has a batch of its own. */
export interface BatchLimits {
  events_max: number;
  bytes_max: number;
}
export const BATCH_LIMITS: BatchLimits = { events_max: BATCH_EVENTS_MAX, bytes_max: BATCH_BYTES_MAX };

export interface Submission {
  command: Command;
  envelope: Envelope;
}

/** `one` and `dry`: one submission; `all`: all or none. */
export interface CommandGroup {
  mode: 'one' | 'dry' | 'all';
  submissions: Submission[];
}

export type Result =
  | { outcome: 'recorded'; answer: Answer; events: RecordedEvent[]; of_others?: string[] }
  | { outcome: 'replayed'; position: number; count: number }
  | { outcome: 'refused'; refusal: Refusal; index: number; of_others?: string[] };

export interface Batch {
  events: NewEvent[];
  /** Of the first groups; the others are for the next batch. */
  results: Result[][];
  bytes: number;
  parts: number;
  /** To commit when the log has the events, else to roll back. */
  change: Change;
}

interface Draft extends Batch {
  limits: BatchLimits;
}

/** Changes the state and leaves `change` open. Without groups it ends what has expired at `now`. */
export function decideBatch(
  state: LedgerState,
  groups: readonly CommandGroup[],
  now: string,
  limits: BatchLimits = BATCH_LIMITS,
): Batch {
  const change = beginChange(state);
  const batch: Draft = { events: [], results: [], bytes: 0, parts: 0, change, limits };
  try {
    fill(state, batch, groups, now);
    return batch;
  } catch (error) {
    change.rollback();
    throw error;
  }
}
function fill(state: LedgerState, batch: Draft, groups: readonly CommandGroup[], now: string): void {
  if (groups.length === 0) endExpired(state, now, batch);
  for (const group of groups) {
    const at = momentOf(group);
    if (!endExpired(state, at, batch)) return;
    const results = decideGroup(state, group, at, batch);
    if (results === undefined) return;
    batch.results.push(results);
  }
}

/** Before every group, at its own time: no expiry depends on neighbours. False: the batch cannot take all. */
function endExpired(state: LedgerState, now: string, batch: Draft): boolean {
  if (state.next_expiry === '' || ledgerTime(state, now) < state.next_expiry) return true;
  const room = batch.limits.events_max - batch.events.length;
  let has_ended = false;
  for (const event of decideExpiries(state, now, Math.max(room, 0) + 1)) {
    has_ended = true;
    const is_first = batch.events.length === 0;
    const part = beginPart(state, batch);
    record(state, event, batch);
    if (!is_first && isOverfull(batch, batch.limits)) {
      part.rollback();
      return false;
    }
    part.commit();
    batch.parts += 1;
  }
  if (!has_ended) raiseNextExpiry(state);
  return true;
}

function isOverfull({ events, bytes }: Draft, { events_max, bytes_max }: BatchLimits): boolean {
  return events.length > events_max || bytes > bytes_max;
}
function beginPart(state: LedgerState, batch: Draft): Change {
  const change = beginChange(state);
  const { bytes } = batch;
  const { length } = batch.events;
  return {
    commit: change.commit,
    rollback() {
      change.rollback();
      batch.events.length = length;
      batch.bytes = bytes;
    },
  };
}
/** The latest of its commands: none finds expired what another has just made. */
export function momentOf({ submissions }: CommandGroup): string {
  let latest = '';
  for (const { envelope } of submissions) if (envelope.now > latest) latest = envelope.now;
  return latest;
}

function decideGroup(
  state: LedgerState,
  { mode, submissions }: CommandGroup,
  now: string,
  batch: Draft,
): Result[] | undefined {
  const count = batch.events.length;
  const part = beginPart(state, batch);
  const results: Result[] = [];
  for (const [index, { command, envelope }] of submissions.entries()) {
    const result = recordDecided(state, command, decide(state, command, { ...envelope, now }), index, batch);
    const of_others = mode === 'dry' ? documentsOfOthers(state, command, envelope.actor) : [];
    const noted = of_others.length === 0 || result.outcome === 'replayed' ? result : { ...result, of_others };
    if (noted.outcome === 'refused') {
      part.rollback();
      return [noted];
    }
    results.push(noted);
  }
  if (mode === 'dry') {
    part.rollback();
    return results;
  }
  const is_alone = count === 0;
  if (isOverfull(batch, is_alone ? BATCH_LIMITS : batch.limits)) {
    const details = { events: batch.events.length, bytes: batch.bytes, ...BATCH_LIMITS };
    part.rollback();
    return is_alone ? [{ outcome: 'refused', refusal: refuse('batch_too_large', details), index: 0 }] : undefined;
  }
  part.commit();
  if (batch.events.length > count) batch.parts += 1;
  return results;
}

function recordDecided(state: LedgerState, command: Command, decided: Decided, index: number, batch: Draft): Result {
  if (decided.outcome === 'refused') return { ...decided, index };
  if (decided.outcome === 'replayed') return decided;
  const events = decided.events.map((event) => record(state, event, batch));
  const answer =
    events.length === 0
      ? unchanged(state, command)
      : answerOf(events, (number) => state.documents.get(number) ?? [], state.config!.digits);
  return { outcome: 'recorded', answer, events };
}

function unchanged(state: LedgerState, command: Command): Answer {
  if (command.type !== 'change') throw new Error(`${command.type} was decided without an event`);
  const { active, attributes } = state.master[command.kind as MasterKind].get(command.id)!;
  return masterAnswer(command.kind, command.id, active, attributes, state.position);
}

function record(state: LedgerState, event: LedgerEvent, batch: Draft): RecordedEvent {
  const { recorded, stored } = seal(state, event);
  applyEvent(state, recorded);
  batch.events.push(stored);
  const { data, metadata } = stored.json;
  batch.bytes += Buffer.byteLength(data) + Buffer.byteLength(metadata) + 2 * event.type.length;
  return recorded;
}

/** The hash covers everything, previous hash included, and makes the id: an append's last id proves them all. */
function seal(state: LedgerState, event: LedgerEvent): { recorded: RecordedEvent; stored: Required<NewEvent> } {
  const { type, data } = event;
  const metadata: Metadata = { ...event.metadata, previous_hash: state.head_hash };
  const previous_positions = previousPositions(state, event);
  if (previous_positions.length > 0) metadata.previous_positions = previous_positions;
  const { json, content } = serialize({ type, data, metadata });
  metadata.hash = hash('sha256', content);
  const sealed_json = { data: json.data, metadata: `${json.metadata.slice(0, -1)},"hash":"${metadata.hash}"}` };
  return {
    recorded: { ...event, metadata, position: state.position + 1 },
    stored: { id: uuidOf(metadata.hash), type, data, metadata, json: sealed_json },
  };
}
