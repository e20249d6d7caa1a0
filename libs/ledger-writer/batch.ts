/**
 * One batch: what waits is decided one after the other on the state that the one before left, and becomes ONE append. Everything here
 * happens in memory and can be taken back, because the append may lose its race.
 */
import { hash } from 'node:crypto';
import { type Answer, answerOf, masterAnswer } from '../documents/answers.js';
import type { NewEvent } from '../event-store/event-store.js';
import { uuidOf, written } from '../ledger/codec.js';
import type { Command, Envelope } from '../ledger/commands.js';
import { type Decided, decide, decideExpiries } from '../ledger/decide.js';
import type { LedgerEvent, MasterKind, RecordedEvent } from '../ledger/events.js';
import { type Refusal, refuse } from '../ledger/refusals.js';
import { evolve, type LedgerState, previousPositions, takeBack } from '../ledger/state/state.js';

/** Stay well below the server's limit of 1 MiB an append. */
export const BATCH_EVENTS_MAX = 500;
export const BATCH_BYTES_MAX = 768 * 1024;

/** What a batch is filled up to. An order or the end of a reservation that is more than that alone has a batch of its own. */
export interface BatchLimits {
  events_max: number;
  bytes_max: number;
}
export const BATCH_LIMITS: BatchLimits = { events_max: BATCH_EVENTS_MAX, bytes_max: BATCH_BYTES_MAX };

/** A command with who gives it and the key that makes it happen once. */
export interface Submission {
  command: Command;
  envelope: Envelope;
}

export interface Order {
  mode: 'one' | 'dry' | 'all';
  submissions: Submission[];
}

/** One for each submission. A replayed answer is read from the log by who needs it. */
export type Result =
  | { outcome: 'recorded'; answer: Answer; events: RecordedEvent[] }
  | { outcome: 'replayed'; position: number; count: number }
  | { outcome: 'refused'; refusal: Refusal; index: number };

export interface Batch {
  /** To append, in order. */
  events: NewEvent[];
  /** Results of the first `results.length` orders; the others are for the next batch. */
  results: Result[][];
  /** As the log counts them. */
  bytes: number;
  /** Ends of reservations and orders that have events in it: what it could be split into. */
  parts: number;
}

interface Draft extends Batch {
  limits: BatchLimits;
}

/** Leaves the state changed and `state.undo` holding the way back. */
export function decideBatch(
  state: LedgerState,
  orders: readonly Order[],
  now: string,
  limits: BatchLimits = BATCH_LIMITS,
): Batch {
  state.undo = [];
  const batch: Draft = { events: [], results: [], bytes: 0, parts: 0, limits };
  if (orders.length === 0) endExpired(state, now, batch);
  for (const order of orders) {
    const at = momentOf(order);
    if (!endExpired(state, at, batch)) break;
    const results = decideOrder(state, order, at, batch);
    if (results === undefined) break;
    batch.results.push(results);
  }
  return batch;
}

/**
 * Before every order, at its own time: what it finds set aside must not depend on which neighbours it waited with, and a reservation may
 * even be made and run out within one batch. Where nobody waits the clock alone ends what has run out. false when there is more to end than
 * the batch can take; it then holds nothing else.
 */
function endExpired(state: LedgerState, now: string, batch: Draft): boolean {
  const room = batch.limits.events_max - batch.events.length;
  for (const event of decideExpiries(state, now, Math.max(room, 0) + 1)) {
    const mark = markOf(state, batch);
    record(state, event, batch);
    if (mark.events > 0 && isOverfull(batch, batch.limits)) {
      backTo(mark, state, batch);
      return false;
    }
    batch.parts += 1;
  }
  return true;
}

function isOverfull({ events, bytes }: Draft, { events_max, bytes_max }: BatchLimits): boolean {
  return events.length > events_max || bytes > bytes_max;
}
function markOf(state: LedgerState, { events, bytes }: Draft) {
  return { undo: state.undo!.length, events: events.length, bytes };
}
function backTo({ undo, events, bytes }: ReturnType<typeof markOf>, state: LedgerState, batch: Draft): void {
  takeBack(state, undo);
  batch.events.length = events;
  batch.bytes = bytes;
}
/** All commands of an order are of one moment, the latest of theirs: none finds a reservation run out that another has just made. */
export function momentOf({ submissions }: Order): string {
  let latest = '';
  for (const { envelope } of submissions) if (envelope.now > latest) latest = envelope.now;
  return latest;
}

/** undefined when the batch is full and the order must wait for the next one. */
function decideOrder(
  state: LedgerState,
  { mode, submissions }: Order,
  now: string,
  batch: Draft,
): Result[] | undefined {
  const mark = markOf(state, batch);
  const results: Result[] = [];
  for (const [index, { command, envelope }] of submissions.entries()) {
    const result = settle(state, command, decide(state, command, { ...envelope, now }), index, batch);
    if (result.outcome === 'refused') {
      backTo(mark, state, batch);
      return [result];
    }
    results.push(result);
  }
  const alone = mark.events === 0;
  if (mode === 'dry') backTo(mark, state, batch);
  else if (alone && isOverfull(batch, BATCH_LIMITS)) {
    const facts = { events: batch.events.length, bytes: batch.bytes, ...BATCH_LIMITS };
    backTo(mark, state, batch);
    return [{ outcome: 'refused', refusal: refuse('batch_too_large', facts), index: 0 }];
  } else if (!alone && isOverfull(batch, batch.limits)) {
    backTo(mark, state, batch);
    return undefined;
  }
  if (batch.events.length > mark.events) batch.parts += 1;
  return results;
}

function settle(state: LedgerState, command: Command, decided: Decided, index: number, batch: Draft): Result {
  if (decided.outcome === 'refused') return { ...decided, index };
  if (decided.outcome === 'replayed') return decided;
  const events = decided.events.map((event) => record(state, event, batch));
  const answer =
    events.length === 0
      ? unchanged(state, command)
      : answerOf(events, (number) => state.documents.get(number) ?? [], state.config!.digits);
  return { outcome: 'recorded', answer, events };
}

/** Only a change of master data can turn out to change nothing; it is answered with what is there. */
function unchanged(state: LedgerState, command: Command): Answer {
  if (command.type !== 'change') throw new Error(`${command.type} was decided without a fact`);
  const { active, attributes } = state.master[command.kind as MasterKind].get(command.id)!;
  return masterAnswer(command.kind, command.id, active, attributes, state.position);
}

function record(state: LedgerState, event: LedgerEvent, batch: Draft): RecordedEvent {
  const sealed = seal(event, state);
  evolve(state, event);
  batch.events.push(sealed);
  const { data, metadata } = sealed.json;
  batch.bytes += Buffer.byteLength(data) + Buffer.byteLength(metadata) + 2 * event.type.length;
  return event as RecordedEvent;
}

/**
 * Links the event to the one before it, and to the one before of each document that it adds to. The id is made from the hash, which covers
 * the idempotency key, the hash of the event before and everything else: a retry of the same bytes has the same id, and who finds the id of
 * the last of its events in the log knows that all of them are there.
 */
function seal(event: LedgerEvent, state: LedgerState): Required<NewEvent> {
  const { type, data, metadata } = event;
  metadata.previous_hash = state.head_hash;
  const previous_positions = previousPositions(state, event);
  if (previous_positions.length > 0) metadata.previous_positions = previous_positions;
  const { json, content } = written(event);
  metadata.hash = hash('sha256', content);
  json.metadata = `${json.metadata.slice(0, -1)},"hash":"${metadata.hash}"}`;
  return { id: uuidOf(metadata.hash), type, data, metadata, json };
}
