/**
 * One batch: what waits is decided one after the other on the state that the one before left, and becomes ONE append. Everything here
 * happens in memory and can be taken back, because the append may lose its race.
 */
import { hash } from 'node:crypto';
import type { NewEvent } from '../event-store/event-store.js';
import { type Answer, answerOf, masterAnswer } from '../ledger/answers.js';
import { uuidOf, written } from '../ledger/codec.js';
import type { Command, Envelope } from '../ledger/commands.js';
import { type Decided, decide, decideExpiries } from '../ledger/decide.js';
import type { LedgerEvent, MasterKind, RecordedEvent } from '../ledger/events.js';
import { type Refusal, refuse } from '../ledger/refusals.js';
import { evolve, type LedgerState, previousPositions, takeBack } from '../ledger/state.js';

/** Stay well below the server's limit of 1 MiB an append. */
export const BATCH_EVENTS_MAX = 500;
export const BATCH_BYTES_MAX = 768 * 1024;
/** Reservations ended in one batch; if more are due, the batch holds nothing else. */
export const EXPIRIES_MAX = 200;

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
}

interface Draft extends Batch {
  bytes: number;
}

/** Leaves the state changed and `state.undo` holding the way back. */
export function decideBatch(state: LedgerState, orders: readonly Order[], now: string): Batch {
  state.undo = [];
  const batch: Draft = { events: [], results: [], bytes: 0 };
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
 * even be made and run out within one batch. Where nobody waits the clock alone ends what has run out. false when there may be more to
 * end than one batch takes.
 */
function endExpired(state: LedgerState, now: string, batch: Draft): boolean {
  const expired = decideExpiries(state, now, EXPIRIES_MAX);
  for (const event of expired) record(state, event, batch);
  return expired.length < EXPIRIES_MAX;
}
/** All commands of an order are of one moment, the latest of theirs: none finds a reservation run out that another has just made. */
function momentOf({ submissions }: Order): string {
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
  const mark = { undo: state.undo!.length, events: batch.events.length, bytes: batch.bytes };
  const back = () => {
    takeBack(state, mark.undo);
    batch.events.length = mark.events;
    batch.bytes = mark.bytes;
  };
  const results: Result[] = [];
  for (const [index, { command, envelope }] of submissions.entries()) {
    const result = settle(state, command, decide(state, command, { ...envelope, now }), index, batch);
    if (result.outcome === 'refused') {
      back();
      return [result];
    }
    results.push(result);
  }
  if (mode === 'dry') back();
  else if (batch.events.length > BATCH_EVENTS_MAX || batch.bytes > BATCH_BYTES_MAX) {
    const alone = mark.events === 0;
    const facts = {
      events: batch.events.length,
      events_max: BATCH_EVENTS_MAX,
      bytes: batch.bytes,
      bytes_max: BATCH_BYTES_MAX,
    };
    back();
    return alone ? [{ outcome: 'refused', refusal: refuse('batch_too_large', facts), index: 0 }] : undefined;
  }
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
 * Links the event to the one before it, and to the one before of each document that it adds to. The id is made from the hash, which covers the idempotency key and everything else: a retry
 * of the same bytes has the same id, and two instances that decided one key differently can never take each other's event for theirs.
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
