/**
 * The one way into a ledger. Commands wait in a bounded queue; all that waited while the last append ran are decided together and
 * appended in one call with the expected revision. Who loses a race reads what it missed and decides again. An append whose answer is
 * lost is retried with the same bytes until the log says which of the two happened.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, answeredNumber, answerOf } from '../documents/answers.js';
import {
  type AppendResult,
  type EventStore,
  type NewEvent,
  type StoredEvent,
  StreamTombstoned,
} from '../event-store/event-store.js';
import { findDamage } from '../event-store/stream-damage.js';
import { decode } from '../ledger/codec.js';
import { documentsNeeded } from '../ledger/commands.js';
import type { RecordedEvent } from '../ledger/events.js';
import { type Refusal, refuse } from '../ledger/refusals.js';
import { findKeys } from '../ledger/state/key-index.js';
import { documentPositions, emptyState, evolve, type KeyRecord, takeBack, trim } from '../ledger/state/state.js';
import { BATCH_LIMITS, type Batch, decideBatch, momentOf, type Order, type Result, type Submission } from './batch.js';
import { eventLoader } from './event-loader.js';
import { type Halt, rememberedHalt, rememberHalt } from './halts.js';
import { type LogClock, logClock } from './log-clock.js';
import type { SnapshotFile } from './snapshot-file.js';
import { reasonToHalt } from './stream-guard.js';

export type { Submission } from './batch.js';

/** What became of a submission. */
export type Outcome =
  /** `answer` is the document or master record as JSON carries it; `position` is the ledger's after the command's events. */
  | { outcome: 'recorded'; answer: Answer; events: RecordedEvent[]; position: number; replayed: boolean }
  /** Only for dry runs: what would have been recorded. */
  | { outcome: 'would_record'; answer: Answer; events: RecordedEvent[] }
  | { outcome: 'refused'; refusal: Refusal }
  /** The queue is full or the writer closing; certainly nothing was written. */
  | { outcome: 'busy'; reason: string }
  /** The log did not answer; certainly nothing was written by this call. */
  | { outcome: 'away'; reason: string }
  /** The log's answer was lost and is not settled yet: a retry with the same key settles it. */
  | { outcome: 'unknown'; reason: string }
  | ClockAhead
  | Halted;

/** This machine's clock is far ahead of the log's time; nothing was written. Instants are ISO 8601 UTC. */
export type ClockAhead = { outcome: 'clock_ahead'; now: string; log_time: string };
/** The ledger's log is not what its rules allow; nothing was written, and nothing will be until an operator has decided (docs/recovery.md). */
export type Halted = { outcome: 'halted'; ledger_id: string } & Halt;

export type AtomicOutcome =
  | { outcome: 'all'; outcomes: Outcome[] }
  | { outcome: 'none'; index: number; refusal: Refusal }
  | { outcome: 'busy' | 'away' | 'unknown'; reason: string }
  | ClockAhead
  | Halted;

export interface LedgerWriter {
  /** Waits for its turn, is decided with its neighbours and answered when the log has it. Order of calls is order of decisions. */
  submit(submission: Submission): Promise<Outcome>;
  /** Decides on the state of that moment and takes it back; appends nothing. */
  dryRun(submission: Submission): Promise<Outcome>;
  /** All or none, in one append: the first refusal refuses all. */
  submitAll(submissions: Submission[]): Promise<AtomicOutcome>;
  /** Position of the last event that this writer knows; −1 before the first. */
  position(): number;
  /** There is no such ledger, and nobody is about to open it. */
  unused(): boolean;
  /** Why nothing is recorded any more; undefined while all is well. */
  halted(): Halt | undefined;
  /** Takes nothing new, finishes what waits, saves a snapshot. */
  close(): Promise<void>;
}

export interface WriterOptions {
  store: EventStore;
  ledger_id: string;
  snapshots?: SnapshotFile | undefined;
  log?: (line: string) => void;
  now?: () => string;
  /** Commands that may wait; beyond it the answer is busy. */
  queue_max?: number;
  /** A command of which nothing was sent to the log so long after it came is answered away and never decided. */
  wait_ms_max?: number;
  /** A command whose append is not settled so long after it came is answered unknown; the writer goes on settling. */
  settle_ms_max?: number;
  /** Documents and keys kept at hand; others are read from the log when a command names them. */
  documents_max?: number;
  keys_max?: number;
  /** Events between two snapshots, and at least a hundredth of all: what is written for them then grows by no more than 4 KB an event. */
  snapshot_every?: number;
  /** Whether the read models know the ledger: then it is not begun anew where the log has no event of it. */
  is_known?: (ledger_id: string) => Promise<boolean>;
  /** So often a writer that is asked for something looks whether somebody deleted or truncated its stream; an idle one ten times less. */
  watch_ms?: number;
  /** A log that has been shorter than what was read from it for so long has lost events: the ledger is halted. */
  behind_ms_max?: number;
  /** Of the store. One for all ledgers of a process. */
  log_clock?: LogClock;
}

/**
 * The log holds what no ledger could have written: damage, another program's events, or a bug. `found_again` where every start finds it
 * again by itself; otherwise it has to be remembered.
 */
class DamagedLedger extends Error {
  constructor(
    message: string,
    readonly found_again: boolean,
  ) {
    super(message);
  }
}

/** A lost race says for so long that others write this ledger. */
const CONTENDED_MS = 2000;
/** Orders decided at once; the batch's own limits may make it fewer. */
const ORDERS_MAX = 500;
const BEHIND_PAUSE_MS = 250;
const SWEEP_MS = 250;
/** So often a halted writer looks whether an operator has resumed the ledger. */
const RESUME_LOOK_MS = 5000;

interface Waiting extends Order {
  since_ms: number;
  /** The caller has its answer; what is not decided yet never is. */
  answered: boolean;
  answer: (result: Result[] | Failure) => void;
}
type Failure = { outcome: 'busy' | 'away' | 'unknown'; reason: string } | ClockAhead | Halted;
const busy = (reason: string): Failure => ({ outcome: 'busy', reason });
const away = (reason: string): Failure => ({ outcome: 'away', reason });
const UNSETTLED: Failure = {
  outcome: 'unknown',
  reason: 'the log did not answer in time; the same key will settle it',
};

type Sealed = { outcome: 'appended' } | { outcome: 'lost_race' } | Extract<AppendResult, { outcome: 'rejected' }>;

export function openWriter(options: WriterOptions): LedgerWriter {
  const { store, ledger_id, snapshots, log = () => {}, now = () => new Date().toISOString() } = options;
  const {
    queue_max = 10_000,
    wait_ms_max = 5000,
    settle_ms_max = 8000,
    documents_max = 20_000,
    keys_max = 20_000,
    snapshot_every = 20_000,
    behind_ms_max = 5000,
    watch_ms = 1000,
    log_clock = logClock(store),
  } = options;
  const stream = `ledger-${ledger_id}`;
  const queue: Waiting[] = [];
  const loadEvent = eventLoader(store, stream);
  const closing = new AbortController();
  let state = emptyState();
  let saved_at = -1;
  let wake = Promise.withResolvers<void>();
  let loaded = false;
  let halted: Halt | undefined;
  /** Whether the halt still has to be remembered for the next start, which may find it again by itself. One that can be seen ends when it cannot. */
  let halt_memory: 'needless' | 'to_write' | 'written' | 'visible' = 'needless';
  /** What somebody did to the stream. */
  let damage: string | undefined;
  let asked = false;
  let contended_until_ms = 0;
  /** Since when appends at this position have been refused for no reason to be seen. */
  let stuck: { position: number; since_ms: number } | undefined;
  let saving: Promise<void> | undefined;
  /** Taken from the queue. */
  let at_work: readonly Waiting[] = [];
  /** Of those: whose events are in an append that is not settled. */
  let unsettled: readonly Waiting[] = [];
  let sweeping: NodeJS.Timeout | undefined;
  /** The log has refused more than this in one append. */
  let limits = BATCH_LIMITS;
  let failures = 0;
  const guarded = { store, ledger_id, snapshots, is_known: options.is_known };
  const running = run();
  void watch();

  async function run(): Promise<void> {
    do {
      const loaded = await orHalt(() => untilItWorks('reading the ledger', load));
      while (loaded && halted === undefined && (!closing.signal.aborted || queue.length > 0)) {
        if (queue.length === 0 && !expiryDue()) await somethingToDo();
        const orders = queue.splice(0, ORDERS_MAX);
        if (orders.length > 0 || expiryDue() || damage !== undefined) await orHalt(() => work(orders), orders);
      }
      if (halted !== undefined) await untilResumed(halted);
    } while (!closing.signal.aborted);
  }

  /** An outage costs the orders of that moment; a log that contradicts the rules stops the writer, for going on could only make it worse. */
  async function orHalt(task: () => Promise<unknown>, orders: readonly Waiting[] = []): Promise<boolean> {
    at_work = orders;
    try {
      await task();
      failures = 0;
      return true;
    } catch (error) {
      const reason = (error as Error).message;
      if (state.undo !== undefined) takeBack(state, 0);
      state.undo = undefined;
      if (error instanceof DamagedLedger || error instanceof StreamTombstoned) {
        const visible = await reasonToHalt(guarded).catch(() => undefined);
        const to_find = !(error instanceof DamagedLedger) || error.found_again;
        halt(
          { position: state.position, reason: visible ?? reason },
          visible ? 'visible' : to_find ? 'needless' : 'to_write',
        );
        giveUp(orders, { outcome: 'halted', ledger_id, position: state.position, reason: visible ?? reason });
      } else {
        if (failures % 20 === 0) log(`ledger ${ledger_id}: ${reason}`);
        giveUp(orders, away(reason));
        await pauseAfter(failures++);
      }
      return false;
    } finally {
      at_work = [];
    }
  }

  // ── Halting ──

  function halt(reason: Halt, memory: typeof halt_memory): void {
    halted = reason;
    halt_memory = memory;
    damage = undefined;
    log(`ledger ${ledger_id}: HALTED after position ${reason.position}: ${reason.reason}`);
  }
  /** Ends where an operator has resumed the ledger, which is then to be read anew, or when the writer closes. */
  async function untilResumed(reason: Halt): Promise<void> {
    giveUp(queue.splice(0), { outcome: 'halted', ledger_id, ...reason });
    do {
      try {
        if (halt_memory === 'to_write') await rememberHalt(store, ledger_id, reason);
        else if (halt_memory !== 'needless' && !(await isInForce())) {
          log(`ledger ${ledger_id}: an operator has resumed it`);
          halted = undefined;
          return;
        }
        if (halt_memory === 'to_write') halt_memory = 'written';
      } catch (error) {
        log(`ledger ${ledger_id}: the halt cannot be looked up or remembered: ${(error as Error).message}`);
      }
      await sleep(RESUME_LOOK_MS, undefined, { signal: closing.signal }).catch(() => {});
    } while (!closing.signal.aborted);
  }

  async function isInForce(): Promise<boolean> {
    const reason = halt_memory === 'visible' ? reasonToHalt(guarded) : rememberedHalt(store, ledger_id);
    return (await reason) !== undefined;
  }
  async function mustBeSound(): Promise<void> {
    const reason = await reasonToHalt(guarded);
    if (reason !== undefined) throw new DamagedLedger(reason, true);
  }
  /** Nothing that is read or appended afterwards shows it. */
  async function watch(): Promise<void> {
    for (let idle = 0; !closing.signal.aborted; idle += 1) {
      await sleep(watch_ms, undefined, { signal: closing.signal }).catch(() => {});
      if (halted !== undefined || state.position < 0 || (!asked && idle < 10)) continue;
      asked = false;
      idle = 0;
      damage ??= (await findDamage(store, stream).catch(() => undefined))?.reason;
      if (damage !== undefined) wake.resolve();
    }
  }

  // ── Waiting ──

  /** This machine's time, unless it is not to be believed. */
  function believed(): string {
    const own = now();
    return log_clock.allows(own) ? own : log_clock.now();
  }
  function expiryDue(): boolean {
    return state.next_expiry !== '' && state.next_expiry <= believed();
  }
  async function somethingToDo(): Promise<void> {
    wake = Promise.withResolvers();
    if (queue.length > 0 || closing.signal.aborted || damage !== undefined) return;
    const until_expiry_ms =
      state.next_expiry === '' ? undefined : Date.parse(state.next_expiry) - Date.parse(believed());
    const timer =
      until_expiry_ms === undefined
        ? undefined
        : setTimeout(wake.resolve, Math.min(Math.max(until_expiry_ms, 0) + 5, 60_000));
    await wake.promise;
    clearTimeout(timer);
  }
  /** Whatever the log does, everybody is answered in time. */
  function sweepLater(): void {
    sweeping ??= setTimeout(() => {
      sweeping = undefined;
      sweep();
      if (queue.length + at_work.length > 0) sweepLater();
    }, SWEEP_MS);
  }
  function sweep(): void {
    const now_ms = performance.now();
    const came = (before_ms: number) => (order: Waiting) => now_ms - order.since_ms > before_ms;
    giveUp(unsettled.filter(came(settle_ms_max)), away('the log did not answer in time'));
    const in_time = queue.findIndex((order) => !came(wait_ms_max)(order));
    const waited = queue.splice(0, in_time < 0 ? queue.length : in_time);
    for (const order of at_work) if (came(wait_ms_max)(order) && !unsettled.includes(order)) waited.push(order);
    giveUp(waited, away('the log did not answer in time'));
  }
  /** What is in an unsettled append, under the same key in another request or in this one, may be written: then only that can be said. */
  function giveUp(orders: readonly Waiting[], failure: Failure): void {
    if (orders.length === 0) return;
    const keys = new Set(unsettled.flatMap(keysOf));
    for (const order of orders) order.answer(keysOf(order).some((key) => keys.has(key)) ? UNSETTLED : failure);
  }
  function keysOf({ submissions }: Order): string[] {
    return submissions.map(({ envelope }) => envelope.idempotency_key);
  }
  /** Ends early when the writer closes. */
  async function pauseAfter(failed: number): Promise<void> {
    const pause_ms = Math.min(1000, 50 * 2 ** failed) * (0.5 + Math.random());
    await sleep(pause_ms, undefined, { signal: closing.signal }).catch(() => {});
  }

  // ── One batch ──

  /** Decides the orders and appends, as often as another writer was faster. What did not fit goes back to the head of the queue. */
  async function work(taken: readonly Waiting[]): Promise<void> {
    if (damage !== undefined) throw new DamagedLedger(damage, true);
    for (;;) {
      await Promise.all([loadDocuments(taken), loadKeys(taken)]);
      const now = await moment(taken);
      const orders = taken.filter(({ answered }) => !answered);
      const batch = decideBatch(state, orders, now, limits);
      const since_ms = performance.now();
      const sealed: Sealed = batch.events.length === 0 ? await confirmHead() : await append(batch, orders);
      if (sealed.outcome === 'lost_race') {
        contended_until_ms = performance.now() + CONTENDED_MS;
        continue;
      }
      if (sealed.outcome === 'rejected') {
        takeBack(state, 0);
        state.undo = undefined;
        await afterRejection(sealed.reason, batch, orders);
        continue;
      }
      state.undo = undefined;
      queue.unshift(...orders.slice(batch.results.length).filter(({ answered }) => !answered));
      for (const [index, results] of batch.results.entries()) orders[index]!.answer(results);
      trim(state, documents_max, keys_max);
      saveSometimes();
      await giveWay(performance.now() - since_ms);
      return;
    }
  }
  /** Never the same again: what is too large is split, and refused where it cannot be. For all else, such as a user without rights, an operator is needed. */
  async function afterRejection(reason: string, batch: Batch, orders: readonly Waiting[]): Promise<void> {
    if (reason !== 'maximum-append-size-exceeded') throw new Error(`the log refused the events: ${reason}`);
    const { events, bytes, parts, results } = batch;
    if (parts > 1) {
      limits = { events_max: Math.ceil(events.length / 2), bytes_max: Math.ceil(bytes / 2) };
      log(`ledger ${ledger_id}: the log takes no ${bytes} bytes in one append; trying half of it`);
      return;
    }
    const index = results.findIndex((each) => each.some((result) => result.outcome === 'recorded'));
    if (index < 0) throw new Error(`the log does not take the end of one reservation, of ${bytes} bytes`);
    const refusal = refuse('batch_too_large', { events: events.length, bytes });
    orders[index]!.answer([{ outcome: 'refused', refusal, index: 0 }]);
  }
  /**
   * Who has just won is always the first to be ready again, for who lost must read before it can try: without a pause one writer would
   * take nearly all. So while others write the ledger, too, a writer lets about the time of an append go by after each of its own.
   */
  async function giveWay(append_ms: number): Promise<void> {
    if (performance.now() < contended_until_ms) await sleep(append_ms * (0.5 + 2 * Math.random()));
  }
  /** The batch's own moment. Orders of a clock that is far ahead are not taken: the ledger's time would never come back from there. */
  async function moment(orders: readonly Waiting[]): Promise<string> {
    let latest = now();
    for (const order of orders) {
      const at = momentOf(order);
      if (at > latest) latest = at;
    }
    if (log_clock.allows(latest) || (await log_clock.ask(latest))) return latest;
    const log_time = log_clock.now();
    for (const order of orders) {
      const at = momentOf(order);
      if (!log_clock.allows(at)) order.answer({ outcome: 'clock_ahead', now: at, log_time });
    }
    return log_time;
  }

  /** Nothing to append: the refusals are true only if nobody wrote since. Another instance may have bought what this one does not know of. */
  async function confirmHead(): Promise<Sealed> {
    takeBack(state, 0);
    state.undo = undefined;
    const before = state.position;
    await catchUp();
    if (state.position !== before) return { outcome: 'lost_race' };
    return { outcome: 'appended' };
  }

  /** A shelf that was counted at a position was counted when that was recorded; one that is not there yet is refused. */
  async function fillCountedAt(submission: Submission): Promise<void> {
    const { command } = submission;
    if (command.type !== 'count_stock' || command.counted_at_position === undefined) return;
    const position = Math.min(command.counted_at_position, state.position);
    if (position < 0) return;
    const { recorded_at } = (await loadEvent(position)).metadata;
    submission.command = { ...command, counted_at: recorded_at };
  }

  async function append({ events, results }: Batch, orders: readonly Waiting[]): Promise<Sealed> {
    const expected = state.position - events.length;
    if (expected < 0) await mustBeSound();
    const since_ms = performance.now();
    unsettled = orders.filter(
      ({ mode }, index) => mode !== 'dry' && results[index]?.some(({ outcome }) => outcome !== 'refused'),
    );
    for (let attempt = 0; ; attempt += 1) {
      const result = await store.append(stream, expected, events);
      if (result.outcome === 'rejected' && result.reason === 'stream-deleted') {
        if (attempt === 0) unsettled = [];
        throw new DamagedLedger(`${stream} was deleted for good`, false);
      }
      if (result.outcome !== 'unknown') {
        // An earlier try of these very bytes may be what is in the way, or may be written though this one is refused.
        const ours =
          result.outcome === 'appended' ||
          ((result.outcome === 'conflict' || attempt > 0) &&
            (await untilItWorks('reading back', () => holdsOurs(expected, events))));
        unsettled = [];
        if (ours) return { outcome: 'appended' };
        return result.outcome === 'conflict' ? await afterConflict() : result;
      }
      if (attempt === 0)
        log(
          `ledger ${ledger_id}: an append at ${expected} is without an answer (${result.reason}); retrying the same bytes`,
        );
      if (closing.signal.aborted && performance.now() - since_ms > settle_ms_max)
        throw new Error(`closed without knowing whether the append at ${expected} was written`);
      // No longer, for an append waits for a connection by itself, and a new leader should not be kept waiting for the next try.
      await sleep(Math.min(500, 50 * 2 ** attempt) * (0.5 + Math.random()));
    }
  }
  /** Somebody else was faster. */
  async function afterConflict(): Promise<Sealed> {
    takeBack(state, 0);
    state.undo = undefined;
    const before = state.position;
    await untilItWorks('reading what was missed', catchUp);
    if (state.position === before) await nothingMissed();
    return { outcome: 'lost_race' };
  }
  /** The log refuses what comes next, but holds nothing that is not known. A read may lag behind for a moment. */
  async function nothingMissed(): Promise<void> {
    const { position } = state;
    if (stuck?.position !== position) stuck = { position, since_ms: performance.now() };
    if (performance.now() - stuck.since_ms > behind_ms_max)
      throw new DamagedLedger(`${stream} takes nothing behind position ${position}, though nothing follows it`, false);
    await sleep(BEHIND_PAUSE_MS, undefined, { signal: closing.signal });
  }
  /**
   * By the last event, whose id is made from its hash and so from all events before it. The first ones may be another writer's that decided
   * the same, such as the end of a reservation, with something else behind them.
   */
  async function holdsOurs(expected: number, events: readonly NewEvent[]): Promise<boolean> {
    const last = expected + events.length;
    for await (const event of store.read(stream, last, { max: 1 })) return event.id === events.at(-1)!.id;
    return false;
  }

  // ── Reading ──

  async function load(): Promise<void> {
    const halt_in_force = await rememberedHalt(store, ledger_id);
    if (halt_in_force !== undefined) return halt(halt_in_force, 'written');
    await mustBeSound();
    state = (await snapshots?.load(store, stream)) ?? emptyState();
    saved_at = state.position;
    await catchUp();
    // After a quiet night its last event tells nothing, and reservations may wait for their end.
    if (!log_clock.allows(now())) await log_clock.ask(now());
    loaded = true;
    log(`ledger ${ledger_id}: ready at position ${state.position} (snapshot at ${saved_at})`);
  }
  /** Folds what was appended since. Halts where the log has lost what was read from it, and says so only after it has had time to be whole. */
  async function catchUp(): Promise<void> {
    const since_ms = performance.now();
    while (!(await foldNew())) {
      await mustBeSound();
      if (performance.now() - since_ms > behind_ms_max)
        throw new DamagedLedger(`${stream} ends before position ${state.position}, which was read from it`, false);
      await sleep(BEHIND_PAUSE_MS, undefined, { signal: closing.signal });
    }
  }
  /** false where the log ends before the last event that was folded. That one is read again, for it tells whether this is the log of before. */
  async function foldNew(): Promise<boolean> {
    let known = state.position < 0;
    for await (const event of store.read(stream, Math.max(state.position, 0))) {
      if (!known) {
        known = true;
        log_clock.saw(event.created_ms);
        if (
          event.revision !== state.position ||
          (event.metadata as { hash?: unknown } | null)?.hash !== state.head_hash
        )
          throw new DamagedLedger(`${stream}: another event than before stands at position ${state.position}`, false);
        continue;
      }
      fold(event);
      log_clock.saw(event.created_ms);
      if (event.revision % 1000 > 0) continue;
      trim(state, documents_max, keys_max);
      // A long start that is cut off need not begin again from nothing.
      saveSometimes();
    }
    return known;
  }
  function fold(event: StoredEvent): void {
    try {
      if (event.revision !== state.position + 1)
        throw new Error(`position ${event.revision} follows ${state.position}`);
      const decoded = decode(event);
      const { hash, previous_hash } = decoded.metadata;
      if (hash === undefined || previous_hash !== state.head_hash)
        throw new Error(`the event at position ${event.revision} is not linked to the one before it`);
      evolve(state, decoded);
    } catch (error) {
      throw new DamagedLedger(`${stream}: ${(error as Error).message}`, true);
    }
  }
  async function loadDocuments(orders: readonly Waiting[]): Promise<void> {
    const missing = new Set<string>();
    for (const { submissions } of orders)
      for (const { command } of submissions)
        for (const number of documentsNeeded(command, state.requests))
          if (!state.documents.has(number)) missing.add(number);
    const wanted = [...missing].flatMap((number) => {
      const positions = documentPositions(state, number);
      return positions === undefined ? [] : [{ number, positions }];
    });
    // Set at once, when all are there: what came in after a failure would overwrite what has been folded by then.
    const loaded = await Promise.all(wanted.map(({ positions }) => readEvents(positions)));
    for (const [index, { number }] of wanted.entries()) state.documents.set(number, loaded[index]!);
    await Promise.all(orders.flatMap(({ submissions }) => submissions.map(fillCountedAt)));
  }
  /** A key that the index knows is looked up in the log: only the event there says whose it is and for what request. */
  async function loadKeys(orders: readonly Waiting[]): Promise<void> {
    const found: { key: string; position: number }[] = [];
    for (const { submissions } of orders)
      for (const { envelope } of submissions) {
        const { idempotency_key: key, request_hash } = envelope;
        if (request_hash === undefined || state.keys.has(key)) continue;
        for (const position of findKeys(state.key_index, key)) found.push({ key, position });
      }
    const records = await Promise.all(found.map(({ key, position }) => keyRecordAt(key, position)));
    for (const [index, { key }] of found.entries()) {
      const record = records[index];
      if (record !== undefined) state.keys.set(key, record);
    }
  }
  async function keyRecordAt(key: string, position: number): Promise<KeyRecord | undefined> {
    let record: KeyRecord | undefined;
    for (let next = position; next <= state.position; next += 1) {
      const { idempotency_key, request_hash = '' } = (await loadEvent(next)).metadata;
      if (idempotency_key !== key) break;
      record = { position, request_hash, count: next - position + 1 };
    }
    return record;
  }
  function readEvents(positions: readonly number[]): Promise<RecordedEvent[]> {
    return Promise.all(positions.map(loadEvent));
  }
  /** For what must not be given up half done. Ends early only when the writer closes. */
  async function untilItWorks<R>(what: string, attempt: () => Promise<R>): Promise<R> {
    for (let failed = 0; ; failed += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (closing.signal.aborted || error instanceof DamagedLedger || error instanceof StreamTombstoned) throw error;
        if (failed % 20 === 0) log(`ledger ${ledger_id}: ${what} failed: ${(error as Error).message}`);
        await pauseAfter(failed);
      }
    }
  }
  /** Commands go on meanwhile. */
  function saveSometimes(): void {
    const { position } = state;
    if (saving === undefined && position - saved_at >= Math.max(snapshot_every, position / 100))
      saving = save().finally(() => {
        saving = undefined;
      });
  }
  async function save(): Promise<void> {
    const { position } = state;
    if (snapshots === undefined || position === saved_at) return;
    try {
      await snapshots.save(state);
      saved_at = position;
    } catch (error) {
      log(`ledger ${ledger_id}: no snapshot (${(error as Error).message}); the next start reads more of the log`);
    }
  }

  // ── Callers ──

  function enqueue(mode: Order['mode'], submissions: Submission[], since_ms: number): Promise<Result[] | Failure> {
    asked = true;
    if (halted !== undefined) return Promise.resolve({ outcome: 'halted', ledger_id, ...halted });
    if (closing.signal.aborted) return Promise.resolve(busy('the ledger is closing'));
    if (queue.length >= queue_max) return Promise.resolve(busy(`${queue_max} commands are waiting already`));
    const { promise, resolve } = Promise.withResolvers<Result[] | Failure>();
    const order: Waiting = {
      mode,
      submissions,
      since_ms,
      answered: false,
      answer(result) {
        order.answered = true;
        resolve(result);
      },
    };
    queue.push(order);
    wake.resolve();
    sweepLater();
    return promise;
  }
  async function outcomeOf(result: Result, since_ms: number): Promise<Outcome> {
    if (result.outcome === 'refused') return { outcome: 'refused', refusal: result.refusal };
    if (result.outcome === 'recorded') {
      const { answer, events } = result;
      return {
        outcome: 'recorded',
        answer,
        events,
        position: events.at(-1)?.position ?? state.position,
        replayed: false,
      };
    }
    return replay(result.position, result.count, since_ms);
  }
  /** The first answer again: told from the events up to then, whatever happened since. */
  async function replay(position: number, count: number, since_ms: number): Promise<Outcome> {
    try {
      return await inTime(replayed(position, count), since_ms);
    } catch (error) {
      return { outcome: 'unknown', reason: `recorded before, but the log cannot be read: ${(error as Error).message}` };
    }
  }
  async function replayed(position: number, count: number): Promise<Outcome> {
    const events = await readEvents(Array.from({ length: count }, (_, index) => position + index));
    const last = position + count - 1;
    const histories = new Map<string, RecordedEvent[]>();
    const numbers = [answeredNumber(events), ...events.map((event) => answeredNumber([event]))];
    for (const number of new Set(numbers)) {
      if (number === undefined) continue;
      const positions = (documentPositions(state, number) ?? []).filter((each) => each <= last);
      histories.set(number, await Promise.all(positions.map((each) => events[each - position] ?? loadEvent(each))));
    }
    const answer = answerOf(events, (number) => histories.get(number) ?? [], state.config?.digits ?? 2);
    return { outcome: 'recorded', answer, events, position: last, replayed: true };
  }
  /** Rejects where it takes longer than a command may. */
  function inTime<R>(work: Promise<R>, since_ms: number): Promise<R> {
    const { promise, reject } = Promise.withResolvers<never>();
    const late = () => reject(new Error('the log did not answer in time'));
    const timer = setTimeout(late, since_ms + settle_ms_max - performance.now());
    return Promise.race([work, promise]).finally(() => clearTimeout(timer));
  }

  return {
    async submit(submission) {
      const since_ms = performance.now();
      const results = await enqueue('one', [submission], since_ms);
      return Array.isArray(results) ? outcomeOf(results[0]!, since_ms) : results;
    },
    async dryRun(submission) {
      const since_ms = performance.now();
      const results = await enqueue('dry', [submission], since_ms);
      const outcome = Array.isArray(results) ? await outcomeOf(results[0]!, since_ms) : results;
      if (outcome.outcome !== 'recorded' || outcome.replayed) return outcome;
      return { outcome: 'would_record', answer: outcome.answer, events: outcome.events };
    },
    async submitAll(submissions) {
      const since_ms = performance.now();
      const results = await enqueue('all', submissions, since_ms);
      if (!Array.isArray(results)) return results;
      const last = results.at(-1);
      if (last?.outcome === 'refused') return { outcome: 'none', index: last.index, refusal: last.refusal };
      return { outcome: 'all', outcomes: await Promise.all(results.map((result) => outcomeOf(result, since_ms))) };
    },
    position: () => state.position,
    unused: () => loaded && state.position < 0 && queue.length + at_work.length === 0 && halted === undefined,
    halted: () => halted,
    async close() {
      closing.abort();
      wake.resolve();
      await running.catch((error: Error) => log(`ledger ${ledger_id}: stopped with ${error.message}`));
      giveUp(queue.splice(0), busy('the ledger is closing'));
      clearTimeout(sweeping);
      await saving;
      if (state.undo === undefined && halted === undefined) await save();
    },
  };
}
