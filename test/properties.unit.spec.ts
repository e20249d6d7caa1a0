/**
 * Random histories against books kept a second time. `SEED=… HISTORIES=1` repeats a failure; HISTORIES=1000 looks
 * longer.
 */
import { createHash } from 'node:crypto';
import { decode, EVENT_TYPES, hashedContent, uuidOf } from '../libs/ledger/codec.js';
import { decide } from '../libs/ledger/decide.js';
import type { RecordedEvent } from '../libs/ledger/events.js';
import { REFUSALS } from '../libs/ledger/refusals.js';
import { saveState } from '../libs/ledger/state/snapshot.js';
import { applyEvent, emptyState, type LedgerState } from '../libs/ledger/state/state.js';
import { type Batch, type CommandGroup, decideBatch, type Result } from '../libs/ledger-writer/batch.js';
import { keptTwice } from './support/books-kept-twice.js';
import { type Chance, chanceOf, seedOf } from './support/random.js';
import { randomFactory, WEIGHTS } from './support/random-commands.js';
import { contentOf, restoredFrom } from './support/state-content.js';

const HISTORIES = Number(process.env.HISTORIES ?? 200);
const COMMANDS = 200;
const SEED = seedOf();

interface Line {
  id: string;
  text: string;
}
interface History {
  log: Line[];
  events: RecordedEvent[];
  groups: CommandGroup[];
  state: LedgerState;
}

function live(by: Chance): History {
  const factory = randomFactory(by);
  const history: History = { log: [], events: [], groups: [], state: emptyState() };
  const books = keptTwice();
  const given = givenOnce();
  let waiting = factory.opening();
  let commands = 0;
  while (commands < COMMANDS || waiting.length > 0) {
    if (waiting.length === 0) waiting = Array.from({ length: by.whole(1, 8) }, () => factory.group(history.state));
    if (by.percent(6)) loseTheRace(history.state, waiting);
    const batch = decideBatch(history.state, waiting, latest(waiting));
    batch.change.commit();
    const done = waiting.splice(0, batch.results.length);
    for (const [index, group] of done.entries()) given.add(group, batch.results[index]!);
    commands += done.reduce((sum, { submissions }) => sum + submissions.length, 0);
    history.groups.push(...done);
    const events = store(history.log, batch);
    for (const event of events) {
      books.add(event);
      reach(event.type);
    }
    history.events.push(...events);
    factory.saw(events);
    books.compareWith(history.state);
    if (by.percent(5)) books.compareAll(history.state);
  }
  books.compareAll(history.state);
  given.check(history);
  return history;
}

function store(log: Line[], { events }: Batch): RecordedEvent[] {
  return events.map(({ id, type, data, metadata }) => {
    const line = { id, text: JSON.stringify({ type, data, metadata }) };
    log.push(line);
    return read(line, log.length - 1);
  });
}
function read({ text }: Line, revision: number): RecordedEvent {
  return decode({ ...(JSON.parse(text) as { type: string; data: unknown; metadata: unknown }), revision });
}
function latest(groups: readonly CommandGroup[]): string {
  return groups
    .flatMap(({ submissions }) => submissions.map(({ envelope }) => envelope.now))
    .sort()
    .at(-1)!;
}

function loseTheRace(state: LedgerState, groups: readonly CommandGroup[]): void {
  const before = fingerprint(state);
  decideBatch(state, groups, latest(groups)).change.rollback();
  same(fingerprint(state), before, 'what was rolled back left a trace');
}

// Invariants 6 and 7.

function givenOnce() {
  const carried_out = new Map<string, { position: number; count: number }>();
  const requests = new Map<string, string | undefined>();
  return {
    add({ mode, submissions }: CommandGroup, results: readonly Result[]): void {
      tally(submissions, results);
      for (const [index, submission] of submissions.entries()) {
        const result = results.length === submissions.length ? results[index]! : results.at(-1)!;
        const key = submission.envelope.idempotency_key;
        if (result.outcome === 'replayed') {
          const { position, count } = result;
          // In a batch refused as a whole a replay may be of what was rolled back.
          same(
            { position, count },
            carried_out.get(key) ?? { position, count },
            `key ${key} is answered with other events`,
          );
        } else if (mode !== 'dry' && result.outcome === 'recorded' && result.events.length > 0) {
          carried_out.set(key, { position: result.events[0]!.position, count: result.events.length });
          requests.set(key, submission.envelope.request_hash);
        }
      }
    },
    check({ events, state, groups }: History): void {
      const logged = new Map<string, { position: number; count: number }>();
      for (const { position, metadata } of events) {
        const { position: first = position, count = 0 } = logged.get(metadata.idempotency_key) ?? {};
        if (metadata.actor !== 'system') logged.set(metadata.idempotency_key, { position: first, count: count + 1 });
      }
      same([...logged].sort(), [...carried_out].sort(), 'the log does not hold what was acknowledged, each once');
      for (const { command, envelope } of groups.flatMap(({ submissions }) => submissions)) {
        const first = carried_out.get(envelope.idempotency_key);
        if (first === undefined || envelope.request_hash === undefined) continue;
        const again = decide(state, command, { ...envelope, now: state.recorded_at });
        if (envelope.request_hash !== requests.get(envelope.idempotency_key))
          same(
            again.outcome === 'refused' && again.refusal.code,
            'idempotency_key_reused',
            'a key was taken for another request',
          );
        else same(again, { outcome: 'replayed', ...first }, 'the same key got another answer');
      }
    },
  };
}

// Invariants 3 and 4.

function fold(state: LedgerState, events: readonly RecordedEvent[]): LedgerState {
  for (const event of events) applyEvent(state, event);
  return state;
}
/** From zero, and through a snapshot between any two groups. */
function foldsToTheSame({ events, state }: History, by: Chance): void {
  const expected = fingerprint(state);
  let at = by.whole(1, events.length);
  while (events[at]?.metadata.idempotency_key === events[at - 1]!.metadata.idempotency_key) at += 1;
  const whole = fold(emptyState(), events.slice(0, at));
  const copy = restoredFrom(saveState(whole));
  fold(whole, events.slice(at));
  same(fingerprint(whole), expected, 'replay from zero differs');
  same(documentsOf(whole), documentsOf(state), 'replay from zero knows other documents');
  same(fingerprint(fold(copy, events.slice(at))), expected, `a snapshot at ${at} differs`);
}

function fingerprint(state: LedgerState): string {
  return JSON.stringify(contentOf(state), (_, value) => (typeof value === 'bigint' ? value.toString() : value));
}
function documentsOf({ documents }: LedgerState): unknown {
  return [...documents].map(([number, events]) => [number, ...events.map(({ position }) => position)].join(' ')).sort();
}

/** Decisions do not depend on the batch. */
function decidesTheSameInAnyBatches({ log, groups }: History, by: Chance): void {
  const contents = (lines: readonly Line[]) =>
    lines.map(({ text }) => text.replace(/,"previous_hash":"[0-9a-f]*","hash":"[0-9a-f]{64}"/, ''));
  const size_max = by.pick([1, 3, 20, 300]);
  const state = emptyState();
  const again: Line[] = [];
  for (let at = 0; at < groups.length; ) {
    const batch = decideBatch(state, groups.slice(at, at + by.whole(1, size_max)), '');
    batch.change.commit();
    at += batch.results.length;
    store(again, batch);
  }
  same(contents(again), contents(log), `batches of up to ${size_max} decide otherwise`);
}

// Invariant 13.

function brokenAt(log: readonly Line[], from = 0): number | undefined {
  let previous = from === 0 ? '' : read(log[from - 1]!, from - 1).metadata.hash;
  for (let position = from; position < log.length; position += 1) {
    try {
      const event = read(log[position]!, position);
      const { hash = '', previous_hash } = event.metadata;
      const expected = createHash('sha256').update(hashedContent(event)).digest('hex');
      if (previous_hash !== previous || hash !== expected || log[position]!.id !== uuidOf(hash)) return position;
      previous = hash;
    } catch {
      return position;
    }
  }
  return undefined;
}
function everyEditIsFound({ log }: History, by: Chance): void {
  same(brokenAt(log), undefined, 'the chain is broken');
  for (let edit = 0; edit < 20; edit += 1) {
    const at = by.whole(0, log.length - 1);
    const bytes = Buffer.from(log[at]!.text);
    const bit = by.whole(0, bytes.length * 8 - 1);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    const edited = log.with(at, { ...log[at]!, text: bytes.toString() });
    same(brokenAt(edited, at), at, `bit ${bit} of event ${at} can be changed unseen`);
  }
}

const reached = new Map<string, number>();
function reach(what: string): void {
  reached.set(what, (reached.get(what) ?? 0) + 1);
}
function tally(submissions: CommandGroup['submissions'], results: readonly Result[]): void {
  for (const [index, result] of results.entries()) {
    const { type } = submissions[result.outcome === 'refused' ? result.index : index]!.command;
    reach(`${type} ${result.outcome}`);
    if (result.outcome === 'refused') reach(result.refusal.code);
  }
}
const OUT_OF_REACH = ['unknown_ledger', 'batch_too_large', 'backdated_beyond_history', 'too_many_adjustments'];

function same(actual: unknown, expected: unknown, says: string): void {
  if (actual === expected) return;
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (one === other) return;
  let at = 0;
  while (one?.[at] === other?.[at]) at += 1;
  throw new Error(
    `${says}: …${one?.slice(Math.max(0, at - 80), at + 120)}… is not …${other?.slice(Math.max(0, at - 80), at + 120)}…`,
  );
}

describe('random histories', () => {
  it(`keep every invariant: ${HISTORIES} of ${COMMANDS} commands, from seed ${SEED}`, () => {
    for (let seed = SEED; seed < SEED + HISTORIES; seed += 1)
      try {
        const by = chanceOf(seed);
        const history = live(by);
        foldsToTheSame(history, by);
        everyEditIsFound(history, by);
        if (seed % 3 === 0) decidesTheSameInAnyBatches(history, by);
      } catch (error) {
        throw new Error(`SEED=${seed} HISTORIES=1 repeats it: ${(error as Error).message}`, { cause: error });
      }
  }, 600_000);

  it('reach every event, every refusal, and both outcomes of every command', () => {
    if (HISTORIES < 300) return;
    const commands = Object.keys(WEIGHTS).flatMap((type) => [`${type} recorded`, `${type} refused`]);
    const codes = Object.keys(REFUSALS).filter((code) => !OUT_OF_REACH.includes(code));
    expect([...commands, ...codes, ...EVENT_TYPES].filter((what) => !reached.has(what))).toEqual([]);
  });
});
